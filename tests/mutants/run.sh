#!/bin/sh
# run.sh quick|all|NAME...: patches the faults of mutants.txt into copies of hotpath.h, or of the file
# that an entry names, one at a time, and runs the test that should notice. The same test passes without
# the fault. A fault that no test notices, whose text is not found exactly once, or that does not compile
# is a failure.
. "$(dirname "$0")/../lib.sh"
list=tests/mutants/mutants.txt
dir=build/mutants
mkdir -p $dir

# field NAME KEY: a line of one entry.
field() { awk -v n="$1" -v k="$2: " '$1 == "name:" { on = ($2 == n) } on && index($0, k) == 1 { print substr($0, length(k) + 1) }' $list; }

# patch [NAME OUTPUT]: writes a mutant; without a name looks whether all of them can be written. White space
# in the old text stands for any.
patch() {
    perl -e '
        my ($list, $only, $output) = @ARGV;
        my ($name, @names, %file, %old, %new, %texts);
        open my $l, "<", $list or die "$list: $!\n";
        while (<$l>) {
            chomp;
            push @names, $name = $1 if /^name: (\S+)/;
            $file{$name} = $1 if /^file: (\S+)/;
            push @{$old{$name}}, $1 if defined $name && /^old: ?(.*)/;
            push @{$new{$name}}, $1 if defined $name && /^new: ?(.*)/;
        }
        local $/;
        my $bad = 0;
        for $name (defined $only ? $only : @names) {
            my $file = $file{$name} || "hotpath.h";
            if (!defined $texts{$file}) {
                open my $h, "<", $file or die "$file: $!\n";
                $texts{$file} = <$h>;
            }
            my $text = $texts{$file};
            my $old = join "\\s+", map { quotemeta } split " ", join "\n", @{$old{$name} || []};
            length $old or die "$name: no old text\n";
            my $count = () = $text =~ /$old/g;
            $count == 1 or $bad = warn "the old text of $name stands $count times in $file, not once\n";
            next if !defined $only || $bad;
            my $new = join "\n", @{$new{$name} || []};
            $text =~ s/$old/$new/;
            unlink $output;
            open my $o, ">", $output or die "$output: $!\n";
            print $o $text;
            close $o or die "$output: $!\n";
        }
        exit $bad;
    ' "$list" "$@"
}

# link_parts FOLDER: what a program is made of stands there as it is at the root.
link_parts() {
    mkdir -p "$1/mcp" "$1/adapters"
    for part in hotpath.h hotpath_mcp.c mcp/*.h adapters/*.h; do ln -sfn "$PWD/$part" "$1/$part"; done
}

# run_test BUILD HEADER_FOLDER PROGRAM TEST [FILTER]: builds the test in that folder; 250 if it does not
# compile, else its result. A test that ends in .sh runs in a copy of the tree.
run_test() {
    build=$1 folder=$2 program=$3 test=$4 filter=${5:-}
    case $test in
        *.sh)
            for entry in tests examples Makefile README.md CHANGELOG.md LICENSE hotpath.pc.in; do
                [ -e $entry ] && ln -sfn "$PWD/$entry" "$folder/$entry"
            done
            TEST_SECONDS=60 SOAK_SECONDS=5 tests/run.sh "$folder/tests/$test" >"$program.log" 2>&1 </dev/null
            ;;
        *)
            source=tests/$test.c
            [ -f "$source" ] || source=tests/$test.cpp
            tests/build.sh $build $source $program "$folder" >"$program.log" 2>&1 || return 250
            TEST_SECONDS=20 tests/run.sh $program ${filter:+"$filter"} >"$program.log" 2>&1 </dev/null
            ;;
    esac
}

# one NAME: "ok" if the test notices.
one() {
    name=$1
    folder=$dir/$name
    rm -rf "$folder" && link_parts "$folder"
    file=$(field "$name" file)
    file=${file:-hotpath.h}
    set -f
    set -- $(field "$name" test)
    set +f
    build=$(field "$name" build)
    build=${build:-o0}
    what="$name (law $(field "$name" law)): $*"
    if ! error=$(patch "$name" "$folder/$file" 2>&1); then
        printf 'not ok - %s\n    %s\n' "$what" "$error"
        return 1
    fi
    run_test "$build" "$folder" "$folder/program" "$@"
    code=$?
    case $code in
        0)
            printf 'not ok - %s\n    no test noticed this fault: %s\n' "$what" "$(field "$name" new | head -n 1)"
            return 1
            ;;
        250)
            printf 'not ok - %s\n    this fault does not compile:\n' "$what"
            head -n 20 "$folder/program.log" | sed 's/^/    /'
            return 1
            ;;
        *)
            echo "ok - $what"
            rm -rf "$folder"
            ;;
    esac
}

# program BUILD TEST: a test without a fault, which make builds.
program() { echo "build/$1/$(basename "$2")"; }

# base BUILD TEST [FILTER]: "ok" if the test passes without a fault.
base() {
    build=$1
    shift
    folder=$dir/base.$(echo "$*-$build" | tr -c 'a-zA-Z0-9_\n' '-')
    link_parts "$folder"
    case $1 in
        *.sh)
            run_test "$build" "$folder" "$folder/program" "$@"
            ;;
        *) TEST_SECONDS=60 tests/run.sh $(program $build $1) ${2:+"$2"} >"$folder/program.log" 2>&1 </dev/null ;;
    esac
    if [ $? = 0 ]; then
        echo "ok - without a fault: $*"
        rm -rf "$folder"
    else
        echo "not ok - without a fault this must pass: $*"
        tail -n 20 "$folder/program.log" | sed 's/^/    /'
        return 1
    fi
}

case ${1:-} in
    --one) one "$2"; exit ;;
    --base) set -f; shift; set -- $1; base "$@"; exit ;;
    quick) names=$(awk '$1 == "name:" { n = $2 } $0 == "quick: yes" { print n }' $list) ;;
    all) names=$(awk '$1 == "name:" { print $2 }' $list) ;;
    *) names="$*" ;;
esac

# Law 13 speaks of interposed allocation, samplers and servers, which this header does not have.
if [ "${1:-}" = quick ]; then
    for law in 1 2 3 4 5 6 7 8 9 10 11 12 14 15 16; do
        found=$(for name in $names; do field "$name" law; done | grep -cx $law)
        check "law $law has a quick mutant" test "$found" -gt 0
    done
fi
check "all texts stand once" patch
check "names are given once" sh -c "! awk '\$1 == \"name:\" { print \$2 }' $list | sort | uniq -d | grep ."

jobs=${JOBS:-$(nproc 2>/dev/null || echo 2)}
bases=$(for name in $names; do
    build=$(field "$name" build)
    printf '%s\n' "${build:-o0} $(field "$name" test)"
done | sort -u)
programs=$(echo "$bases" | while read -r build test filter; do
    case $test in *.sh) ;; *) program $build $test ;; esac
done | sort -u)
unset MAKEFLAGS MAKELEVEL MFLAGS
[ -z "$programs" ] || check "the tests without a fault build" make -s -k -j"$jobs" $programs
{
    echo "$bases" | sed 's/^/--base:/'
    for name in $names; do echo "--one:$name"; done
} | tr '\n' '\0' | xargs -0 -P "$jobs" -I{} sh -c 'job=$1; exec tests/mutants/run.sh "${job%%:*}" "${job#*:}"' sh {} || failed=1
exit $failed
