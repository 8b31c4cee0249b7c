#!/bin/sh
# compile.sh gcc|clang STANDARD: the header in that language, with recording and without, with all
# warnings as errors: the declarations alone, a file with every macro, the implementation, and a
# program of the last two that runs. Instead of a standard: `flags` for what changes how compilers
# work, `settings` for the settings of the header, `sources` for the examples and the benchmark.
. "$(dirname "$0")/lib.sh"
cc=$1 std=$2
cxx=$(cxx_of "$cc")
# Of a compiler's warnings only gcc's need the optimizer, and the text that it sees is the same in all
# standards of a language: one of each is compiled with it.
optimize=-O1
case $cc-$std in
    gcc-c11 | gcc-c++17) ;;
    clang-* | *-c[0-9+]* | *-gnu*) optimize=-O0 ;;
esac
i=tests/compile/implementation
m=tests/compile/all_macros
dir=build/compile/$cc-$std
mkdir -p "$dir"

# compile NAME OUTPUT FLAGS... SOURCE: one object, by the compiler of the source's language.
compile() {
    compile_name=$1 compile_output=$2
    shift 2
    case "$*" in
        *.cpp) set -- "$cxx" $(tests/flags.sh "$cxx" c++) $optimize "$@" ;;
        *) set -- "$cc" $(tests/flags.sh "$cc" c) $optimize "$@" ;;
    esac
    check "$compile_name" "$@" -Werror -I. -c -o "$dir/$compile_output"
}

# program NAME COMPILER FLAGS-OBJECTS-SOURCES...: a program that must link and run.
program() {
    program_name=$1
    shift
    check "$program_name: links" "$@" -Werror -I. -o "$dir/program" -lm -lpthread -ldl
    check "$program_name: runs" "$dir/program"
}

case $std in
c*|gnu*)
    ext=c
    link=$cc
    case $std in c++*) ext=cpp link=$cxx ;; esac
    for mode in off on alloc; do
        switch=
        [ $mode = on ] && switch=-DHOTPATH
        [ $mode = alloc ] && switch="-DHOTPATH -DHOTPATH_ALLOC"
        compile "$mode: declarations" declarations.o -std="$std" $switch tests/compile/declarations.$ext
        compile "$mode: all macros" all_macros.$mode.o -std="$std" $switch tests/compile/all_macros.$ext
        compile "$mode: implementation" implementation.$mode.o -std="$std" $switch \
            tests/compile/implementation.$ext
        if [ $mode = off ] || has_implementation; then
            check "$mode: the program links" "$link" "$dir/all_macros.$mode.o" \
                "$dir/implementation.$mode.o" -o "$dir/program.$mode" -lm -lpthread -ldl
            check "$mode: the program runs" "$dir/program.$mode"
        fi
    done
    if [ "$std" = c++20 ]; then # coroutines are made differently by each of them
        program "coroutines" "$cxx" -std=c++20 -O2 -Wall -Wextra -rdynamic -DHOTPATH \
            tests/threads/test_ways_cpp.cpp -lcmocka
    fi
    ;;

settings)
    # ---- feature switches, whatever value they have
    for value in -DHOTPATH -DHOTPATH=1 -DHOTPATH=2 -DHOTPATH=; do
        check "$value records" sh -c \
            "echo '#include \"hotpath.h\"
int a[HOTPATH_I_ON ? 1 : -1];' | $cc $value -Wundef -Werror -I. -xc -fsyntax-only -"
    done
    for value in -UHOTPATH -DHOTPATH=0; do
        check "$value does not" sh -c \
            "echo '#include \"hotpath.h\"
