#!/bin/sh
# install.sh: what the tests of tests/mcp are run with, into tests/mcp/node_modules: exactly what
# package-lock.json names, and only if that has changed since the last time.
cd "$(dirname "$0")" || exit 1
stamp=../../build/mcp/installed
if ! command -v npm >/dev/null; then
    echo "npm is missing: on Debian: apt-get install npm" >&2
    exit 1
fi
[ -x node_modules/node/bin/node ] && cmp -s package-lock.json $stamp && exit 0
mkdir -p ../../build/mcp
rm -f $stamp
npm ci --no-audit --no-fund --loglevel=error >../../build/mcp/npm.log 2>&1 || {
    tail -n 20 ../../build/mcp/npm.log
    echo "npm ci failed in tests/mcp: all of its output is in build/mcp/npm.log" >&2
    exit 1
}
cp package-lock.json $stamp
