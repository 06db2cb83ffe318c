# Case.pm - one daemon, one way of rotation, and the plugin beside them
#
# SPDX-License-Identifier: GPL-3.0-or-later
package Case;
use strict;
use warnings;

use File::Glob ':bsd_glob';
use File::Path ();
use POSIX qw(strftime);
use Time::HiRes qw(time);

use Daemon;
use Log;
use Loop;
use Random;
use Rotation;
use Run;
use Truth;

use constant PATIENCE_SEC => 60; # for a daemon on a busy machine

our $templates; # the directory of the daemons' configurations

# KIND: of Rotation::cases. DIRECTORY: does not exist yet.
sub new {
	my ($class, $kind, $directory, $seed) = @_;
	return bless {
		kind => $kind, directory => $directory, daemon => $kind->{daemon}, random => Random->new($seed), loop => Loop->new,
		runs => 0, kills => 0, stops => 0, rotations => 0, lines => 0, mean_sec => 0.02, running => {},
		sent => [], faults => [], unknown => [], said => [],
	}, $class;
}

sub path { my ($case, $name) = @_; return "$case->{directory}/$name" }

sub log { my $case = shift; return $case->path('log/' . Daemon::log_name($case->{daemon})) }

# What the plugin is given.
sub logs { my $case = shift; return $case->{kind}{logs} ? $case->path("log/$case->{kind}{logs}") : $case->log }

# TEXT with @DIR@, @LOG@ and @PID@ filled in.
sub fill_in {
	my ($case, $text) = @_;
	my %values = (DIR => $case->{directory}, LOG => $case->log, PID => $case->path('pid'));
	return $text =~ s/\@(DIR|LOG|PID)\@/$values{$1}/gr;
}

sub options { my $case = shift; return map { fill_in($case, $_) } @{ $case->{kind}{options} || [] } }

