#!/usr/bin/perl
# make-places.pl - writes places.mmdb: more countries than a line holds, networks with hostile names
#
#	apt-get install libmaxmind-db-writer-perl
#	perl tests/golden/make-places.pl tests/golden/places.mmdb
#
# 20.0.N.0/24 is in the Nth country. The result is committed, so that the tests need no Perl.
#
# SPDX-License-Identifier: GPL-3.0-or-later
use strict;
use warnings;

use MaxMind::DB::Writer::Tree;

my @countries = qw(AD AE AR AT AU BE BG BR CA CH CL CN CO CZ DE DK EE EG ES FI FR GB GR HK
	HR HU ID IE IL IN IS IT JP KE KR LT LU LV MX MY NG NL NO NZ PE PH PL PT RO RS
	RU SA SE SG SI SK TH TR TW UA US UY VN ZA);
my @names = (
	'Example Net', 'a|b <c> `id` $(id) "d" \\e', "line\nbreak\ttab\e[31m", "bidi\x{202e}gro \x{e4}",
	'x' x 300, '',
);
my %types = (
	country => 'map', iso_code => 'utf8_string', asn => 'uint32', as_name => 'utf8_string',
	is_anonymous => 'boolean',
);

my $path  = shift @ARGV or die "usage: make-places.pl FILE\n";
my $tree = MaxMind::DB::Writer::Tree->new(
	ip_version            => 4,
	record_size           => 24,
	database_type         => 'Test-Country-ASN',
	languages             => ['en'],
	description           => { en => 'check_mail_geo test data: places' },
	map_key_type_callback => sub { $types{ $_[0] } or die "no type for $_[0]\n" },
);
$tree->_set_build_epoch(1743000000); # fixed, so that the same bytes come out each time
for my $number (0 .. $#countries) {
	my $record = { country => { iso_code => $countries[$number] } };
	if ($number % 2) {
		$record->{asn} = 64500 + $number;
		$record->{as_name} = $names[$number / 2 % @names];
	}
	$record->{is_anonymous} = 1 if $number % 3 == 0;
	$tree->insert_network("20.0.$number.0/24", $record);
}
open my $file, '>:raw', $path or die "$path: $!\n";
$tree->write_tree($file);
close $file or die "$path: $!\n";
