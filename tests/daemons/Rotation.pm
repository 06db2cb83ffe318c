# Rotation.pm - the programs that rotate: logrotate with one configuration, or savelog
#
# SPDX-License-Identifier: GPL-3.0-or-later
package Rotation;
use strict;
use warnings;

use File::Glob ':bsd_glob';

use Daemon;

our $directory; # of the configurations

# "# KEY: VALUE" at a configuration's head.
sub read_head {
	my $path = shift;
	my %head;
	open my $file, '<', $path or die "$path: $!\n";
	while (my $line = <$file>) {
		last unless $line =~ /^#/;
		$head{$1} = $2 if $line =~ /^# (\w+): (.+)$/;
	}
	return \%head;
}

sub logrotate {
	my $path = shift;
	my ($name) = $path =~ m{([^/]+)\.conf$};
	my $head = read_head($path);
	return {
		name => $name, file => $path, daemon => $head->{daemon} || 'rsyslogd', loses => $head->{loses}, logs => $head->{logs},
		options => [split ' ', $head->{options} // ''],
		needs => ['logrotate', packers($path)], packs => has_line($path, 'compress'),
		rotate => ($head->{forced} || '') eq 'no' ? \&run_logrotate : \&force_logrotate,
	};
}

sub lines { my $path = shift; open my $file, '<', $path or die "$path: $!\n"; return map { s/^\s+|\s+$//gr } <$file> }

sub has_line { my ($path, $line) = @_; return scalar grep { $_ eq $line } lines($path) }

sub packers { return map { m{^(?:un)?compresscmd \S*/(\S+)} ? $1 : () } lines(@_) }

# Those that are no configuration of logrotate.
my @others = (
	{ name => 'savelog', daemon => 'rsyslogd', needs => ['savelog'], rotate => \&savelog,
		loses => 'what the daemon still writes into the file that is packed' },
	{ name => 'dated', daemon => 'rsyslogd-dated', needs => [], logs => 'mail-*.log' },
	{ name => 'dated-packed', daemon => 'rsyslogd-dated', needs => ['gzip'], logs => 'mail-*.log', rotate => \&pack_dated },
	{ name => 'dated-packed-all', daemon => 'rsyslogd-dated', needs => ['gzip'], logs => 'mail-*.log*', rotate => \&pack_dated },
	{ name => 'cronolog-packed', daemon => 'cronolog', needs => ['gzip'], rotate => \&pack_dated },
);

# All cases: a hash of name, daemon, needs, loses (what it is that this rotation loses by itself), logs (the pattern that the
# plugin is given, if it isn't the log), options (of the plugin), packs (does it pack what was rotated?), rotate (a command).
sub cases {
	my @own = map { { name => $_, daemon => $_, needs => [] } } Daemon::rotating();
	return (map { logrotate($_) } sort glob "$directory/*.conf"), @others, @own;
}

sub lacks {
	my $kind = shift;
	my @missing = grep { !Daemon::is_installed($_) } 'sqlite3', @{ $kind->{needs} };
	return @missing ? "not installed: @missing" : Daemon::lacks($kind->{daemon});
}

sub run_logrotate {
	my ($case, @options) = @_;
	my $configuration = $case->path('logrotate.conf');
	$case->write_configuration($case->{kind}{file}, $configuration) unless -e $configuration;
	return ('logrotate', @options, '-s', $case->path('logrotate.status'), $configuration);
}

sub force_logrotate { return run_logrotate($_[0], '-f') }

sub savelog {
	my $case = shift;
	my $script = 'cd "$1" && savelog -q -t -c 1000 mail.log && kill -HUP "$(cat "$2")"';
	return ('sh', '-c', $script, 'sh', $case->path('log'), $case->path('pid'));
}

# All but the newest two.
sub pack_dated {
	my $case = shift;
	return ('sh', '-c', 'cd "$1" && ls | grep "^mail-.*log$" | head -n -2 | xargs -r gzip', 'sh', $case->path('log'));
}

1;
