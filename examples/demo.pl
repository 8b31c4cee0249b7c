#!/usr/bin/perl
# demo.pl PROGRAM: starts the search service on real files, searches it all the time, asks its MCP
# endpoint nine questions the way an agent does, and lets it serve until Ctrl-C or for DEMO_SECONDS.
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;
use Time::HiRes qw(sleep time);

my $version = '2026-07-28';
my $program = shift // 'build/examples/03_server';
my $seconds = $ENV{DEMO_SECONDS} // '';
my $token = $ENV{HOTPATH_MCP_AUTH_TOKEN} // '';
die "DEMO_SECONDS is a number of seconds, not '$seconds'\n" if $seconds !~ /^(\d+(\.\d+)?)?$/;
$| = 1;

# What ends the demo: a signal, the time, or the end of the server.
my $ended = 0;
$SIG{$_} = sub { $ended = 1 } for qw(INT TERM HUP);
$SIG{PIPE} = 'IGNORE';

# The server. Its start lines are read here, its report goes out at the end.
delete $ENV{HOTPATH_MCP_OFF};
$ENV{HOTPATH_MCP_PORT} = '6771+' if ($ENV{HOTPATH_MCP_PORT} // '') eq '';
mkdir 'build';
my $log = "build/demo.$$.log";
pipe my $out, my $to or die "$!\n";
my $started = time;
my $server = fork // die "$!\n";
if ($server == 0) {
    open STDOUT, '>&', $to;
    open STDERR, '>', $log;
    exec $program, '--port', '0';
    exit 127;
}
close $to;
my @clients;
my $parent = $$;
END {
    if ($$ == ($parent // 0)) {
        kill TERM => @clients if @clients;
        kill KILL => $server if $server;
        unlink $log if $log;
    }
}

sub said { open my $in, '<', $log or return ''; local $/; return <$in> // '' }
sub fail { print STDERR said(), "demo: @_\n"; exit 1 }
my $start_line = <$out> // '';
my ($search) = $start_line =~ m{(http://[^/ ]+/search)} or fail('the search service did not start');
my ($mcp) = said() =~ m{MCP server at (http://\S+/mcp)} or fail('there is no MCP server');
print $start_line, said();

# Words of the files that are indexed, as somebody would look for them.
sub words_of {
    my %words;
    for my $file (glob('/usr/share/common-licenses/* *.h *.c *.md mcp/*.h examples/*.c')) {
        open my $in, '<', $file or next;
        read $in, my $text, 60000;
        $words{lc $1} = 1 while $text =~ /\b([A-Za-z]{4,12})\b/g;
    }
    return sort keys %words;
}
my @words = words_of();
@words = qw(license software warranty) if !@words;
for my $number (1 .. 2) { # as many as it has workers: none waits for another
    my $pid = fork // last;
    if ($pid != 0) {
        push @clients, $pid;
        next;
    }
    $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
    srand $number;
    my $http = HTTP::Tiny->new(keep_alive => 1, timeout => 10);
    while (getppid() == $parent) {
        # Mostly what nobody asked before, sometimes what everybody asks, now and then nonsense.
        my $kind = rand;
        my $query = $kind < 0.75 ? "$words[rand @words]+the" : $kind < 0.97 ? $words[rand 20] : '%22';
        my $reply = $http->get("$search?q=$query");
        sleep $reply->{status} < 500 ? 0.001 : 0.1;
    }
    exit 0;
}
printf "%d clients send queries since %.1f s after its start.\n", scalar @clients, time - $started;

# call TOOL ARGUMENTS: the structured content of one tool's answer, and the bytes of the answer.
my $http = HTTP::Tiny->new(timeout => 15);
my $id = 0;
sub call {
    my ($tool, $arguments) = @_;
    my %headers = ('Content-Type' => 'application/json', 'Accept' => 'application/json, text/event-stream',
        'MCP-Protocol-Version' => $version, 'Mcp-Method' => 'tools/call', 'Mcp-Name' => $tool);
    $headers{Authorization} = "Bearer $token" if $token ne '';
    my $meta = {'io.modelcontextprotocol/protocolVersion' => $version,
        'io.modelcontextprotocol/clientCapabilities' => {}};
    my $body = JSON::PP->new->utf8->canonical->encode({jsonrpc => '2.0', id => ++$id,
        method => 'tools/call', params => {_meta => $meta, name => $tool, arguments => $arguments}});
    my $reply = $http->post($mcp, {headers => \%headers, content => $body});
    my $answer = eval { JSON::PP->new->utf8->decode($reply->{content}) };
    my $result = ref $answer eq 'HASH' ? $answer->{result} : undef;
    return ($result->{structuredContent}, length $reply->{content})
        if ref $result eq 'HASH' && ref $result->{structuredContent} eq 'HASH';
    return if $ended;
    fail("$tool: $reply->{status} " . substr($reply->{content}, 0, 500));
}

# A value for a reader: times with their unit, ~ before those that are estimates or bounds; strings of
# the program without control characters.
sub shown {
    my ($key, $value, $near) = @_;
    return '-' if !defined $value || ref $value;
    return '~' . shown($key, $value) if $near;
    if ($key =~ /_ns$/) {
        my @units = (['s', 1e9], ['ms', 1e6], ["us", 1e3], ['ns', 1]);
        my ($unit) = grep { $value >= $_->[1] } @units;
        return $unit ? sprintf('%.*f %s', $unit->[1] > 1 ? 2 : 0, $value / $unit->[1], $unit->[0]) : '0 ns';
    }
    if ($key =~ /_bytes$/) {
        my ($size, @units) = (abs $value, qw(B KiB MiB GiB));
        while ($size >= 1024 && @units > 1) { $size /= 1024, shift @units }
        return sprintf '%s%.*f %s', $value < 0 ? '-' : '', $units[0] eq 'B' ? 0 : 1, $size, $units[0];
    }
    return sprintf '%.1f', $value if $key =~ /percent/;
    $value =~ s/[^ -~]/?/g;
    return length $value > 72 ? substr($value, 0, 69) . '...' : $value;
}
sub table {
    my ($answer, @columns) = @_;
    my @rows = @{$answer->{data} // []};
    splice @rows, 8 if @rows > 8;
    # A function of which not all calls were timed has all its times estimated; the self time of one that
    # called it, too.
    my $self = grep { defined $_->{sampled_calls} } @rows;
    @columns = grep { my $c = $_; grep { exists $_->{$c} } @rows } @columns;
    my @lines = ([map { (my $c = $_) =~ s/_(ns|bytes)$//; $c } @columns]);
    for my $row (@rows) {
        push @lines, [map {
            my $time = /_ns$|^percent/ && defined $row->{sampled_calls};
            my $bound = $_ eq 'max_ns' && defined $answer->{approximate};
            shown($_, $row->{$_}, $time || $bound || $self && /^self_ns$|^percent_self$/)
        } @columns];
    }
    print "  (nothing)\n" if !@rows;
    my @width = (0) x @columns;
    for my $line (@lines) {
        for (0 .. $#columns) { $width[$_] = length $line->[$_] if length $line->[$_] > $width[$_] }
    }
    for my $line (@lines) {
        my $text = join '  ', map {
            my $left = $columns[$_] =~ /^(name|label|route|query|cause|subject|action|hint|channel_type)$/;
            sprintf $left ? "%-$width[$_]s" : "%$width[$_]s", $line->[$_];
        } 0 .. $#columns;
        $text =~ s/ +$//;
        print "  $text\n";
    }
}

# The questions. A few seconds of searches come first, so that there is something to say.
my @functions = qw(name calls errors self_ns total_ns percent_self avg_ns p50_ns p95_ns p99_ns max_ns);
my @memory = qw(name calls alloc_count alloc_bytes percent_total free_count live_bytes);
my @routes = qw(route count status_4xx errors total_ns percent_total p50_ns p99_ns per_sec sql_per_request);
my @queries = qw(query count rows total_ns percent_total p50_ns p99_ns);
my @channels = qw(label channel_type queue_size max_queue_size pressure_percent sent_count received_count received_per_sec
    delay_avg_ns);
my @mutexes = qw(name count contended wait_total_ns wait_max_ns hold_total_ns hold_avg_ns hold_max_ns);
my @io = qw(label op count bytes errors total_ns avg_ns p99_ns);
my @causes = qw(rank cause subject impact_percent action);
my @questions = (
    ['which functions dominate right now?', 'functions_timing', '{"limit":8,"since":"10s"}', @functions],
    ['are there latency spikes?', 'functions_timing', '{"limit":8,"sort":"spread"}', @functions],
    ['where is memory allocated, and what is still alive?', 'functions_alloc', '{"limit":8}', @memory],
    ['which route takes the time?', 'server', '{"limit":8}', @routes],
    ['which query?', 'sql', '{"limit":8}', @queries],
    ['which channel has the highest throughput and queue pressure?', 'channels', '{"sort":"throughput"}', @channels],
    ['who waits for which lock?', 'mutexes', '{"limit":8}', @mutexes],
    ['what does io cost?', 'io', '{"limit":8}', @io],
    ['what should I optimise first?', 'bottlenecks', '{"limit":8}', @causes],
);
my $ready = time + 4;
sleep 0.1 while !$ended && time < $ready;
my $first;
for (@questions) {
    my ($question, $tool, $arguments, @columns) = @$_;
    last if $ended;
    my ($answer, $bytes) = call($tool, JSON::PP->new->decode($arguments));
    last if !$answer;
    $first //= time;
    print "\n> $question\n  tools/call $tool $arguments: $bytes bytes\n";
    table($answer, @columns);
}
if (!$ended) {
    my ($status) = call('profiler_status', {});
    my $cost = $status->{recording_cost_ns};
    printf "\nOne recording costs %.1f ns.\n", $cost if defined $cost && !ref $cost;
    my ($host, $port) = $mcp =~ m{//(.*):(\d+)/};
    $host = 'localhost' if $host eq '127.0.0.1' || $host eq '0.0.0.0';
    my $header = $token ne '' ? '"Authorization: Bearer $HOTPATH_MCP_AUTH_TOKEN"' : '';
    print "Ask it yourself", $seconds ne '' ? ", $seconds s from the first answer on" : ', until Ctrl-C', ":\n";
    print "claude mcp add --transport http hotpath http://$host:$port/mcp", $header && " --header $header", "\n";
    print "curl -s ", $header && "-H $header ", "$host:$port/api/functions_timing?limit=3\n";
}
while (!$ended && ($seconds eq '' || time < ($first // time) + $seconds)) {
    if (waitpid($server, 1) == $server) {
        undef $server;
        fail('the server has ended by itself');
    }
    sleep 0.1;
}

# The end: clients first, then the server, whose report this is.
kill TERM => @clients;
waitpid $_, 0 for @clients;
@clients = ();
kill TERM => $server;
$SIG{ALRM} = sub { die "demo: the server does not end\n" };
alarm 20;
print "\n";
print while <$out>;
waitpid $server, 0;
my $code = $?;
undef $server;
fail("the server ended with $code") if $code != 0;
exit 0;
