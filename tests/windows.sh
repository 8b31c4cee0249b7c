#!/bin/sh
# windows.sh: tests/windows/recorder.c by mingw-w64, under wine; the same program as this system's own
# tells a fault of the program from one of the platform.
. "$(dirname "$0")/lib.sh"
dir=build/windows
mkdir -p $dir
wine=$(command -v wine64 || command -v wine || echo /usr/lib/wine/wine64)
export WINEDEBUG=-all WINEPREFIX="${WINEPREFIX:-$PWD/$dir/prefix}"
cross=x86_64-w64-mingw32-gcc
for clock in real virtual; do
    define=-DREAL
    [ $clock = virtual ] && define=-DVIRTUAL
    rm -f $dir/*.json $dir/here $dir/*.exe
    check "$clock clock: builds here" cc -std=gnu11 -O2 -Wall -Wextra -Werror -DHOTPATH $define -I. \
        tests/windows/recorder.c -o $dir/here -lpthread
    check "$clock clock: passes here" env HOTPATH_OUTPUT_FORMAT=json HOTPATH_OUTPUT_PATH=$dir/here.json \
        $dir/here $dir/here.json
    check "$clock clock: cross-compiles" $cross -std=gnu11 -O2 -Wall -Wextra -Werror -DHOTPATH $define \
        -I. tests/windows/recorder.c -o $dir/recorder.exe -static
    HOTPATH_OUTPUT_FORMAT=json HOTPATH_OUTPUT_PATH=$dir/there.json \
        timeout 300 "$wine" $dir/recorder.exe $dir/there.json >$dir/output 2>$dir/errors </dev/null
    code=$?
    sed -e 's/\r$//' -e "s/^ok - /ok - $clock clock, wine: /" -e "s/^not ok - /not ok - $clock clock, wine: /" $dir/output
    [ $code -eq 0 ] && grep -q '^ok' $dir/output || { failed=1; tail -n 20 $dir/errors; }
    check "$clock clock: ends well under wine" test $code -eq 0
    check "$clock clock: JSON at exit" perl -MJSON::PP -e \
        'local $/; open F, "<", shift or die; JSON::PP->new->utf8->decode(scalar <F>)' $dir/there.json
done
for source in all_macros implementation declarations; do
    check "cross-compiles $source.c with all warnings" $cross -std=c11 -O1 -Werror \
        $(tests/flags.sh $cross c) -DHOTPATH -I. -c tests/compile/$source.c -o $dir/object.o
done
check "links" $cross -std=c11 -DHOTPATH -I. tests/compile/all_macros.c tests/compile/implementation.c \
    -o $dir/all.exe -static
check "runs" timeout 300 "$wine" $dir/all.exe
exit $failed
