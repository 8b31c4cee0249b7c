#!/bin/sh
# postgres.sh: statements of adapters/hotpath_libpq.h against a PostgreSQL server of this system, started
# in a scratch folder by an unprivileged user and reached through a socket in it: how often each ran and
# how many rows it gave is what pg_stat_statements says.
. "$(dirname "$0")/lib.sh"
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$bin/initdb" ] || bin=$(pg_config --bindir)
mkdir -p build
check "the program builds" tests/build.sh asan tests/postgres/check.c build/postgres_check
[ -x build/postgres_check ] || exit 1

# The server refuses to run as root.
scratch=$(mktemp -d)
as=
if [ "$(id -u)" -eq 0 ]; then
    as="setpriv --reuid=postgres --regid=postgres --clear-groups"
    chown postgres:postgres "$scratch"
fi
data=$scratch/data
server() { (cd "$scratch" && $as "$bin/$@"); }
stop() {
    [ ! -f "$data/postmaster.pid" ] || server pg_ctl -D "$data" -m immediate -w stop >/dev/null 2>&1
    rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP
check "initdb" server initdb -D "$data" -U tester --auth=trust --no-sync -E UTF8 --locale=C
check "the server starts" server pg_ctl -D "$data" -l "$scratch/log" -w -t 60 start -o \
    "-k $scratch -c listen_addresses= -c fsync=off -c shared_preload_libraries=pg_stat_statements"
[ -S "$scratch/.s.PGSQL.5432" ] || { cat "$scratch/log"; exit 1; }
HOTPATH_OUTPUT_FORMAT=none build/postgres_check "host=$scratch user=tester dbname=postgres" >build/postgres.log 2>&1 ||
    failed=1
sed 's/^\(not ok\|ok\): /\1 - /' build/postgres.log
check "it has compared" grep -q '^ok: all' build/postgres.log
exit $failed
