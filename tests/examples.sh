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
        02_game_loop | 05_memory | 07_dataflow | 09_overlay) echo 1 ;;
        plugin_host.off) echo $dir/plugin.off.so ;;
    esac
}
# program NAME[.off]: the command that runs an example. A server runs until it is told to end.
program() {
    case $1 in
        03_server*) echo "perl tests/server.pl $dir/$1" ;;
        06_links*) echo "perl tests/site.pl $dir/$1" ;;
        *) echo "$dir/$1" ;;
    esac
}
# What is tested here is the report; the MCP server has tests of its own.
export HOTPATH_MCP_OFF=1
json() { perl -MJSON::PP -e 'local $/; JSON::PP->new->utf8->decode(scalar <>)' "$1"; }
for source in examples/*.c examples/*.cpp; do
    name=$(basename "${source%.*}")
    [ "$name" = plugin ] && continue
    off=$(arguments $name.off)
    [ -n "$off" ] || off=$(arguments $name)
    check "$name.off runs" sh -c "timeout 60 $(program $name.off) $off >$out/$name.off.txt 2>&1 </dev/null"
    check "$name.off reports nothing" sh -c "! grep '^hotpath' $out/$name.off.txt"
    has_implementation || continue
    on=$(arguments $name)
    HOTPATH_OUTPUT_FORMAT=table HOTPATH_OUTPUT_PATH=$out/$name.table \
        HOTPATH_EXPORT=folded:$out/$name.folded \
        check "$name runs" sh -c "timeout 60 $(program $name) $on >$out/$name.txt 2>$out/$name.err </dev/null"
    check "$name: nothing to complain about" sh -c "! grep '^hotpath:' $out/$name.err"
    check "$name: a table" grep -Eq '^Function +Calls .*Self +Self %' $out/$name.table
    check "$name: main is in it" grep -q main $out/$name.table
    check "$name: folded stacks" grep -Eq '^[^ ].* [0-9]+$' $out/$name.folded
    check "$name: flamegraph.pl takes them" sh -c \
        "perl /usr/share/perl5/Devel/NYTProf/flamegraph.pl $out/$name.folded >$out/$name.svg"
    check "$name: a picture" grep -q '</svg>' $out/$name.svg
    for format in json json-pretty; do
        HOTPATH_OUTPUT_FORMAT=$format HOTPATH_OUTPUT_PATH=$out/$name.$format \
            check "$name: $format runs" sh -c "timeout 60 $(program $name) $on >/dev/null 2>&1 </dev/null"
        check "$name: $format is well formed" json $out/$name.$format
    done
    HOTPATH_OUTPUT_FORMAT=none \
        check "$name: none runs" sh -c "timeout 60 $(program $name) $on >$out/$name.none 2>&1 </dev/null"
    check "$name: none reports nothing" sh -c "! grep -E 'Function +Calls' $out/$name.none"
done

# The search service: its slow way and its fast way give the same, byte for byte; the report shows
# which of them it was. A request is one tree, though two threads work on it.
server="timeout 60 perl tests/server.pl $dir/03_server"
check "03_server: the slow way" sh -c "$server $out/slow.replies >$out/slow.txt"
check "03_server: the fast way" sh -c "DEMO_FIXED=1 $server $out/fast.replies >$out/fast.txt"
check "03_server: replies were kept" test -s $out/slow.replies
check "03_server: both give the same" cmp $out/slow.replies $out/fast.replies
check "03_server: both without recording" sh -c "$server.off $out/off.replies >/dev/null &&
    cmp $out/slow.replies $out/off.replies"

# The relay does the same work with each of its faults, and without any.
sums() { sed -n '/^SAY/,/^checksum/p' "$1"; }
for faults in leak pool churn none; do
    check "05_memory: faults: $faults" sh -c "DEMO_FAULTS=$faults timeout 60 $dir/05_memory.off 1 >$out/$faults.txt"
    sums $out/05_memory.off.txt >$out/all.sums
    sums $out/$faults.txt >$out/$faults.sums
    check "05_memory: $faults: the same work" cmp $out/all.sums $out/$faults.sums
done
check "05_memory: there is a checksum" grep -q '^checksum [0-9a-f]' $out/none.sums
for seconds in 0 -1 x ''; do
    check_fails "05_memory: '$seconds' seconds are none" '^usage: ' $dir/05_memory "$seconds"
done
has_implementation || exit $failed
# Its own report names what leaks, without any server; and that take_buffer held more than is left.
growth='HOTPATH_HEAP_INTERVAL=100 HOTPATH_HEAP_MIN_GROWTH=2K HOTPATH_REPORT=alloc,heap timeout 60'
check "05_memory: runs with its faults" sh -c "$growth $dir/05_memory 3 >$out/faults.txt"
check "05_memory: runs without" sh -c "DEMO_FIXED=1 $growth $dir/05_memory 3 >$out/fixed.txt"
check "05_memory: the leak is the suspect" grep -Eq '^suspect: handle_rename grew in [0-9]+ of [0-9]+ intervals' $out/faults.txt
check "05_memory: and no other" sh -c "[ \$(grep -c '^suspect' $out/faults.txt) = 1 ]"
check "05_memory: without the faults there is none" sh -c "! grep '^suspect' $out/fixed.txt"
check "05_memory: what lived at most is known" grep -Eq ' at most [0-9.]+ MiB at a tick' $out/faults.txt
check "05_memory: what leaked is alive at the end" grep -Eq '^handle_rename +[0-9]+ +[0-9.]+ KiB' $out/faults.txt
check "05_memory: and not without the fault" sh -c "! sed -n '/^Still live/,/^\$/p' $out/fixed.txt | grep handle_rename"
# The game's frames: each 97th one has the spike that is planted, and path finding has made it so.
frames() { # JSON code: of $f, the frames of the game, and @spikes, the worst of them that are a 97th
    perl -MJSON::PP -e 'local $/; my $f = (JSON::PP->new->utf8->decode(scalar <STDIN>)->{frames}{data}[0]);
        my @spikes = grep { $_->{id} % 97 == 0 } @{$f->{worst}}; exit !eval($ARGV[0])' "$2" <"$1"
}
game='HOTPATH_REPORT=frames HOTPATH_OUTPUT_FORMAT=json timeout 60'
spiky="HOTPATH_OUTPUT_PATH=$out/spikes.json $game $dir/02_game_loop 12 >$out/spikes.txt"
check "02_game_loop: runs with its spikes" sh -c "$spiky"
# A machine that is busy otherwise has longer frames than those: one run of four is of a time that it is not.
for _ in 2 3 4; do
    frames $out/spikes.json '@spikes == 7 && $f->{period} == 97' || sh -c "$spiky"
done
check "02_game_loop: runs without" sh -c "DEMO_FIXED=1 HOTPATH_OUTPUT_PATH=$out/even.json $game $dir/02_game_loop 12 >$out/even.txt"
check "02_game_loop: both simulate the same" cmp $out/spikes.txt $out/even.txt
check "02_game_loop: 720 frames" frames $out/spikes.json '$f->{name} eq "game" && $f->{count} == 720'
check "02_game_loop: the seven spikes are among the worst" frames $out/spikes.json '@spikes == 7'
check "02_game_loop: path finding has made them" frames $out/spikes.json \
    '@spikes && !grep { $_->{inside}[0]{name} ne "find_path" || 2 * $_->{inside}[0]{excess_ns} < $_->{duration_ns} } @spikes'
check "02_game_loop: each has looked for all ways" frames $out/spikes.json \
    '@spikes && !grep { $_->{inside}[0]{calls} != 970 } @spikes'
check "02_game_loop: their period" frames $out/spikes.json '$f->{period} == 97'
check "02_game_loop: without them there is none" frames $out/even.json '$f->{period} == 0 && $f->{count} == 720'
check "03_server: a query a row is in the report" grep -Eq '^query_row +[0-9]+ ' $out/slow.txt
check "03_server: and not with a join" sh -c "! grep query_row $out/fast.txt"
check "03_server: a search is inside its request" grep -Eq '─ search +[0-9]+ ' $out/slow.txt
check "03_server: no event is lost" grep -q ' 0 events lost' $out/slow.txt
# The pipeline: with the slow stage its queue was full, without not; all words are counted.
check "07_dataflow: with a slow stage" sh -c "DEMO_FAULTS=stage timeout 60 $dir/07_dataflow 2 examples >$out/stage.txt 2>/dev/null"
check "07_dataflow: without faults" sh -c "DEMO_FIXED=1 timeout 60 $dir/07_dataflow 2 examples >$out/flows.txt 2>/dev/null"
for run in stage flows; do
    check "07_dataflow: $run: every word" grep -q 'every word counted once' $out/$run.txt
    check "07_dataflow: $run: its stream" grep -Eq '^text +[1-9][0-9]* +[0-9.]+ [KM]iB ' $out/$run.txt
done
check "07_dataflow: the queue was full" grep -Eq '^counted +0 +16 +[1-9]' $out/stage.txt
check "07_dataflow: and its producers waited" grep -q '^counted (send wait) ' $out/stage.txt
check "07_dataflow: the lock without a stage" grep -q '^word table' $out/flows.txt
# The coroutines: what is created, polled and ended is what the program does, on whatever thread it runs.
coroutines() { # JSON code: of %t, the tasks by their labels, and $pool, their runtime
    perl -MJSON::PP -e 'local $/; my $j = JSON::PP->new->utf8->decode(scalar <STDIN>);
        my %t = map { $_->{label} => join " ", @$_{qw(call_count total_polls done cancelled pending running misused)} }
            @{$j->{futures}{data}};
        my $pool = $j->{tokio_runtime}{data}[0]; exit !eval($ARGV[0])' "$2" <"$1"
}
check "08_coroutine: runs for its tasks" sh -c "HOTPATH_REPORT=futures,runtime HOTPATH_OUTPUT_FORMAT=json \
    HOTPATH_OUTPUT_PATH=$out/tasks.json timeout 60 $dir/08_coroutine >$out/tasks.txt"
check "08_coroutine: does the same without recording" cmp $out/tasks.txt $out/08_coroutine.off.txt
while read -r label created polls done cancelled pending; do
    check "08_coroutine: $label: $created created, $polls polls, $done done, $cancelled cancelled, $pending pending" \
        coroutines $out/tasks.json '$t{'$label'} eq "'"$created $polls $done $cancelled $pending"' 0 0"'
done <<'END'
digest 20 160 20 0 0
index 1 1 1 0 0
volume 1 4 1 0 0
chapter 3 6 3 0 0
broken 1 2 0 1 0
lookup 4 4 0 3 1
END
check "08_coroutine: no other tasks" coroutines $out/tasks.json 'keys %t == 6'
check "08_coroutine: what each of its threads has resumed" coroutines $out/tasks.json \
    'join(" ", map $_->{poll_count}, @{$pool->{workers}}) eq "86 85"'
check "08_coroutine: one is alive" coroutines $out/tasks.json \
    '"@$pool{qw(num_alive_tasks spawned finished misused)}" eq "1 30 29 0"'

# The demo: its questions under load, with a token and estimated times.
HOTPATH_MCP_PORT=0 HOTPATH_MCP_AUTH_TOKEN=sesame HOTPATH_TIME_SAMPLING_RATE=16 HOTPATH_OUTPUT_FORMAT=none \
    DEMO_SECONDS=1 check "demo: it ends by itself" \
    sh -c "timeout 60 perl examples/demo.pl $dir/03_server >$out/demo.txt 2>&1"
check "demo: nine questions, each with a table of at most 8 rows" awk '
    /^> / { questions++; rows = -2 }
    /^  / && ++rows > 8 { exit 1 }
    /^  +(name|label|route|query|rank) / { tables++ }
    END { exit questions != 9 || tables != 9 || rows > 8 }' $out/demo.txt
check "demo: the route, with its queries" grep -Eq '^  GET /search +[0-9]+ .* [0-9.]+$' $out/demo.txt
check "demo: the query of each row" grep -Eq '^  SELECT f\.title, f\.path, p\.line.* [0-9]+ ' $out/demo.txt
check "demo: estimates are marked" grep -Eq '^  query_row .* ~[0-9.]+ m?s +~' $out/demo.txt
check "demo: the channel of its jobs" grep -Eq '^  jobs +bounded\[16\] +[0-9]+ +[0-9]+ +[0-9.]+ +[1-9][0-9]* +[1-9]' $out/demo.txt
check "demo: the lock of its cache" grep -Eq '^  cache +[1-9][0-9]*' $out/demo.txt
check "demo: the lock of its pool" grep -Eq '^  pool +[1-9][0-9]* .* [0-9.]+ [mu]?s$' $out/demo.txt
check "demo: the files that it has read" grep -Eq '^  file +read +[1-9][0-9]* +[1-9]' $out/demo.txt
check "demo: the cost of a recording" grep -Eq '^One recording costs [0-9.]+ ns' $out/demo.txt
check "demo: how to ask it" sh -c "
    grep -Eqx 'claude mcp add --transport http hotpath http://localhost:[0-9]+/mcp --header \
\"Authorization: Bearer \\\$HOTPATH_MCP_AUTH_TOKEN\"' $out/demo.txt && grep -q '^curl -s -H ' $out/demo.txt"
check "demo: the token is not printed" sh -c "! grep sesame $out/demo.txt"
for port in -1 65536 x ''; do
    check_fails "03_server: port '$port' is none" '^usage: ' $dir/03_server --port "$port"
done
check_fails "03_server: no such directory" 'No such file' $dir/03_server build/nothing
mkdir -p $out/none
check "03_server: nothing to index" sh -c "timeout -s TERM 2 $dir/03_server $out/none >$out/none.txt 2>&1;
    grep -q '(0 passages of 0 files)' $out/none.txt"
exit $failed
