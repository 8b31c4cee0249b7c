#!/bin/sh
# readme.sh: the settings table of README.md is the table HOTPATH_I_SETTINGS of hotpath.h: the same
# variables with the same defaults. One X(...) stands for one variable: its first string is the name,
# its second the default. A row of README.md is
#     | `HOTPATH_NAME` | default | what it does |
# where a default of nothing is an empty cell, a dash, `unset` or `none`. The samples of C in README.md
# compile, the first one runs, and the commands that compare objects say that they are identical.
. "$(dirname "$0")/lib.sh"
# The text of the table, from its #define to the first line without a backslash.
awk '/^ *#define HOTPATH_I_SETTINGS/ { on = 1 } on { print } on && !/\\$/ { exit }' hotpath.h |
    perl -e 'local $/; $_ = <>; s/\\\n/ /g;
        print "$1 = $2\n" while /\bX\([^"]*"(\w+)"[^"]*"((?:[^"\\]|\\.)*)"/g;' >build/settings.both
# Those of the server stand in the same form in hotpath_mcp.c, without their prefix.
awk '/^ *#define MCP_SETTINGS/ { on = 1 } on { print } on && !/\\$/ { exit }' hotpath_mcp.c |
    perl -ne 'print "HOTPATH_MCP_$1 = $2\n" if /\bX\((\w+), "((?:[^"\\]|\\.)*)"/;' >>build/settings.both
sort build/settings.both >build/settings.header
[ -f README.md ] && perl -ne 'if (/^\|\s*`((?:HOTPATH_|NO_COLOR)\w*)(?:=[^`]*)?`\s*\|\s*(.*?)\s*(?<!\\)\|/) {
        my ($name, $default) = ($1, $2);
        $default =~ s/`//g;
        $default = "" if $default =~ /^(-|–|—|"")$/;
        $default = "" if $default =~ /^(unset|none)$/ && $name ne "HOTPATH_OUTPUT_FORMAT";
        print "$name = $default\n";
    }' README.md | sort >build/settings.readme
check "hotpath.h has a table of settings" test -s build/settings.header
check "README.md has a table of settings" test -s build/settings.readme
check "they say the same (< hotpath.h, > README.md)" diff build/settings.header build/settings.readme
# The sections that HOTPATH_REPORT may name are those of HOTPATH_I_SECTIONS.
awk '/^ *#define HOTPATH_I_SECTIONS/ { on = 1; next } on { print } on && !/\\$/ { exit }' hotpath.h |
    sed -n 's/^ *X([A-Z_]*, *\([a-z_]*\),.*/\1/p' | sort >build/sections.header
perl -ne 'print map "$_\n", $1 =~ /`(\w+)`/g if /^\| `HOTPATH_REPORT` .*? a list of (.*?);/' README.md |
    sort >build/sections.readme
check "hotpath.h has a table of sections" test -s build/sections.header
check "HOTPATH_REPORT names all of them" diff build/sections.header build/sections.readme
# Every name that README.md mentions stands somewhere in the sources.
check "README.md mentions no variable that does not exist" sh -c \
    "gcc -DHOTPATH -DHOTPATH_SHORT_NAMES -I. -dM -E hotpath.h | sed -n 's/^#define \(HOTPATH_*[A-Z_]*\).*/\1/p' >build/names.known
     sed 's/ = .*//' build/settings.header >>build/names.known
     cat hotpath.h hotpath_mcp.c mcp/*.h adapters/*.h | grep -o '\<HOTPATH_[A-Z_]*[A-Z]' >>build/names.known
     ! grep -o '\<HOTPATH_[A-Z_]*[A-Z]' README.md | sort -u | grep -vxF -f build/names.known"
# The samples: fenced blocks, by their number among those of the same language.
dir=build/readme
rm -rf $dir
mkdir -p $dir
perl -ne 'if (/^```(\w+)$/) { $n{$1}++; open $out, ">", "'$dir'/$n{$1}.$1" or die; $on = 1 }
          elsif (/^```/) { $on = 0 }
          elsif ($on) { print $out $_ }' README.md
for sample in 1 2; do
    for cc in "gcc -O2" clang; do
        for on in -DHOTPATH -UHOTPATH; do
            check "$cc $on: sample $sample compiles" $cc $(tests/flags.sh ${cc%% *} c) -Werror $on -I. \
                -c $dir/$sample.c -o $dir/$sample.o
        done
    done
done
check "nothing waits to be filled in" sh -c "! grep -nE '@[A-Z]+@' README.md"
check "the demo's output is there" sh -c "grep -q '^> which functions dominate' README.md"
check "the first sample builds" $CC -DHOTPATH -I. $dir/1.c -o $dir/first -lpthread
check "the first sample reports" sh -c "$dir/first | grep -Eq '^fib +21891 '"
check "off = identical object code" sh -c "sh -e \$(grep -l '^cmp' $dir/*.sh) | grep -x identical"
exit $failed
