#!/bin/sh
# misuse.sh: each file of tests/misuse is a wrong use that must not compile. Its comment names the
# modes in which it is an error (MODES: on off), a regular expression of what the compiler says
# (SAYS), and more flags for both compilers (FLAGS) or gcc alone (GCC). With -DRIGHT the file holds
# what to write instead, and compiles in both modes.
. "$(dirname "$0")/lib.sh"
for source in tests/misuse/*.c tests/misuse/*.cpp; do
    name=${source#tests/misuse/}
    field() { sed -n "1,/\*\//s|^ *$1: *\(.*[^ ]\)|\1|p" "$source" | sed 's| *\*/$||'; }
    says=$(field SAYS)
    flags=$(field FLAGS)
    for cc in gcc clang; do
        case $source in
            *.cpp) compiler="$(cxx_of $cc) -std=c++17" ;;
            *) compiler="$cc -std=gnu11" ;;
        esac
        more=$flags
        [ $cc = gcc ] && more="$flags $(field GCC)"
        for mode in on off; do
            switch=
            [ $mode = on ] && switch=-DHOTPATH
            check "$name: right, $cc, $mode" $compiler $switch -I. -Werror -fsyntax-only -DRIGHT $source
            case " $(field MODES) " in
                *" $mode "*)
                    check_fails "$name: wrong, $cc, $mode" "$says" \
                        $compiler $switch -I. $more -fsyntax-only $source
                    ;;
            esac
        done
    done
done
exit $failed
