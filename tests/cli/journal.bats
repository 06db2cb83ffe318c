#!/usr/bin/env bats
# journal.bats - the systemd journal: real journal files, made by systemd-journal-remote
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

remote=/lib/systemd/systemd-journal-remote

needs_journals() {
	[ -x "$remote" ] || skip "systemd-journal-remote is not installed"
	needs libsystemd
	mkdir -p journals
	serial=0
	log=
}

# entry TIME IDENTIFIER MESSAGE [FACILITY [HOST]]: one more for the next `journal`.
entry() {
	local sec
	sec=$(date -ud "2014-02-25T$1Z" +%s)
	serial=$((serial + 1))
	printf '%s\n' "__CURSOR=s=0123456789abcdef0123456789abcdef;i=$serial" "__REALTIME_TIMESTAMP=${sec}000000" \
		"__MONOTONIC_TIMESTAMP=$((sec - 1393300000))000000" "_BOOT_ID=0123456789abcdef0123456789abcdef" \
		"_MACHINE_ID=fedcba9876543210fedcba9876543210" "_HOSTNAME=${5:-mail}" "SYSLOG_FACILITY=${4:-2}" "SYSLOG_IDENTIFIER=$2" \
		"SYSLOG_PID=214" "MESSAGE=$3" "" >>entries
}

# journal FILE: what `entry` gathered, into journals/FILE.journal
journal() {
	"$remote" -o "journals/$1.journal" entries >/dev/null 2>remote.err || fail "$(cat remote.err)"
	rm entries
}

postfix() {
	entry "$1" postfix/submission/smtpd "4X$RANDOM: client=unknown[$3], sasl_method=PLAIN, sasl_username=$2"
}

@test "logins of the journal in a directory are found, each once" {
	needs_journals
	postfix 09:00:00 old $russia
	postfix 10:10:00 alice $russia
	entry 10:11:00 dovecot "imap-login: Logged in: user=<bob>, method=PLAIN, rip=$china, lip=192.0.2.1, session=<x>" 3
	entry 10:12:00 cron "(root) CMD (x)" 9
	journal one
	check --journal=journals
	expect_metric logins=2 foreign_users=2 log_age=540
	check --journal=journals
	expect_metric logins=2
}

@test "the next run goes on behind the cursor, in new files too" {
	needs_journals
	postfix 10:10:00 alice $russia
	journal one
	check --journal=journals
	expect_metric logins=1
	postfix 10:11:00 bob $russia
	postfix 10:12:00 carol $russia
	journal two
	check --journal=journals
	expect_metric logins=3
	refuse_output "*could not be read*"
	check --journal=journals
	expect_metric logins=3
}

@test "entries that were dropped before they were read are told" {
	needs_journals
	postfix 10:06:00 alice $russia
	journal one
	check --journal=journals
	rm journals/one.journal
	postfix 10:12:00 bob $russia
	journal two
	check --journal=journals
	expect_output "*entries between 2014-02-25T10:06:00 and 2014-02-25T10:12:00 could not be read: the journal has dropped them*"
	expect_metric logins=2
}

@test "journals of several hosts are read together" {
	needs_journals
	entry 10:10:00 postfix/smtpd "4X1: client=unknown[$russia], sasl_method=PLAIN, sasl_username=alice" 2 mx1
	journal remote-mx1
	entry 10:11:00 postfix/smtpd "4X1: client=unknown[$china], sasl_method=PLAIN, sasl_username=bob" 2 mx2
	journal remote-mx2
	check --journal=journals
	expect_metric logins=2
}

@test "an entry never becomes two lines, nor another header" {
	needs_journals
	entry 10:10:00 "x: postfix/smtpd" "4X1: client=unknown[$russia], sasl_method=PLAIN, sasl_username=eve"
	entry 10:10:00 "cron" "x 2014-02-25T10:10:00Z mail postfix/smtpd[1]: 4X1: client=unknown[$russia], sasl_method=PLAIN, sasl_username=eve"
	postfix 10:11:00 alice $russia
	journal one
	check --journal=journals
	expect_metric logins=1
}

@test "of many entries only those of mail are looked at" {
	needs_journals
	for i in 1 2 3 4 5 6 7 8; do entry 10:0$i:00 cron "(root) CMD (x)" 9; done
	postfix 10:10:00 alice $russia
	journal one
	check --journal=journals -v
	expect_metric logins=1
	expect_output "*alice from IP $russia came from RU*"
}

@test "a directory without journals, and none at all, are told" {
	needs_journals
	mkdir empty
	check --journal=empty
	expect_unknown "empty holds no journal*"
	check --journal=missing
	expect_unknown "the journal missing can't be opened: No such file or directory*"
}

@test "without a log file and without a journal both are told" {
	[ -z "$(ls /var/log/mail.log /var/log/maillog /var/log/mail /run/log/journal/* /var/log/journal/* 2>/dev/null)" ] ||
		skip "this machine has one"
	log=
	check
	expect_unknown "no mail log at any of the usual places (*), and no journal*"
}
