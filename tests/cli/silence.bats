#!/usr/bin/env bats
# silence.bats - that nothing was found is only good news where something could be
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# piped: the log on standard input
piped() {
	run timeout 120 "$plugin" --home=US "--geo=$geo" "--at=2014-02-25T${now}Z" --no-state "$@" - <"$log"
}

message="client=unknown[77.88.8.8], sasl_method=PLAIN, sasl_username=alice"

# ---- What could not be read ----

@test "standard input without a time that is known is UNKNOWN" {
	printf 'mail postfix/smtpd[1]: 4X1: %s\n' "$message" "$message" >"$log"
	piped
	expect_unknown "no line of standard input begins with a time that is known, so none could be read: *"
	echo "just words" >"$log"
	piped
	expect_unknown "no line of standard input begins with a time*"
}

@test "lines with the words of a login from no program that is known are UNKNOWN where nothing else is" {
	line 10:10:00 "relay[1]: 4X1: $message"
	line 10:11:00 "relay[1]: 4X2: $message"
	check
	expect_unknown "2 lines of $log with the words of a login could not be read, and no login was; --explain says why *"
	expect_metric logins=U foreign_logins=U
	piped
	expect_unknown "2 lines of standard input with the words of a login could not be read, *"
}

@test "lines with the words of a login are told in the first line where no login was ever read" {
	noise 2
	line 10:10:00 "policyd[1]: x, sasl_username=alice"
	check
	expect 0 "MAIL GEO OK - no logins from public addresses in 15m; 1 line of $log with the words of a login could not be read, and no login was; --explain says why |*"
}

@test "where logins are read, such lines are a note" {
	login 10:10:00 bob $america
	line 10:11:00 "policyd[1]: x, sasl_username=alice"
	check
	expect 0 "MAIL GEO OK - 1 login in 15m, none foreign |*"
	expect_output *$'\n'"1 line of * with the words of a login could not be read; --explain says why"*
}

@test "a failed login, and other lines of servers that are known, are nothing strange" {
	line 10:10:00 "postfix/smtpd[1]: warning: h[77.88.8.8]: SASL PLAIN authentication failed: x, sasl_username=alice"
	line 10:11:00 "postfix/cleanup[1]: 4X: warning: header Subject: x, sasl_username=alice"
	check
	expect 0 "MAIL GEO OK - no logins from public addresses in 15m |*"
	refuse_output *"words of a login"*
}

@test "a log of other programs is told in the first line" {
	line 10:10:00 "cron[1]: (root) CMD (true)"
	line 10:11:00 "kernel: x"
	check
	expect 0 "MAIL GEO OK - no logins from public addresses in 15m; none of 2 lines of $log is of a mail server that is known |*"
	line 10:12:00 "postfix/qmgr[1]: 4X: removed"
	check
	expect 0 "MAIL GEO OK - no logins from public addresses in 15m |*"
}

@test "lines that only may be logins are told in the first line where no login was ever read" {
	line 10:09:00 "postfix/qmgr[1]: 4X: removed"
	printf ' 2014-02-25T10:10:00+00:00 mail postfix/smtpd[1]: 4X1: %s\n' "$message" >>"$log"
	check
	expect 0 "MAIL GEO OK - no logins from public addresses in 15m; 1 line of $log may be logins, and no sure one was ever found |*"
}

@test "an empty standard input is said" {
	: >"$log"
	piped
	expect 0 "MAIL GEO OK - no logins from public addresses in 15m; standard input was empty |*"
}

# ---- What was dropped ----

@test "lines that a rate limit dropped are a note and a metric" {
	login 10:10:00 bob $america
	line 10:10:01 "rsyslogd: imuxsock lost 312 messages from pid 4711 due to rate-limiting"
	line 10:10:02 "rsyslogd-2177: imjournal: 20 messages lost due to rate-limiting"
	line 10:10:03 "rsyslogd: imuxsock[pid: 57, name: /usr/sbin/smtpd]: 3000 messages lost due to rate-limiting (20000 allowed within 300 seconds)"
	line 10:10:04 "systemd-journald[7]: Suppressed 40000 messages from postfix.service"
	line 10:10:05 "systemd-journal[7]: Suppressed 500000 messages from /system.slice/postfix.service"
	check
	expect 0 "MAIL GEO OK - 1 login in 15m, none foreign |*"
	expect_metric lost_lines=543332
	expect_output *$'\n'"543332 lines of $log dropped by the logging system, as it says there "*
}

