#!/usr/bin/perl
# site.pl PROGRAM: runs examples/06_links on a site of a few pages, which it serves itself on a free port
# of this machine. Its output goes through; it is wrong if it does not name the two broken links, or if a
# page was asked for more than once.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

my ($program) = @ARGV;
$SIG{PIPE} = 'IGNORE';
my %pages = (
    '/' => join('', map { "<a href=\"/items/$_\">item $_</a>\n" } 1 .. 5)
        . '<a href="items/6">6</a> <a href="#top">top</a> <a href="items/7">7</a>'
        . '<a href="/about?lang=en#top">about</a> <a href="gone">gone</a> <a href="mailto:a@b">mail</a> <a href="//elsewhere/">no</a>',
    '/about?lang=en' => '<a href="/">home</a> <a href="error">error</a>',
    map { ("/items/$_" => 'x' x (100 * $_)) } 1 .. 7
);
my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 50) or die "$!\n";
my $root = 'http://127.0.0.1:' . $listen->sockport;
pipe my $from, my $to;
my $pid = fork;
if ($pid == 0) {
    open STDOUT, '>&', $to;
    close $listen;
    exec $program, "$root/";
    exit 127;
}
close $to;
END { kill KILL => $pid if $pid }

my (%asked, %text, $output);
my $all = IO::Select->new($listen, $from);
while ($pid) {
    for my $in ($all->can_read) {
        if ($in == $listen) {
            $all->add(scalar $listen->accept);
        } elsif (!sysread $in, $text{$in}, 65536, length($text{$in} // '')) {
            $all->remove($in);
            ($output, $pid) = ($text{$in} // '', 0) if $in == $from;
            close $in;
        } elsif ($in != $from) {
            while ($text{$in} =~ s{^GET (\S+) HTTP/1\.1\r\n.*?\r\n\r\n}{}s) {
                my ($path, $page) = ($1, $pages{$1});
                $asked{$path}++;
                my $status = defined $page ? '200 OK' : $path eq '/gone' ? '404 Not Found' : '500 Error';
                $page //= 'no';
                print $in "HTTP/1.1 $status\r\nContent-Length: ", length $page, "\r\n\r\n$page";
            }
        }
    }
}
wait;
my $code = $? >> 8;
print $output;
my @wrong;
push @wrong, "exit code $code" if $code != 1;
push @wrong, "no 404" if $output !~ m{^broken: \Q$root\E/gone: status 404$}m;
push @wrong, "no 500" if $output !~ m{^broken: \Q$root\E/error: status 500$}m;
push @wrong, "no sum" if $output !~ m{^11 pages, 2 broken$}m;
push @wrong, map { "$_: $asked{$_} times" } grep { $asked{$_} != 1 } keys %asked;
push @wrong, keys(%asked) . ' pages' if keys %asked != 11;
print STDERR "site.pl: $_\n" for @wrong;
exit(@wrong ? 1 : 0);
