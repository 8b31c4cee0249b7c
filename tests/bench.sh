#!/bin/sh
# bench.sh: the bench builds without a warning, runs, and writes JSON with every case. What it measures
# is never checked here: times depend on the machine and on what else runs on it.
. "$(dirname "$0")/lib.sh"
out=build/bench.test
mkdir -p $out
for cc in gcc clang; do
    check "$cc: build" $cc -std=gnu11 -O2 $(tests/flags.sh $cc c) -Werror -DHOTPATH -I. bench/bench.c \
        -o $out/bench.$cc -lpthread
done
check "run" env BENCH_ROUNDS=1 BENCH_JSON=$out/bench.json timeout 60 $out/bench.gcc
check "the JSON file has every case, with numbers" perl -MJSON::PP -e '
    local $/;
    open my $f, "<", shift or die "no file\n";
    my $bench = JSON::PP->new->utf8->decode(scalar <$f>);
    $bench->{floor_ns} > 0 or die "no floor\n";
    my %seen;
    for my $case (@{$bench->{cases}}) {
        exists $case->{$_} or die "$case->{name} has no $_\n"
            for qw(name threads ns ratio base instructions);
        $seen{"$case->{name} $case->{threads}"}++ and die "$case->{name} stands twice\n";
    }
    for my $name (qw(scope_default scope_work10 scope_nest4 scope_256sites)) {
        $seen{"$name $_"} or die "no $name with $_ threads\n" for 1, 2;
    }
    $seen{"$_ 1"} or die "no $_\n" for "gauge", "value", "clock_gettime twice";
    grep(/^snapshot_/, keys %seen) == 1 or die "no snapshot\n";
' $out/bench.json
exit $failed
