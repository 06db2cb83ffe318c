# World.pm - one small mail server: its clock, its log with its rotations, its logins, and what a run must know of them
#
# A file is a hash: name (below the world's directory), size and read (bytes, unpacked; read: at the last good run),
# logins, alive, first_sec; ext if it is compressed; beside while it is being compressed. It stands for contents: when a
# log is copied and truncated, the contents go on under the copy's name.
#
# A login is a hash: user, at, country, number, file, whole (its line ended), seen (by a run that was kept),
# full (its text is written, the newline isn't), is_void (its line will never be whole).
#
# SPDX-License-Identifier: GPL-3.0-or-later
package World;
use strict;
use warnings;

use Lines;
use Random;

our @features = qw(back cold compress copytruncate empty fast full giant kill late link linkdir loss mtime namesake null partial purge
	race restore reuse stem stray two);

# Off unless they are asked for: what no reader of files can always get right.
our @hard = qw(backloss);

my @suffixes = ( # how rotated files are named; with %: strftime's, and then the unit of the time in seconds
	['.0', 0], ['.1', 1],
	['-%Y%m%d', 86400], ['.%Y%m%d', 86400], ['-%Y%m%d%H', 3600], ['.%Y%m%d-%H%M%S', 1], ['-%s', 1],
);

# The plugin holds the times of files against the clock of this machine, to see which were left alone for a day: so the
# world's time is ahead of it, and no file is.
my $beginning = 2_000_000_000;

my @packers = (['gz', 'gzip', '-c'], ['bz2', 'bzip2', '-c'], ['xz', 'xz', '-0c'], ['zst', 'zstd', '-qc']);

sub is_installed {
	my $program = shift;
	return scalar grep { -x "$_/$program" } split /:/, $ENV{PATH};
}

# When the file that was read last is gone, only times tell which of the others were read, and a clock that steps back makes
# them wrong: a world has one of both.
sub choose_hardships {
	my ($world, $random) = @_;
	my $has_back = $random->chance(50);
	return if $world->{has}{backloss} || !$world->{has}{back};
	$world->{has} = { %{ $world->{has} }, $has_back ? (loss => 0) : (back => 0) };
}

sub choose_names {
	my ($world, $random) = @_;
	my ($suffix, $unit) = @{ $random->pick(@suffixes) };
	$world->{base} = $random->pick('mail.log', 'mail.log', 'maillog', 'mail');
	$world->{kind} = $suffix =~ /%/ ? 'date' : 'number';
	($world->{first_number}, $world->{unit}) = ($unit, $unit);
	$world->{pattern} = $world->{base} . $suffix;
	if ($world->{has}{link} && $random->chance(15)) {
		$world->{kind} = $world->{has}{linkdir} && $random->chance(50) ? 'linkdir' : 'link';
		$world->{pattern} = $world->{kind} eq 'link' ? "$world->{base}-%Y%m%d-%H%M%S" : "d%Y%m%d-%H%M%S/$world->{base}";
		$world->{unit} = 1;
	} elsif ($world->{has}{stem} && $world->{base} eq 'mail.log' && $random->chance(15)) {
		@$world{qw(kind pattern unit)} = ('date', 'mail-%Y%m%d-%H%M%S.log', 1);
	}
}

sub choose_habits {
	my ($world, $random) = @_;
	my @methods = $world->{kind} =~ /link/ || !$world->{has}{copytruncate} ? ('rename') : qw(rename rename copytruncate mixed);
	$world->{method} = $random->pick(@methods);
	$world->{style} = $random->pick(qw(plain fraction fraction rfc3164));
	$world->{keep} = $world->{has}{purge} ? $random->pick(2, 3, 5, 10, 10) : 20;
	my @usable = $world->{has}{compress} ? grep { is_installed($_->[1]) } @packers : ();
	$world->{packer} = @usable && $random->chance(60) ? $random->pick(@usable) : undef;
	$world->{packs} = $world->{packer} ? $random->pick(qw(at-once delayed now-and-then)) : 'never';
}

# In DIRECTORY, which exists; HAS is a hash of features.
sub new {
	my ($class, $seed, $directory, $state, $has) = @_;
	my $random = Random->new($seed);
	my $world = bless {
		seed => $seed, directory => $directory, state => $state, has => $has, log => [],
		clock => $beginning + $random->below(31_536_000), peak => 0, disorder => 0, numbers => 0,
		chain => [], logins => [], lost => [], spans => [], inodes => {}, stats => {}, strays => 0,
		position => { is_known => 0 }, may_say_gap => 0, last_name => '',
	}, $class;
	$world->choose_hardships($random);
	$world->choose_names($random);
	$world->choose_habits($random);
	return $world;
}

