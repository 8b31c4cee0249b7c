#!/bin/sh
# toc.sh: the CONTENTS list of hotpath.h names every section once and in order, each section stands
# in the list, and every other mention of a marker means one that exists.
. "$(dirname "$0")/lib.sh"
sed -n '/^ *CONTENTS/,/^ *$/p' hotpath.h | sed -n 's/^  *>>\([a-z_]*\)  *[^ ].*/\1/p' >build/toc.list
sed -n -e 's|^>>\(manual\)$|\1|p' -e 's|^ */\* >>\([a-z_]*\).*|\1|p' hotpath.h >build/toc.sections
grep -o '>>[a-z_][a-z_]*' hotpath.h | sed 's/>>//' | sort -u >build/toc.mentions
sort -u build/toc.list >build/toc.sorted
check "the contents list is not empty" test -s build/toc.list
check "sections stand as the contents list has them (< list, > sections)" \
    diff build/toc.list build/toc.sections
check "no section stands twice" sh -c '! sort build/toc.sections | uniq -d | grep .'
check "every marker that is mentioned exists" sh -c '! comm -13 build/toc.sorted build/toc.mentions | grep .'
exit $failed