int a[HOTPATH_I_ON ? -1 : 1];' | $cc $value -Wundef -Werror -I. -xc -fsyntax-only -"
    done
    compile "HOTPATH_MCP=0 without HOTPATH" mcp0.o -DHOTPATH_MCP=0 tests/compile/declarations.c
    compile "HOTPATH_MCP with HOTPATH" mcp1.o -DHOTPATH -DHOTPATH_MCP tests/compile/declarations.c

    # ---- half a pair is an error that says what is missing
    half() {
        half_message=$1
        shift
        check_fails "$*: an error" "$half_message" "$cc" "$@" -I. -fsyntax-only $i.c
    }
    half 'HOTPATH_MCP needs -DHOTPATH' -DHOTPATH_MCP
    half 'HOTPATH_MCP needs -DHOTPATH' -DHOTPATH_MCP -DHOTPATH=0
    half 'HOTPATH_ALLOC needs -DHOTPATH' -DHOTPATH_ALLOC
    half 'HOTPATH_ALLOC needs -DHOTPATH' -DHOTPATH_ALLOC=1 -DHOTPATH=0
    compile "HOTPATH_ALLOC=0 without HOTPATH" alloc0.o -DHOTPATH_ALLOC=0 tests/compile/declarations.c
    for on in "" -DHOTPATH; do
        half 'HOTPATH_CLOCK_HZ without HOTPATH_CLOCK' $on -DHOTPATH_CLOCK_HZ=1000
        half 'HOTPATH_PAGES_ALLOC without HOTPATH_PAGES_FREE' $on '-DHOTPATH_PAGES_ALLOC(n)=0'
        half 'HOTPATH_PAGES_FREE without HOTPATH_PAGES_ALLOC' $on '-DHOTPATH_PAGES_FREE(p,n)=0'
    done
    has_implementation || exit $failed
    half '_GNU_SOURCE' -DHOTPATH -std=c11 -include stdio.h

    # ---- settings for platforms of the user's own, in C and in C++
    cat >"$dir/custom.h" <<'END'
#include <stddef.h>
#include <stdint.h>
static inline uint64_t custom_clock(void) {
    static uint64_t now;
    return now += 10;
}
END
    cat >"$dir/pages.h" <<'END'
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
void* custom_pages(size_t n);
void custom_pages_free(void* p, size_t n);
#ifdef __cplusplus
}
#endif
END
    cat >"$dir/custom.c" <<'END'
#include <stdlib.h>
#include <string.h>
#include "pages.h"
void* custom_pages(size_t n) {
    size_t round = (n + 4095) & ~(size_t)4095;
    void* p = aligned_alloc(4096, round);
    return p ? memset(p, 0, round) : NULL;
}
void custom_pages_free(void* p, size_t n) {
    (void)n;
    free(p);
}
END
    compile "all macros" all_macros.o -DHOTPATH -std=c11 $m.c
    # For the text alone: the optimizer warns of what it sees in all of them.
    optimize=-O0
    setting() {
        setting_name=$1
        shift
        compile "$setting_name" setting.o -DHOTPATH -std=gnu11 -D_GNU_SOURCE -I"$dir" "$@" $i.c
        program "$setting_name" "$cc" "$dir/all_macros.o" "$dir/setting.o" "$dir/custom.c"
        compile "$setting_name in C++" setting.o -DHOTPATH -std=c++11 -I"$dir" "$@" $i.cpp
    }
    setting "HOTPATH_CLOCK" -include custom.h '-DHOTPATH_CLOCK()=custom_clock()'
    setting "HOTPATH_CLOCK and HOTPATH_CLOCK_HZ" -include custom.h \
        '-DHOTPATH_CLOCK()=custom_clock()' -DHOTPATH_CLOCK_HZ=24000000
    setting "HOTPATH_PAGES_ALLOC and HOTPATH_PAGES_FREE" -include pages.h \
        '-DHOTPATH_PAGES_ALLOC(n)=custom_pages(n)' '-DHOTPATH_PAGES_FREE(p,n)=custom_pages_free(p,n)'
    setting "HOTPATH_THREAD_LOCAL" -DHOTPATH_THREAD_LOCAL=__thread
    setting "HOTPATH_NO_STDIO" -DHOTPATH_NO_STDIO
    check "HOTPATH_NO_STDIO includes no stdio.h" sh -c \
        "! $cc -std=c11 -DHOTPATH -DHOTPATH_NO_STDIO -I. -M $i.c | grep -w 'stdio.h'"
    compile "all macros with HOTPATH_ALLOC" all_alloc.o -DHOTPATH -DHOTPATH_ALLOC -std=c11 $m.c
    for setting in HOTPATH_ALLOC HOTPATH_ALLOC_MACROS HOTPATH_MAX_ALLOC_EVENTS=64; do
        compile "$setting" alloc.o -DHOTPATH -DHOTPATH_ALLOC -std=c11 -D$setting $i.c
        program "$setting" "$cc" "$dir/all_alloc.o" "$dir/alloc.o"
    done
    for bound in HOTPATH_MAX_DEPTH=16 HOTPATH_CONTEXT_DEPTH=8 HOTPATH_MAX_NODES=64 \
        HOTPATH_MAX_FUNCTIONS=16; do
        compile "$bound" bound.o -DHOTPATH -std=c11 -D$bound $i.c
        program "$bound" "$cc" "$dir/all_macros.o" "$dir/bound.o"
    done
    compile "HOTPATH_MCP: implementation" mcp.o -DHOTPATH -DHOTPATH_MCP -std=c11 $i.c
    check_fails "HOTPATH_MCP without the server names it" 'hotpath_mcp' \
        "$cc" "$dir/all_macros.o" "$dir/mcp.o" -o "$dir/program" -lm -lpthread -ldl
    ;;

