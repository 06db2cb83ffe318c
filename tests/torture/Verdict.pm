# Verdict.pm - what a run said, against what the world knows
#
# Each function gives '' or what is wrong: one word for the kind, a colon and the rest.
#
# SPDX-License-Identifier: GPL-3.0-or-later
package Verdict;
use strict;
use warnings;

use Plugin;

our $has_sqlite;

sub name_logins {
	my ($world, @logins) = @_;
	my @texts = map {
		my $where = $_->{file}{alive} ? $_->{file}{name} : 'a file that is gone';
		"$_->{user} of " . $world->time_text($_->{at}) . " in $where" . ($_->{seen} ? ' (was counted before)' : '');
	} @logins;
	splice @texts, 5, @texts - 5, '... ' . (@texts - 5) . ' more' if @texts > 6;
	return join ', ', @texts;
}

# --- the form ---

sub form {
	my $run = shift;
	return 'hang: it did not end' if $run->{hangs};
	return "crash: signal $run->{signal}" if $run->{signal};
	return "stderr: $run->{stderr}" if length $run->{stderr};
	return "form: exit state $run->{exit}, $run->{output}" if $run->{exit} != 0 && $run->{exit} != 3;
	my $state = $run->{exit} ? 'UNKNOWN' : 'OK';
	return "form: $run->{output}" unless $run->{output} =~ /^MAIL GEO $state - /;
	return '';
}

# May it say UNKNOWN? Where no log is and the old one isn't either; or a log that was never read has no line that shows it.
sub may_refuse {
	my ($world, $run) = @_;
	my $position = $world->{position};
	my $knows_file = $position->{is_known} && $position->{file}{alive} && $position->{offset};
	return 1 if !$world->{current} && !$knows_file && $run->{output} =~ /does not exist/;
	return !$position->{is_known} && $run->{output} =~ /no line that begins with a time/;
}

# --- the numbers ---

sub expected_metrics {
	my @logins = @_;
	return {
		logins => scalar @logins,
		unlocated => scalar(grep { $_->{country} eq '' } @logins),
		foreign_logins => scalar(grep { $_->{country} !~ /^(?:US)?$/ } @logins),
	};
}

# Between those of LEAST and those of MOST.
sub metrics {
	my ($run, $least, $most) = @_;
	my ($low, $high, $have) = (expected_metrics(@$least), expected_metrics(@$most), Plugin::metrics($run));
	for my $name (sort keys %$low) {
		my $value = $have->{$name};
		return "form: no metric $name: $run->{output}" unless defined $value && $value =~ /^\d+$/;
		next if $value >= $low->{$name} && $value <= $high->{$name};
		my $range = $low->{$name} == $high->{$name} ? $low->{$name} : "$low->{$name} to $high->{$name}";
		return "count: $name=$value, expected $range";
	}
	return '';
}

# --- the users in the state ---

sub users {
	my $world = shift;
	return '' unless $has_sqlite && $world->{has_state};
	my $sql = 'SELECT CAST(user AS TEXT), sum(count) FROM login GROUP BY user';
	my %count;
	for my $row (Plugin::sqlite($world, $sql)) {
		my ($user, $count) = $row =~ /^(.*)\|(\d+)$/ or return "state: $row";
		$count{$user} = $count;
	}
	return compare_users($world, \%count);
}

sub compare_users {
	my ($world, $count) = @_;
	my @must = $world->must_count;
	my %known = map { $_->{user} => $_ } @must, $world->may_count;
	my @missing = grep { !$count->{$_->{user}} } @must;
	return 'missing: ' . name_logins($world, @missing) if @missing;
	my @twice = grep { $count->{$_} != 1 && $known{$_} } sort keys %$count;
	return 'twice: ' . join ', ', map { "$_ ($count->{$_} times)" } @twice if @twice;
	my @invented = grep { !$known{$_} } sort keys %$count;
	return 'invented: ' . join ', ', @invented if @invented;
	return '';
}

# When the numbers are wrong, the users say more.
sub explain {
	my ($world, $wrong) = @_;
	my $users = $wrong =~ /^count/ ? users($world) : '';
	return $users ? "$users; $wrong" : $wrong;
}

sub integrity {
	my $world = shift;
	return '' unless $has_sqlite && $world->{has_state};
	my @lines = Plugin::sqlite($world, 'PRAGMA integrity_check');
	return "@lines" eq 'ok' ? '' : "integrity: @lines";
}

# --- gaps ---

sub is_said {
	my ($world, $login) = @_;
	my $slack = $world->{disorder};
	for my $span (@{ $world->{spans} }) {
		my ($from, $to) = @$span;
		return 1 if (!defined $from || $from - $slack <= $login->{at}) && (!defined $to || $login->{at} <= $to + $slack);
	}
	return 0;
}

sub hear_gaps {
	my ($world, $run) = @_;
	my @gaps = Plugin::gaps($run);
	push @{ $world->{spans} }, @gaps;
	my ($line) = $run->{output} =~ /(.*could not be read: .*)/;
	# After a log without a line it can't always be told whether one between it and the next was lost: then saying so is right.
	my $position = $world->{position};
	my $is_nothing = $position->{is_vague} || ($position->{is_known} && $position->{offset} < 2);
	my $may_say = $world->{may_say_gap} || $is_nothing;
	return @gaps && !$may_say ? "false-gap: nothing was lost, but: $line" : '';
}

sub losses {
	my $world = shift;
	my @unsaid = grep { !is_said($world, $_) } @{ $world->{lost} };
	return '' unless @unsaid;
	my @spans = map { join ' to ', map { defined $_ ? $world->time_text($_) : 'open' } @$_ } @{ $world->{spans} };
	return 'unsaid: lost, but not told: ' . name_logins($world, @unsaid) . '; told: ' . (join(', ', @spans) || 'nothing');
}

# --- runs ---

# A run that nothing disturbed. ('', 'refused') if it rightly said UNKNOWN.
sub plain {
	my ($world, @runs) = @_;
	my $refused = 0;
	for my $run (@runs) {
		my $wrong = form($run);
		return $wrong if $wrong;
		if ($run->{exit} == 3) {
			return "refused: $run->{output}" unless may_refuse($world, $run);
			$refused++;
			next;
		}
		my @must = $world->must_count;
		$wrong = hear_gaps($world, $run) || explain($world, metrics($run, \@must, [@must, $world->may_count]));
		return $wrong if $wrong;
	}
	return ('', 'refused') if $refused == @runs;
	my $wrong = losses($world);
	$world->keep_run unless $wrong;
	return $wrong;
}

# One that the log changed under: LEAST is the least that it may count.
sub raced {
	my ($world, $run, $least) = @_;
	my $wrong = form($run) || hear_gaps($world, $run);
	return $wrong if $wrong;
	if ($run->{exit} == 3) {
		# Between a renaming and a creation there is no log.
		my $is_new = (!$world->{position}{is_known} || !$world->{had_log}) && $run->{output} =~ /does not exist/;
		return $is_new || may_refuse($world, $run) ? '' : "refused: $run->{output}";
	}
	my @most = ($world->must_count, $world->may_count);
	$world->{position}{is_vague} = 1;
	return metrics($run, $least, \@most);
}

1;
