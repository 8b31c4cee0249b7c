#!/bin/sh
# step.sh NAME COMMAND...: runs one step of `make test`. Its output goes to build/logs/NAME.log, its
# counts to NAME.result, and one line with its seconds to the terminal, those that passed and those that
# processors worked for it, which say more on a machine that is busy. Lines "ok" and "not ok" in the
# output are the checks of the step; a step without any is one check by itself. A step that fails shows
# what failed, and how its output ends.
name=$1
shift
mkdir -p build/logs
log=build/logs/$name.log
start=$(date +%s%N)
"$@" >"$log" 2>&1 </dev/null
code=$?
tenths=$((($(date +%s%N) - start) / 100000000))
# The second line of times is for what has run here: minutes and seconds of user and system.
times >"build/logs/$name.times"
cpu=$(awk 'NR == 2 { gsub(/[ms]/, " "); printf "%d", ($1 * 60 + $2 + $3 * 60 + $4) * 10 }' "build/logs/$name.times")
# A check that is skipped says so, after either word.
skipped=$(grep -c '^\(not \)\?ok\b.*# SKIP' "$log")
passed=$(grep -v '# SKIP' "$log" | grep -c '^ok\b')
failed=$(grep -v '# SKIP' "$log" | grep -c '^not ok\b')
[ $code -ne 0 ] && [ "$failed" -eq 0 ] && failed=1
[ $((passed + failed + skipped)) -eq 0 ] && passed=1
echo "$passed $failed $skipped $cpu" >"build/logs/$name.result"
word=ok
[ "$failed" -gt 0 ] && word=FAILED
printf '%5d.%d s %4d.%d cpu  %-6s  %-34s %d' $((tenths / 10)) $((tenths % 10)) $((cpu / 10)) $((cpu % 10)) $word "$name" "$passed"
[ "$failed" -gt 0 ] && printf ', %d failed (exit code %d)' "$failed" $code
[ "$skipped" -gt 0 ] && printf ', %d skipped' "$skipped"
echo
if [ "$failed" -gt 0 ]; then
    echo "------ build/logs/$name.log"
    grep -A 8 '^not ok\b' "$log" | grep -v '^ok\b' | head -n 100
    echo "------ its end"
    tail -n 50 "$log"
    echo "------"
    exit 1
fi
