# Plugin.pm - runs of the real plugin, and what they say
#
# SPDX-License-Identifier: GPL-3.0-or-later
package Plugin;
use strict;
use warnings;

use Fcntl qw(O_CREAT O_TRUNC O_WRONLY);
use IO::Select;
use POSIX ();
use Time::HiRes qw(sleep time);

use Log;

use constant HANGS_AFTER_SEC => 60;

our ($program, $database);
our $mean_sec = 0.005; # of a whole run, as they come; where a kill hits something

# Thresholds that nothing exceeds: so the state is OK, or UNKNOWN when something could not be done.
sub command {
	my $world = shift;
	return ($program, '--window=all', '--home=US', "--geo=mmdb:$database", "--state=$world->{state}", '-t', '20',
		"--at=\@$world->{clock}", '-w', 'foreign_logins=0:999999', '-c', 'user_countries=0:999', $world->path);
}

sub become {
	my ($output, $errors, @command) = @_;
	POSIX::dup2(fileno $output, 1);
	POSIX::dup2(fileno $errors, 2);
	exec { $command[0] } @command or POSIX::_exit(126);
}

# BEFORE: a command that runs the command after it.
sub start {
	my ($world, @before) = @_;
	my $errors_path = $world->path('.errors-' . $world->number);
	sysopen my $errors, $errors_path, O_WRONLY | O_CREAT | O_TRUNC or die "$errors_path: $!\n";
	pipe my $reader, my $writer or die "pipe: $!\n";
	my $started = time;
	my $child = fork // die "fork: $!\n";
	become($writer, $errors, @before, command($world)) unless $child;
	return { child => $child, reader => $reader, errors => $errors_path, output => '', started => $started };
}

# What it prints, until it ends.
sub finish {
	my $run = shift;
	my $select = IO::Select->new($run->{reader});
	for (;;) {
		if (!$select->can_read(HANGS_AFTER_SEC)) {
			$run->{hangs} = 1;
			kill 'KILL', $run->{child};
		}
		last unless sysread $run->{reader}, $run->{output}, 65536, length $run->{output};
	}
	waitpid $run->{child}, 0;
	($run->{exit}, $run->{signal}) = ($? >> 8, $? & 127);
	$run->{stderr} = Log::slurp($run->{errors});
	unlink $run->{errors};
	$mean_sec += (time - $run->{started} - $mean_sec) / 20 unless $run->{signal};
	return $run;
}

sub kill_after {
	my ($run, $sec) = @_;
	sleep $sec;
	kill 'KILL', $run->{child};
	return finish($run);
}

# --- what it says ---

# 1st line's numbers: NAME => VALUE.
sub metrics {
	my $run = shift;
	my ($line) = split /\n/, $run->{output};
	return {} unless defined $line && $line =~ /\|(.*)/;
	my $perfdata = $1;
	return { $perfdata =~ /(?:^| )(\w+)=(\d+|U)/g };
}

sub seconds {
	my $text = shift;
	return undef unless defined $text && $text =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)/;
	return POSIX::mktime($6, $5, $4, $3, $2 - 1, $1 - 1900);
}

# [FROM, TO] of each gap that it tells; undef: open.
sub gaps {
	my $run = shift;
	my @gaps;
	for my $line (split /\n/, $run->{output}) {
		next unless $line =~ /lines(?: |$).*could not be read: /;
		my ($after) = $line =~ /lines (?:between|after) ([-0-9T:]+)/;
		my ($before) = $line =~ /lines (?:between \S+ and|before) ([-0-9T:]+)/;
		push @gaps, [seconds($after), seconds($before)];
	}
	return @gaps;
}

# --- the state file ---

# For comparing: was anything committed? A journal that is still there will undo what was written.
sub state_bytes {
	my $world = shift;
	my $journal = "$world->{state}-journal";
	return undef if -s $journal || !-s $world->{state};
	return Log::slurp($world->{state});
}

sub sqlite {
	my ($world, $statement) = @_;
	open my $pipe, '-|', 'sqlite3', '-readonly', '-batch', $world->{state}, $statement or die "sqlite3: $!\n";
	my @lines = <$pipe>;
	chomp @lines;
	return close $pipe ? @lines : ("sqlite3 failed: $?");
}

1;
