#!/usr/bin/perl
# check.pl LIBRARY: programs that nobody here wrote, with the library of `make io` in them. What they print
# and their exit codes are the same as without it; reads and writes of those that call the system directly
# are, count by count and byte by byte, those that strace sees between the begin of main and its end, but for
# what the loader reads of libraries that main loads. A program that did not run is a failure.
use strict;
use warnings;
use lib 'tests';
use IO::Socket::INET;
use JSON::PP;
use Time::HiRes qw(sleep time);
use programs;

programs::begin('flow', $ARGV[0]);
system($ENV{CC} || 'cc', '-shared', '-fPIC', '-O1', 'tests/flow/mark.c', '-o', "$dir/mark.so") == 0
    or die "no $dir/mark.so\n";

# ---- what the programs work on ------------------------------------------------------------------

spit("$dir/files.py", <<'PY');
import os, socket, threading, zlib
def copy(n):
    source, target = f"{os.environ['DIR']}/from{n}", f"{os.environ['DIR']}/to{n}"
    with open(source, "wb", 0) as f:
        for i in range(100): f.write(bytes([i]) * (i * 37 + n))
    done, fd = 0, os.open(source, os.O_RDONLY)
    with open(target, "wb") as f:
        while data := os.read(fd, 4096):
            done = zlib.crc32(data, done)
            f.write(data)
    for i in range(50): done = zlib.crc32(os.pread(fd, 100, i * 1000), done)
    os.close(fd)
    os.fsync(os.open(target, os.O_RDWR))
    return done
sums = {}
def work(n): sums[n] = copy(n)
threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
for t in threads: t.start()
for t in threads: t.join()
a, b = socket.socketpair()
a.setblocking(False)
try: a.recv(10)
except BlockingIOError: pass
for i in range(20): b.send(b"x" * i); a.recv(100) if i else None
a.close()
try: b.send(b"x"); b.recv(1); b.send(b"x")
except OSError as e: print(type(e).__name__)
r, w = os.pipe()
os.writev(w, [b"one", b"two"]); print(os.read(r, 100))
try: os.read(w, 1)
except OSError as e: print(e)
print(sorted(sums.items()))
PY
spit("$dir/query.sql", <<'SQL');
CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO item SELECT i, 'name ' || (i * 7919 % 20011), i * 0.5 FROM n;
CREATE INDEX item_name ON item(name);
SELECT count(*), sum(price), min(name), max(name) FROM item;
DELETE FROM item WHERE id % 3 = 0;
VACUUM;
SELECT count(*) FROM item;
SQL
spit("$dir/text", join '', map { "line $_ of a text: " . $_ * 7919 % 1000003 . "\n" } 1 .. 400000);
spit("$dir/children.py", <<'PY');
import subprocess
for i in range(20): print(subprocess.run(["/bin/echo", str(i)], capture_output=True).stdout)
print(subprocess.run("echo shell; exit 3", shell=True).returncode)
PY

# ---- one run ------------------------------------------------------------------------------------

# The C library reads no file for the time zone.
my %same = (DIR => $dir, TZ => 'UTC0', PYTHONPATH => $dir, PYTHONHASHSEED => 0, PYTHONDONTWRITEBYTECODE => 1, LC_ALL => 'C', HOME => $dir,
    PATH => '/usr/sbin:/usr/bin:/sbin:/bin', TMPDIR => $dir);
my %report = (HOTPATH_OUTPUT_FORMAT => 'json', HOTPATH_REPORT => 'all', HOTPATH_IO_LIMIT => 0,
    HOTPATH_OUTPUT_PATH => "$dir/report.%p");

