#!/bin/sh
# link.sh: what goes wrong between files says so in words. A program without the implementation fails
# to link on a symbol that tells what to do; compile units of two versions tell both at run time.
. "$(dirname "$0")/lib.sh"
dir=build/link
mkdir -p $dir
symbol=hotpath_define_HOTPATH_IMPLEMENTATION_in_one_file_or_link_the_program_with_rdynamic
cat >$dir/nothing.c <<'END'
#include "hotpath.h"
int main(void) { return 0; }
END
cat >$dir/scope.c <<'END'
#include "hotpath.h"
int main(void) {
    HOTPATH_SCOPE("a");
    return 0;
}
END
cp $dir/scope.c $dir/scope.cpp
for compiler in gcc clang g++ clang++; do
    case $compiler in *++) source=$dir/scope.cpp ;; *) source=$dir/scope.c ;; esac
    for flags in -O0 -O2 "-O2 -flto" "-O2 -ffunction-sections -fdata-sections"; do
        check_fails "$compiler $flags: a missing implementation names itself" $symbol \
            $compiler $flags -DHOTPATH -I. $source -o $dir/program
    done
done
check_fails "also where nothing is recorded" $symbol cc -DHOTPATH -I. $dir/nothing.c -o $dir/program
check "without recording nothing is missing" cc -I. $dir/scope.c -o $dir/program
check "without recording a shared library is whole" cc -I. -fPIC -shared -Wl,-z,defs \
    $dir/scope.c -o $dir/lib.so
has_implementation || exit $failed

cat >$dir/alloc.c <<'END'
#include "hotpath.h"
int main(void) {
    HOTPATH_FREE(HOTPATH_MALLOC(1));
    return 0;
}
END
printf '#define HOTPATH_IMPLEMENTATION\n#include "hotpath.h"\n' >$dir/implementation.c
check "an implementation without HOTPATH_ALLOC" cc -DHOTPATH -I. -c $dir/implementation.c -o $dir/without.o
check_fails "an implementation without HOTPATH_ALLOC names what to do" \
    hotpath_compile_the_file_with_HOTPATH_IMPLEMENTATION_with_HOTPATH_ALLOC_too \
    cc -DHOTPATH -DHOTPATH_ALLOC -I. $dir/alloc.c $dir/without.o -o $dir/program

cat >$dir/two.c <<'END'
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
int main(void) { return 0; }
END
cp $dir/two.c $dir/two_again.c
sed -i 's/int main(void)/int other(void); int other(void)/' $dir/two_again.c
check_fails "two implementations in one program" 'multiple definition of .hotpath_' \
    cc -DHOTPATH -I. $dir/two.c $dir/two_again.c -o $dir/program

# A plugin without an implementation, in a program that does not export its own.
cat >$dir/plugin.c <<'END'
#include "hotpath.h"
void plugin_work(void);
void plugin_work(void) { HOTPATH_FUNC(); }
END
cat >$dir/host.c <<'END'
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include <dlfcn.h>
#include <stdio.h>
int main(int argc, char** argv) {
    HOTPATH_MAIN();
    void* plugin = dlopen(argv[argc - 1], RTLD_NOW);
    if (!plugin) return fprintf(stderr, "%s\n", dlerror()), 1;
    void (*work)(void) = (void (*)(void))dlsym(plugin, "plugin_work");
    work();
    return 0;
}
END
check "a plugin builds" cc -DHOTPATH -I. -fPIC -shared $dir/plugin.c -o $dir/plugin.so
check "a host builds" cc -std=gnu11 -DHOTPATH -I. $dir/host.c -o $dir/host -lpthread -ldl
check_fails "a host without -rdynamic: the plugin names the flag" 'link_the_program_with_rdynamic' \
    $dir/host $dir/plugin.so
check "a host with -rdynamic builds" cc -std=gnu11 -DHOTPATH -I. -rdynamic $dir/host.c -o $dir/host \
    -lpthread -ldl
