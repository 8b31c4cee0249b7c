#!/bin/sh
# valgrind.sh PROGRAM: a test program and its children under memcheck, but not what it executes of the
# system, as the compiler is. TEST_VALGRIND tells the tests: one that needs what valgrind does not have
# skips itself, others repeat things less often. --fair-sched, because threads that wait for each other
# otherwise wait very long.
export TEST_VALGRIND=1 TEST_SECONDS=900
export TEST_DIR="$(dirname "$1")"
exec tests/run.sh valgrind -q --error-exitcode=9 --leak-check=full --show-leak-kinds=definite \
    --errors-for-leak-kinds=definite --suppressions=tests/valgrind.supp --fair-sched=yes \
    --trace-children=yes --trace-children-skip='/bin/*,/usr/bin/*,/usr/local/bin/*' "$1"
