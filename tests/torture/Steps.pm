# Steps.pm - what can happen next in a world, and how often
#
# Each step gives the words for the list of steps, or '' if it isn't possible now. A run that was wrong is told in
# $world->{wrong}.
#
# SPDX-License-Identifier: GPL-3.0-or-later
package Steps;
use strict;
use warnings;

use Fcntl qw(O_CREAT O_EXCL);
use Time::HiRes ();

use Log;
use Plugin;
use Verdict;

our $tiny; # the directory of a small file system that the state is on, if there is one

use constant LATE_SEC_MOST => 6 * 3600; # a daemon doesn't hold a renamed file longer

# NAME, WEIGHT, CODE, FEATURES that it needs
my @table = (
	['append', 30, \&append],
	['begin line', 6, \&begin_line, 'partial'],
	['end line', 4, \&end_line, 'partial'],
	['nulls', 2, \&nulls, 'null'],
	['rotate', 9, \&rotate],
	['rotate often', 2, \&rotate_often],
	['rotate away', 1, \&rotate_away, 'loss', 'reuse'],
	['reopen', 5, \&reopen],
	['pack', 5, \&pack_one, 'compress'],
	['begin packing', 3, \&begin_packing, 'compress'],
	['delete', 2, \&delete_oldest, 'purge'],
	['truncate', 1, \&truncate_log, 'loss'],
	['restore', 2, \&restore, 'restore'],
	['stray copy', 1, \&stray_copy, 'stray'],
	['same mtimes', 2, \&same_mtimes, 'mtime'],
	['clock', 8, \&advance_clock],
	['clock back', 2, \&set_clock_back, 'back'],
	['forget state', 1, \&forget_state, 'cold'],
	['check', 25, \&check],
	['two checks', 3, \&two_checks, 'two'],
	['kill', 8, \&kill_check, 'kill'],
	['full disk', 3, \&full_disk, 'full'],
	['race', 3, \&race, 'race'],
);