flags)
    for mode in "" -DHOTPATH; do
        name=${mode:-off}
        compile "$name: no exceptions, no RTTI" plain.o $mode -std=c++11 -fno-exceptions -fno-rtti \
            $m.cpp
        compile "$name: hidden visibility" hidden.o $mode -std=c11 -fvisibility=hidden $m.c
        compile "$name: hidden visibility in C++" hidden2.o $mode -std=c++17 -fvisibility=hidden \
            -fvisibility-inlines-hidden $m.cpp
        compile "$name: -fPIC -O3" pic.o $mode -std=c11 -fPIC -O3 $m.c
        compile "$name: -std=c99 -pedantic-errors" c99.o $mode -std=c99 -pedantic-errors $m.c
        for std in c99 c11; do
            compile "$name: POSIX 2008, $std" posix-$std.o $mode -std=$std \
                -D_POSIX_C_SOURCE=200809L $m.c
        done
    done
    has_implementation || exit $failed
    for std in c99 c11; do
        compile "POSIX 2008, $std: implementation" posix-i.o -DHOTPATH -std=$std -O0 \
            -D_POSIX_C_SOURCE=200809L $i.c
        program "POSIX 2008, $std" "$cc" "$dir/posix-$std.o" "$dir/posix-i.o"
    done
    compile "implementation: no exceptions, no RTTI" plain-i.o -DHOTPATH -std=c++11 -fno-exceptions \
        -fno-rtti -O0 $i.cpp
    program "no exceptions, no RTTI" "$cxx" "$dir/plain.o" "$dir/plain-i.o"
    compile "implementation: hidden visibility, -fPIC" hidden-i.o -DHOTPATH -std=c11 \
        -fvisibility=hidden -fPIC $i.c
    program "hidden visibility" "$cc" "$dir/hidden.o" "$dir/hidden-i.o"
    program "hidden visibility in C++" "$cxx" "$dir/hidden2.o" "$dir/hidden-i.o"
    program "-fPIC" "$cc" "$dir/pic.o" "$dir/hidden-i.o"
    check "public functions stay visible" sh -c "$cc -shared $dir/hidden-i.o -o $dir/lib.so &&
        nm -D --defined-only $dir/lib.so | grep -q ' T hotpath_begin' &&
        ! nm -D --defined-only $dir/lib.so | grep -v ' hotpath_'"
    program "-flto" "$cc" -std=c11 -O1 -flto -DHOTPATH $m.c $i.c
    [ "$cc" = clang ] || # whose optimizer takes twice as long
        program "-flto with HOTPATH_ALLOC" "$cc" -std=c11 -O1 -flto -DHOTPATH -DHOTPATH_ALLOC $m.c $i.c
    for sanitizer in address thread; do
        program "HOTPATH_ALLOC, -fsanitize=$sanitizer" "$cc" -std=c11 -O0 -fsanitize=$sanitizer \
            -DHOTPATH -DHOTPATH_ALLOC $m.c $i.c
    done
    program "-flto in C++" "$cxx" -std=c++17 -O0 -flto -DHOTPATH $m.cpp $i.cpp
    program "-static" "$cc" -static "$dir/pic.o" "$dir/hidden-i.o"
    program "C program, implementation in C++" "$cxx" "$dir/pic.o" "$dir/plain-i.o"
    program "C++ program, implementation in C" "$cxx" "$dir/plain.o" "$dir/hidden-i.o"
    program "one file for all" "$cc" -std=c11 -DHOTPATH -DHOTPATH_IMPLEMENTATION $m.c
    for std in c++17 c++20; do
        program "names of C++ functions, $std" "$cxx" -std=$std -DHOTPATH tests/compile/names.cpp
        program "values of C++, $std" "$cxx" -std=$std -DHOTPATH tests/compile/values.cpp
    done
    program "values of C++, c++11" "$cxx" -std=c++11 -DHOTPATH tests/compile/values.cpp
    # Some compile units record and some do not.
    compile "a unit without recording" off.o -std=c11 tests/compile/declarations.c
    program "units with and without recording" "$cc" "$dir/pic.o" "$dir/hidden-i.o" "$dir/off.o"
    ;;

