#!/bin/sh
# disabled.sh: without -DHOTPATH nothing is left. The object of an instrumented file is that of the
# same file without the macros (all of it: code, data, symbols, strings), by gcc and clang, at -O0 and
# -O2, in C and C++; and the macros and functions with and without recording are the same sets.
. "$(dirname "$0")/lib.sh"
dir=build/disabled
mkdir -p $dir

# The differences of two objects, in the words of objdump and nm.
same_object() {
    cmp "$1" "$2" && return 0
    for object in "$1" "$2"; do
        { objdump -d "$object"; objdump -s "$object"; nm "$object"; } | sed 1,3d >"$object.txt"
    done
    diff "$1.txt" "$2.txt" | head -n 40
    return 1
}

for cc in gcc clang; do
    for ext in c cpp; do
        compiler="$cc -std=gnu11"
        [ $ext = cpp ] && compiler="$(cxx_of $cc) -std=c++17"
        source=tests/disabled/instrumented.$ext
        for flags in -O0 -O2 "-O2 -fPIC -fno-inline" -Os; do
            name="$cc $flags $ext"
            check "$name: off" $compiler $flags -I. -c $source -o $dir/off.o
            check "$name: by hand" $compiler $flags -I. -DBY_HAND -w -c $source -o $dir/by_hand.o
            check "$name: the same object" same_object $dir/off.o $dir/by_hand.o
            check "$name: HOTPATH=0" $compiler $flags -I. -DHOTPATH=0 -c $source -o $dir/off0.o
            check "$name: the same object with HOTPATH=0" same_object $dir/off0.o $dir/by_hand.o
        done
    done
done

# This comparison sees a difference where there is one.
if has_implementation; then
    gcc -std=gnu11 -O2 -I. -DHOTPATH -c tests/disabled/instrumented.c -o $dir/on.o
    gcc -std=gnu11 -O2 -I. -c tests/disabled/instrumented.c -o $dir/off.o
    check_fails "recording does change the object" differ cmp $dir/on.o $dir/off.o
fi

# The set of public macros, with and without.
macros() {
    "$@" -DHOTPATH_SHORT_NAMES -I. -dM -E - <hotpath.h |
        sed -n 's/^#define \(HOTPATH_[A-Z_]*\|HP_[A-Z_]*\).*/\1/p' | grep -v '^HOTPATH_I_' |
        grep -vx 'HOTPATH_IMPLEMENTATION' | sort -u
}
# The recording macros are those that tests/disabled/by_hand.h takes out.
sed -n 's/^#define \(HOTPATH_[A-Z_]*\)(.*/\1/p' tests/disabled/by_hand.h | sort >$dir/recording
for cc in gcc clang; do
    for std in c99 gnu17 c++11 c++20; do
        language=c
        compiler=$cc
        case $std in c++*) language=c++ compiler=$(cxx_of $cc) ;; esac
        macros $compiler -x$language -std=$std >$dir/macros.off
        macros $compiler -x$language -std=$std -DHOTPATH >$dir/macros.on
        check "$cc $std: the same macros on and off" diff $dir/macros.off $dir/macros.on
        check "$cc $std: there are macros" grep -qx HOTPATH_SCOPE $dir/macros.on
        grep '^HP_' $dir/macros.on | sed 's/^HP_/HOTPATH_/' >$dir/short
        check "$cc $std: a short name for each recording macro" diff $dir/recording $dir/short
    done
done

# The set of functions a program can call: each one declared with recording can be called without.
sed -n 's/^ *HOTPATH_API .*\(hotpath_[a-z_]*\)(.*/\1/p' hotpath.h |
    grep -v -e '^hotpath_i_' -e '^hotpath_mcp_' | sort -u >$dir/functions
check "there are public functions" grep -qx hotpath_snapshot_take $dir/functions
for mode in "" -DHOTPATH; do
    {
        echo '#include "hotpath.h"'
        echo 'void* list[] = {'
        sed 's/.*/    (void*)\&&,/' $dir/functions
        echo '};'
    } >$dir/functions.c
    check "the public functions exist ${mode:-without recording}" cc $mode -I. -c $dir/functions.c \
        -o $dir/functions.o
done
exit $failed
