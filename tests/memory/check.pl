#!/usr/bin/perl
# check.pl LIBRARY: programs that nobody here wrote, with the preload library in them. Each runs once by
# itself, once with the library, and those of one thread under valgrind and heaptrack too. What they print
# and their exit codes are the same; every account adds up; what was allocated in all is within 1 % of what
# valgrind counts (it takes a realloc for a free and an allocation of the whole new size, as hotpath does)
# and of what heaptrack counts. A program that did not run is a failure.
use strict;
use warnings;
use lib 'tests';
use JSON::PP;
use Time::HiRes 'time';
use programs;

programs::begin('memory', $ARGV[0]);

sub sum { my $all = 0; $all += $_ for @_; return $all }

# ---- what the programs work on ------------------------------------------------------------------

spit("$dir/query.sql", <<'SQL');
CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO item SELECT i, 'name ' || (i * 7919 % 20011), i * 0.5 FROM n;
CREATE INDEX item_name ON item(name);
SELECT count(*), sum(price), min(name), max(name) FROM item;
SELECT substr(name, 1, 6) AS part, count(*) AS n FROM item GROUP BY part ORDER BY n DESC, part LIMIT 20;
DELETE FROM item WHERE id % 3 = 0;
SELECT a.id, b.id FROM item a JOIN item b ON a.name = b.name AND a.id < b.id LIMIT 5;
VACUUM;
SELECT count(*) FROM item;
SQL
spit("$dir/words.py", <<'PY');
import collections, json, re
words = collections.Counter(re.findall(r"[a-z]+", open("README.md").read().lower()))
text = json.dumps({"words": words.most_common(500), "lengths": [len(w) for w in words]})
print(len(text), json.loads(text)["words"][:5])
PY
spit("$dir/threads.py", <<'PY');
import hashlib, json, queue, threading
jobs, done = queue.Queue(), []
def work():
    while (n := jobs.get()) is not None:
        rows = [{"id": i, "text": "x" * (i % 97)} for i in range(n)]
        done.append((n, hashlib.sha256(json.dumps(rows).encode()).hexdigest()))
threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads: t.start()
for n in range(200, 400): jobs.put(n)
for t in threads: jobs.put(None)
for t in threads: t.join()
print(len(done), hashlib.sha256(repr(sorted(done)).encode()).hexdigest())
PY
spit("$dir/table.pl", <<'PL');
my %seen;
open my $in, '<', 'hotpath.h' or die;
while (<$in>) { $seen{$_}++ for /\w+/g }
printf "%s %d\n", $_, $seen{$_} for (sort { $seen{$b} <=> $seen{$a} || $a cmp $b } keys %seen)[0 .. 99];
PL
# A history of its own: what git works on is then the same wherever these files were unpacked.
my @git = ('git', '-c', 'user.name=a', '-c', 'user.email=a@localhost', '-c', 'gc.auto=0');
sub history {
    system("rm -rf $dir/history && mkdir $dir/history && cd $dir/history && @git init -q -b main . "
            . "&& cp -r $root/mcp $root/examples $root/*.md . && @git add . && @git commit -q -m one "
            . "&& sed -i 's/static/STATIC/' mcp/* && @git commit -qam two "
            . "&& cp mcp/*.h examples && @git add . && @git commit -q -m three "
            . ">$dir/history.log 2>&1") == 0 or die "no history: " . slurp("$dir/history.log");
}
history();
chomp(my $cc1 = `gcc -print-prog-name=cc1`);

# cc1 gets what the preprocessor has made of a program, so that it needs no paths.
system("gcc -E -I. examples/02_game_loop.c -o $dir/game.i") == 0 or die "no preprocessor\n";

# name, compare (1: one thread, one process: its numbers are compared), command, what to do before a run.
my @programs = (
    ['sqlite3 in memory', 1, "sqlite3 -batch :memory: <$dir/query.sql"],
    ['sqlite3 in a file', 1, "sqlite3 -batch $dir/file.db <$dir/query.sql", "rm -f $dir/file.db"],
    ['git log -p', 1, "git -C $dir/history --no-pager log -p --stat"],
    ['git blame', 1, "git -C $dir/history --no-pager blame examples/json.h"],
    ['git clone', 0, "git clone -q --no-local $dir/history $dir/clone && git -C $dir/clone log --format=%T",
        "rm -rf $dir/clone"],
    ['python3', 1, "/usr/bin/python3 $dir/words.py"],
    ['python3, threads', 0, "/usr/bin/python3 $dir/threads.py"],
    ['cc1', 1, "$cc1 -quiet -O2 -fpreprocessed $dir/game.i -o -"],
    ['gcc, as and ld', 0, "gcc -O1 -I. examples/01_hello.c -o $dir/hello && $dir/hello && cksum <$dir/hello"],
    ['perl', 1, "/usr/bin/perl $dir/table.pl"],
    ['bash', 1, q{/bin/bash -c 'for i in {1..3000}; do a[i]=$((i * i % 101)); done; echo "${a[*]}"'}],
    ['sort, threads', 0, 'sort --parallel=4 hotpath.h'],
);

