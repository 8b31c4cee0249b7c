#!/bin/sh
# arm.sh cmocka: keeps cmocka for the processors below in build/arm; nothing is installed.
# arm.sh arm64|armhf|i386 compile|examples|TEST: one step of `make check-arm`: cross-compiled, and run
#     by qemu-user (i386: by this processor, in C, by gcc). TEST_EMULATOR tells the tests: one that needs what is not
#     there skips itself and says so, others repeat things less often.
. "$(dirname "$0")/lib.sh"
what=$1
dir=build/arm/$what
root=$PWD/$dir/root
emulator=
case $what in
    arm64) cross=aarch64-linux-gnu emulator=qemu-aarch64 ;;
    armhf) cross=arm-linux-gnueabihf emulator=qemu-arm ;;
    i386) cross=i386-linux-gnu ;;
esac

# The packages of another processor, in lists of their own.
apt_of() {
    apt_processor=$1 apt_state=$2
    shift 2
    apt-get -q -o APT::Architecture="$apt_processor" -o APT::Architectures="$apt_processor" \
        -o Dir::State::lists="$apt_state/lists" -o Dir::State::status="$apt_state/status" \
        -o Dir::Cache="$apt_state" -o APT::Sandbox::User=root "$@"
}
if [ "$what" = cmocka ]; then
    state=$PWD/build/arm/apt
    mkdir -p "$state/lists/partial" "$state/archives/partial"
    : >"$state/status"
    for processor in arm64 armhf i386; do
        root=build/arm/$processor/root
        [ -f $root/usr/include/cmocka.h ] && continue
        mkdir -p $root
        # A source that knows nothing of this processor makes it fail, and is not needed.
        apt_of $processor "$state" update >build/arm/apt.log 2>&1
        (cd $root && apt_of $processor "$state" download libcmocka-dev libcmocka0) >>build/arm/apt.log 2>&1
        for package in $root/*.deb; do dpkg -x "$package" $root; done
        [ -f $root/usr/include/cmocka.h ] && continue
        tail -n 5 build/arm/apt.log
        exit 1
    done
    exit 0
fi

# run PROGRAM [ARGUMENT...]
run() { timeout 300 $emulator "$@"; }
mkdir -p $dir
if [ -n "$emulator" ]; then
    export QEMU_LD_PREFIX=/usr/$cross TEST_EMULATOR=$emulator
    gcc=$cross-gcc gxx=$cross-g++ clang="clang --target=$cross" clangxx="clang++ --target=$cross"
else
    # Debian's gcc-multilib, which would bring asm/, does not stand beside cross-compilers.
    m32="-m32 -idirafter /usr/include/$(gcc -print-multiarch)"
    gcc="gcc $m32" gxx=none clang= # whose atomics of 8 bytes aligned to 4 are calls of libatomic
    echo 'int main(void) { return 0; }' >$dir/any.c
    if ! { $gcc $dir/any.c -o $dir/any && $dir/any; } >$dir/any.log 2>&1; then
        echo "ok - $what # SKIP needs gcc -m32: libc6-dev-i386 and lib32gcc-dev"
        exit 0
    fi
fi

# ---- the header in C and C++ by gcc and clang, with all warnings as errors
if [ "$2" = compile ]; then
    for by in "$gcc" ${clang:+"$clang"}; do
        for source in declarations all_macros implementation; do
            check "$by: $source.c" $by -std=c11 -O1 -Werror $(tests/flags.sh ${by%% *} c) -DHOTPATH -I. \
                -c tests/compile/$source.c -o $dir/$source.o
        done
        rm -f $dir/program
        check "$by: links" $by $dir/all_macros.o $dir/implementation.o -o $dir/program -lm -lpthread -ldl
        check "$by: runs" run $dir/program
    done
    [ $what = i386 ] && exit $failed # without a C++ library of 32 bits
    for by in "$gxx" "$clangxx"; do
        for source in declarations all_macros implementation; do
            check "$by: $source.cpp" $by -std=c++17 -O1 -Werror $(tests/flags.sh ${by%% *} c++) -DHOTPATH \
                -I. -c tests/compile/$source.cpp -o $dir/$source.o
        done
        rm -f $dir/program
        check "$by: links" $by $dir/all_macros.o $dir/implementation.o -o $dir/program -lm -lpthread -ldl
        check "$by: runs" run $dir/program
    done
    exit $failed
fi

# ---- the examples that need no other library: they run, and what they report is well formed
if [ "$2" = examples ]; then
    mkdir -p $dir/examples
    json() { perl -MJSON::PP -e 'local $/; JSON::PP->new->utf8->decode(scalar <>)' "$1"; }
    CC=$gcc
    export CC
    for source in examples/plugin.c examples/*.c examples/*.cpp; do
        name=$(basename "${source%.*}")
        case $source in
            *03_server.c | *06_*.c) continue ;;
            *.cpp)
                [ $what = i386 ] && continue
                by="$gxx -std=c++17" language=c++
                [ $name = 08_coroutine ] && by="$gxx -std=c++20"
                ;;
            *) by="$gcc -std=gnu11" language=c ;;
        esac
        by="$by -O2 -Werror $(tests/flags.sh ${by%% *} $language) -I."
        for off in '' .off; do
            out=$dir/examples/$name$off on=-DHOTPATH shared= arguments=
            [ -n "$off" ] && on=-UHOTPATH
            case $name in
                plugin) out=$dir/examples/plugin$off.so shared='-fPIC -shared' ;;
                plugin_host) shared=-rdynamic arguments=$dir/examples/plugin$off.so ;;
                02_* | 09_*) arguments=1 ;;
            esac
            check "$name$off builds" $by $on $shared $source -o $out -lm -lpthread -ldl
            [ $name = plugin ] && continue
            HOTPATH_OUTPUT_FORMAT=json HOTPATH_OUTPUT_PATH=$out.json \
                check "$name$off runs" sh -c "timeout 300 $emulator $out $arguments >$out.txt 2>&1"
            check "$name$off: nothing to complain about" sh -c "! grep '^hotpath:' $out.txt"
            [ -z "$off" ] || continue
            check "$name: JSON at exit" json $out.json
            check "$name: main is in it" grep -q '"name":"main"' $out.json
            HOTPATH_OUTPUT_PATH=$out.table check "$name: runs again" run $out $arguments
            check "$name: a table" grep -Eq '^Function +Calls .*Self +Self %' $out.table
        done
    done
    exit $failed
fi

# ---- a test of tests/unit or tests/threads
test=$2
CC="$gcc -isystem $root/usr/include -L$root/usr/lib/$cross -Wl,-rpath,$root/usr/lib/$cross"
CXX="$gxx -isystem $root/usr/include -L$root/usr/lib/$cross -Wl,-rpath,$root/usr/lib/$cross"
export CC CXX
for source in tests/unit/$test.c tests/threads/$test.c tests/threads/$test.cpp; do
    [ -f $source ] && break
done
case $what$source in
    i386*.cpp) echo "ok - $test # SKIP needs a C++ library of 32 bits"; exit 0 ;;
esac
dir=$dir/$test.d # with the libraries that it loads
for plugin in tests/threads/plugin_*.c; do
    tests/build.sh o2 $plugin $dir/"$(basename $plugin .c)".so || exit 1
done
tests/build.sh o2 $source $dir/$test || exit 1
TEST_SECONDS=600 TEST_DIR=$dir exec tests/run.sh $emulator $dir/$test
