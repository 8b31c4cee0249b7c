#!/bin/sh
# summary.sh START_SECONDS STEP...: adds up what the steps left in build/logs. A step that left
# nothing has failed. The last line is the one that CI reads.
start=$1
shift
passed=0 failed=0 skipped=0 cpu=0
for step in "$@"; do
    if read -r p f s c <"build/logs/$step.result"; then
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s)) cpu=$((cpu + c))
        [ "$f" -gt 0 ] && echo "failed: $step (build/logs/$step.log)"
    else
        failed=$((failed + 1))
        echo "failed: $step (it did not run)"
    fi
done 2>/dev/null
[ $skipped -gt 0 ] && echo "$skipped skipped"
echo "$(($(date +%s) - start)) seconds, $((cpu / 10)) of processors"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
