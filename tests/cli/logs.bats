#!/usr/bin/env bats
# logs.bats - several logs, rotated ones by name, standard input, and logs that are read in vain
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# ---- Several logs ----

@test "each log has a position of its own" {
	login 10:10:00 alice $russia
	cp "$log" other.log
	sed -i s/alice/bob/ other.log
	check --log=other.log
	expect_metric logins=2
	login 10:11:00 alice $russia
	check --log=other.log
	expect_metric logins=3
	check --log=other.log
	expect_metric logins=3
}

@test "a line that stands in two logs is one login" {
	login 10:10:00 alice $russia
	login 10:11:00 bob $china
	cp "$log" mail.info
	check --log=mail.info
	expect_metric logins=2
	login 10:12:00 carol $brazil
	check --log=mail.info
	expect_metric logins=3
	tail -n 1 "$log" >>mail.info
	check --log=mail.info
	expect_metric logins=3
}

@test "equal lines of one log are as many logins, and a copy of that log adds none" {
	line 10:10:00 "imapd: LOGIN, user=alice, ip=[$russia], protocol=IMAP"
	line 10:10:00 "imapd: LOGIN, user=alice, ip=[$russia], protocol=IMAP"
	cp "$log" copy
	check --log=copy
	expect_metric logins=2
}

# dovecot TIME USER ADDRESS SESSION: as the server that keeps the mail logs it. proxy: as the one in front of it does.
dovecot() {
	line "$1" "dovecot: imap-login: Login: user=<$2>, method=PLAIN, rip=$3, lip=192.0.2.1, mpid=7, secured, session=<$4>"
}

proxy() {
	line "$1" "dovecot: imap-login: proxy($2,10.0.0.2:143): Started proxying to <10.0.0.2> (0.010 secs): user=<$2>, method=PLAIN, rip=$3, lip=192.0.2.1, TLS, session=<$4>"
}

@test "a proxy and the server behind it log one login" {
	dovecot 10:10:00 alice $russia GKEBFAwQMgDBAgFf
	proxy 10:10:00 alice $russia GKEBFAwQMgDBAgFf
	proxy 10:11:00 alice $russia HKEBFAwQMgDBAgFf
	dovecot 10:11:00 alice $russia HKEBFAwQMgDBAgFf
	dovecot 10:12:00 bob $china IKEBFAwQMgDBAgFf
	check -v
	expect_metric logins=3 foreign_logins=3 foreign_users=2
	expect_output "*alice: 2 logins from 1 address*"
}

@test "a proxy's login and that of the server behind it are one over two runs, and in two logs" {
	dovecot 10:10:00 alice $russia GKEBFAwQMgDBAgFf
	: >proxy.log
	check --log=proxy.log
	expect_metric logins=1
	(log=proxy.log && proxy 10:10:01 alice $russia GKEBFAwQMgDBAgFf && proxy 10:11:00 bob $russia HKEBFAwQMgDBAgFf)
	dovecot 10:11:00 bob $russia HKEBFAwQMgDBAgFf
	check --log=proxy.log
	expect_metric logins=2 foreign_users=2
}

@test "equal sessions are no proxy's: from another address, of the same server, without one" {
	dovecot 10:10:00 alice $russia GKEBFAwQMgDBAgFf
	proxy 10:10:00 alice $china GKEBFAwQMgDBAgFf
	dovecot 10:11:00 bob $russia HKEBFAwQMgDBAgFf
	dovecot 10:11:00 bob $russia HKEBFAwQMgDBAgFf
	line 10:12:00 "dovecot: imap-login: Login: user=<carol>, rip=$russia, session=<>"
	line 10:12:00 "dovecot: imap-login: proxy(carol,10.0.0.2:143): started proxying to 10.0.0.2:143: user=<carol>, rip=$russia"
	check
	expect_metric logins=6
}

@test "files of a glob that appear and disappear are followed" {
	mkdir -p remote/a remote/b
	login 10:10:00 alice $russia
	mv "$log" remote/a/mail.log
	log='remote/*/mail.log'
	check
	expect_metric logins=1
	log=remote/b/mail.log
	login 10:11:00 bob $russia
	log='remote/*/mail.log'
	check
	expect_metric logins=2
	rm -r remote/a
	check
	expect_metric logins=2 # what was counted is
	default_state
}

# ---- Rotated files by name ----

@test "mail.log* is one log, oldest first, packed or not" {
	needs libarchive
	login 08:00:00 alice $russia
	mv "$log" "$log.2" && gzip "$log.2"
	login 09:00:00 bob $russia
	mv "$log" "$log.1"
	login 10:00:00 carol $russia
	check --window=4w -v "$log.1" "$log.2.gz"
	expect_metric logins=3
	expect_output "*alice: 1 login*"
	check --window=4w -vv "$log".*
	expect_metric logins=3
	[ "$(grep -c ^log: <<<"$output")" -eq 1 ] || fail "more than one log"
}

@test "the log alone finds its rotated files for a long window" {
	needs libarchive
	login 08:00:00 alice $russia
	mv "$log" "$log.1" && gzip "$log.1"
	login 10:00:00 carol $russia
	check --window=4w
	expect_metric logins=2
	check --window=4w
	expect_metric logins=2
}