sub describe {
	my $world = shift;
	my $packs = $world->{packer} ? "$world->{packer}[0] $world->{packs}" : 'not packed';
	return "$world->{pattern}, $world->{method}, $packs, keep $world->{keep}, $world->{style}";
}

sub path { my ($world, $name) = @_; return "$world->{directory}/" . (defined $name ? $name : $world->{base}) }

sub number { my $world = shift; return ++$world->{numbers} }

sub note { my ($world, $text) = @_; push @{ $world->{log} }, $text }

sub time_text { my ($world, $at) = @_; return Lines::stamp('plain', $at) }

# --- the logins ---

sub new_login {
	my ($world, $random) = @_;
	my $number = $world->number;
	my $login = { user => sprintf('u%06d', $number), at => $world->{clock}, number => $number };
	(my $text, $login->{country}) = Lines::login($random, $world->{style}, $login->{at}, $login->{user}, $number);
	push @{ $world->{logins} }, $login;
	return ($login, $text);
}

# What each state after a run must hold.
sub must_count {
	my $world = shift;
	return grep { $_->{whole} && ($_->{seen} || $_->{file}{alive}) } @{ $world->{logins} };
}

# What it may hold: the text of a line that will not be ended, or not in this file.
sub may_count {
	my $world = shift;
	my $current = $world->{current};
	return grep { $_->{full} && !$_->{whole} && !($current && $_->{file} == $current && $world->{partial}
		&& $world->{partial}{login} && $world->{partial}{login} == $_) } @{ $world->{logins} };
}

# --- where the plugin has read to ---

sub unfinished_bytes {
	my ($world, $file) = @_;
	my $partial = $world->{partial};
	return $partial && $partial->{file} == $file ? $partial->{written} : 0;
}

# The file and the offset that a run of now ends at. An empty new file is left alone while the old one is there.
sub predict_position {
	my $world = shift;
	my ($current, $old) = ($world->{current}, $world->{position}{file});
	my $is_used = $current && $current->{size} > 0;
	my @rotated = grep { defined $_->{first_sec} && !($current && $_ == $current) } @{ $world->{chain} };
	my $is_rotated = $old && $old->{alive} && !($current && $old == $current) && $rotated[-1];
	my $file = $is_used ? $current : $is_rotated ? $rotated[-1] : $current;
	$file ||= $old && $old->{alive} ? $old : $rotated[-1];
	return { is_known => 0 } unless $file;
	my $offset = $file->{size} - $world->unfinished_bytes($file);
	return { is_known => 1, file => $file, offset => $offset };
}

# A run was kept: what was there is counted, and what was lost has been said, or never will be.
sub keep_run {
	my $world = shift;
	$world->{position} = $world->predict_position;
	$_->{seen} = 1 for grep { $_->{whole} && $_->{file}{alive} } @{ $world->{logins} };
	$_->{read} = $_->{size} for @{ $world->{chain} };
	$world->{lost} = [];
	$world->{spans} = [];
	$world->{may_say_gap} = 0;
	$world->{has_state} = 1;
}

# FILE has another inode now. Of a file that was empty nothing else is known.
sub change_inode {
	my ($world, $file) = @_;
	my $position = $world->{position};
	$world->{may_say_gap} = 1 if $position->{is_known} && $position->{file} == $file && !$position->{offset};
}

# FILE's contents are gone. What nobody read is a loss, which must be said if the plugin can know of it: if it was in FILE,
# or before it.
sub lose {
	my ($world, $file) = @_;
	my $position = $world->{position};
	$file->{alive} = 0;
	return unless $position->{is_known};
	$world->{may_say_gap} = 1 if !$position->{file}{alive};
	my $is_before = $position->{file} != $file && $position->{file}{alive};
	return if !$position->{offset} || $is_before; # late lines of a file that was read can come unseen
	push @{ $world->{lost} }, grep { $_->{whole} && !$_->{seen} } @{ $file->{logins} };
}

# May the oldest COUNT files go? Not where the plugin can't know that something is lost.
sub may_lose {
	my ($world, $count) = @_;
	my @going = @{ $world->{chain} }[0 .. $count - 1];
	my $position = $world->{position};
	return 0 if $position->{is_vague} || grep { $_ == $world->{writer} || ($world->{current} && $_ == $world->{current}) } @going;
	my $has_unread = grep { $_->{size} > ($_->{read} || 0) } @going;
	return 1 if !$position->{is_known};
	my $has_position = !$position->{file}{alive} || grep { $_ == $position->{file} } @going;
	return $has_position ? $world->{has}{loss} : !$has_unread;
}

1;
