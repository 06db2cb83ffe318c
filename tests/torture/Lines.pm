# Lines.pm - the lines of a mail log: logins, and what must not be taken for one
#
# A user that begins with "h" is named only where no login is: none may ever be counted.
#
# SPDX-License-Identifier: GPL-3.0-or-later
package Lines;
use strict;
use warnings;

use POSIX qw(strftime);

# Where tests/fixtures/geo/test-country.mmdb has these; '' is a known network without a country.
my @places = (
	['77.88.8.8', 'RU'], ['114.114.114.114', 'CN'], ['200.160.2.3', 'BR'], ['193.0.6.139', 'NL'], ['8.8.8.8', 'US'],
	['9.9.9.9', ''], ['2001:4860:4860::8888', 'US'], ['2a02:6b8::2:242', 'RU'],
);

sub stamp {
	my ($style, $at) = @_;
	my @time = gmtime $at;
	return strftime('%b ', @time) . sprintf('%2d', $time[3]) . strftime(' %H:%M:%S', @time) if $style eq 'rfc3164';
	return strftime($style eq 'fraction' ? '%Y-%m-%dT%H:%M:%S.123456+00:00' : '%Y-%m-%dT%H:%M:%SZ', @time);
}

sub head { my ($style, $at) = @_; return stamp($style, $at) . ' mail ' }

# What follows the head of a login's line.
sub login_text {
	my ($user, $address, $number) = @_;
	return "postfix/submission/smtpd[214]: 4X$number: client=unknown[$address], sasl_method=PLAIN, sasl_username=$user";
}

# The line of a login without its end, and its country.
sub login {
	my ($random, $style, $at, $user, $number) = @_;
	my ($address, $country) = @{ $random->pick(@places) };
	my $text = head($style, $at) . login_text($user, $address, $number);
	$text .= ', sasl_sender=someone@example.com' if $random->chance(5);
	$text .= "\r" if $random->chance(5);
	return ($text, $country);
}

# Each makes what stands behind the head, of a number that makes the line unlike all others, and a login's text.
my @quiet = (
	sub { "postfix/qmgr[1187]: 4Y$_[0]: removed" },
	sub { "postfix/smtpd[2201]: connect from unknown[198.51.100.23]: $_[0]" },
	sub { "kernel: [$_[0].0] eth0: link up" },
	sub { "CRON[$_[0]]: (root) CMD (true)" },
	sub { "postfix/smtp[9]: 4Y$_[0]: to=<a\@example.net>, relay=mx[192.0.2.25]:25, delay=1, status=sent (250 Ok)" },
);
my @hostile = (
	sub { "postfix/cleanup[2207]: 4Y$_[0]: message-id=<$_[1]>" },
	sub { "postfix/smtpd[1]: 4Y$_[0]: client=unknown[8.8.8.8], sasl_sender=x, sasl_method=PLAIN, sasl_username=h1" },
	sub { "postfix/smtpd[1]: NOQUEUE: reject: RCPT from unknown[8.8.8.8]: 450; helo=<$_[0]: $_[1]>" },
	sub { "postfix/smtpd[1]: warning: unknown[8.8.8.8]: SASL LOGIN authentication failed: sasl_username=h1, $_[1] $_[0]" },
	sub { "postfix/qmgr[1]: 4Y$_[0]: removed\r$_[2]" },
	sub { "postfix/qmgr[1]: 4Y$_[0]: removed\0$_[2]" },
	sub { "postfix/cleanup[1]: 4Y$_[0]: \xff\xfe\xc3\x28\x80 \xe2\x80\xa8 $_[1]" },
	sub { "postfix/cleanup[1]: 4Y$_[0]: \x1b[31m\x9b \0\0\0" },
);
my @headless = (
	sub { $_[1] },
	sub { '' },
	sub { "\r" },
	sub { "\xff\xff\xff$_[0]" },
	sub { "  at $_[0] (eval)" },
);

# Longer than any line that is read, and with a login's text where a reader's buffer may begin anew.
sub giant {
	my ($random, $number, $line) = @_;
	my $length = $random->chance(90) ? $random->between(66_000, 200_000) : $random->between(1 << 20, 3 << 20);
	my $text = "postfix/cleanup[1]: 4Y$number: " . substr("x$number" x ($length / 2), 0, $length);
	for my $border (65_536, 131_072, 262_144) {
		last if $border + 1000 > $length;
		substr($text, $border - $random->below(200), length $line) = $line;
	}
	return $text;
}

# A line without its end.
sub noise {
	my ($random, $style, $at, $number, $may_be_giant) = @_;
	my $text = login_text("h$number", '8.8.8.8', $number);
	my $line = head($style, $at) . $text;
	my $kind = $random->below(200);
	return head($style, $at) . giant($random, $number, $line) if $kind == 0 && $may_be_giant;
	return $random->pick(@headless)->($number, $text) if $kind < 10;
	my @kinds = $kind < 60 ? @hostile : @quiet;
	return head($style, $at) . $random->pick(@kinds)->($number, $text, $line);
}

1;
