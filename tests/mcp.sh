#!/bin/sh
# mcp.sh: the server against the table of MCP's wire, real clients, the official suite and JSON.parse,
# which are in tests/mcp. Builds and starts the programs itself.
. "$(dirname "$0")/lib.sh"
out=build/mcp
# What make builds of the examples, and the server that is linked to them.
examples=build/examples
mkdir -p $out
check "no registry stands in the lock" sh -c '! grep -n "resolved\|registry\|_auth" tests/mcp/package-lock.json'
check "npm ci" tests/mcp/install.sh
node=tests/mcp/node_modules/node/bin/node
[ -x $node ] || exit 1

LIBS='-lcivetweb -lpthread -lm -ldl'
SOURCES='-std=gnu11 -DHOTPATH -DHOTPATH_MCP -I. tests/mcp/program.c'
rm -f $out/program $out/large $out/plain
{ $CC -O1 -DHOTPATH_ALLOC $SOURCES $examples/server.o -o $out/large $LIBS &&
    $CC $SOURCES $examples/server.o -o $out/plain $LIBS; } >$out/large.log 2>&1 &
large=$!
check "build" clang -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -DHOTPATH_ALLOC $SOURCES \
    hotpath_mcp.c -o $out/program $LIBS
check "build of the JSON reader" tests/build.sh o0 tests/unit/test_mcp_json.c $out/test_mcp_json
wait $large
check "build without sanitizers" sh -c "cat $out/large.log; [ -x $out/large ] && [ -x $out/plain ]"
[ -x $out/program ] && [ -x $out/large ] || exit 1

# All three wait most of their time: for slow connections, and for processes.
node_test() {
    part=$1
    shift
    $node tests/mcp/"$part".mjs "$@" >$out/"$part".log 2>&1
}
node_test wire $out/program &
wire=$!
node_test conformance $out/program &
conformance=$!
node_test json $out/test_mcp_json || failed=1
node_test planted $examples/03_server $examples/06_links $examples/07_dataflow $examples/06_async || failed=1
node_test questions $examples/03_server || failed=1
node_test clients $out/program $out/large $out/plain $examples/03_server $examples/05_memory || failed=1
wait $conformance || failed=1
wait $wire || failed=1
for part in json planted questions conformance clients wire; do
    sed "s/^\(not \)\{0,1\}ok - /&$part: /" $out/$part.log
done
exit $failed
