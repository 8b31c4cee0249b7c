#!/bin/sh
# names.sh: what hotpath.h adds to a file that includes it. Every macro, type, function and variable
# starts with hotpath_ or HOTPATH_, in the declarations and in the implementation; the declarations
# include three headers; every public macro is used in tests/compile/all_macros.*.
. "$(dirname "$0")/lib.sh"
dir=build/names
mkdir -p $dir
printf '#include <stddef.h>\n#include <stdint.h>\n#include <stdbool.h>\n' >$dir/plain.c
echo '#include "hotpath.h"' >$dir/with.c
printf '#define HOTPATH_IMPLEMENTATION\n#include "hotpath.h"\n' >$dir/implementation.c
cp $dir/plain.c $dir/plain.cpp
cp $dir/with.c $dir/with.cpp
cp $dir/implementation.c $dir/implementation.cpp

# nothing_but REGEX FILE: fails if a line of the file does not match, and shows it.
nothing_but() { ! grep -Ev "$1" "$2"; }

for cc in gcc clang; do
    for ext in c cpp; do
        compiler="$cc -std=c11"
        [ $ext = cpp ] && compiler="$(cxx_of $cc) -std=c++11"
        for mode in "" -DHOTPATH; do
            name="$cc $ext ${mode:-off}"
            # Headers that the file itself includes stand after one dot.
            $compiler $mode -I. -H -fsyntax-only $dir/with.$ext 2>&1 |
                sed -n 's|^\.\. .*/\(.*\)|\1|p' | sort -u >$dir/headers
            printf 'stdbool.h\nstddef.h\nstdint.h\n' >$dir/headers.allowed
            check "$name: includes stddef, stdint, stdbool" diff $dir/headers.allowed $dir/headers
            $compiler -dM -E $dir/plain.$ext | sort >$dir/macros.plain
            $compiler $mode -I. -dM -E $dir/with.$ext | sort >$dir/macros.with
            comm -13 $dir/macros.plain $dir/macros.with >$dir/macros.new
            # Off, what is told of a span is not even computed: its functions are macros of their names.
            facts='hotpath_span_[a-z]+\('
            [ -z "$mode" ] || facts='HOTPATH_'
            check "$name: macros are prefixed" nothing_but "^#define (HOTPATH(_| 1\$)|$facts)" $dir/macros.new
            check "$name: no macro of the system changes" sh -c "! comm -23 $dir/macros.plain $dir/macros.with | grep ."
        done
    done
done

# declared FILE FLAGS...: the names a file declares at its top level or in extern "C", by clang.
declared() {
    file=$1
    shift
    case $file in *.cpp | *.ii) set -- clang++ -std=c++11 "$@" ;; *) set -- clang -std=gnu11 "$@" ;; esac
    "$@" -w -fsyntax-only -Xclang -ast-dump -fno-color-diagnostics "$file" |
        sed -n -e 's/^\(. \)\?[|`]-\(Typedef\|Record\|CXXRecord\|Enum\|Function\|FunctionTemplate\|ClassTemplate\|Var\|TypeAlias\|Namespace\)Decl .*> [^ ]* \(.*\)/\3/p' \
            -e 's/^\(. \)\{1,2\}[|`]-EnumConstantDecl .*> [^ ]* \(.*\)/\2/p' |
        sed -e "s/ '.*//" -e 's/^implicit //' -e 's/^used //' -e 's/^referenced //' -e 's/^constexpr //' \
            -e 's/^\(struct\|union\|class\|enum\) *//' -e 's/ definition$//' -e 's/^.* //' |
        grep -E '^[A-Za-z_][A-Za-z_0-9]*$' | sort -u
}
# The names that hotpath.h declares are those of the whole text less those of the text without it.
# `others` keeps the lines of a preprocessed text that come from other files.
others() { awk '/^# [0-9]+ "/ { mine = ($3 ~ /hotpath\.h"$/) } !mine || /^#/ { print }'; }
for kind in with implementation; do
    for ext in c cpp; do
        compiler="clang -std=gnu11"
        out=i
        [ $ext = cpp ] && compiler="clang++ -std=c++11" out=ii
        for mode in "" -DHOTPATH; do
            $compiler $mode -I. -E $dir/$kind.$ext >$dir/all.$out
            others <$dir/all.$out >$dir/others.$out
            declared $dir/all.$out >$dir/names.all
            declared $dir/others.$out >$dir/names.others
            # Builtins of the compiler are declared where they are first used.
            comm -23 $dir/names.all $dir/names.others |
                grep -vx -e struct -e union -e enum -e '__builtin_.*' -e '__atomic_.*' -e '__sync_.*' >$dir/names.new
            check "$kind.$ext ${mode:-off}: names are found" grep -qx hotpath_site_t $dir/names.new
            check "$kind.$ext ${mode:-off}: names are prefixed" nothing_but '^(hotpath_|HOTPATH_)' $dir/names.new
        done
    done
done

# In objects: what other files of a program see, and what debuggers show.
if has_implementation; then
    for ext in c cpp; do
        compiler="gcc -std=gnu11"
        [ $ext = cpp ] && compiler="g++ -std=c++11"
        $compiler -O0 -DHOTPATH -I. -c $dir/implementation.$ext -o $dir/implementation.o
        nm -C --defined-only $dir/implementation.o | cut -c18- >$dir/symbols
        check "$ext: external symbols are prefixed" nothing_but '^[a-zW] |^[A-Z] (hotpath_|DW\.|(non-virtual|guard) )|^V DW|^[A-Z] .*\bhotpath_' $dir/symbols
        check "$ext: private symbols are prefixed" nothing_but '^[A-Z] |^. (hotpath_|\.|(guard variable for )?hotpath_)|^. .*\bhotpath_|^t __get_cpuid|^. (__func__|__PRETTY_FUNCTION__)|^. [a-z_]+\.[0-9]+$' $dir/symbols
        check "$ext: variables and functions exist" grep -q ' hotpath_begin' $dir/symbols
    done
    # Macros that the implementation leaves behind; it may ask the system headers for features.
    gcc -std=gnu11 -DHOTPATH -I. -dD -E $dir/implementation.c |
        awk '/^# [0-9]+ "/ { mine = ($3 ~ /hotpath\.h"$/) } mine && /^#(define|undef) / { print }' |
        awk '$1 == "#define" { sub(/\(.*/, "", $2); on[$2] = 1 } $1 == "#undef" { delete on[$2] }
             END { for (name in on) print name }' >$dir/macros.implementation
    check "implementation: macros are found" grep -qx HOTPATH_SCOPE $dir/macros.implementation
    check "implementation: macros are prefixed" nothing_but '^HOTPATH_|^_(GNU|POSIX_C|DARWIN_C|DEFAULT|XOPEN)_SOURCE$' $dir/macros.implementation
fi

# Every public macro stands in the file of all macros.
gcc -DHOTPATH -DHOTPATH_SHORT_NAMES -I. -dM -E $dir/with.c |
    sed -n 's/^#define \(HOTPATH_[A-Z_]*\|HP_[A-Z_]*\).*/\1/p' |
    grep -vx -e HOTPATH_H -e 'HOTPATH_I_.*' -e HOTPATH_SHORT_NAMES | sort -u >$dir/public
for ext in c cpp; do
    cat tests/compile/all_macros.$ext tests/compile/all_macros.h |
        grep -o '\<\(HOTPATH\|HP\)_[A-Z_]*' | sort -u >$dir/used
    check "all_macros.$ext uses every public macro" sh -c "! comm -23 $dir/public $dir/used | grep ."
done
exit $failed
