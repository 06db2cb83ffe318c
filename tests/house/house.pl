#!/usr/bin/perl
# house.pl - do the arrows between the parts of the program point one way only?
#
# Two graphs are looked at: who includes whom, of the sources; who calls whom, of the objects that the
# build made of them. The second one knows no headers, so it shows what a shared type would hide. Each
# rule is a test, and what was found is printed.
#
#	srcdir=. builddir=build tests/house/house.pl
#
# SPDX-License-Identifier: GPL-3.0-or-later
use strict;
use warnings;

my ($source, $build) = ($ENV{srcdir} // '.', $ENV{builddir} // '.');

# What several stages share: headers with a value in them, that know nobody above.
my %noun = map { $_ => 1 } qw(history judgement listing login logs metrics place position user);

# Those who put stages together; the budget is dealt out among them. Options ask each stage what it
# takes.
my %step = map { $_ => 1 } qw(check_mail_geo explain placing blocklist run options);
my %helper_of_steps = (budget => 1);

# The room of a file: "common", a stage's name, or that of a noun or a step.
sub room {
	my ($module) = @_;
	return 'common' if $module =~ m{^common/};
	return $1 if $module =~ m{^plugin/([^/]+)};
}

sub is_stage { my ($room) = @_; return $room ne 'common' && !$noun{$room} && !$step{$room} && !$helper_of_steps{$room} }

# ---- the graphs ----

my @modules;
for my $pattern (qw(common/*.c common/*/*.c plugin/*.c plugin/*/*.c)) {
	push @modules, map { s{^\Q$source\E/}{}r =~ s{\.c$}{}r } glob "$source/$pattern";
}
@modules = grep { $_ !~ /upstream$/ && -e "$build/$_.o" } @modules;

# MODULE => { HEADER without ending => 1 }
my %includes;
for my $file (map { glob "$source/$_" } qw(common/*.[ch] common/*/*.[ch] plugin/*.[ch] plugin/*/*.[ch])) {
	my $module = $file =~ s{^\Q$source\E/}{}r =~ s{\.[ch]$}{}r;
	open my $lines, '<', $file or die "$file: $!";
	while (<$lines>) {
		$includes{$module}{$1} = 1 if m{^#include "((?:common|plugin)/[^"]+)\.h"} && $1 ne $module;
	}
}

# MODULE => { MODULE => [SYMBOL...] }
my (%calls, %home, %wanted);
for my $module (@modules) {
	open my $symbols, '-|', 'nm', '--', "$build/$module.o" or die "nm: $!";
	while (<$symbols>) {
		if (/ [TDBRCVW] (\S+)$/) { $home{$1} = $module }
		elsif (/ U (\S+)$/) { push @{ $wanted{$module} }, $1 }
	}
	close $symbols;
}
for my $module (keys %wanted) {
	for my $symbol (@{ $wanted{$module} }) {
		my $to = $home{$symbol};
		push @{ $calls{$module}{$to} }, $symbol if $to && $to ne $module;
	}
}

# Modules that call each other in a circle: Tarjan's strongly connected components of more than one.
sub circles {
	my (%index, %low, %is_on_stack, @stack, @found);
	my $next = 0;
	my $visit;
	$visit = sub {
		my ($module) = @_;
		$index{$module} = $low{$module} = $next++;
		push @stack, $module;
		$is_on_stack{$module} = 1;
		for my $to (sort keys %{ $calls{$module} // {} }) {
			$visit->($to) unless exists $index{$to};
			$low{$module} = $low{$to} if $is_on_stack{$to} && $low{$to} < $low{$module};
		}
		return if $low{$module} != $index{$module};
		my @circle;
		while (defined(my $last = pop @stack)) {
			$is_on_stack{$last} = 0;
			push @circle, $last;
			last if $last eq $module;
		}
		push @found, join ' ', sort @circle if @circle > 1;
	};
	for my $module (@modules) { $visit->($module) unless exists $index{$module} }
	return @found;
}

# ---- the rules ----

my $number = 0;
my $failures = 0;

sub rule {
	my ($what, @broken) = @_;
	$number++;
	print @broken ? 'not ' : '', "ok $number - $what\n";
	print "# $_\n" for @broken;
	$failures++ if @broken;
}

my (@up, @climbing, @strangers, @deep);
my %arrows;
for my $module (sort keys %includes) {
	my $room = room($module);
	for my $header (sort keys %{ $includes{$module} }) {
		my $to = room($header);
		push @up, "$module includes $header" if $room eq 'common' && $to ne 'common';
		push @strangers, "$module includes $header"
			if (is_stage($room) || $noun{$room}) && $to ne $room && $to ne 'common' && !$noun{$to};
	}
}
for my $module (sort keys %calls) {
	my $room = room($module);
	for my $to (sort keys %{ $calls{$module} }) {
		push @climbing, "$module calls $to (@{ $calls{$module}{$to} })"
			if $module =~ m{^plugin/([^/]+)/} && $to eq "plugin/$1" && $room ne 'run';
		$arrows{$room}{ room($to) } = 1 if room($to) ne $room && room($to) ne 'common';
	}
}

if (@modules < 50) {
	print "1..0 # SKIP only ", scalar @modules, " objects are in $build\n";
	exit 0;
}
print "1..4\n";
print "# $_ -> ", join(' ', sort keys %{ $arrows{$_} }), "\n" for sort keys %arrows;
rule(scalar(@modules) . ' objects call each other without a circle', circles());
rule('common/ includes nothing of plugin/', @up);
rule('a stage includes itself, nouns and common/, and no other stage', @strangers);
rule('a driver never calls up into its facade', @climbing);
exit($failures > 0);
