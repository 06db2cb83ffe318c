# Random.pm - numbers that are the same on each machine for the same seed
#
# Each step has a generator of its own, made of the world's seed and the step's number: so a step draws the same numbers
# even if other steps are left out.
#
# SPDX-License-Identifier: GPL-3.0-or-later
package Random;
use strict;
use warnings;

# A number below 2**32 that depends on all bits of the two given: the "lowbias32" mixing of 32-bit words.
sub mix {
	my ($left, $right) = @_;
	my $x = ($left ^ (($right * 0x9e3779b1) & 0xffffffff)) & 0xffffffff;
	for my $factor (0x7feb352d, 0x846ca68b) {
		$x ^= $x >> 16;
		$x = ($x * $factor) & 0xffffffff;
		$x ^= $x >> 15;
	}
	return $x;
}

sub new {
	my ($class, $seed) = @_;
	my $state = mix($seed, 1) || 1; # xorshift never leaves 0
	return bless \$state, $class;
}

# 0 to BELOW - 1; xorshift32.
sub below {
	my ($self, $below) = @_;
	my $x = $$self;
	$x ^= ($x << 13) & 0xffffffff;
	$x ^= $x >> 17;
	$x ^= ($x << 5) & 0xffffffff;
	$$self = $x;
	return $x % $below;
}

sub between { my ($self, $least, $most) = @_; return $least + $self->below($most - $least + 1) }

sub chance { my ($self, $percent) = @_; return $self->below(100) < $percent }

sub pick { my ($self, @list) = @_; return $list[$self->below(scalar @list)] }

# The key of one of [KEY, WEIGHT, ...]...
sub weighted {
	my ($self, @rows) = @_;
	my $sum = 0;
	$sum += $_->[1] for @rows;
	my $left = $self->below($sum);
	for my $row (@rows) {
		return $row->[0] if $left < $row->[1];
		$left -= $row->[1];
	}
}

1;
