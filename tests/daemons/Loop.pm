# Loop.pm - what happens at which time, and the processes of a case
#
# Each process is known by its id, which is all that is ever signalled.
#
# SPDX-License-Identifier: GPL-3.0-or-later
package Loop;
use strict;
use warnings;

use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

use constant TICK_SEC => 0.01;

sub new { my $class = shift; return bless { events => [], children => {} }, $class }

# CODE is called in SEC seconds; MUST, when all is waited for, even if nothing new is begun any more.
sub after {
	my ($loop, $sec, $code, $must) = @_;
	my $at = time + $sec;
	@{ $loop->{events} } = sort { $a->{at} <=> $b->{at} } @{ $loop->{events} }, { at => $at, code => $code, must => $must };
}

# Starts COMMAND with its handles 0, 1 and 2 as told (undef: /dev/null); WHEN_DONE gets the wait status.
sub start {
	my ($loop, $handles, $when_done, @command) = @_;
	my $child = fork // die "fork: $!\n";
	if (!$child) {
		open my $null, '+<', '/dev/null' or POSIX::_exit(126);
		POSIX::dup2(fileno($handles->[$_] || $null), $_) for 0 .. 2;
		exec { $command[0] } @command or POSIX::_exit(127);
	}
	$loop->{children}{$child} = $when_done;
	return $child;
}

sub is_running { my ($loop, $child) = @_; return exists $loop->{children}{$child} }

sub signal { my ($loop, $signal, $child) = @_; kill $signal, $child if $loop->is_running($child) }

sub reap {
	my $loop = shift;
	for my $child (keys %{ $loop->{children} }) {
		next unless waitpid($child, WNOHANG) == $child;
		my $when_done = delete $loop->{children}{$child};
		$when_done->($?) if $when_done;
	}
}

sub fire {
	my $loop = shift;
	while (@{ $loop->{events} } && $loop->{events}[0]{at} <= time) {
		(shift @{ $loop->{events} })->{code}->();
	}
}

sub step {
	my $loop = shift;
	$loop->reap;
	$loop->fire;
	my $wait = @{ $loop->{events} } ? $loop->{events}[0]{at} - time : TICK_SEC;
	sleep($wait < TICK_SEC ? $wait : TICK_SEC) if $wait > 0;
}

# Until CODE is true, or SEC seconds are over: then false.
sub wait_for {
	my ($loop, $sec, $code) = @_;
	my $end = time + $sec;
	while (!$code->()) {
		return 0 if time >= $end;
		$loop->step;
	}
	return 1;
}

sub run_for { my ($loop, $sec) = @_; $loop->wait_for($sec, sub { 0 }) }

# Nothing new begins; what must still happen does.
sub calm { my $loop = shift; @{ $loop->{events} } = grep { $_->{must} } @{ $loop->{events} } }

# TERM, and after SEC seconds KILL.
sub stop {
	my ($loop, $child, $sec) = @_;
	$loop->signal('TERM', $child);
	$loop->wait_for($sec, sub { !$loop->is_running($child) }) and return;
	$loop->signal('KILL', $child);
	$loop->wait_for($sec, sub { !$loop->is_running($child) });
}

sub stop_all { my ($loop, $sec) = @_; $loop->stop($_, $sec) for keys %{ $loop->{children} } }

1;
