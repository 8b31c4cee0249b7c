#!/bin/sh
# version.sh: one version everywhere.
. "$(dirname "$0")/lib.sh"
value() { sed -n "s/^ *#define HOTPATH_VERSION$1  *\([0-9\"][^ ]*\).*/\1/p" hotpath.h | tr -d '"'; }
major=$(value _MAJOR) minor=$(value _MINOR) patch=$(value _PATCH)
version=$major.$minor.$patch
check "HOTPATH_VERSION" test "$(value '')" = "$version"
check "HOTPATH_VERSION_NUMBER" test "$(value _NUMBER)" = $((major * 10000 + minor * 100 + patch))
check "the first line of hotpath.h" grep -q "^/\* hotpath\.h - v$version - " hotpath.h
check "the first line of hotpath.h is the first" sh -c "head -n 1 hotpath.h | grep -q 'hotpath.h - v'"
check "the newest entry of CHANGELOG.md" test \
    "$(sed -n 's/^## *\[*\([0-9][0-9.]*\).*/\1/p' CHANGELOG.md | head -n 1)" = "$version"
check "hotpath.pc takes it from the header" grep -qx 'Version: @VERSION@' hotpath.pc.in
check "a year and the names of the licenses" grep -q 'MIT' LICENSE
# The license stands in the header too, word for word.
words() { tr -s ' \n*' '\n' <"$1" | grep . | tr '\n' ' '; }
words LICENSE >build/license.file
words hotpath.h >build/license.header
check "hotpath.h ends with the text of LICENSE" perl -e 'local $/;
    open F, "<", shift; my $l = <F>; open H, "<", shift; my $h = <H>;
    $l =~ s/\s+$//; exit(index($h, $l) < 0)' build/license.file build/license.header
exit $failed
