#!/bin/sh
# run.sh PROGRAM [ARGUMENT...]: runs one test program at the root of the repository, at most TEST_SECONDS
# (180). TEST_DIR names its folder, where its plugins are.
export CMOCKA_MESSAGE_OUTPUT=TAP
export TEST_DIR="${TEST_DIR:-$(dirname "$1")}"
export ASAN_OPTIONS="detect_stack_use_after_return=0:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
export TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1:${TSAN_OPTIONS:-}"
# Old sanitizers do not know the address layouts of new kernels: without randomisation they do.
fixed="setarch $(uname -m) -R"
$fixed true 2>/dev/null || fixed=
timeout "${TEST_SECONDS:-180}" $fixed "$@"
code=$?
[ $code -eq 124 ] && echo "not ok - $1: no end after ${TEST_SECONDS:-180} seconds"
exit $code
