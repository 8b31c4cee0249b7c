#!/usr/bin/perl
# server.pl PROGRAM [FILE]: runs examples/03_server on a free port, asks it all that is below, and ends
# it with SIGTERM. Its output goes through, its exit code is the result; a reply that is wrong is one.
# FILE gets the replies to searches, for a comparison of two ways to make them.
use strict;
use warnings;
use IO::Socket::INET;
use JSON::PP;

my ($program, $file) = @ARGV;
my $wrong = 0;
$SIG{PIPE} = 'IGNORE'; # the server closes when it has heard enough
my $directory = "build/server.$$";
mkdir $directory;
mkdir "$directory/deep";
my %text = (
    'plain.txt' => "A title\n\n" . "The quick brown fox jumps over the lazy dog.\n" x 40,
    'deep/code.c' => "/* Sources. */\nint fox(void);\n\n" x 50,
    'quoted "name" <b>.txt' => "A fox with \"quotes\", <tags> and \x01 control bytes\n",
    'latin.txt' => "renard \xe9\xff fox\n",
    'long.txt' => "fox \xe3\x81\x82" x 20000,
    'empty.txt' => '',
    'binary.bin' => "fox\0fox",
    '.hidden' => "hiddenword fox\n",
);
for my $name (keys %text) {
    open my $out, '>:raw', "$directory/$name" or die "$directory/$name: $!";
    print $out $text{$name};
}
symlink '.', "$directory/deep/circle";

