#!/bin/sh
# demo.sh: what `make demo` runs. Installs what is missing, builds the search service with the MCP
# server in it, and leaves the rest to demo.pl. Where that cannot be, it shows what works without.
cd "$(dirname "$0")/.." || exit 1
make=${MAKE:-make}
unset MAKEFLAGS MAKELEVEL MFLAGS

# Without packages: the header alone. What to install was said, if something is missing.
header_only() {
    echo "Without the server there is still the header: examples/02_game_loop.c, for 3 seconds."
    if ! command -v "${CC:-cc}" >/dev/null; then
        echo "There is no C compiler (${CC:-cc}) either; on Debian: apt-get install gcc libc6-dev" >&2
        exit 1
    fi
    mkdir -p build
    ${CC:-cc} -std=gnu11 -O2 -DHOTPATH -I. examples/02_game_loop.c -o build/demo_game_loop \
        -lpthread -ldl && exec build/demo_game_loop 3
    exit 1
}
if [ ! -f hotpath_mcp.c ]; then
    echo "There is no hotpath_mcp.c in this folder."
    header_only
fi
tests/packages.sh demo || header_only
$make -s build/examples/03_server || exit 1
exec perl examples/demo.pl build/examples/03_server