check "a host with -rdynamic" $dir/host $dir/plugin.so
check "a host that exports only hotpath builds" cc -std=gnu11 -DHOTPATH -I. \
    '-Wl,--export-dynamic-symbol=hotpath_*' $dir/host.c -o $dir/host -lpthread -ldl
check "a host that exports only hotpath" $dir/host $dir/plugin.so
cat >$dir/own.c <<'END'
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
void plugin_work(void);
void plugin_work(void) { HOTPATH_FUNC(); }
END

# said REGEX COMMAND...: the command succeeds and says that.
said() {
    said_regex=$1
    shift
    "$@" >$dir/said 2>&1 || { cat $dir/said; return 1; }
    grep -Eq -- "$said_regex" $dir/said || { echo "this lacks $said_regex:"; cat $dir/said; return 1; }
}
silent() {
    "$@" 2>$dir/said >/dev/null || return 1
    ! grep '^hotpath:' $dir/said
}
check "a plugin with its own recorder builds" cc -std=gnu11 -DHOTPATH -I. -fPIC -shared \
    $dir/own.c -o $dir/own.so
check "a second recorder says one line" said '^hotpath: ' $dir/host $dir/own.so
check "a host says nothing when all is well" silent $dir/host $dir/plugin.so

# A compile unit of another version, and one with another size of its sites.
cat >$dir/unit.c <<'END'
#include "hotpath.h"
int unit(int x);
int unit(int x) {
    HOTPATH_FUNC();
    HOTPATH_SCOPE("inside");
    HOTPATH_BEGIN(a, "a");
    HOTPATH_END(a);
    return x;
}
END
cat >$dir/main.c <<'END'
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
int unit(int x);
int main(void) {
    HOTPATH_MAIN();
    return unit(1) + unit(-1);
}
END
# The patch level is not part of what two units have to agree on.
version=$(sed -n 's/^ *#define HOTPATH_VERSION  *"\([0-9]*\.[0-9]*\).*/\1/p' hotpath.h)
mkdir -p $dir/newer $dir/larger
sed -e 's/^\( *#define HOTPATH_VERSION_MINOR  *\).*/\177/' \
    -e 's/^\( *#define HOTPATH_VERSION  *\).*/\1"0.77.0"/' hotpath.h >$dir/newer/hotpath.h
sed -e 's|^\( *uint32_t group_id;\) /\*.*|\1 uint32_t spare[4];|' hotpath.h >$dir/larger/hotpath.h
check "the copies differ" sh -c "! cmp -s hotpath.h $dir/newer/hotpath.h && ! cmp -s hotpath.h $dir/larger/hotpath.h"
check "the recorder builds" cc -std=gnu11 -DHOTPATH -I. -c $dir/main.c -o $dir/main.o
for kind in newer larger; do
    check "a $kind unit builds" cc -std=gnu11 -DHOTPATH -I$dir/$kind -c $dir/unit.c -o $dir/$kind.o
    check "a $kind unit links" cc $dir/main.o $dir/$kind.o -o $dir/$kind.program -lpthread -ldl
done
check "a newer unit: one line names its file" said "^hotpath: .*unit\.c" $dir/newer.program
check "a newer unit: its version is named" said "^hotpath: .*0\.77" $dir/newer.program
check "a newer unit: the recorder's version is named" said "^hotpath: .*recorder is $version\b" $dir/newer.program
check "a larger unit: one line names its file" said "^hotpath: .*unit\.c" $dir/larger.program
check "a larger unit: the recorder is named" said "^hotpath: .*recorder is $version\b" $dir/larger.program
check "the message comes once" sh -c \
    "test \$($dir/newer.program 2>&1 >/dev/null | grep -c '^hotpath: .*unit\.c') -eq 1"
check "the same version says nothing" sh -c \
    "cc -std=gnu11 -DHOTPATH -I. $dir/main.o $dir/unit.c -o $dir/same -lpthread -ldl && ! $dir/same 2>&1 >/dev/null | grep ."
exit $failed