# Returns: what it printed, its exit code, and its report. Args: in front of it, such as strace.
sub run {
    my ($name, $command, $preload, @front) = @_;
    local %ENV = (%same, $preload ? %report : ());
    unlink glob "$dir/report.*";
    my @set = $preload ? ("LD_PRELOAD=$preload") : ();
    my $line = join ' ', @front, 'env', @set, $command;
    my $out = `( $line ) 2>&1`;
    my $code = $?;
    my @reports = map { eval { decode_json(slurp($_)) } || () } glob "$dir/report.*";
    return ($out, $code, \@reports);
}
# Sums of a report over the operations of a name: calls and bytes.
sub told {
    my ($report, $op) = @_;
    my ($count, $bytes) = (0, 0);
    for my $row (@{$report->{io}{data}}) {
        ($count, $bytes) = ($count + $row->{count}, $bytes + $row->{bytes}) if $row->{op} eq $op;
    }
    return ($count, $bytes);
}
my $reads = qr/^(?:read|pread64|readv|preadv2?|recvfrom|recvmsg)$/;
my $writes = qr/^(?:write|pwrite64|writev|pwritev2?|sendto|sendmsg|sendfile|copy_file_range)$/;
# The same of a trace between its marks: each thread has a file of its own.
sub traced {
    my ($from, $to) = (0, 9e99);
    my %sum = (read => [0, 0], write => [0, 0]);
    my @lines;
    for my $file (glob "$dir/trace.*") {
        for (split /\n/, slurp($file)) {
            $from = $1 if m{^([\d.]+) access\("/hotpath-mark", F_OK\)};
            $to = $1 if m{^([\d.]+) access\("/hotpath-mark", X_OK\)};
            next if /^[\d.]+ read\(\d+<[^>]*\.so[.\d]*>/; # the loader's, of a library that main loads
            push @lines, [$1, $2, $3] if /^([\d.]+) (\w+)\(.* = (-?\d+)(?: E\w+.*)?$/;
        }
    }
    for (@lines) {
        my ($at, $call, $result) = @$_;
        next if $at < $from || $at > $to;
        my $op = $call =~ $reads ? 'read' : $call =~ $writes ? 'write' : next;
        $sum{$op}[0]++;
        $sum{$op}[1] += $result if $result > 0;
    }
    return \%sum;
}

# ---- programs -----------------------------------------------------------------------------------

# name, command, whether every read and write of it is compared, what to do before a run.
my @programs = (
    # Python reads the program that it is given through stdio, and modules by itself.
    ['python3', "/usr/bin/python3 -c 'import files'", 1],
    ['xz -T2', "xz -T2 -1 -k -f $dir/text", 1],
    ['xz -d', "xz -d -k -f -c $dir/text.xz >$dir/text.out && cmp $dir/text $dir/text.out", 0],
    ['sqlite3', "sqlite3 -batch $dir/file.db <$dir/query.sql", 0, "rm -f $dir/file.db"],
    ['python3 and its children', "/usr/bin/python3 $dir/children.py", 0],
);
for my $p (@programs) {
    my ($name, $command, $compare, $before) = @$p;
    system($before) if $before;
    my ($plain, $plain_code) = run($name, $command, '');
    system($before) if $before;
    my ($out, $code, $reports) = run($name, $command, $library);
    my @wrong = ();
    push @wrong, "printed something else: " . substr($out, 0, 300) if $out ne $plain;
    push @wrong, "exit code $code, not $plain_code" if $code != $plain_code;
    push @wrong, 'it has not run: ' . substr($plain, 0, 300) if $plain_code != 0;
    push @wrong, 'no report' if !@$reports;
    push @wrong, map { "$_->{lost} events lost" } grep { ($_->{lost} = $_->{drops}{events_lost} // 0) != 0 } @$reports;
    check("$name runs as ever", @wrong);
    next if !$compare;
    system($before) if $before;
    unlink glob "$dir/trace.*";
    ($out, $code, $reports) = run($name, $command, "$dir/mark.so:$library", 'strace', '-f', '-ff', '-ttt',
        '-y', '-s', '0', '-o', "$dir/trace", '-e', 'trace=access,read,pread64,readv,preadv,preadv2,recvfrom,'
        . 'recvmsg,write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,sendfile,copy_file_range');
    my $seen = traced();
    @wrong = ();
    push @wrong, 'no report: ' . substr($out, 0, 300) if @$reports != 1;
    for my $op (@$reports ? qw(read write) : ()) {
        my ($count, $bytes) = told($reports->[0], $op);
        my ($calls, $all) = @{$seen->{$op}};
        printf "# %-10s %-6s hotpath %7d calls %10d bytes    strace %7d calls %10d bytes\n", $name, $op,
            $count, $bytes, $calls, $all;
        push @wrong, "$op: $count calls, strace has $calls" if $count != $calls || $calls == 0;
        push @wrong, "$op: $bytes bytes, strace has $all" if $bytes != $all;
    }
    check("$name: reads and writes are those of strace", @wrong);
}

# ---- servers under a short load -----------------------------------------------------------------

sub free_port {
    my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "no port: $!\n";
    return $s->sockport;
}
# Asks a server again and again. Returns: how many answers were right.
sub load {
    my ($port, $times, $ask) = @_;
    my $right = 0;
    for my $i (1 .. $times) {
        my $s;
        for (1 .. 100) {
            last if $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Timeout => 2);
            sleep 0.05;
        }
        return $right if !$s;
        $right++ if $ask->($s, $i);
        close $s;
    }
    return $right;
}
# Starts a server, asks, and ends it by its own pid.
sub serve {
    my ($name, $port, $ask, @command) = @_;
    unlink glob "$dir/report.*";
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        %ENV = (%same, %report, LD_PRELOAD => $library);
        open STDOUT, '>', "$dir/$name.log";
        open STDERR, '>&', \*STDOUT;
        exec @command or exit 127;
    }
    my $right = load($port, 200, $ask);
    kill 'TERM', $pid;
    waitpid $pid, 0;
    my @reports = map { eval { decode_json(slurp($_)) } || () } glob "$dir/report.*";
    my ($read, $in, $written, $out) = (0) x 4;
    for (@reports) {
        my ($c, $b) = told($_, 'read');
        ($read, $in) = ($read + $c, $in + $b);
        ($c, $b) = told($_, 'write');
        ($written, $out) = ($written + $c, $out + $b);
    }
    printf "# %-10s %d right answers of 200; %d reads of %d bytes, %d writes of %d bytes, %d reports\n", $name,
        $right, $read, $in, $written, $out, scalar @reports;
    my @wrong = ();
    push @wrong, "$right right answers: " . substr(slurp("$dir/$name.log"), 0, 500) if $right != 200;
    push @wrong, 'no io of sockets' if $in < 200 * 10 || $out < 200 * 10;
    check("$name serves as ever", @wrong);
}
my $port = free_port();
serve('redis', $port, sub {
    my ($s, $i) = @_;
    print $s "SET key$i value$i\r\nGET key$i\r\n";
    my $text = '';
    $text .= <$s> // '' for 1 .. 3;
    return $text eq "+OK\r\n\$" . length("value$i") . "\r\nvalue$i\r\n";
}, 'redis-server', '--port', $port, '--save', '', '--appendonly', 'no', '--dir', $dir);
$port = free_port();
spit("$dir/index.html", 'x' x 10000);
spit("$dir/nginx.conf", <<"CONF");
daemon off; master_process off; pid $dir/nginx.pid; error_log $dir/nginx.err;
events { worker_connections 64; }
http { access_log $dir/access.log; sendfile on; client_body_temp_path $dir/t1; proxy_temp_path $dir/t2;
    fastcgi_temp_path $dir/t3; uwsgi_temp_path $dir/t4; scgi_temp_path $dir/t5;
    server { listen 127.0.0.1:$port; root $dir; } }
CONF
serve('nginx', $port, sub {
    my ($s) = @_;
    print $s "GET /index.html HTTP/1.0\r\n\r\n";
    local $/;
    return <$s> =~ /200 OK.*\r\n\r\nx{10000}$/s;
}, 'nginx', '-c', "$dir/nginx.conf");

exit $failed;
