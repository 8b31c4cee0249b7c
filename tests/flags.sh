#!/bin/sh
# flags.sh COMPILER c|c++: prints the warnings that every source of hotpath passes.
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wcast-align
-Wundef -Wvla -Wwrite-strings -Wpointer-arith -Wdouble-promotion -Wformat=2 -Wredundant-decls"
if [ "$2" = c ]; then
    warnings="$warnings -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
    -Wnested-externs"
fi
if "$1" --version 2>/dev/null | grep -q clang; then
    warnings="$warnings -Wreserved-identifier"
elif [ "$2" = c ]; then
    warnings="$warnings -Wc++-compat"
fi
echo $warnings
