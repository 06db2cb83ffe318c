# Truth.pm - the logins that were sent, those that are in the files, and those that the plugin has counted
#
# Each login has a number of its own in its line, so that a copy of a line is known as one. What stands whole in any file must
# be counted, once; what was sent may be.
#
# SPDX-License-Identifier: GPL-3.0-or-later
package Truth;
use strict;
use warnings;

use File::Find ();

my @packers = ([ 'gzip', "\x1f\x8b" ], [ 'xz', "\xfd7zXZ" ], [ 'zstd', "\x28\xb5\x2f\xfd" ], [ 'bzip2', 'BZh' ]);

# By what it begins with: not all have a name that tells.
sub packer_of {
	my $path = shift;
	open my $file, '<:raw', $path or return '';
	read $file, my $magic, 6;
	for my $packer (@packers) {
		return $packer->[0] if index($magic // '', $packer->[1]) == 0;
	}
	return '';
}

sub open_log {
	my $path = shift;
	my $packer = packer_of($path);
	my @command = $packer ? ($packer, '-dc', $path) : ('cat', $path);
	open my $pipe, '-|:raw', @command or die "$command[0]: $!\n";
	return $pipe;
}

sub files {
	my @directories = grep { -d } @_;
	my @files;
	File::Find::find(sub { push @files, $File::Find::name if -f }, @directories);
	return @files;
}

# The numbers of all logins that stand whole in a file: NUMBER => 1.
sub read_files {
	my %seen;
	for my $path (files(@_)) {
		my $file = open_log($path);
		while (my $line = <$file>) {
			$seen{$1} = 1 if $line =~ /: Q([0-9]+)[A-Z]*: client=.*, sasl_username=\w+\n\z/;
		}
	}
	return \%seen;
}

# USER => how often
sub count_users { my %count; $count{ $_->{user} }++ for @_; return \%count }

sub state_users {
	my $state = shift;
	my $sql = 'SELECT CAST(user AS TEXT), sum(count) FROM login GROUP BY user';
	open my $pipe, '-|', 'sqlite3', '-readonly', '-batch', $state, $sql or die "sqlite3: $!\n";
	my %count = map { /^(.*)\|(\d+)$/ ? ($1 => $2) : die "the state's answer: $_" } <$pipe>;
	close $pipe or die "sqlite3 can not read the state\n";
	return \%count;
}

# A hash: lost (were sent and are in no file), missing, twice, invented: lists of "USER (why)".
sub compare {
	my ($sent, $in_files, $have) = @_;
	my @whole = grep { $in_files->{ $_->{number} } } @$sent;
	my ($must, $may) = (count_users(@whole), count_users(@$sent));
	my %result = (lost => @$sent - @whole, missing => [], twice => [], invented => []);
	for my $user (sort keys %$must) {
		my ($least, $got) = ($must->{$user}, $have->{$user} || 0);
		push @{ $result{missing} }, { user => $user, count => $least - $got } if $got < $least;
	}
	for my $user (sort keys %$have) {
		my $most = $may->{$user} || 0;
		push @{ $result{ $most ? 'twice' : 'invented' } }, { user => $user, count => $have->{$user} - $most } if $have->{$user} > $most;
	}
	return \%result;
}

sub sum { my $sum = 0; $sum += $_->{count} for @{ $_[0] }; return $sum }

1;
