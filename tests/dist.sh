#!/bin/sh
# dist.sh: the files of `make dist`, alone in a folder, are enough for a program.
. "$(dirname "$0")/lib.sh"
dir=build/dist
rm -rf $dir
mkdir -p $dir
unset MAKEFLAGS MAKELEVEL MFLAGS
check "make dist" make -s dist
check "dist/hotpath.h is hotpath.h" cmp hotpath.h dist/hotpath.h
for adapter in adapters/*.h; do
    check "dist/$(basename "$adapter") is $adapter" cmp "$adapter" dist/"$(basename "$adapter")"
done
cp dist/* examples/01_hello.c $dir/
# The build line of README.md, in a folder with nothing else.
check "a program builds" sh -c "cd $dir && ${CC:-cc} -O2 01_hello.c -o hello.off && ./hello.off >off.txt 2>&1"
check "without recording it prints no table" sh -c "! grep -i calls $dir/off.txt"
if has_implementation; then
    check "it builds with recording" sh -c "cd $dir && ${CC:-cc} -O2 -DHOTPATH 01_hello.c -o hello"
    check "it runs" sh -c "cd $dir && ./hello >on.txt 2>&1"
    check "it prints a table" grep -iq calls $dir/on.txt
    check "it builds with the server" sh -c \
        "cd $dir && ${CC:-cc} -DHOTPATH -DHOTPATH_MCP 01_hello.c hotpath_mcp.c -o server -lcivetweb -lpthread -lm"
    check "the server starts" sh -c \
        "HOTPATH_MCP_PORT=0 $dir/server 2>&1 >/dev/null | grep -q '^hotpath: MCP server at http://127.0.0.1:'"
    cp hotpath_mcp.c $dir/alone.c
    check_fails "hotpath_mcp.c without mcp/ says so" "make dist" \
        ${CC:-cc} -DHOTPATH -DHOTPATH_MCP -I$dir -c $dir/alone.c -o $dir/alone.o
    check_fails "a forgotten hotpath_mcp.c names itself" "hotpath_mcp_start" sh -c \
        "cd $dir && ${CC:-cc} -DHOTPATH -DHOTPATH_MCP 01_hello.c -o none -lpthread -lm"
fi
exit $failed
