# Daemon.pm - the programs that write logs: how each is had, started and fed
#
# Each runs as a private process: with a configuration, a socket and a log below the case's directory, and no other.
#
# SPDX-License-Identifier: GPL-3.0-or-later
package Daemon;
use strict;
use warnings;

use IO::Socket::UNIX;
use Socket qw(SOCK_DGRAM SOCK_STREAM);

use SyslogNg;

use constant STARTS_WITHIN_SEC => 60;

# needs: programs. lacks: says what else is missing. start: its command. socket, type: where it takes lines; reads: its handle 0,
# and it rotates itself. host: does a line that it is sent name one? log: the file that it writes, if it isn't mail.log. dates: a
# new file each second.
my %daemons = (
	rsyslogd => { needs => ['rsyslogd'], start => \&rsyslogd, socket => 'in', type => SOCK_STREAM, host => 1 },
	'rsyslogd-dated' => { needs => ['rsyslogd'], start => \&rsyslogd_dated, socket => 'in', type => SOCK_STREAM, host => 1,
		dates => 1 },
	'syslog-ng' => { needs => [], lacks => \&SyslogNg::lacks, start => \&SyslogNg::command, socket => 'in', type => SOCK_STREAM },
	busybox => { needs => ['busybox', 'unshare', 'mount'], lacks => \&lacks_namespace, start => \&busybox, socket => 'dev/log',
		type => SOCK_DGRAM },
	svlogd => { needs => ['svlogd'], start => sub { svlogd(shift) }, reads => 1, host => 1, log => 'current' },
	'svlogd-gzip' => { needs => ['svlogd', 'gzip'], start => sub { svlogd(shift, '!gzip') }, reads => 1, host => 1,
		log => 'current' },
	cronolog => { needs => ['cronolog'], start => sub { cronolog(shift, 'mail-%Y%m%d-%H%M%S.log') }, reads => 1, host => 1 },
	'cronolog-tree' => { needs => ['cronolog'], start => sub { cronolog(shift, '%Y/%m/%d/%H/%M/%S.log') }, reads => 1, host => 1 },
	rotatelogs => { needs => ['rotatelogs'], start => \&rotatelogs, reads => 1, host => 1 },
	multilog => { needs => ['multilog'], start => \&multilog, reads => 1, host => 1, log => 'current' },
	's6-log' => { needs => ['s6-log'], start => \&s6_log, reads => 1, host => 1, log => 'current' },
);

sub is_installed {
	my $name = shift;
	return scalar grep { -x "$_/$name" && !-d _ } split(/:/, $ENV{PATH});
}

sub is_rotating { my $kind = $daemons{ $_[0] }; return $kind->{reads} || $kind->{dates} }

# Those of them that are each a case of their own.
sub rotating { return grep { $daemons{$_}{reads} } sort keys %daemons }

# '' or why NAME can't be had.
sub lacks {
	my $name = shift;
	my $kind = $daemons{$name} or return "no daemon is called $name";
	my @missing = grep { !is_installed($_) } @{ $kind->{needs} };
	return "not installed: @missing" if @missing;
	return $kind->{lacks} ? $kind->{lacks}->() : '';
}

sub log_name { return $daemons{ $_[0] }{log} || 'mail.log' }

# --- how each is started ---

sub rsyslogd {
	my $case = shift;
	return ('rsyslogd', '-n', '-f', $case->configuration('rsyslog.conf'), '-i', $case->path('pid'));
}

sub rsyslogd_dated {
	my $case = shift;
	return ('rsyslogd', '-n', '-f', $case->configuration('rsyslog-dated.conf'), '-i', $case->path('pid'));
}

# Its socket is always /dev/log: so it gets a /dev of its own, which only it sees.
sub unshare { return ('unshare', $> == 0 ? '-m' : '-rm', '--propagation', 'private') }

sub busybox {
	my $case = shift;
	mkdir $case->path('dev'), 0755;
	my $script = 'mount --bind "$1" /dev && exec busybox syslogd -n -O "$2"';
	return (unshare(), 'sh', '-c', $script, 'sh', $case->path('dev'), $case->log);
}

sub lacks_namespace {
	return 'busybox is built without syslogd' if system('busybox --list 2>/dev/null | grep -qx syslogd');
	return 'no mount namespace can be made here' if system(join(' ', unshare(), 'true 2>/dev/null'));
	return '';
}

sub write_file {
	my ($path, $text) = @_;
	open my $file, '>', $path or die "$path: $!\n";
	print $file $text;
	close $file or die "$path: $!\n";
}

# 16 KiB a file, and all are kept.
sub svlogd {
	my ($case, @processor) = @_;
	write_file($case->path('log/config'), join "\n", 's16384', 'n0', @processor, '');
	return ('svlogd', '-b', '4096', $case->path('log'));
}

# The log is a link to the newest, and moves only where another is left at the one before.
sub cronolog {
	my ($case, $form) = @_;
	return ('cronolog', '-S', $case->log, '-P', $case->path('previous'), $case->path("log/$form"));
}

# The log is a hard link to the newest: mail.log.1700000000.
sub rotatelogs { my $case = shift; return ('rotatelogs', '-L', $case->log, $case->log, '2') }

sub multilog { my $case = shift; return ('multilog', 's16384', 'n100000', $case->path('log')) }

sub s6_log { my $case = shift; return ('s6-log', 'n100000', 's16384', $case->path('log')) }

# --- a running one ---

# What the daemon says goes to a file of the case.
sub start {
	my ($case, $loop) = @_;
	my $kind = $daemons{ $case->{daemon} };
	my ($reader, $writer);
	if ($kind->{reads}) { pipe $reader, $writer or die "pipe: $!\n" }
	open my $said, '>', $case->path('daemon-said') or die "daemon-said: $!\n";
	my $self = bless { kind => $kind, loop => $loop, handle => $writer }, __PACKAGE__;
	my @command = $kind->{start}->($case);
	$self->{child} = $loop->start([$reader, $said, $said], sub { $self->{has_ended} = 1 }, @command);
	$self->connect($case->path($kind->{socket})) if $kind->{socket};
	$self->{handle}->autoflush(1);
	return $self;
}

sub connect {
	my ($self, $path) = @_;
	$self->{loop}->wait_for(STARTS_WITHIN_SEC, sub {
		$self->{handle} = IO::Socket::UNIX->new(Peer => $path, Type => $self->{kind}{type});
		$self->{handle} || $self->{has_ended};
	});
	$self->{handle} or die "it could not be started\n";
}

# TIME, TAG and TEXT as one line; waits if the daemon is busy.
sub send_line {
	my ($self, $time, $tag, $text) = @_;
	my $kind = $self->{kind};
	my $line = ($kind->{reads} ? '' : '<22>') . $time . ($kind->{host} ? ' mail' : '') . " $tag: $text\n";
	die "it takes no lines any more\n" if $self->{has_ended};
	my $written = 0;
	while ($written < length $line) {
		$written += syswrite($self->{handle}, $line, length($line) - $written, $written) // die "it takes no lines any more: $!\n";
	}
}

# Has it left the files that were rotated?
sub has_settled {
	my ($self, $case) = @_;
	my @files = map { readlink($_) // () } glob "/proc/$self->{child}/fd/*";
	return !grep { index($_, $case->path('log/')) == 0 && $_ ne $case->log } @files;
}

# All lines are sent.
sub stop {
	my ($self, $sec) = @_;
	close $self->{handle};
	$self->{loop}->wait_for($sec, sub { $self->{has_ended} }) if $self->{kind}{reads};
	$self->{loop}->stop($self->{child}, $sec);
}

1;
