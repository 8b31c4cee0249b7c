#!/bin/sh
# mcp.sh: the server against the table of MCP's wire, real clients and the official suite, which are
# in tests/mcp. Builds and starts the programs itself.
. "$(dirname "$0")/lib.sh"
out=build/mcp
mkdir -p $out
check "no registry stands in the lock" sh -c '! grep -n "resolved\|registry\|_auth" tests/mcp/package-lock.json'
check "npm ci" tests/mcp/install.sh
node=tests/mcp/node_modules/node/bin/node
[ -x $node ] || exit 1

LIBS='-lcivetweb -lpthread -lm -ldl'
SOURCES='-std=gnu11 -DHOTPATH -DHOTPATH_MCP -I. tests/mcp/program.c hotpath_mcp.c'
check "build" $CC -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined $SOURCES \
    -o $out/program $LIBS
check "build without sanitizers" $CC -O2 $SOURCES -o $out/large $LIBS
[ -x $out/program ] && [ -x $out/large ] || exit 1

# What waits most of its time goes on beside the others.
$node tests/mcp/wire.mjs $out/program >$out/wire.log 2>&1 &
wire=$!
$node tests/mcp/conformance.mjs $out/program >$out/conformance.log 2>&1 || failed=1
sed 's/^\(not \)\{0,1\}ok - /&conformance: /' $out/conformance.log
$node tests/mcp/clients.mjs $out/program $out/large >$out/clients.log 2>&1 || failed=1
sed 's/^\(not \)\{0,1\}ok - /&clients: /' $out/clients.log
wait $wire || failed=1
sed 's/^\(not \)\{0,1\}ok - /&wire: /' $out/wire.log
exit $failed
