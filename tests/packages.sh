#!/bin/sh
# packages.sh test|valgrind|memory|flow|arm|postgres|windows|demo: what that target needs beyond git, make and gcc. Lists what is
# missing and installs it, if this is root on a system with apt; else says what to install.
missing=

# need PACKAGE COMMAND...: the package is missing if the command fails.
need() {
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
tool() { need "$2" command -v "$1"; }
header() { need "$2" sh -c "echo '#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <$1>' | ${CC:-cc} -E -"; }
# What hotpath_mcp.c and examples/03_server.c are made with.
server() {
    header civetweb.h libcivetweb-dev
    header sqlite3.h libsqlite3-dev
    header jsmn.h libjsmn-dev
    header stb/stb_sprintf.h libstb-dev
}

wanted() {
    missing=
    tool gcc gcc
    tool make make
    header stdio.h libc6-dev
    [ "$1" = demo ] || [ "$1" = memory ] || [ "$1" = flow ] || header cmocka.h libcmocka-dev
    case $1 in
        test)
            tool g++ g++
            tool clang clang
            tool pkg-config pkg-config
            tool perl perl
            need libdevel-nytprof-perl test -f /usr/share/perl5/Devel/NYTProf/flamegraph.pl
            tool clang-format-14 clang-format-14
            server
            header curl/curl.h libcurl4-openssl-dev
            header uv.h libuv1-dev
            tool openssl openssl
            header postgresql/libpq-fe.h libpq-dev
            tool node nodejs
            tool npm npm
            ;;
        demo)
            server
            need perl perl -MHTTP::Tiny -MIO::Socket::INET -MJSON::PP -e1
            ;;
        valgrind)
            tool valgrind valgrind
            server
            header curl/curl.h libcurl4-openssl-dev
            header uv.h libuv1-dev
            tool openssl openssl
            ;;
        memory)
            need perl perl -MJSON::PP -MTime::HiRes -e1
            tool valgrind valgrind
            tool heaptrack heaptrack
            tool zstd zstd
            tool sqlite3 sqlite3
            tool git git
            need python3 test -x /usr/bin/python3
            tool bash bash
            lib="/usr/lib/$(gcc -print-multiarch)"
            need libjemalloc-dev test -e "$lib/libjemalloc.so"
            need libgoogle-perftools-dev test -e "$lib/libtcmalloc_minimal.so"
            need libmimalloc-dev test -e "$lib/libmimalloc.so"
            ;;
        flow)
            need perl perl -MJSON::PP -MTime::HiRes -MIO::Socket::INET -e1
            tool strace strace
            need python3 test -x /usr/bin/python3
            tool xz xz-utils
            tool sqlite3 sqlite3
            tool redis-server redis-server
            need nginx-light test -x /usr/sbin/nginx
            ;;
        arm)
            for cross in aarch64-linux-gnu arm-linux-gnueabihf; do
                tool $cross-gcc gcc-$cross
                tool $cross-g++ g++-$cross
            done
            tool clang clang
            need libc6-dev-i386 test -e /usr/lib32/libc.so
            need "lib32gcc-$(gcc -dumpversion | cut -d. -f1)-dev" sh -c 'test -e "$(gcc -m32 -print-libgcc-file-name)"'
            tool qemu-arm qemu-user
            tool apt-get apt
            ;;
        postgres)
            header postgresql/libpq-fe.h libpq-dev
            need postgresql sh -c 'ls /usr/lib/postgresql/*/bin/initdb'
            need postgresql-contrib sh -c 'ls /usr/share/postgresql/*/extension/pg_stat_statements.control'
            ;;
        windows)
            tool x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64
            need wine64 sh -c 'command -v wine64 || command -v wine || [ -x /usr/lib/wine/wine64 ]'
            ;;
    esac
}

wanted "$1"
[ -z "$missing" ] && exit 0
echo "make $1 needs packages that are missing:$missing"
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Install them, then run it again; on Debian: sudo apt-get install$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
mkdir -p build
{
    apt-get update && apt-get install -y --no-install-recommends --no-remove $missing
} >build/packages.log 2>&1 || {
    tail -n 20 build/packages.log
    echo "apt could not install:$missing (all of its output is in build/packages.log)" >&2
    exit 1
}
wanted "$1"
if [ -n "$missing" ]; then
    echo "apt installed its packages, and this is still not found:$missing" >&2
    exit 1
fi
echo "installed."