# ---- one run ------------------------------------------------------------------------------------

# Deterministic: no random hashes, no pools of their own, no locale, no configuration of the user.
my %same = (PYTHONMALLOC => 'malloc', PYTHONHASHSEED => 0, PYTHONDONTWRITEBYTECODE => 1, PERL_HASH_SEED => 0,
    PERL_PERTURB_KEYS => 0, LC_ALL => 'C', GIT_CONFIG_GLOBAL => '/dev/null', GIT_CONFIG_NOSYSTEM => 1,
    HOME => $dir, PATH => '/usr/bin:/bin', TMPDIR => $dir);

# run PROGRAM HOW [WRAP [PRELOAD]]: its exit code and what it printed. What it was started with stands in
# a script of its own; only the program is wrapped and has the library, not the shell that starts it.
sub run {
    my ($program, $how, $wrap, $preload) = @_;
    my ($name, $compare, $command, $before) = @$program;
    (my $file = "$name $how") =~ s/\W+/_/g;
    $file = "$dir/$file";
    system($before) if defined $before;
    my $line = ($wrap // '') . " $command";
    $line = "export LD_PRELOAD='$preload' HOTPATH_LIMIT=0 HOTPATH_REPORT=all HOTPATH_OUTPUT_FORMAT=json HOTPATH_OUTPUT_PATH=$file.%p.json\n$line"
        if defined $preload;
    spit("$file.sh", "$line\n");
    my $code;
    {
        local @ENV{keys %same} = values %same;
        $code = system("timeout 600 sh $file.sh >$file.out 2>$file.err </dev/null");
    }
    return {code => $code, out => slurp("$file.out"), err => slurp("$file.err"), file => $file};
}
# The accounts of all processes of a run, and what is wrong with them.
sub accounts {
    my ($r) = @_;
    my (@accounts, @wrong);
    for my $path (glob("$r->{file}.*.json")) {
        my $report = eval { JSON::PP->new->utf8->decode(slurp($path)) };
        if (!$report) { push @wrong, "$path: $@"; next }
        my ($all, $heap, $drops) = @$report{qw(functions_alloc heap dropped)};
        my %a = (allocs => $all->{total_allocations}, bytes => $all->{total_allocated_bytes},
            frees => $all->{total_frees}, live => $heap->{live_bytes}, foreign => $all->{foreign_frees},
            reallocs => $all->{total_reallocs}, allocator => $heap->{process}{heap_allocator}, threads => $report->{threads}{thread_count} +
                sum(map { $_->{status} eq 'ended' ? $_->{count} : 0 } @{$report->{threads}{data}}));
        my $name = "$report->{program} ($report->{pid})";
        my $same = sub {
            my ($what, $is, $should) = @_;
            push @wrong, "$name: $what $is, not $should" if $is != $should;
        };
        my @rows = @{$all->{data}};
        my @threads = @{$report->{threads}{data}};
        $same->('allocations by function', sum(map { $_->{alloc_count} } @rows), $a{allocs});
        $same->('bytes by function', sum(map { $_->{alloc_bytes} } @rows), $a{bytes});
        $same->('frees by function', sum(map { $_->{free_count} } @rows), $a{frees});
        $same->('reallocs by function', sum(map { $_->{realloc_count} } @rows), $a{reallocs});
        $same->('allocations by size', sum(map { @{$_->{sizes}} } @rows), $a{allocs});
        $same->('allocations by thread', sum(map { $_->{alloc_count} } @threads), $a{allocs});
        $same->('bytes by thread', sum(map { $_->{alloc_bytes} } @threads), $a{bytes});
        $same->('frees by thread', sum(map { $_->{free_count} } @threads), $a{frees});
        $same->('live blocks', $heap->{live_count}, $a{allocs} - $a{frees});
        $same->('live bytes', $a{live}, $a{bytes} - sum(map { $_->{free_bytes} } @rows));
        $same->('live by function', sum(map { $_->{live_bytes} } @{$heap->{data}}), $a{live});
        push @wrong, "$name: more frees than allocations" if $a{frees} > $a{allocs};
        push @wrong, "$name: nothing was allocated" if $a{allocs} == 0;
        $same->("drops: $_", $drops->{$_}, 0) for sort keys %$drops;
        push @accounts, \%a;
    }
    push @wrong, 'there is no account' if !@accounts;
    return (\@accounts, @wrong);
}
sub shown { my ($text) = @_; $text = substr($text, 0, 300); $text =~ s/\s+$//; return $text }

# What valgrind counts. Its own frees at the end are left out.
sub valgrind {
    my ($program) = @_;
    my $r = run($program, 'valgrind', "valgrind --run-libc-freeres=no --run-cxx-freeres=no --leak-check=no "
            . "--undef-value-errors=no --log-file=$dir/valgrind.log");
    my ($allocs, $frees, $bytes) =
        slurp("$dir/valgrind.log") =~ /total heap usage: ([\d,]+) allocs, ([\d,]+) frees, ([\d,]+) bytes/;
    return if !defined $bytes;
    tr/,//d for $allocs, $frees, $bytes;
    return {%$r, allocs => $allocs, frees => $frees, bytes => $bytes};
}
# heaptrack's own library brings the C++ library's reserve for exceptions with it.
my $reserve = 72704;

# What heaptrack counts: in its file, "a SIZE TRACE" is a kind of allocation, "+ N" one of kind N and
# "- N" its end, in hexadecimal.
sub heaptrack {
    my ($program) = @_;
    my $r = run($program, 'heaptrack', "heaptrack -o $dir/heaptrack");
    my ($file) = glob("$dir/heaptrack.*");
    my (@size, %sum);
    open my $in, '-|', $file =~ /zst$/ ? 'zstd' : 'gzip', '-dcq', $file or return;
    while (<$in>) {
        if (/^a (\w+)/) { push @size, hex $1 }
        elsif (/^\+ (\w+)/) { $sum{allocs}++, $sum{bytes} += $size[hex $1] }
        elsif (/^- (\w+)/) { $sum{frees}++ }
    }
    close $in;
    unlink $file;
    return if !defined $sum{allocs};
    $sum{allocs}--, $sum{bytes} -= $reserve if grep { $_ == $reserve } @size;
    return {%$r, %sum};
}

# ---- all of them --------------------------------------------------------------------------------

# Whether a run did what the plain one did.
sub same_as {
    my ($plain, $r) = @_;
    my @wrong;
    push @wrong, "exit code $r->{code}, not $plain->{code}: " . shown($r->{err}) if $r->{code} != $plain->{code};
    push @wrong, 'another output: ' . shown($r->{out}) if $r->{out} ne $plain->{out};
    push @wrong, 'another stderr: ' . shown($r->{err}) if $r->{err} ne $plain->{err};
    return @wrong;
}
# The one account of a run, and what of it differs from another count by more than 1 %.
sub near {
    my ($who, $mine, $theirs) = @_;
    return "$who has no numbers" if !$theirs;
    return map {
        my $off = $theirs->{$_} == 0 ? 0 : 100 * ($mine->{$_} / $theirs->{$_} - 1);
        abs $off <= 1 ? () : sprintf '%s: %d, %s counts %d: %+.2f %%', $_, $mine->{$_}, $who, $theirs->{$_}, $off;
    } qw(allocs bytes);
}
my @table = (['program', 'processes', 'threads', 'allocations', 'frees', 'bytes', 'live', 'valgrind', 'off %',
    'heaptrack', 'off %', 'seconds', 'with']);
sub off { my ($mine, $theirs) = @_; return $theirs ? sprintf '%+.3f', 100 * ($mine / $theirs - 1) : '-' }

my %account;
for my $program (@programs) {
    my ($name, $compare) = @$program;
    my $started = time;
    my $plain = run($program, 'plain');
    my $plain_time = time - $started;
    check("$name runs", $plain->{code} == 0 && $plain->{out} ne '' ? () : "$plain->{code}: " . shown($plain->{err}));
    $started = time;
    my $with = run($program, 'hotpath', '', $library);
    my $with_time = time - $started;
    check("$name: the same with the library", same_as($plain, $with));
    my ($accounts, @wrong) = accounts($with);
    check("$name: the account adds up", @wrong);
    my %all;
    for my $a (@$accounts) { $all{$_} += $a->{$_} for grep { $_ ne 'allocator' } keys %$a }
    my ($valgrind, $heaptrack);
    if ($compare) {
        check("$name: one process", @$accounts == 1 ? () : scalar @$accounts . ' accounts');
        $valgrind = valgrind($program);
        check("$name: as valgrind counts", near('valgrind', \%all, $valgrind), same_as($plain, $valgrind // {}));
        $heaptrack = heaptrack($program);
        check("$name: as heaptrack counts", near('heaptrack', \%all, $heaptrack));
        $account{$name} = \%all;
    }
    push @table, [$name, scalar @$accounts, map({ $_ // '-' } @all{qw(threads allocs frees bytes live)}),
        $valgrind ? ($valgrind->{bytes}, off($all{bytes}, $valgrind->{bytes})) : ('-', '-'),
        $heaptrack ? ($heaptrack->{bytes}, off($all{bytes}, $heaptrack->{bytes})) : ('-', '-'),
        sprintf('%.2f', $plain_time), sprintf('%.2f', $with_time)];
}

# ---- other allocators ---------------------------------------------------------------------------

# They take the place of the C library's below the account, which stays what it is.
my $lib = '/usr/lib/' . (`gcc -print-multiarch` =~ s/\s+//r);
for my $allocator (['jemalloc', "$lib/libjemalloc.so.2"], ['tcmalloc', "$lib/libtcmalloc_minimal.so.4"],
    ['mimalloc', "$lib/libmimalloc.so.2"]) {
    my ($who, $path) = @$allocator;
    check("$who is there", -e $path ? () : $path);
    for my $program (grep { $_->[0] =~ /^(sqlite3 in memory|git log -p|python3|python3, threads|cc1)$/ } @programs) {
        my $name = $program->[0];
        my $plain = run($program, 'plain');
        my $with = run($program, $who, '', "$library $path");
        check("$name on $who: the same", same_as($plain, $with));
        my ($accounts, @wrong) = accounts($with);
        check("$name on $who: the account adds up", @wrong);
        check("$name on $who: which tells by its name",
            map { $_->{allocator} eq $who ? () : "'$_->{allocator}' does" } @$accounts);
        next if !$account{$name};
        check("$name on $who: as on the C library", near('the C library', $accounts->[0], $account{$name}));
        push @table, ["$name, $who", scalar @$accounts,
            map({ $_ // '-' } @{$accounts->[0]}{qw(threads allocs frees bytes live)}), ('-') x 6];
    }
}

# Linked into a program that counts itself: each function allocates what it does on the C library.
my $relay = 'gcc -std=gnu11 -O2 -DHOTPATH -DHOTPATH_ALLOC -I. examples/05_memory.c -lpthread -lm -ldl';
my %expected;
for my $who ('', 'jemalloc', 'tcmalloc_minimal', 'mimalloc') {
    my $name = $who eq '' ? 'the relay' : "the relay with -l$who";
    my $path = "$dir/relay$who";
    my $link = $who eq '' ? '' : "-Wl,--no-as-needed -l$who";
    check("$name builds", system("$relay $link -o $path >$path.log 2>&1") == 0 ? () : shown(slurp("$path.log")));
    system("HOTPATH_LIMIT=0 HOTPATH_OUTPUT_FORMAT=json HOTPATH_OUTPUT_PATH=$path.%p.json $path 1 >$path.out 2>&1");
    my ($accounts, @wrong) = accounts({file => $path});
    check("$name: the account adds up", @wrong);
    my ($file) = glob("$path.*.json");
    my $report = eval { JSON::PP->new->utf8->decode(slurp($file // '')) };
    # Threads and the printed text are the C library's business; the rest is the program's.
    my %is = map { $_->{name} => "$_->{alloc_count} $_->{alloc_bytes} $_->{free_count} $_->{free_bytes}" }
        grep { $_->{name} !~ /^(main|<outside>)$/ } @{$report->{functions_alloc}{data}};
    $is{'what it prints'} = slurp("$path.out");
    %expected = %is if $who eq '';
    check("$name: each function allocates the same", keys %is > 5 ? () : 'hardly anything allocates',
        map { ($is{$_} // '') eq ($expected{$_} // '') ? () : "$_: $is{$_}, not $expected{$_}" }
            sort keys %{{%is, %expected}});
    push @table, [$name, scalar @$accounts, map({ $_ // '-' } @{$accounts->[0]}{qw(threads allocs frees bytes live)}),
        ('-') x 6];
}

# ---- the table ----------------------------------------------------------------------------------

my @width;
for my $row (@table) {
    for (0 .. $#$row) { $width[$_] = length $row->[$_] if length $row->[$_] > ($width[$_] // 0) }
}
print "\n";
for my $row (@table) {
    print join('  ', map { sprintf $_ == 0 ? "%-$width[$_]s" : "%$width[$_]s", $row->[$_] } 0 .. $#$row), "\n";
}
print "\nBytes are those asked for, a realloc counts its whole new size; valgrind's and heaptrack's for the same\n",
    "command. heaptrack's are without the $reserve bytes that its own library takes. Seconds are by themselves\n",
    "and with the library.\n";
exit $failed;