pipe my $from, my $to;
my $pid = fork;
if ($pid == 0) {
    open STDOUT, '>&', $to;
    exec $program, '--port', '0', $directory, '/usr/share/common-licenses', '.';
    exit 127;
}
close $to;
# However this ends, the server does not outlive it.
END { kill KILL => $pid if $pid }
$SIG{TERM} = sub { die "told to end\n" };
my $first = <$from> // '';
print $first;
my ($port) = $first =~ m{^search: http://127\.0\.0\.1:(\d+)/search\?q=\w+ \(\d+ passages of \d+ files\)$};
die "no start line\n" if !$port;

sub wrong { print STDERR "server.pl: @_\n"; $wrong++ }
sub dial { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 10) or die "$!\n" }
# raw BYTES: what the server sends until it closes.
sub raw {
    my $request = shift;
    my $socket = dial();
    print $socket $request;
    my $all = '';
    local $SIG{ALRM} = sub { die 'no reply to ' . substr($request, 0, 200) . "\n" };
    alarm 20;
    while (sysread $socket, $all, 65536, length $all) { }
    alarm 0;
    return $all;
}
# ask QUERY: status, head and body of a GET.
sub ask {
    my $all = raw("GET $_[0] HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    my ($head, $body) = split /\r\n\r\n/, $all, 2;
    my ($status) = ($head // '') =~ m{^HTTP/1\.1 (\d+)};
    my ($length) = ($head // '') =~ /^Content-Length: (\d+)\r?$/m;
    wrong("$_[0]: not as long as it says") if !defined $length || $length != length($body // '');
    return ($status // 0, $head // '', $body // '');
}
sub quoted { my $s = $_[0]; $s =~ s/([^A-Za-z0-9])/sprintf '%%%02x', ord $1/ge; $s }

# Searches: a query, the least and the most results.
my @searches = (
    ['fox', 20, 20], ['fox&limit=1', 1, 1], ['fox&limit=50', 21, 50], ['FOX', 20, 20],
    ['fox+dog', 1, 20], ['jumps+jumping', 1, 20], ['fo*', 20, 20], ['zz' . 'qqzz', 0, 0],
    ['hiddenword', 0, 20], ['license&limit=7', 7, 7], ['the+of+and+to&limit=50', 1, 50],
    # What FTS5 would take for syntax, and what is no text.
    map { [quoted($_), 0, 20] } '"fox', 'fox"', '""fox""', 'fox AND', 'AND', 'OR NOT', 'NEAR(fox dog)',
    'NEAR(', 'body:fox', 'words:fox', '{body} : fox', '^fox', '-fox', 'fox -dog', 'fox + dog', '(fox',
    'fox)', '((((', '*', '**', '* *', 'fox**', "'", "'; DROP TABLE words; --", '%s%n%d', '\\', '!!!',
    "fox\tdog\nfox\rfox", "\x01\x02fox", "\xff\xfe", "fox\xff", "\xf0\x9f\xa6\x8a", "\xed\xa0\x80",
    '<script>', '../../etc/passwd', "fox\x7f", 'x' x 1000, 'fox ' x 200, '" ' x 100 . 'fox',
);
my @replies;
for my $search (@searches) {
    my ($query, $least, $most) = @$search;
    my ($status, $head, $body) = ask("/search?q=$query");
    push @replies, "$query\n$body";
    my $reply = eval { JSON::PP->new->utf8->decode($body) };
    if ($status != 200 || !$reply) {
        wrong("$query: $status, $@$body");
        next;
    }
    my @rows = @{$reply->{results}};
    wrong("$query: $reply->{count} results") if @rows != $reply->{count} || @rows < $least || @rows > $most;
    for my $row (@rows) {
        my $keys = join ' ', sort keys %$row;
        wrong("$query: $keys") if $keys ne 'line matches_in_file path score snippet title';
        wrong("$query: $row->{matches_in_file} matches") if $row->{matches_in_file} < 1;
        wrong("$query: a binary file") if $row->{path} =~ /binary|hidden\z|circle/;
    }
    wrong("$query: " . substr $head, 0, 200) if $head !~ m{^Content-Type: application/json}m;
}
# Requests: bytes of the path and the status.
my @requests = (
    ['/', 200], ['/search', 400], ['/search?q=', 400], ['/search?q=+++', 400], ['/search?q=%22', 400],
    ['/search?q=%00fox', 400], ['/search?q=fox%00', 400], ['/search?q=' . 'x' x 2000, 400],
    ['/search?q=fox&limit=0', 400], ['/search?q=fox&limit=51', 400], ['/search?q=fox&limit=-1', 400],
    ['/search?q=fox&limit=1x', 400], ['/search?q=fox&limit=', 400], ['/search?q=fox&limit=99999999', 400],
    ['/nothing', 404], ['/search/', 404], ['/../../etc/passwd', 404], ['/examples/03_server.c', 404],
);
for (@requests) {
    my ($status) = ask($_->[0]);
    wrong(substr($_->[0], 0, 60) . ": $status instead of $_->[1]") if $status != $_->[1];
}
for my $method (qw(POST HEAD PUT DELETE OPTIONS)) {
    my $all = raw("$method /search?q=fox HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    wrong("$method: $all") if $all !~ m{^HTTP/1\.1 405 .*^Allow: GET\r}ms;
}
# What is no request, or ends too soon, changes nothing for others.
raw("nonsense\r\n\r\n");
raw("\x00\xff\x16\x03\x01\r\n\r\n");
raw("GET /search?q=" . 'x' x 40000 . " HTTP/1.1\r\n\r\n");
for my $part ("GET /sea", "GET /search?q=fox HTTP/1.1\r\nHo", "GET /search?q=the+of HTTP/1.1\r\nHost: a\r\n\r\n") {
    my $socket = dial();
    print $socket $part;
    close $socket;
}
# The second reply comes from the cache, and is the first.
my @twice = map { [ask('/search?q=lazy+brown')] } 1, 2;
wrong('the first is a hit') if $twice[0][1] !~ /^X-Cache: miss/m;
wrong('the second is a miss') if $twice[1][1] !~ /^X-Cache: hit/m;
wrong('hit and miss differ') if $twice[0][2] ne $twice[1][2];
# One connection takes more than one request.
my $two = raw("GET /search?q=fox HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
wrong('a kept connection') if (() = $two =~ m{HTTP/1\.1 200 }g) != 2;
# More at once than there are threads: each is answered, or told to come back.
my @sockets = map { dial() } 1 .. 60;
my $n = 0;
for my $socket (@sockets) {
    $n++;
    print $socket "GET /search?q=the+a*+t$n*&limit=50 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
}
my %statuses;
for my $socket (@sockets) {
    my $all = '';
    while (sysread $socket, $all, 65536, length $all) { }
    $statuses{$all =~ m{^HTTP/1\.1 (\d+)} ? $1 : 'none'}++;
}
delete @statuses{qw(200 503 504)};
wrong('under load: ' . join ' ', %statuses) if %statuses;
my ($after) = ask('/search?q=fox');
wrong("afterwards: $after") if $after != 200;

if ($file) {
    open my $out, '>:raw', $file or die "$file: $!";
    s/\Q$directory\E/DIRECTORY/g for @replies;
    print $out @replies;
}
kill TERM => $pid;
print while <$from>;
waitpid $pid, 0;
undef $pid;
wrong('it was killed by signal ' . ($? & 127)) if $? & 127;
my $code = $? >> 8;
unlink "$directory/$_" for keys %text, 'deep/circle';
rmdir "$directory/deep";
rmdir $directory;
exit($wrong ? 1 : $code);
