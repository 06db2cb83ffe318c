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
	fields=()
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
		"SYSLOG_PID=214" "MESSAGE=$3" "${fields[@]}" "" >>entries
	fields=()
}

# with FIELD=VALUE...: more fields for the next `entry`.
with() {
	fields=("$@")
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

@test "Cyrus' services of any name are found in its own facility, and Courier's by the names that distributions give them" {
	needs_journals
	entry 10:10:00 sloti24t04/imapmail "login: h.example [$russia] alice PLAIN+TLS User logged in SESSIONID=<c-7-1>" 22
	entry 10:11:00 courier-imaps "LOGIN, user=bob, ip=[$china], port=[51234], protocol=IMAP" 3
	entry 10:12:00 sloti24t04/imapmail "login: h.example [$russia] carol PLAIN+TLS User logged in SESSIONID=<c-7-1>" 16
	journal one
	check --journal=journals -v
	expect_metric logins=2
	expect_output "*alice*"
	expect_output "*bob*"
	refuse_output "*carol*"
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

@test "what a user of the host sends under a server's name is no login, but told" {
	needs_journals
	for transport in syslog stdout journal; do
		with _UID=1000 _TRANSPORT=$transport
		postfix 10:10:00 ceo $russia
	done
	with _UID=100033 _TRANSPORT=syslog
	postfix 10:10:00 ceo $russia
	with _UID=0 _TRANSPORT=syslog
	postfix 10:11:00 alice $russia
	with _UID=110 _TRANSPORT=syslog
	postfix 10:11:00 bob $russia
	with _UID=61200 _TRANSPORT=journal
	postfix 10:11:00 carol $russia
	journal one
	check --journal=journals -v
	expect_metric logins=3 foreign_users=3
	refuse_output "*ceo*"
	expect_output "*4 lines of journal:journals may be logins, but others than the server could have shaped them: not counted*"
}

@test "what a container wrote is read as the line that it is" {
	needs_journals
	line="Feb 25 10:10:00 mx postfix/submission/smtpd[220]: 4X1: client=unknown[$russia], sasl_method=PLAIN, sasl_username"
	# Podman's identifier is the name, Docker's the number; neither has a facility of mail
	with _COMM=conmon _UID=0 CONTAINER_NAME=mailserver CONTAINER_ID=0123456789ab
	entry 10:10:00 mailserver "$line=alice" 3
	with _COMM=dockerd _UID=0 CONTAINER_NAME=prod-postfix-1 CONTAINER_ID=123456789abc
	entry 10:10:01 123456789abc "$line=bob" 3
	# of a container that isn't of mail, of a user's, and of one that has only a number
	with _COMM=conmon _UID=0 CONTAINER_NAME=web CONTAINER_ID=23456789abcd
	entry 10:10:02 web "$line=ceo" 3
	with _COMM=conmon _UID=1000 CONTAINER_NAME=mailserver CONTAINER_ID=3456789abcde
	entry 10:10:03 mailserver "$line=ceo" 3
	# what stands behind a piece is a stranger's
	with _COMM=conmon _UID=0 CONTAINER_NAME=mailserver CONTAINER_ID=0123456789ab CONTAINER_PARTIAL_MESSAGE=true
	entry 10:10:04 mailserver "Feb 25 10:10:00 mx postfix/smtpd[1]: warning: h[$china]: SASL PLAIN authentication failed: " 3
	with _COMM=dockerd _UID=0 CONTAINER_NAME=prod-postfix-1 CONTAINER_ID=123456789abc
	entry 10:10:05 123456789abc "$line=carol" 3
	with _COMM=conmon _UID=0 CONTAINER_NAME=mailserver CONTAINER_ID=0123456789ab
	entry 10:10:06 mailserver "$line=ceo" 3
	with _COMM=conmon _UID=0 CONTAINER_NAME=mailserver CONTAINER_ID=0123456789ab
	entry 10:10:07 mailserver "$line=dave" 3
	journal one
	check --journal=journals -v
	expect_metric logins=4 foreign_users=4
	refuse_output "*ceo*"
	expect_output "*1 line of journal:journals may be logins*"
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