@test "lost lines count for a window, as logins do: a retry a minute later tells them, too" {
	login 10:10:00 bob $america
	line 10:11:00 "rsyslogd: imuxsock lost 312 messages from pid 4711 due to rate-limiting"
	line 10:12:00 "systemd-journald[7]: Suppressed 8 messages from postfix.service"
	check -w lost_lines=0
	expect 1 "MAIL GEO WARNING - lost_lines 320 (warning 0); 1 login in 15m, none foreign |*"
	refuse_output *"earlier runs"*
	now=10:21:00
	check -w lost_lines=0
	expect 1 "MAIL GEO WARNING - lost_lines 320 (warning 0); 1 login in 15m, none foreign |*"
	expect_output *$'\n'"320 lines were lost within the window, as earlier runs have told"*
	now=10:26:30
	check
	expect_metric lost_lines=8
	line 10:26:00 "rsyslogd: imuxsock lost 5 messages from pid 4711 due to rate-limiting"
	check
	expect_metric lost_lines=13
	expect_output *$'\n'"8 lines were lost within the window, as earlier runs have told"*
	now=10:27:30
	check
	expect_metric lost_lines=5
	now=10:41:00
	check
	expect_metric lost_lines=0
	refuse_output *"earlier runs"*
}

@test "lost lines that are read late count for a window from then on; those before the first window do not count" {
	line 09:00:00 "rsyslogd: imuxsock lost 3 messages from pid 4711 due to rate-limiting"
	login 10:10:00 bob $america
	check
	expect_metric lost_lines=0
	line 10:15:00 "rsyslogd: imuxsock lost 7 messages from pid 4711 due to rate-limiting"
	now=11:00:00
	check
	expect_metric lost_lines=7
	now=11:14:00
	check
	expect_metric lost_lines=7
	now=11:15:00
	check
	expect_metric lost_lines=0
}

@test "without a state lost lines count in each run" {
	login 10:10:00 bob $america
	line 10:11:00 "rsyslogd: imuxsock lost 312 messages from pid 4711 due to rate-limiting"
	for _ in 1 2; do
		check --no-state
		expect_metric lost_lines=312
	done
}

@test "a login that is repeated in a way that is not known is lost, and told; what else is repeated is nothing" {
	login 10:10:00 bob $america
	line 10:10:01 "last message repeated 3 times"
	line 10:10:02 "postfix/qmgr[1]: 4X: removed"
	line 10:10:03 "last message repeated 50 times"
	login 10:10:04 bob $america
	line 10:10:05 "postfix/smtpd[1]: Last message '4X2: client=unknown' repeated 4 times, suppressed by syslog-ng on mail"
	printf 'Feb 25 10:10:06 mail postfix/smtpd[1]: 4X3: client=unknown[8.8.8.8], sasl_method=PLAIN, sasl_username=bob\n' >>"$log"
	printf 'Feb 25 10:10:07 mail last message repeated 5 times\n' >>"$log"
	check -w lost_lines=0
	expect 1 "MAIL GEO WARNING - lost_lines 12 (warning 0); 3 logins in 15m, none foreign |*"
}

@test "what a stranger says of lost lines counts nothing" {
	login 10:10:00 bob $america
	line 10:10:01 "postfix/smtpd[1]: warning: Suppressed 9 messages from x: 9 messages lost due to rate-limiting"
	line 10:10:02 "postfix/cleanup[1]: 4X: warning: header Subject: last message repeated 7 times"
	line 10:10:03 "rsyslogd: action 'x' suspended: 9x messages lost due to rate-limiting"
	check
	expect_metric logins=1 lost_lines=0
}

@test "a gap that the source tells is one lost line at the least" {
	login 10:05:00 bob $america
	check
	rm "$log"
	login 10:10:00 bob $america
	check
	expect_output *"could not be read"*
	expect_metric lost_lines=1
	now=10:21:00
	check
	refuse_output *"could not be read"*
	expect_metric lost_lines=1
	now=10:35:00
	check
	expect_metric lost_lines=0
}

@test "--explain says that a line tells of lost ones" {
	line 10:10:00 "rsyslogd: imuxsock: 20 messages lost due to rate-limiting"
	run timeout 120 "$plugin" --explain <"$log"
	[ "${lines[0]}" = "line 1: not a login: the logging system says that it dropped lines: they are in lost_lines" ] || fail "else"
}