# ---- Standard input ----

@test "standard input is read, and nothing is remembered" {
	login 08:00:00 alice $russia
	login 10:00:00 bob $russia
	for turn in 1 2; do
		run timeout 120 "$plugin" --home=US "--geo=$geo" --at=2014-02-25T10:20:00Z --window=all - <"$log"
		expect 1 "MAIL GEO WARNING - bob and alice from abroad: 2 logins in all |*"
		expect_metric logins=2 log_age=1200
	done
	[ ! -e "$MP_STATE_PATH" ] || fail "a state was written"
}

@test "standard input of any length is read, through a pipe" {
	logins 20000 10:10:00 user $russia
	run bash -c 'cat "$1" | timeout 120 "$2" --home=US --geo="$3" --at=2014-02-25T10:20:00Z -' - "$log" "$plugin" "$geo"
	expect_metric logins=20000
	[[ $output != *$'\r'* ]] || fail "a progress bar where there is no terminal"
}

@test "packed standard input is told" {
	login 10:10:00 alice $russia
	run bash -c 'gzip -c "$1" | timeout 120 "$2" --home=US --geo="$3" -' - "$log" "$plugin" "$geo"
	expect_unknown "standard input is compressed*"
}

@test "what grep prints of several files is read" {
	login 10:11:00 alice $russia
	mv "$log" "$log.1"
	login 10:12:00 bob $russia
	line 10:13:00 "postfix/cleanup[1]: 4X1: message-id=<sasl_username=x>"
	run bash -c 'grep -n sasl_username "$1"* | "$2" --home=US --geo="$3" --at=2014-02-25T10:20:00Z -' - "$log" "$plugin" "$geo"
	expect_metric logins=2 foreign_users=2
}

# ---- Logs that are read in vain ----

@test "a log that grows without ever a login says so" {
	noise 900
	check
	refuse_output "*no login was ever found*"
	noise 900
	check
	expect_output "*no login was ever found in $log (1800 lines since 2014-02-25T10:20:00): is it the log of the logins*"
	expect 0 "MAIL GEO OK*"
	login 10:19:00 alice $russia
	check
	refuse_output "*no login was ever found*"
}

@test "a log whose clients are all private says that something may hide them" {
	logins 12 10:10:00 user 172.17.0.1
	check
	expect_metric logins=0
	expect_output "*none of the 12 logins in $log since * came from a public address: does a proxy or NAT hide the clients?*"
	login 10:11:00 alice $russia
	check
	refuse_output "*came from a public address*"
}

# ---- Two runs at once ----

@test "a state that another process holds is told with that process" {
	command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
	login 10:10:00 alice $russia
	check
	coproc HOLDER { exec sqlite3 "$(default_state)" 3>&-; }
	holder=$HOLDER_PID
	echo "BEGIN IMMEDIATE; SELECT 'held';" >&"${HOLDER[1]}"
	read -r _ <&"${HOLDER[0]}"
	check -t 6
	echo ".quit" >&"${HOLDER[1]}"
	wait "$holder" || true
	expect 1 "MAIL GEO WARNING - *another run holds the state *: process $holder (sqlite3, since * s)*"
}

@test "two runs at once both answer, and nothing is counted twice" {
	logins 3000 10:10:00 user $russia
	check --state=state.db
	logins 3000 10:11:00 other $russia
	for i in 1 2 3 4; do
		"$plugin" --home=US "--geo=$geo" --at=2014-02-25T10:20:00Z --state=state.db "$log" >"out.$i" &
	done
	wait
	[ "$(grep -c 'logins=6000;' out.1 out.2 out.3 out.4 | grep -c :1)" -eq 4 ] || fail "$(head -n 1 out.?)"
	check --state=state.db
	expect_metric logins=6000
}

# ---- Sessions over several lines and runs ----

@test "an OpenSMTPD login is placed by the line that began its session, also in a later run" {
	line 10:10:00 "smtpd[7]: f7a2e6aa567530c9 smtp connected address=$russia host=h.example"
	check
	expect_metric logins=0
	line 10:11:00 "smtpd[7]: f7a2e6aa567530c9 smtp authentication user=alice result=ok"
	check
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU)*"
	line 10:12:00 "smtpd[7]: f7a2e6aa567530c9 smtp disconnected reason=quit"
	line 10:13:00 "smtpd[7]: f7a2e6aa567530c9 smtp authentication user=bob result=ok"
	check
	expect_metric logins=2 foreign_logins=1 unlocated=1
}

@test "a line that may be a login, but a stranger could have shaped, is told" {
	line 10:09:00 "postfix/qmgr[1]: 1: removed"
	echo '2014-02-25 10:10:00 1vNabc-00000001AbC-0xYz <= a@evil.example H=(x) [8.8.8.8] P=esmtpsa A=plain:victim S=1 for z) [203.0.113.9] P=esmtp S=7' >>"$log"
	check
	expect_metric logins=0
	expect_output "*1 line of $log may be logins, but others than the server could have shaped them*"
}