sub write_configuration {
	my ($case, $from, $to) = @_;
	Daemon::write_file($to, fill_in($case, Log::slurp($from) // die "$from: $!\n"));
}

sub configuration {
	my ($case, $name) = @_;
	$case->write_configuration("$templates/$name", $case->path($name));
	return $case->path($name);
}

# What happened when, for who looks at a case that was kept.
sub note {
	my ($case, $text) = @_;
	open my $history, '>>', $case->path('history') or die "history: $!\n";
	printf $history "%.3f login %d: %s\n", time, scalar @{ $case->{sent} }, $text;
}

# --- the writer ---

my @clients = qw(77.88.8.8 114.114.114.114 200.160.2.3 193.0.6.139 8.8.8.8 9.9.9.9);

sub now { return strftime('%b %e %H:%M:%S', gmtime) }

# Most users log in once; some again and again.
sub login {
	my $case = shift;
	my $random = $case->{random};
	my $number = @{ $case->{sent} } + 1;
	my $user = $random->chance(90) ? sprintf('u%06d', $number) : 'again' . $random->between(1, 20);
	my $queue_id = "Q$number" . 'X' x $random->below(12);
	push @{ $case->{sent} }, { number => $number, user => $user };
	return sprintf '%s: client=unknown[%s], sasl_method=PLAIN, sasl_username=%s', $queue_id, $random->pick(@clients), $user;
}

sub write_line {
	my ($case, $is_login) = @_;
	my $text = $is_login ? login($case) : 'connect from unknown[' . $case->{random}->pick(@clients) . ']';
	$case->{feed}->send_line(now(), 'postfix/submission/smtpd[123]', $text);
	$case->{lines}++;
}

# Some 300 lines a second: single ones, and bursts.
sub write_on {
	my $case = shift;
	my $random = $case->{random};
	my $count = $random->chance(5) ? $random->between(20, 100) : $random->between(1, 6);
	write_line($case, $random->chance(80)) for 1 .. $count;
	$case->{loop}->after($random->between(5, 40) / 1000, sub { write_on($case) });
}

# All that was sent is in a file: then the last login is.
sub is_written {
	my $case = shift;
	my $last = $case->{sent}[-1]{number};
	return Truth::read_files($case->path('log'))->{$last};
}

# --- rotation ---

sub rotate {
	my ($case, $when_done) = @_;
	my @command = $case->{kind}{rotate}->($case);
	open my $said, '>>', $case->path('rotation-said') or die "rotation-said: $!\n";
	my $finish = sub {
		my $status = shift;
		$case->{rotating} = 0;
		$case->{rotations}++ unless $status;
		$case->note('rotated, exit state ' . ($status >> 8));
		$when_done->();
	};
	$case->{rotating} = 1;
	$case->note('rotates');
	$case->{loop}->start([undef, $said, $said], $finish, @command);
}

# Where a rotation packs what the one before it has renamed, a busy daemon must have left that: nobody rotates twice a second.
sub rotate_when_settled {
	my $case = shift;
	my $must_wait = $case->{kind}{packs} && !$case->{kind}{loses} && !$case->{feed}->has_settled($case);
	return rotate($case, sub { rotate_on($case) }) unless $must_wait;
	$case->{loop}->after(Loop::TICK_SEC, sub { rotate_when_settled($case) });
}

sub rotate_on {
	my $case = shift;
	return unless $case->{kind}{rotate};
	my $random = $case->{random};
	my $sec = $random->chance(20) ? 0 : $random->between(100, 1500) / 1000;
	$case->{loop}->after($sec, sub { rotate_when_settled($case) });
}

# The daemons that rotate themselves leave a file for each.
sub count_rotations {
	my $case = shift;
	$case->{rotations} = Truth::files($case->path('log')) - 1 if Daemon::is_rotating($case->{daemon});
}

# --- the whole ---

sub begin {
	my $case = shift;
	File::Path::make_path($case->path('log'), $case->path('elsewhere'));
	$case->{feed} = Daemon::start($case, $case->{loop});
	write_on($case);
	$case->{loop}->wait_for(PATIENCE_SEC, sub { my @logs = glob $case->logs; @logs }) or die "the daemon makes no log\n";
	rotate_on($case);
	Run::repeat($case);
}

# The writer stops; the rotation and the runs that are under way end; two more runs must tell all, and one after a last rotation
# the same.
sub end {
	my $case = shift;
	my $loop = $case->{loop};
	$loop->calm;
	$loop->wait_for(PATIENCE_SEC, sub { !$case->{rotating} }) or die "the rotation doesn't end\n";
	$loop->calm;
	write_line($case, 1);
	$loop->wait_for(PATIENCE_SEC, sub { is_written($case) }) or die "the daemon didn't write the last line\n";
	$case->{last} = Run::clean($case) for 1 .. 2;
	if ($case->{kind}{rotate}) {
		rotate($case, sub { });
		$loop->wait_for(PATIENCE_SEC, sub { !$case->{rotating} });
		$case->{last} = Run::clean($case);
	}
	$case->{feed}->stop(PATIENCE_SEC);
	count_rotations($case);
}

sub judge {
	my $case = shift;
	my $in_files = Truth::read_files($case->path('log'), $case->path('elsewhere'));
	my $result = Truth::compare($case->{sent}, $in_files, Truth::state_users($case->path('state.db')));
	$case->{$_} = $result->{$_} for keys %$result;
	push @{ $case->{faults} }, 'the last run: ' . $case->{last}{output} if $case->{last}{exit};
	$case->{verdict} = verdict($case);
}

# One word or two for the table: what is worst.
sub verdict {
	my $case = shift;
	return @{ $case->{said} } ? 'LOSES' : 'LOSES, silent' if @{ $case->{missing} };
	return 'DOUBLES' if @{ $case->{twice} };
	return 'INVENTS' if @{ $case->{invented} };
	return 'daemon lost lines' if $case->{lost} && !$case->{kind}{loses};
	return 'says a false loss' if @{ $case->{said} } && !$case->{lost};
	return 'FAULT' if @{ $case->{faults} };
	return 'says UNKNOWN' if @{ $case->{unknown} } && !$case->{lost};
	return 'ok';
}

# Fills in what the table shows. Whatever happens, no process is left.
sub play {
	my ($case, $sec) = @_;
	eval {
		begin($case);
		$case->{loop}->run_for($sec);
		end($case);
		judge($case);
		1;
	} or do {
		$case->{verdict} = 'NOT JUDGED';
		push @{ $case->{faults} }, $@ . (Log::slurp($case->path('daemon-said')) // '');
	};
	$case->clear;
}

sub clear {
	my $case = shift;
	$case->{loop}->signal('KILL', $_->{child}) for values %{ $case->{running} };
	$case->{loop}->stop_all(5);
}

1;
