#!/bin/sh
# order.sh: the memory order of the recorder's protocol, explored. Small histories of hotpath.h's own
# code are run in every order and with every value that the accesses of C11 allow; then each acquire,
# each release and the barrier of all threads is left out once, and some history must fail.
# build/order/order NAME runs one history; with the name of a function, too, it weakens its sites.
. "$(dirname "$0")/lib.sh"
out=build/order
mkdir -p $out
cc=gcc
warnings=$(tests/flags.sh $cc c)
check "build of the explorer" $cc -std=gnu11 -O2 -g $warnings -Werror -c tests/order/explorer.c \
    -o $out/explorer.o
# The compiler tells of plain accesses as it does for ThreadSanitizer, whose library is not linked.
check "build of the histories" $cc -std=gnu11 -O1 -g $warnings -Werror -Wno-ignored-qualifiers \
    -Wno-unused-function -Wno-pedantic -DHOTPATH -I. -fsanitize=thread -c tests/order/histories.c \
    -o $out/histories.o
check "link" $cc $out/explorer.o $out/histories.o -o $out/order -lpthread -ldl
[ $failed = 0 ] || exit 1
timeout 600 $out/order
code=$?
if [ $code -gt 1 ]; then echo "not ok - exit code $code"; fi
[ $code = 0 ] || failed=1
exit $failed
