#!/bin/sh
# soak.sh: what `make soak` runs, for SOAK_SECONDS (20), after both compilers have taken it without a
# warning. Its table is in the output; "ok" or "not ok" is its last word.
. "$(dirname "$0")/lib.sh"
out=build/soak.test
mkdir -p $out
for cc in gcc clang; do
    warnings=$(tests/flags.sh $cc c)
    optimize=-O2
    [ $cc = clang ] && optimize=-O0 # it does not run
    check "$cc: build" $cc -std=gnu11 $optimize -g $warnings -Werror -DHOTPATH -I. -rdynamic tests/soak/soak.c \
        -o $out/soak.$cc -lpthread -ldl
    check "$cc: plugin" $cc -std=gnu11 $optimize -g $warnings -Werror -DHOTPATH -I. -fPIC -shared \
        tests/soak/plugin.c -o $out/plugin.$cc.so
done
timeout $((${SOAK_SECONDS:-20} + 100)) $out/soak.gcc "${SOAK_SECONDS:-20}" $out/plugin.gcc.so || {
    echo "not ok - soak: exit code $?"
    failed=1
}
exit $failed
