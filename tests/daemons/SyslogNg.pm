# SyslogNg.pm - syslog-ng, installed or not
#
# In Debian it can't be installed beside rsyslog: then its packages are fetched and unpacked below a temporary directory.
#
# SPDX-License-Identifier: GPL-3.0-or-later
package SyslogNg;
use strict;
use warnings;

our $place; # where packages may be unpacked
my ($reason, $root);

sub quietly { return system("exec >/dev/null 2>&1; $_[0]") == 0 }

sub dependencies {
	my $fields = `dpkg-deb -f '$place'/syslog-ng-core_*.deb Depends`;
	my @names = map { /^\s*([-a-z0-9.+]+)/ ? $1 : () } split /,/, $fields;
	return grep { !quietly("dpkg-query -W -f '\${db:Status-Status}' $_ | grep -qx installed") } @names;
}

sub fetch {
	return 'apt-get is missing, and so is syslog-ng' unless Daemon::is_installed('apt-get') && Daemon::is_installed('dpkg-deb');
	mkdir $place, 0755;
	quietly("cd '$place' && apt-get download syslog-ng-core") or return 'apt-get can not download syslog-ng-core';
	for my $name (dependencies()) {
		quietly("cd '$place' && apt-get download $name") or return "apt-get can not download $name";
	}
	my $unpack = 'for package in *.deb; do dpkg-deb -x "$package" root || exit 1; done';
	quietly("cd '$place' && $unpack") or return 'its packages can not be unpacked';
	$root = "$place/root";
	return '';
}

# Fetched once, and by the first that asks.
sub lacks {
	$reason = Daemon::is_installed('syslog-ng') ? '' : fetch() unless defined $reason;
	return $reason;
}

sub directories {
	my ($name) = @_;
	open my $find, '-|', 'find', $root, '-name', $name or die "find: $!\n";
	my %directories = map { m{(.*)/} ? ($1 => 1) : () } <$find>;
	return join ':', sort keys %directories;
}

sub command {
	my $case = shift;
	my @words = ('syslog-ng', '-F', '--no-caps', '-f', $case->configuration('syslog-ng.conf'), '-p', $case->path('pid'), '-R',
		$case->path('persist'), '-c', $case->path('control'));
	return @words unless $root;
	$words[0] = "$root/usr/sbin/syslog-ng";
	my $libraries = directories('lib*.so.[0-9]*');
	return ('env', "LD_LIBRARY_PATH=$libraries", @words, '--module-path', directories('libaffile.so'));
}

1;
