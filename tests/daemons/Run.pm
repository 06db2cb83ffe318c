# Run.pm - runs of the plugin beside the daemon: most end by themselves, some are killed, some are stopped for a while
#
# SPDX-License-Identifier: GPL-3.0-or-later
package Run;
use strict;
use warnings;

use Time::HiRes qw(time);

use Log;

use constant HANGS_AFTER_SEC => 120;

our ($program, $database);

# Thresholds that nothing exceeds: so the state is OK, or UNKNOWN when something could not be done.
sub command {
	my $case = shift;
	return ($program, '--window=all', '--home=US', "--geo=mmdb:$database", '--state=' . $case->path('state.db'), '-t', '60',
		'-w', 'foreign_logins=0:999999', '-c', 'user_countries=0:999', $case->options, $case->logs);
}

sub open_new { my $path = shift; open my $file, '>', $path or die "$path: $!\n"; return $file }

# FATE: '', 'killed', 'stopped'. The run is a hash: number, fate, child; when it is over, also exit, signal, output, stderr.
sub start {
	my ($case, $fate) = @_;
	my $run = { number => ++$case->{runs}, fate => $fate, started => time };
	my $path = $case->path("run-$run->{number}");
	my $when_done = sub { finish($case, $run, $path, shift) };
	$run->{child} = $case->{loop}->start([undef, open_new("$path.out"), open_new("$path.err")], $when_done, command($case));
	$case->{running}{ $run->{number} } = $run;
	$case->note("run $run->{number} $fate");
	$case->{loop}->after(HANGS_AFTER_SEC, sub { hang($case, $run) }, 1);
	return $run;
}

sub hang {
	my ($case, $run) = @_;
	return unless $case->{running}{ $run->{number} };
	$run->{hangs} = 1;
	$case->{loop}->signal('KILL', $run->{child});
}

sub finish {
	my ($case, $run, $path, $status) = @_;
	delete $case->{running}{ $run->{number} };
	($run->{exit}, $run->{signal}) = ($status >> 8, $status & 127);
	($run->{output}, $run->{stderr}) = (Log::slurp("$path.out"), Log::slurp("$path.err"));
	unlink "$path.out", "$path.err";
	$run->{took} = time - $run->{started};
	$case->note("run $run->{number} ended, exit state $run->{exit}, signal $run->{signal}: $run->{output}");
	$case->{mean_sec} += ($run->{took} - $case->{mean_sec}) / 10 unless $run->{fate};
	hear($case, $run);
}

sub is_killed { my $run = shift; return $run->{signal} == 9 && ($run->{fate} eq 'killed' || $run->{hangs}) }

# What a run says that isn't as it should be goes into the case's lists.
sub hear {
	my ($case, $run) = @_;
	push @{ $case->{faults} }, "run $run->{number} did not end" if $run->{hangs};
	return if is_killed($run);
	push @{ $case->{faults} }, "run $run->{number} ended by signal $run->{signal}" if $run->{signal};
	push @{ $case->{faults} }, "run $run->{number}, on its standard error: $run->{stderr}" if length $run->{stderr};
	push @{ $case->{faults} }, "run $run->{number}: exit state $run->{exit}: $run->{output}" unless $run->{exit} =~ /^[03]$/;
	push @{ $case->{unknown} }, "run $run->{number}: " . first_line($run) if $run->{exit} == 3 && !may_miss($case, $run);
	$case->{has_state} = 1 if !$run->{exit};
	push @{ $case->{said} }, grep { /could not be read/ } split /\n/, $run->{output};
}

# In the middle of a rotation a log that was never seen isn't there.
sub may_miss { my ($case, $run) = @_; return !$case->{has_state} && $run->{output} =~ /does not exist/ }

sub first_line { my $run = shift; my ($line) = split /\||\n/, $run->{output}; return $line }

# --- the fates ---

# Somewhere in a run, or a little later.
sub moment { my ($case) = @_; return $case->{random}->below(1000) / 1000 * $case->{mean_sec} * 1.2 }

sub kill_later {
	my ($case, $run) = @_;
	$case->{loop}->after(moment($case), sub {
		return unless $case->{running}{ $run->{number} };
		$case->{loop}->signal('KILL', $run->{child});
		$case->note("run $run->{number} is killed");
		$case->{kills}++;
	});
}

sub stop_later {
	my ($case, $run) = @_;
	my $sec = $case->{random}->between(100, 1500) / 1000;
	$case->{loop}->after(moment($case), sub {
		return unless $case->{running}{ $run->{number} };
		$case->{loop}->signal('STOP', $run->{child});
		$case->note("run $run->{number} is stopped for $sec s");
		$case->{stops}++;
		$case->{loop}->after($sec, sub { $case->{loop}->signal('CONT', $run->{child}) }, 1);
	});
}

my %fates = ('' => sub { }, killed => \&kill_later, stopped => \&stop_later);

# Again and again. While one is stopped, another may be begun.
sub repeat {
	my $case = shift;
	my $random = $case->{random};
	my $fate = $random->weighted(['', 65], ['killed', 20], ['stopped', 15]);
	my $is_free = !%{ $case->{running} } || $random->chance(20);
	$fates{$fate}->($case, start($case, $fate)) if $is_free;
	my $sec = $random->chance(8) ? $random->between(1000, 3000) / 1000 : $random->between(50, 500) / 1000;
	$case->{loop}->after($sec, sub { repeat($case) });
}

# One that nothing disturbs, after all others.
sub clean {
	my $case = shift;
	$case->{loop}->wait_for(2 * HANGS_AFTER_SEC, sub { !%{ $case->{running} } });
	my $run = start($case, '');
	$case->{loop}->wait_for(2 * HANGS_AFTER_SEC, sub { defined $run->{exit} });
	return $run;
}

1;
