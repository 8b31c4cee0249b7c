#!/bin/sh
# examples.sh: the examples run, with recording and without; what they report is well formed: tables,
# JSON that a parser takes, folded stacks that flamegraph.pl takes.
. "$(dirname "$0")/lib.sh"
dir=build/examples
out=build/examples.out
rm -rf $out
mkdir -p $out
# arguments NAME: short runs.
arguments() {
    case $1 in
        02_game_loop | 09_overlay) echo 1 ;;
        plugin_host.off) echo $dir/plugin.off.so ;;
    esac
}
json() { perl -MJSON::PP -e 'local $/; JSON::PP->new->utf8->decode(scalar <>)' "$1"; }
for source in examples/*.c examples/*.cpp; do
    name=$(basename "${source%.*}")
    [ "$name" = plugin ] && continue
    off=$(arguments $name.off)
    [ -n "$off" ] || off=$(arguments $name)
    check "$name.off runs" sh -c "timeout 60 $dir/$name.off $off >$out/$name.off.txt 2>&1 </dev/null"
    check "$name.off reports nothing" sh -c "! grep '^hotpath' $out/$name.off.txt"
    has_implementation || continue
    on=$(arguments $name)
    HOTPATH_OUTPUT_FORMAT=table HOTPATH_OUTPUT_PATH=$out/$name.table \
        HOTPATH_EXPORT=folded:$out/$name.folded \
        check "$name runs" sh -c "timeout 60 $dir/$name $on >$out/$name.txt 2>$out/$name.err </dev/null"
    check "$name: nothing to complain about" sh -c "! grep '^hotpath:' $out/$name.err"
    check "$name: a table" grep -Eq '^Function +Calls .*Self +Self %' $out/$name.table
    check "$name: main is in it" grep -q main $out/$name.table
    check "$name: folded stacks" grep -Eq '^[^ ].* [0-9]+$' $out/$name.folded
    check "$name: flamegraph.pl takes them" sh -c \
        "perl /usr/share/perl5/Devel/NYTProf/flamegraph.pl $out/$name.folded >$out/$name.svg"
    check "$name: a picture" grep -q '</svg>' $out/$name.svg
    for format in json json-pretty; do
        HOTPATH_OUTPUT_FORMAT=$format HOTPATH_OUTPUT_PATH=$out/$name.$format \
            check "$name: $format runs" sh -c "timeout 60 $dir/$name $on >/dev/null 2>&1 </dev/null"
        check "$name: $format is well formed" json $out/$name.$format
    done
    HOTPATH_OUTPUT_FORMAT=none \
        check "$name: none runs" sh -c "timeout 60 $dir/$name $on >$out/$name.none 2>&1 </dev/null"
    check "$name: none reports nothing" sh -c "! grep -E 'Function +Calls' $out/$name.none"
done
exit $failed