# A step of those that the world has. Draws the same numbers whatever the files are like.
sub take {
	my ($world, $random) = @_;
	my @rows = grep { my @needs = @$_[3 .. $#$_]; !grep { !$world->{has}{$_} } @needs } @table;
	my $row = $random->weighted(map { [$_, $_->[1]] } @rows);
	my $text = $row->[2]->($world, $random);
	$world->note("$row->[0]: $text") if length $text;
	return length $text;
}

# --- lines ---

# The bytes of COUNT lines, as FILE is going to get them.
sub make_lines {
	my ($world, $random, $file, $count) = @_;
	my ($bytes, @users) = ('');
	for (1 .. $count) {
		$world->{clock} += $random->below(3) if $random->chance(40);
		Log::mark_time($world, $file);
		if ($random->chance(45)) {
			my ($login, $text) = $world->new_login($random);
			Log::own_login($world, $file, $login);
			($login->{whole}, $bytes) = (1, "$bytes$text\n");
			push @users, $login->{user};
		} else {
			my @how = ($world->{style}, $world->{clock}, $world->number, $world->{has}{giant});
			$bytes .= Lines::noise($random, @how) . "\n";
		}
	}
	my $names = !@users ? 'no login' : @users == 1 ? $users[0] : "$users[0] to $users[-1], " . scalar @users;
	return ($bytes, "$count lines ($names) to $file->{name} at " . $world->time_text($world->{clock}));
}

sub append {
	my ($world, $random) = @_;
	my $count = $random->between(1, 12);
	my $is_early = $random->chance(50) && $world->{has}{late};
	# A renamed log without a line is forgotten as soon as the new one has lines, so nobody is early there.
	my $is_possible = $world->{current} && $world->{writer}{size} > $world->unfinished_bytes($world->{writer});
	my $file = $is_early && $is_possible ? $world->{current} : $world->{writer};
	my $end = '';
	$end = Log::finish_partial($world) if $world->{partial} && $world->{partial}{file} == $file;
	my ($bytes, $text) = make_lines($world, $random, $file, $count);
	Log::append($world, $file, $bytes);
	return "$end$text";
}

# Where a line is cut that may never be ended: before the user, or after all of it.
sub begin_line {
	my ($world, $random) = @_;
	my ($percent, $is_full, $is_noise) = ($random->below(100), $random->chance(25), $random->chance(15));
	return '' if $world->{partial};
	my $file = $world->{writer};
	Log::mark_time($world, $file);
	return begin_noise($world, $random, $file, $percent) if $is_noise && $world->{has}{giant};
	my ($login, $line) = $world->new_login($random);
	Log::own_login($world, $file, $login);
	my $written = $is_full ? length $line : 1 + int((length($line) - 1) * $percent / 100);
	$login->{full} = $written == length $line || substr($line, $written) eq "\r";
	my $is_unsafe = !$login->{full} && $written > index($line, 'sasl_username=') + length 'sasl_username=';
	Log::append($world, $file, substr $line, 0, $written);
	$world->{partial} = { file => $file, login => $login, written => $written, rest => substr($line, $written),
		is_unsafe => $is_unsafe };
	return "$written bytes of the line of $login->{user} to $file->{name}";
}

sub begin_noise {
	my ($world, $random, $file, $percent) = @_;
	my $hidden = Lines::head($world->{style}, $world->{clock}) . Lines::login_text('h1', '8.8.8.8', 1);
	my $line = Lines::head($world->{style}, $world->{clock}) . Lines::giant($random, $world->number, $hidden);
	my $written = 1 + int((length($line) - 1) * $percent / 100);
	Log::append($world, $file, substr $line, 0, $written);
	$world->{partial} = { file => $file, written => $written, rest => substr $line, $written };
	return "$written bytes of a line of " . length($line) . " to $file->{name}";
}

sub end_line { my $world = shift; return Log::finish_partial($world) }

# What a crash of the logging host leaves before the next line.
sub nulls {
	my ($world, $random) = @_;
	my $count = $random->chance(90) ? $random->between(1, 5000) : $random->between(60_000, 140_000);
	my $text = Log::finish_partial($world);
	my ($bytes, $lines) = make_lines($world, $random, $world->{writer}, 3);
	Log::append($world, $world->{writer}, "\0" x $count . $bytes);
	return "$text$count NULs and $lines";
}

# --- rotation ---

sub rotated_count { my $world = shift; return @{ $world->{chain} } - ($world->{current} ? 1 : 0) }

# Where each file has a directory of its own, nothing tells which directories there were between two runs.
sub is_hidden {
	my $world = shift;
	my $position = $world->{position};
	return 0 if $world->{kind} ne 'linkdir';
	return 1 if $position->{is_vague} || !$position->{is_known} || $world->{is_racing};
	return !$world->{current} || $position->{file} != $world->{current};
}

# No log is rotated that has only the rest of a line, as it could not be told from others; and a world without the feature
# "empty" doesn't rotate an empty one.
sub fill_current {
	my ($world, $random) = @_;
	my $current = $world->{current};
	my $has_line = $current && defined $current->{first_sec} && $current->{size} > $world->unfinished_bytes($current);
	return '' if $has_line || ($world->{has}{empty} && !($current && $current->{size}));
	my $text = Log::finish_packing($world) . Log::reopen($world, $random) . Log::finish_partial($world);
	my ($bytes, $lines) = make_lines($world, $random, $world->{writer}, 1);
	Log::append($world, $world->{writer}, $bytes);
	return "$text$lines; ";
}

sub rotate_once {
	my ($world, $random) = @_;
	return '' if is_hidden($world);
	my $is_empty = $world->{current} && !$world->{current}{size};
	my $text = fill_current($world, $random) . Log::rotate($world, $random);
	$text .= Log::reopen($world, $random) if $is_empty; # nobody has ever seen this one, so nobody looks there again
	my @left = Log::packable($world);
	pop @left if $world->{packs} eq 'delayed';
	$text .= '; ' . Log::pack_file($world, $_) for $world->{packs} =~ /now-and-then|never/ ? () : @left;
	my $surplus = rotated_count($world) - $world->{keep};
	$text .= '; ' . Log::purge($world, $surplus) if $surplus > 0 && !$world->{is_racing} && $world->may_lose($surplus);
	return $text;
}

sub rotate {
	my ($world, $random) = @_;
	my $is_allowed = $random->chance(20) && $world->{has}{empty};
	return '' if !$is_allowed && !($world->{current} && $world->{current}{size});
	return rotate_once($world, $random);
}

# Between two runs.
sub rotate_often {
	my ($world, $random) = @_;
	my $text = '';
	for (1 .. $random->between(2, 4)) {
		$text .= append($world, $random) . '; ' . rotate_once($world, $random) . '; ';
	}
	return $text;
}

# The log is removed and a new one created, which often gets the same inode.
sub rotate_away {
	my ($world, $random) = @_;
	my $position = $world->{position};
	return '' if $position->{is_vague} || !$position->{offset} || $world->{kind} =~ /link/;
	my $text = Log::finish_packing($world) . Log::reopen($world, $random) . Log::finish_partial($world);
	$text .= Log::rotate_by_rename($world);
	$world->{writer} = undef;
	$text .= '; ' . Log::purge($world, scalar @{ $world->{chain} });
	return $text . Log::reopen($world, $random);
}

sub reopen { my ($world, $random) = @_; return Log::reopen($world, $random) }

sub pack_one {
	my ($world, $random) = @_;
	my $text = Log::finish_packing($world);
	my @files = Log::packable($world);
	return $text if $text || !@files || $world->{packs} =~ /at-once|never/;
	return Log::pack_file($world, $random->pick(@files));
}

sub begin_packing {
	my ($world, $random) = @_;
	my $percent = $random->pick(0, 100, $random->below(101));
	my @files = Log::packable($world);
	return '' if $world->{packing} || !@files;
	my $file = $random->pick(@files);
	Log::begin_packing($world, $file, $percent);
	return "$percent % of $file->{beside} are there beside the plain file";
}

sub delete_oldest {
	my ($world, $random) = @_;
	my $count = $random->between(1, 4);
	my $most = rotated_count($world);
	$count = $most if $count > $most;
	return $count && $world->may_lose($count) ? Log::purge($world, $count) : '';
}

# --- accidents and people ---

sub truncate_log {
	my ($world, $random) = @_;
	my ($position, $current) = ($world->{position}, $world->{current});
	return '' if !$current || $position->{is_vague} || !$position->{offset} || $position->{file} != $current;
	return '' if $world->{writer} != $current || $current->{beside};
	my $unread = grep { $_->{whole} && !$_->{seen} } @{ $current->{logins} };
	Log::truncate_current($world);
	return "$world->{current}{name} ($unread logins unread)";
}

sub restore {
	my ($world, $random) = @_;
	my $file = $random->pick(@{ $world->{chain} });
	return '' if $file->{beside};
	Log::restore($world, $file);
	$file->{is_restored} = 1;
	return Log::disk_name($file) . ' is in another inode now';
}

sub stray_copy {
	my ($world, $random) = @_;
	my $name = $world->{base} . $random->pick('.save', '.bak', '~', '.orig', '.old');
	my $file = $random->pick(@{ $world->{chain} });
	return '' if $file->{is_restored}; # a copy could get the inode that it had, and nothing would tell them apart
	unlink $world->path($name);
	Log::create_bytes($world, $name, Log::slurp(Log::disk_path($world, $file)), $world->{clock});
	return Log::disk_name($file) . " is copied to $name";
}

sub same_mtimes {
	my $world = shift;
	Log::set_time(Log::disk_path($world, $_), $world->{clock}) for @{ $world->{chain} };
	return 'all files have the time of now';
}

sub advance_clock {
	my ($world, $random) = @_;
	my $sec = $random->pick($random->between(1, 60), $random->between(60, 3600), $random->between(3600, 5 * 3600));
	my $text = '';
	my $is_late = !$world->{current} || $world->{writer} != $world->{current};
	$text = Log::reopen($world, $random) if $is_late && ($world->{held_sec} || 0) + $sec > LATE_SEC_MOST;
	$world->{held_sec} = $is_late && !$text ? ($world->{held_sec} || 0) + $sec : 0;
	$world->{clock} += $sec;
	return "$text$sec s pass, it is " . $world->time_text($world->{clock});
}

sub set_clock_back {
	my ($world, $random) = @_;
	my $sec = $random->between(1, 30);
	$world->{clock} -= $sec;
	return "by $sec s, it is " . $world->time_text($world->{clock});
}

sub forget_state {
	my $world = shift;
	return '' if $world->{kind} eq 'linkdir';
	unlink $world->{state}, "$world->{state}-journal";
	$_->{seen} = 0 for @{ $world->{logins} };
	@$world{qw(position lost spans may_say_gap has_state last_state)} = ({ is_known => 0 }, [], [], 0, 0, undef);
	return 'the state is removed';
}

# --- runs ---

# A world without the feature "empty" doesn't let a run end at the begin of a file.
sub before_run {
	my ($world, $random) = @_;
	return if $world->{has}{empty} || $world->predict_position->{offset};
	$world->note('before the run: ' . Log::reopen($world, $random) . Log::finish_partial($world));
	my ($bytes, $text) = make_lines($world, $random, $world->{writer}, 1);
	Log::append($world, $world->{writer}, $bytes);
	$world->note("before the run: $text");
}

sub plain {
	my ($world, @runs) = @_;
	($world->{wrong}, my $how) = Verdict::plain($world, @runs);
	my ($line) = split /\n/, $runs[0]{output};
	return ($how || 'kept') . ": $line";
}

sub check {
	my ($world, $random) = @_;
	my $looks_at_users = $random->chance(12);
	before_run($world, $random);
	my $text = plain($world, Plugin::finish(Plugin::start($world)));
	$world->{wrong} ||= Verdict::users($world) if $looks_at_users && $text =~ /^kept/;
	return $text;
}

sub two_checks {
	my ($world, $random) = @_;
	before_run($world, $random);
	my @runs = map { Plugin::start($world) } 1, 2;
	return plain($world, map { Plugin::finish($_) } @runs);
}

# After a run that was not to reach its end: did it commit? The bytes of the state tell.
sub settle {
	my ($world, $before) = @_;
	my $after = Plugin::state_bytes($world);
	my $has_committed = defined $after && $after ne (defined $before ? $before : '');
	$world->{last_state} = defined $after ? $after : $before;
	# A first run that finds no log says so, and keeps a state without a position.
	$world->keep_run if $has_committed && ($world->{position}{is_known} || $world->{current});
	return $has_committed ? 'it had committed' : 'nothing was kept';
}

sub bytes_before {
	my $world = shift;
	my $bytes = Plugin::state_bytes($world);
	return defined $bytes ? $bytes : $world->{last_state};
}

sub kill_check {
	my ($world, $random) = @_;
	my $sec = $random->chance(70) ? $Plugin::mean_sec * $random->below(1100) / 1000 : $random->below(15_000) / 1e6;
	before_run($world, $random);
	my $before = bytes_before($world);
	my $run = Plugin::kill_after(Plugin::start($world), $sec);
	return 'came too late, ' . plain($world, $run) if $run->{signal} != 9;
	$world->{stats}{'runs killed'}++;
	return sprintf 'after %.1f ms: %s', $sec * 1000, settle($world, $before);
}

# All blocks but LEFT of them.
sub fill_disk {
	my $left = shift;
	my $path = "$tiny/filler";
	sysopen my $handle, $path, Fcntl::O_WRONLY | O_CREAT | O_EXCL or die "$path: $!\n";
	my ($size, $got) = (0, 0);
	$size += $got while $got = syswrite $handle, "\0" x 4096;
	$size = $size > $left * 4096 ? $size - $left * 4096 : 0;
	truncate $handle, $size or die "$path: $!\n";
}

# The sizes of files are limited, in blocks of 512 bytes.
sub start_limited {
	my ($world, $blocks) = @_;
	return Plugin::start($world, '/bin/sh', '-c', "ulimit -f $blocks && exec \"\$\@\"", 'sh');
}

sub full_disk {
	my ($world, $random) = @_;
	my ($left, $by_limit) = ($random->below(14), $random->chance(40) || !$tiny);
	before_run($world, $random);
	my $before = bytes_before($world);
	fill_disk($left) unless $by_limit;
	my $blocks = int((-s $world->{state} || 0) / 1024 * $random->below(4)) + $left * 2;
	my $run = Plugin::finish($by_limit ? start_limited($world, $blocks) : Plugin::start($world));
	unlink "$tiny/filler" unless $by_limit;
	my $how = $by_limit ? "files of $blocks blocks" : "$left pages free";
	return "$how: " . plain($world, $run) if $run->{exit} == 0;
	$world->{stats}{'runs on a full disk'}++;
	$world->{wrong} = Verdict::form($run);
	return "$how: " . settle($world, $before) . ': ' . $run->{output} =~ s/\n.*//sr;
}

# The log changes while it is read.
sub race {
	my ($world, $random) = @_;
	my $sec = $Plugin::mean_sec * $random->below(1000) / 1000;
	before_run($world, $random);
	$world->{had_log} = $world->{current} && $world->{kind} !~ /link/;
	my @least = grep { $_->{seen} } $world->must_count; # what it misses of the rest is for the next run
	my $run = Plugin::start($world);
	Time::HiRes::sleep($sec);
	$world->{is_racing} = 1;
	my $text = '';
	for (1 .. $random->between(1, 3)) {
		my $step = $random->pick(\&append, \&rotate, \&rotate, \&reopen, \&pack_one);
		$text .= $step->($world, $random) . '; ';
	}
	$world->{is_racing} = 0;
	Plugin::finish($run);
	$world->{wrong} = Verdict::raced($world, $run, \@least);
	return "${text}meanwhile: " . $run->{output} =~ s/\n.*//sr;
}

# --- a world's begin and end ---

# Lines of other logs beside this one, which must never be read.
sub begin {
	my ($world, $random) = @_;
	for my $suffix (qw(.err .info .old.txt .1x .1.tmp), $world->{has}{namesake} ? 1 : ()) {
		my $line = Lines::head($world->{style}, $world->{clock}) . Lines::login_text('h2', '8.8.8.8', 2);
		Log::create_bytes($world, "$world->{base}$suffix", "$line\n", $world->{clock});
	}
	my $name = $world->{base};
	Log::move_link($world, $name = Log::next_name($world)) if $world->{kind} =~ /link/;
	Log::create_current($world);
	$world->{writer} = $world->{current};
	my ($bytes, $text) = make_lines($world, $random, $world->{writer}, $world->{has}{empty} ? $random->below(3) : 2);
	Log::append($world, $world->{writer}, $bytes) if length $bytes;
	$world->note("begin: $text");
	$world->note('begin: ' . check($world, $random)) unless $world->{has}{cold};
}

# Whatever happened: now all of it must be there.
sub end {
	my ($world, $random) = @_;
	Log::finish_partial($world);
	Log::reopen($world, $random);
	my ($bytes, $text) = make_lines($world, $random, $world->{writer}, 3);
	Log::append($world, $world->{writer}, $bytes);
	$world->note("end: $text");
	$world->note('end: ' . plain($world, Plugin::finish(Plugin::start($world))));
	$world->{wrong} ||= Verdict::users($world) || Verdict::integrity($world);
}

1;
