#!/usr/bin/env bats
# explain.bats - --explain: how each line is read, and why
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# explain OPTION... with the log on standard input
explain() {
	run timeout 120 "$plugin" --explain "$@" <"$log"
}

login_line="2014-02-25T10:11:12.000000+00:00 mail postfix/submission/smtpd[214]: 4X1: client=unknown[77.88.8.8], sasl_method=PLAIN, sasl_username=alice"

@test "a login is told with its header, program, format and fields" {
	echo "$login_line" >"$log"
	explain
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "line 1: login" ]
	expect_output "*  header   * 2014-02-25T10:11:12*"
	expect_output "*  program  postfix/submission/smtpd*"
	expect_output "*  format   postfix*"
	expect_output "*  user     alice*"
	expect_output "*  address  77.88.8.8*"
	expect_output "*  service  postfix/submission*"
}

@test "a failed login is called out, because it has what people search for" {
	line 10:11:12 "postfix/smtpd[214]: warning: h[77.88.8.8]: SASL PLAIN authentication failed: x, sasl_username=alice"
	explain
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "line 1: not a login: has \"sasl_username=\", but: a warning, or a failed login, whose text is the client's" ]
}

@test "reject, milter and proxy lines that name a user are not counted, and it says why" {
	line 10:11:12 "postfix/smtpd[214]: NOQUEUE: reject: RCPT from h[77.88.8.8]: 554 5.7.1 <x>: no; from=<a> to=<x> proto=ESMTP helo=<h> sasl_method=PLAIN sasl_username=alice"
	line 10:11:12 "postfix/smtpd[214]: 4X: milter-reject: END-OF-MESSAGE from h[77.88.8.8]: 5.7.1 no; from=<a> to=<x> proto=ESMTP helo=<h> sasl_username=<alice>"
	line 10:11:12 "postfix/smtpd[214]: proxy-reject: END-OF-MESSAGE: 554 no; from=<a> to=<x> proto=ESMTP helo=<h> sasl_username=<alice>"
	explain
	[ "$(grep -c '^line .: not a login: has "sasl_username=", but: .* is the client.s$\|^line .: not a login: has "sasl_username=", but: a proxy.s' <<<"$output")" -eq 3 ] || fail "not three reasons"
}

@test "a line of a program that logs no logins says so" {
	line 10:11:12 "cron[7]: (root) CMD (x)"
	explain
	[ "${lines[0]}" = "line 1: not a login: no program that logs logins wrote it" ]
	expect_output "*  program  cron*"
	line 10:11:12 "postfix/qmgr[7]: 4X: removed"
	explain
	expect_output "*line 2: not a login: no program that logs logins wrote it*"
}

@test "a line without a time says so" {
	echo "no time here" >"$log"
	explain
	[ "${lines[0]}" = "line 1: not a login: no time that I know is at its front" ]
}

@test "a private address is a login that doesn't count" {
	echo "${login_line/77.88.8.8/10.0.0.7}" >"$log"
	explain
	[ "${lines[0]}" = "line 1: login: a login, but from an address that is not public: not counted" ]
}

@test "the two lines of an OpenSMTPD login name their session" {
	line 10:11:12 "smtpd[7]: f7a2e6aa567530c9 smtp connected address=77.88.8.8 host=h.example"
	line 10:11:13 "smtpd[7]: f7a2e6aa567530c9 smtp authentication user=alice result=ok"
	explain
	expect_output "line 1: not a login: no login, but the begin of session f7a2e6aa567530c9, whose login is in another line
*"
	expect_output "*line 2: login: the address is in the line that began session f7a2e6aa567530c9*"
}

@test "a success without an address is a login from nowhere, and is counted as unlocated" {
	line 10:11:12 "dovecot: imap-login: Login: user=<alice>, method=PLAIN, lip=192.0.2.1, TLS, session=<abc>"
	line 10:11:13 "imapd[7]: Login user=bob host=$(printf 'a%.0s' {1..80})"
	explain
	[ "${lines[0]}" = "line 1: login: a login, but the line has no address that is sure: it counts as unlocated" ]
	expect_output "*line 2: login: a login, but the line has no address*"
	check
	expect_metric logins=2 unlocated=2
}

@test "what ipop3d writes is told and not counted, for a stranger's server can say it" {
	line 10:11:12 "ipop3d[7]: Login user=ceo host=[77.88.8.8] nmsgs=0/0"
	explain
	expect_output "line 1: not a login: may be a login, but is never counted: ipop3d also writes what a stranger's server says*"
	check
	expect_metric logins=0
	expect_output "*1 line of *may be logins*"
}

@test "--format narrows what is looked for" {
	echo "$login_line" >"$log"
	explain --format=dovecot
	expect_output "line 1: not a login:*"
}

@test "nothing of a line reaches the screen raw" {
	printf '%s\033[2J|<b>\302\233x\n' "$login_line" >"$log"
	explain
	expect_output "*  user     alice??2J??b??x*"
}

@test "JSON: one object a line, with its number" {
	echo "$login_line" >"$log"
	line 10:11:12 "cron[7]: (root) CMD (x)"
	explain --output=json
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = '{"line":1,"login":true,"format":"postfix","at":"2014-02-25T10:11:12Z","user":"alice","address":"77.88.8.8","service":"postfix/submission","why":""}' ]
	[ "${lines[1]}" = '{"line":2,"login":false,"format":"","at":"2014-02-25T10:11:12Z","user":"","address":"","service":"","why":"no program that logs logins wrote it"}' ]
	[ ${#lines[@]} -eq 2 ]
}

@test "JSON: every line of the corpus is valid and says what the corpus says" {
	perl -MJSON::PP -e 1 2>/dev/null || skip "Perl's JSON::PP is not installed"
	for corpus in "$top"/tests/corpus/*.tsv; do
		[ "${corpus##*/}" != header.tsv ] || continue
		grep -v '^#' "$corpus" | grep . >rows
		cut -f5- rows | "$plugin" --explain --output=json >answers
		run perl -MJSON::PP -e '
			open my $rows, "<", "rows"; open my $answers, "<", "answers"; my $bad = 0;
			while (my $row = <$rows>) {
				my (undef, $kind, $user, $address) = split /\t/, $row;
				my $answer = decode_json(scalar <$answers>);
				$address =~ s{^::ffff:}{};
				my $wanted = $kind eq "1" && $address !~ /^(-|unknown)$/ ? $address : "";
				next if !$answer->{login} == ($kind ne "1") && ($kind ne "1" || $answer->{address} eq $wanted);
				print "$row"; $bad++;
			}
			exit $bad > 0' </dev/null
		[ "$status" -eq 0 ] || fail "$corpus"
	done
}

@test "standard input is needed, not a file name" {
	echo "$login_line" >"$log"
	run timeout 120 "$plugin" --explain "$log"
	expect_unknown "--explain reads standard input*"
}

@test "a JSON object is whole, however long what it holds" {
	local user
	user=$(head -c 60000 /dev/zero | tr '\0' '\001')
	echo "2014-02-25T10:11:12.000000+00:00 mail postfix/smtpd[1]: 4X: client=h[$russia], sasl_method=PLAIN, sasl_username=$user" >"$log"
	explain -o json
	[ "${#lines[@]}" -eq 1 ] || fail "${#lines[@]} lines"
	[[ $output == '{"line":1,'*'}' ]] || fail "it is cut"
	[[ $output == *'"address":"77.88.8.8"'* || $output == *'"login":false'* ]] || fail "it isn't whole"
}