sources)
    # What users copy from passes all warnings, with recording and without. With gcc the steps that run
    # it say so: examples-build, bench.
    optimize=-O0
    for source in examples/*.c examples/*.cpp bench/*.c; do
        [ -f "$source" ] || continue
        case $cc-$source in gcc-examples/*) continue ;; esac
        case $source in *coroutine.cpp) std=c++20 ;; *.cpp) std=c++17 ;; *) std=gnu11 ;; esac
        for mode in "" -DHOTPATH "-DHOTPATH -DHOTPATH_ALLOC"; do
            case $source$mode in bench/alloc.c*ALLOC | examples/05*ALLOC) ;;
                bench/bench.c | bench/server.c* | bench/alloc.c* | *ALLOC) continue ;;
            esac
            compile "$source ${mode:-off}" source.o -std=$std $mode "$source"
        done
    done
    for adapter in adapters/*.h; do
        for ext in c cpp; do
            printf '#include "hotpath.h"\n#include "%s"\n' "$adapter" >"$dir/adapter.$ext"
            for mode in "" -DHOTPATH; do
                std=c99
                [ $ext = cpp ] && std=c++11
                compile "$adapter $std ${mode:-off}" adapter.o -std=$std -D_POSIX_C_SOURCE=200809L $mode -isystem \
                    /usr/include/postgresql "$dir/adapter.$ext"
            done
        done
        echo "#include \"$adapter\"" >"$dir/adapter.c"
        check_fails "$adapter alone says what it needs" 'hotpath.h.* before hotpath_' "$cc" -I. -fsyntax-only \
            "$dir/adapter.c"
    done
    [ "$cc" = gcc ] && optimize=-O2
    compile "bench/server.c -DHOTPATH -DHOTPATH_MCP" source.o -std=gnu11 -DHOTPATH -DHOTPATH_MCP bench/server.c
    for std in gnu17 c99 c11; do # once with the optimizer's warnings
        for mode in "" -DHOTPATH "-DHOTPATH -DHOTPATH_MCP"; do
            compile "hotpath_mcp.c $std ${mode:-off}" server.o -std=$std $mode hotpath_mcp.c
        done
        optimize=-O0
    done
    ;;

*) echo "compile.sh: no such part: $std" >&2 && exit 2 ;;
esac
exit $failed
