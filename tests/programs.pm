# programs.pm: what the checks of programs that nobody here wrote have in common. They run in the root of
# the project.
package programs;
use strict;
use warnings;
use Cwd 'getcwd';
use Exporter 'import';
our @EXPORT = qw($root $dir $library $failed check slurp spit);
our ($root, $dir, $library, $failed) = (getcwd, undef, undef, 0);

# Takes the library that the programs are run with, and an empty folder of build/ for what they leave.
sub begin {
    (my $name, $library) = @_;
    die "no library: make it first\n" if !defined $library || !-f $library;
    $library = "$root/$library" if $library !~ m{^/};
    $dir = "$root/build/$name";
    system('rm', '-rf', $dir);
    mkdir $dir or die "$dir: $!\n";
}
# A line of the result; what is wrong stands below it.
sub check {
    my ($name, @wrong) = @_;
    $failed = 1 if @wrong;
    print @wrong ? "not ok - $name\n" : "ok - $name\n";
    print map { "    $_\n" } @wrong;
}
sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or return '';
    local $/;
    return scalar <$in>;
}
sub spit {
    my ($path, $text) = @_;
    open my $out, '>:raw', $path or die "$path: $!\n";
    print $out $text;
    close $out or die "$path: $!\n";
}
1;
