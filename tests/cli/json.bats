#!/usr/bin/env bats
#
# json.bats - a run's answer as JSON: valid whatever the log holds, and with everything that the text says
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

setup_file() {
	perl -MJSON::PP -e 1 2>/dev/null || skip "Perl's JSON::PP is not installed"
}

# json OPTION...: a run with --output=json.
json() {
	check --output=json "$@"
}

# value PATH...: what a Perl expression behind "$answer->" gives, of the whole output; fails if that is no JSON.
value() {
	printf '%s' "$output" | perl -MJSON::PP -e '
		my $answer = JSON::PP->new->utf8->decode(join "", <STDIN>);
		binmode STDOUT, ":utf8";
		for my $path (@ARGV) {
			my $value = eval "\$answer->$path";
			die $@ if $@;
			print defined $value ? $value : "null", "\n";
		}' "$@" || fail "no JSON"
}

# expect_value PATH VALUE
expect_value() {
	local found
	found=$(value "$1")
	[ "$found" = "$2" ] || fail "$1 is $found, not $2"
}

@test "a stolen account: state, metrics, the user, the logins" {
	login 10:11:12 bob@example.com $russia
	login 10:12:12 bob@example.com $china
	login 10:13:12 bob@example.com $america
	login 10:14:12 alice $america
	json
	[ "$status" -eq 2 ]
	expect_value '{schema}' 1
	expect_value '{state}' CRITICAL
	expect_value '{exit}' 2
	expect_value '{at}' 2014-02-25T10:20:00Z
	expect_value '{window_sec}' 900
	expect_value '{metrics}{user_countries}{value}' 3
	expect_value '{metrics}{user_countries}{critical}' 2
	expect_value '{metrics}{foreign_logins}{state}' WARNING
	expect_value '{metrics}{log_age}{unit}' s
	expect_value '{users}[0]{user}' bob@example.com
	expect_value '{users}[0]{addresses}' 3
	expect_value '{users}[0]{from}[0]{country}' CN
	expect_value '{users}[0]{lines}[0]{address}' $china
	expect_value '{users}[0]{lines}[0]{at}' 2014-02-25T10:12:12Z
	expect_value '{users}[0]{lines}[0]{country_name}' China
	expect_value '{users}[1]' null
	expect_value '{users_all}' 2
	expect_value '{newcomers}[0]' bob@example.com
	expect_value '{origins}{logs}[0]' "$log"
	expect_value '{dnsbl}' null
}

@test "-vv has the others and the logins from home, too" {
	login 10:11:12 bob $russia
	login 10:14:12 alice $america
	json -vv
	expect_value '{users}[1]{user}' alice
	expect_value '{users}[1]{lines}[0]{standing}' home
}

@test "each user and how often, as the text has them" {
	logins 15 10:11:12 user $russia
	login 10:12:12 user7 $russia
	json
	local told
	told=$(value '{users_suspicious}' && printf '%s' "$output" | perl -MJSON::PP -e '
		print "$_->{user}=$_->{logins}\n" for @{decode_json(join "", <STDIN>)->{users}}' | sort)
	check --no-state
	[ "$told" = "15
$(sed -n 's/^\([^ ]*\): \([0-9]*\) logins\{0,1\} from .*/\1=\2/p' <<<"$output" | sort)" ] || fail "JSON has: $told"
}

@test "whatever a name holds, it is JSON, and what is UTF-8 is told as it is" {
	local name
	for name in 'a\001\002\037b' 'a\377\376' 'a\303\244' '\342\200\256gnp' 'a"b\\\\c' '<b>|`x`$(y)' 'a\000b' '\360\237\230\200'; do
		printf "2014-02-25T10:11:12.000000+00:00 mail postfix/smtpd[1]: 4X: client=h[$russia], sasl_method=PLAIN, sasl_username=$name\n" >>"$log"
	done
	json
	[ "$status" -eq 1 ]
	[[ $output != *[$'\001'-$'\011\013'-$'\037\177'-$'\377']* ]] || fail "a raw byte"
	value '{users}[0]{user}' >/dev/null
	[[ $(printf '%s' "$output" | perl -MJSON::PP -CO -e 'print map { "$_->{user}\n" } @{decode_json(join "", <STDIN>)->{users}}') == *aä* ]]
}

@test "a log that can't be read is a problem, and UNKNOWN" {
	log=$BATS_TEST_TMPDIR/none
	json
	[ "$status" -eq 3 ]
	expect_value '{problems}[0]{state}' UNKNOWN
	[[ $(value '{problems}[0]{text}') == *"$log"* ]]
	expect_value '{metrics}{foreign_logins}{value}' null
	expect_value '{metrics}{foreign_logins}{state}' null
}

@test "wrong usage is told as JSON, wherever --output stands" {
	plugin_with --nonsense --output=json
	[ "$status" -eq 3 ]
	expect_value '{state}' UNKNOWN
	[[ $(value '{problems}[0]{text}') == *--nonsense* ]]
	plugin_with --output=json --home=US --window=$'<\001'
	[ "$status" -eq 3 ]
	expect_value '{exit}' 3
}

@test "--dnsbl-only has no users" {
	log=
	check --dnsbl-only --dnsbl=a.test --dnsbl-address=192.0.2.25 --resolver=127.0.0.1:9 --output=json
	[ "$status" -eq 3 ]
	expect_value '{users}' null
	expect_value '{dnsbl}{silent}[0]{list}' a.test
}
