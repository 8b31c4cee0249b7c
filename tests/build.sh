#!/bin/sh
# build.sh asan|tsan|o2|o0 SOURCE OUTPUT [HEADER_FOLDER]: builds one test program, a shared library if
# OUTPUT ends in .so, or an object if it ends in .o. The first 20 lines of the source may hold
#     /* FLAGS: -DHOTPATH_CLOCK=my_clock -UHOTPATH */    more for the compiler
#     /* LIBS: -lrt */                                   more for the linker
#     /* RECORDER: real */                               the implementation is recorder_real.c, of which
#                                                        an object beside the output is taken
mode=$1 source=$2 output=$3 headers=${4:-.}
cc=${CC:-cc} cxx=${CXX:-c++}
field() { head -n 20 "$source" | sed -n "s|.*/\* *$1: *\(.*[^ ]\) *\*/.*|\1|p"; }
case $mode in
    asan) # twice as fast to compile as with gcc, which makes all the others
        cc=clang cxx=clang++
        flags="-g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"
        # Tests that stop at every instruction of it want few.
        case $source in *recorder_*) flags="-O1 $flags" ;; esac
        ;;
    tsan) flags="-O1 -g -fsanitize=thread" ;;
    o2) flags="-O2 -g" ;;
    o0) flags="-O0" ;;
    *) echo "build.sh: no build is called $mode" >&2 && exit 2 ;;
esac
case $source in
    *.cpp) compiler="$cxx -std=c++17" ;;
    *) compiler="$cc -std=gnu11 -Wstrict-prototypes" ;;
esac
libs="${LDFLAGS:-} -lcmocka -lm -lpthread -ldl $(field LIBS)"
case $output in
    *.o) flags="$flags -c" libs= ;;
    *.so) flags="$flags -fPIC -shared" ;;
    *) flags="$flags -rdynamic" ;;
esac
recorder=$(field RECORDER)
if [ -n "$recorder" ]; then
    recorder=recorder_$recorder
    object=$(dirname "$output")/$recorder.o
    [ -f "$object" ] && recorder=$object || recorder=tests/unit/$recorder.c
fi
# A test that switches by itself is not told twice.
grep -q '^ *# *define HOTPATH\b *[01]* *$' "$source" || flags="$flags -DHOTPATH"
# A fault that is patched in may leave something unused.
[ "$headers" = . ] || flags="$flags -w"
mkdir -p "$(dirname "$output")"
set -f
# -I of the copy comes first: a mutant's header must win over the one at the root.
exec $compiler -Wall -Wextra -Wshadow -Werror $flags -I"$headers" -I. -Itests $(field FLAGS) \
    -DTEST_HEADER="\"$headers/hotpath.h\"" "$source" $recorder -o "$output" $libs
