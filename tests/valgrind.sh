#!/bin/sh
# valgrind.sh PROGRAM...: each test program under memcheck. Tests that measure time may skip
# themselves when TEST_VALGRIND is set.
. "$(dirname "$0")/lib.sh"
export TEST_VALGRIND=1 TEST_SECONDS=900
for program in "$@"; do
    export TEST_DIR="$(dirname "$program")"
    check "$program" tests/run.sh valgrind -q --error-exitcode=9 --leak-check=full \
        --errors-for-leak-kinds=definite --trace-children=yes "$program"
done
exit $failed
