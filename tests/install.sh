#!/bin/sh
# install.sh: `make install` puts the header, the adapters and the server where PREFIX and DESTDIR say, and pkg-config finds them.
. "$(dirname "$0")/lib.sh"
dir=$PWD/build/install
rm -rf "$dir"
mkdir -p "$dir"
unset MAKEFLAGS MAKELEVEL MFLAGS
check "make install DESTDIR" make -s install PREFIX=/opt/hotpath DESTDIR="$dir/stage"
check "hotpath.h is there" cmp hotpath.h "$dir/stage/opt/hotpath/include/hotpath.h"
check "hotpath.pc is there" test -f "$dir/stage/opt/hotpath/share/pkgconfig/hotpath.pc"
check "hotpath_mcp.c is there" cmp dist/hotpath_mcp.c "$dir/stage/opt/hotpath/share/hotpath/hotpath_mcp.c"
adapters=$(ls adapters)
for adapter in $adapters; do
    check "$adapter is there" cmp adapters/"$adapter" "$dir/stage/opt/hotpath/include/$adapter"
done
check "nothing else is" sh -c "test \$(find '$dir/stage' -type f | wc -l) -eq $((3 + $(echo "$adapters" | wc -l)))"
check "hotpath.pc has the prefix, not DESTDIR" grep -qx 'prefix=/opt/hotpath' \
    "$dir/stage/opt/hotpath/share/pkgconfig/hotpath.pc"
check "nothing is left to fill in" sh -c "! grep @ '$dir/stage/opt/hotpath/share/pkgconfig/hotpath.pc'"
check "make uninstall" make -s uninstall PREFIX=/opt/hotpath DESTDIR="$dir/stage"
check "nothing is left" sh -c "! find '$dir/stage' -type f | grep ."
check "make install PREFIX" make -s install PREFIX="$dir/usr"
export PKG_CONFIG_PATH="$dir/usr/share/pkgconfig"
version=$(sed -n 's/^ *#define HOTPATH_VERSION  *"\(.*\)"/\1/p' hotpath.h)
check "pkg-config knows the version" sh -c "test \"\$(pkg-config --modversion hotpath)\" = '$version'"
for mode in "" -DHOTPATH; do
    [ -n "$mode" ] && ! has_implementation && continue
    check "a program builds with pkg-config ${mode:-off}" sh -c \
        "cp examples/01_hello.c '$dir' && cd '$dir' &&
         ${CC:-cc} $mode \$(pkg-config --cflags hotpath) 01_hello.c -o hello \$(pkg-config --libs hotpath)"
    check "it runs ${mode:-off}" sh -c "'$dir/hello' >/dev/null"
done
check "a program with the server builds with pkg-config" sh -c \
    "cd '$dir' && ${CC:-cc} -DHOTPATH -DHOTPATH_MCP \$(pkg-config --cflags hotpath) 01_hello.c \
     \$(pkg-config --variable=server hotpath) -o server \$(pkg-config --libs hotpath) -lcivetweb -lm"
check "it runs and says where it is" sh -c \
    "HOTPATH_MCP_PORT=0 '$dir/server' 2>&1 >/dev/null | grep -q '^hotpath: MCP server at http://127.0.0.1:'"
exit $failed
