#!/usr/bin/env bats
# check.bats - what the check finds in a log, run after run
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# ---- The answer ----

@test "a foreign login is a WARNING" {
	login 10:10:00 alice $russia
	check
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU); 1 foreign login by 1 user in 15m |*"
	[[ ${lines[0]} == *" foreign_logins=1;0;;0 "* ]] || fail "no foreign_logins=1;0;;0"
}

@test "three or more countries of one user are CRITICAL" {
	login 10:10:00 alice $america
	login 10:11:00 bob $russia
	login 10:12:00 bob $china
	login 10:13:00 bob $brazil
	login 10:14:00 bob $america
	login 10:15:00 bob $russia
	check
	expect 2 "MAIL GEO CRITICAL - bob logged in from 4 countries (BR CN RU US); 4 foreign logins by 1 user in 15m |*"
	expect_output *$'\n'"bob: 5 logins from 4 addresses: BR 1, CN 1, RU 2, US 1"*
	refuse_output *alice*
}

@test "two countries of one user are no more than a WARNING" {
	login 10:10:00 bob $russia
	login 10:11:00 bob $america
	check
	expect 1 "MAIL GEO WARNING - bob logged in from 2 countries (RU US); 1 foreign login by 1 user in 15m |*"
}

@test "many users from one country each are no more than a WARNING" {
	login 10:10:00 alice $russia
	login 10:11:00 bob $china
	login 10:12:00 carol $brazil
	check
	expect 1 "MAIL GEO WARNING - carol, bob and alice from abroad: 3 logins in 15m |*"
	expect_metric foreign_users=3 foreign_addresses=3 foreign_countries=3 user_countries=1
}

# ---- Who is named ----

# line_length: of the first line, before the performance data.
line_length() {
	local line=${lines[0]%% |*}
	echo ${#line}
}

@test "while an alert stands the next victim changes the first line, and stands in front" {
	login 10:10:00 bob@example.com $brazil
	check
	expect 1 "MAIL GEO WARNING - bob@example.com logged in from abroad (BR); 1 foreign login by 1 user in 15m |*"
	login 10:12:00 eve@example.com $russia
	check
	expect 1 "MAIL GEO WARNING - eve@example.com and bob@example.com from abroad: 2 logins in 15m |*"
	login 10:13:00 ann@example.com $china
	check
	expect 1 "MAIL GEO WARNING - ann@example.com, eve@example.com and 1 more from abroad: 3 logins in 15m |*"
}

@test "who logs in again and again does not come before the new victim" {
	login 10:10:00 bob $brazil
	login 10:12:00 eve $russia
	login 10:15:00 bob $brazil
	login 10:16:00 bob $brazil
	check
	expect 1 "MAIL GEO WARNING - eve and bob from abroad: 4 logins in 15m |*"
}

@test "a login from home does not make a victim new" {
	login 10:10:00 bob $america
	login 10:12:00 eve $russia
	login 10:13:00 bob $brazil
	login 10:14:00 eve $america
	check
	expect 1 "MAIL GEO WARNING - bob and eve from abroad: 2 logins in 15m |*"
}

@test "as many are named as 80 characters hold, and never less than two" {
	local user
	for user in a b c d e f g h i j k l m n o p q r s t; do
		login 10:10:00 $user$user $russia
	done
	check
	expect 1 "MAIL GEO WARNING - aa, bb, cc, dd, ee and 15 more from abroad: 20 logins in 15m |*"
	[ "$(line_length)" -le 80 ] || fail "the line has $(line_length) characters"
	logins 2 10:11:00 a.very.long.name.of.a.person@mail.example.com $china
	check
	expect 1 "MAIL GEO WARNING - a.very.long.name.of.a.person@mail.example.com1, a.very.long.*com2 and 20 more from abroad: 22 logins in 15m |*"
}

@test "the user whose countries make it CRITICAL is told first, and then the newest" {
	login 10:10:00 bob $russia
	login 10:11:00 bob $china
	login 10:12:00 bob $brazil
	login 10:13:00 eve $russia
	check
	expect 2 "MAIL GEO CRITICAL - bob logged in from 3 countries (BR CN RU); also eve: 4 foreign logins in 15m |*"
	login 10:14:00 ann $russia
	login 10:15:00 dan $russia
	check
	expect 2 "MAIL GEO CRITICAL - bob logged in from 3 countries (BR CN RU); also dan, ann and 1 more: 6 foreign logins in 15m |*"
}

@test "where a number of logins makes it CRITICAL the newest is told first" {
	login 10:10:00 bob $russia
	login 10:11:00 bob $china
	login 10:13:00 eve $russia
	check -c foreign_logins=0
	expect 2 "MAIL GEO CRITICAL - eve and bob from abroad: 3 logins in 15m |*"
}

@test "a hostile name among others is harmless in the first line" {
	login 10:10:00 bob $russia
	login 10:12:00 'x|y$(id)' $russia
	check
	expect 1 "MAIL GEO WARNING - x[?]y[?][(]id) and bob from abroad: 2 logins in 15m |*"
}

@test "users are named in no line that is OK" {
	login 10:10:00 bob $russia
	login 10:12:00 eve $russia
	check -w '~:'
	expect 0 "MAIL GEO OK - 2 foreign logins by 2 users in 15m |*"
}

@test "logins from home are OK" {
	login 10:10:00 alice $america
	check
	expect 0 "MAIL GEO OK - 1 login in 15m, none foreign |*"
	expect_metric logins=1 foreign_logins=0
}

@test "no login is OK" {
	noise 3
	check
	expect 0 "MAIL GEO OK - no logins from public addresses in 15m |*"
}

@test "performance data has all metrics, in order, with thresholds and minimum" {
	login 10:10:00 bob $russia
	login 10:11:00 bob $america
	login 10:12:00 alice $russia
	login 10:13:00 alice $nowhere
	line 10:19:00 "postfix/qmgr[1]: 1: removed"
	check -w log_age=600 -c foreign_users=@9:10
	[ "${lines[0]#*|}" = "logins=4;;;0 foreign_logins=2;0;;0 foreign_users=2;;@9:10;0 foreign_addresses=1;;;0\
 foreign_countries=1;;;0 user_countries=2;;2;0 unlocated=1;;;0 hidden_addresses=0;0;;0 log_age=60s;600;;0 lost_lines=0;;;0" ] || fail "other performance data"
}

@test "what isn't known is left out of the performance data where the state is told anyway" {
	: >"$log"
	check
	expect 0 "MAIL GEO OK - *"
	[[ ${lines[0]} == *" unlocated="* ]] || fail "no unlocated"
	[[ ${lines[0]} != *=U* ]] || fail "an U"
	login 10:10:00 bob $russia
	check --log=none.log
	expect 1 "MAIL GEO WARNING - bob *none.log does not exist*"
	expect_metric logins=1 foreign_logins=1
	refuse_metric unlocated
}

@test "a threshold that never alerts is an empty field of the performance data" {
	login 10:10:00 bob $russia
	check -w '~:' -c 'user_countries=~:' -w 'logins=~:5'
	expect 0 "MAIL GEO OK - *"
	[ "${lines[0]#*|}" = "logins=1;~:5;;0 foreign_logins=1;;;0 foreign_users=1;;;0 foreign_addresses=1;;;0\
 foreign_countries=1;;;0 user_countries=1;;;0 unlocated=0;;;0 hidden_addresses=0;0;;0 log_age=600s;;;0 lost_lines=0;;;0" ] || fail "other performance data"
}

@test "several home countries count as one" {
	home=NL,US
	login 10:10:00 bob $america
	login 10:11:00 bob $netherlands
	check
	expect 0 "MAIL GEO OK - 2 logins in 15m, none foreign |*"
	expect_metric user_countries=1
	login 10:12:00 bob $russia
	login 10:13:00 bob $china
	check
	expect 2 "MAIL GEO CRITICAL - bob logged in from 3 countries (*"
}

@test "private addresses don't count" {
	local address
	for address in 10.1.2.3 172.16.0.1 192.168.1.1 127.0.0.1 169.254.1.1 100.64.0.1 192.0.2.1 ::1 fe80::1 fd00::1 2001:db8::1; do
		login 10:10:00 alice $address
	done
	check
	expect 0 "MAIL GEO OK - no logins from public addresses in 15m |*"
	expect_metric logins=0 unlocated=0
}

@test "trusted addresses don't count, from whenever they are trusted" {
	login 10:10:00 alice $russia
	login 10:11:00 alice $china
	check --trust=77.88.8.0/24,2001:db8::/32
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (CN); 1 foreign login*"
	expect_metric logins=1
	check --trust=77.88.8.0/24 --trust=$china
	expect 0 "MAIL GEO OK - no logins*"
}

@test "an address that no country has is neither home nor foreign" {
	login 10:10:00 alice $nowhere
	login 10:11:00 alice 1.1.1.1
	login 10:11:00 alice $america
	check
	expect 0 "MAIL GEO OK - 3 logins in 15m, none foreign, 2 unlocated |*"
	expect_metric logins=3 foreign_logins=0 unlocated=2 user_countries=1
	check -w unlocated=1
	expect 1 "MAIL GEO WARNING - unlocated 2 (warning 1); *"
}

@test "where none of several addresses can be placed it is UNKNOWN, and the database is named" {
	login 10:10:00 alice $nowhere
	login 10:11:00 alice $nowhere
	login 10:12:00 bob 10.1.2.3
	check
	expect 0 "MAIL GEO OK - 2 logins in 15m, none foreign, 2 unlocated |*"
	login 10:13:00 bob 1.1.1.1
	check
	expect_unknown "none of the addresses in the window could be placed: does mmdb *test-country.mmdb of 2025-03-26 know countries[?] "
	expect_metric logins=3 unlocated=3 foreign_logins=U
	login 10:14:00 alice $america
	check
	expect 0 "MAIL GEO OK - 4 logins in 15m, none foreign, 3 unlocated |*"
}

@test "a database of something else than countries is refused" {
	login 10:10:00 alice $russia
	check --geo=mmdb:"$top/tests/fixtures/geo/score.mmdb"
	expect_unknown "*score.mmdb is of the type Vendor-Score, which holds no countries: give *"
}

@test "a login without a readable address is no foreign one" {
	login 10:10:00 alice unknown
	check
	expect_metric logins=1 foreign_logins=0 unlocated=1
}

@test "an address that the client could hide alerts, with the name of the user" {
	login 10:09:00 ann $america
	login 10:10:00 bob unknown
	login 10:11:00 bob $america
	line 10:12:00 "courierd: newmsg,id=0000000000012345.0000000066000000.00000001, auth=eve: dns; $(printf 'x%.0s' {1..128})"
	check -v
	expect 1 "MAIL GEO WARNING - bob logged in and hid the address: hidden_addresses 2 (warning 0); 4 logins in 15m, none foreign, 2 unlocated |*"
	expect_metric logins=4 foreign_logins=0 unlocated=2 hidden_addresses=2
	expect_output *$'\n'"bob: 2 logins from 1 address: US 1, unlocated 1"*
	expect_output *$'\n'"eve: 1 login from 0 addresses: unlocated 1"*
	refuse_output *$'\n'"ann: "*
	check # they are remembered as what they are
	expect_metric logins=4 unlocated=2 hidden_addresses=2
	check -w hidden_addresses=2
	expect 0 "*"
}

@test "an address that the configuration leaves out is unlocated, and no alert" {
	line 10:10:00 "dovecot: imap-login: Login: user=<bob>, method=PLAIN, mpid=1, TLS"
	check
	expect 0 "MAIL GEO OK - 1 login in 15m, none foreign, 1 unlocated |*"
	expect_metric unlocated=1 hidden_addresses=0
}

@test "a hidden address beside foreign logins is told behind them" {
	login 10:10:00 bob $russia
	login 10:10:00 eve unknown
	check
	expect 1 "MAIL GEO WARNING - bob logged in from abroad (RU); 1 foreign login by 1 user in 15m; eve logged in and hid the address: hidden_addresses 1 (warning 0) |*"
}

@test "IPv6 clients are placed" {
	login 10:10:00 alice 2001:4860:4860::8888
	login 10:11:00 alice 2a02:6b8::feed:0ff
	check -v
	expect 1 "MAIL GEO WARNING - alice logged in from 2 countries (RU US); 1 foreign login*"
	expect_output *"alice from IP 2a02:6b8::feed:ff came from RU "*
}

@test "an IPv4 address in IPv6 is that IPv4 address" {
	login 10:10:00 alice ::ffff:$russia
	login 10:11:00 alice ::ffff:192.168.1.1
	check
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU); 1 foreign login*"
	expect_metric logins=1
}

# Teredo has the client's address inverted; the server's is in the middle. The test database knows none of the tunnels.
@test "an IPv4 address in 6to4, Teredo and NAT64 is where that IPv4 address is, if the database knows no more" {
	login 10:10:00 sixto4 2002:4d58:808::1
	login 10:11:00 teredo 2001:0:0808:0808:0:fbff:b2a7:f7f7
	login 10:12:00 nat64 64:ff9b::77.88.8.8
	login 10:13:00 home 2002:808:808::1
	check -v
	expect 1 "MAIL GEO WARNING - nat64, teredo and sixto4 from abroad: 3 logins in 15m |*"
	expect_metric logins=4 foreign_countries=1 unlocated=0
	expect_output *"sixto4 from IP 2002:4d58:808::1 came from RU "*
}

@test "a private IPv4 address in a tunnel counts nothing, and one that no database knows is unlocated" {
	login 10:10:00 alice 2002:c0a8:101::1
	login 10:11:00 alice 64:ff9b::10.1.2.3
	login 10:12:00 alice 64:ff9b::9.9.9.9
	login 10:13:00 alice $america
	check
	expect 0 "MAIL GEO OK - 2 logins in 15m, none foreign, 1 unlocated |*"
}

@test "RFC 3164 stamps, long queue ids, ports and other services are read" {
	cat >"$log" <<-END
		Feb 25 10:10:00 mail postfix/smtps/smtpd[4711]: 4TzX5q2h1Jz9rxK: client=unknown[$russia]:48647, sasl_method=LOGIN, sasl_username=alice
		Feb 25 10:11:00 mail postfix-in/smtpd[226]: NOQUEUE: client=a.example[$china], sasl_method=plain, sasl_username=alice
		<22>Feb 25 10:12:00 mail postfix/smtpd[214]: DF2E1AA0380: client=a.example[$brazil], sasl_method=PLAIN, sasl_username=alice, sasl_sender=x
	END
	check
	expect 2 "MAIL GEO CRITICAL - alice logged in from 3 countries (BR CN RU); 3 foreign logins by 1 user in 15m |*"
}

# ---- More detail ----

@test "-v has a sentence for each foreign login" {
	login 10:10:00 alice $russia
	login 10:11:00 alice $america
	check
	refuse_output *"came from"*
	check -v
	expect_output *$'\n'"  2014-02-25T10:10:00 alice from IP $russia came from RU "*
	refuse_output *"$america"*
	check -vv
	expect_output *"alice from IP $america came from US "*", home"*
}

@test "the output names the database; -vv also the log and the state" {
	login 10:10:00 alice $america
	check
	expect_output *"geo: mmdb $database of 2025-03-26"*
	check -vv
	expect_output *"log: $log"*
	expect_output *"state: $MP_STATE_PATH/"*
	check -vv --no-state
	expect_output *"state: none is kept"*
}

@test "of many users twenty are shown, the rest is counted" {
	logins 50 10:10:00 user $russia
	check
	expect 1 "MAIL GEO WARNING - * and 4? more from abroad: 50 logins in 15m |*"
	[ "$(grep -c '^user[0-9]*: 1 login from 1 address: RU 1$' <<<"$output")" -eq 20 ] || fail "not 20 users"
	expect_output *$'\n'"... and 30 more users"*
}

@test "of many logins of one user twenty are shown, the rest is counted" {
	local i
	for ((i = 10; i < 35; i++)); do
		login 10:10:$i alice 77.88.8.$i
	done
	check -v
	[ "$(grep -c 'came from RU' <<<"$output")" -eq 20 ] || fail "not 20 logins"
	expect_output *"... and 5 more"*
}

# ---- The window ----

@test "a retry a minute later gives the same answer" {
	login 10:10:00 alice $russia
	check
	local before=${lines[0]%% |*}
	now=10:21:00
	check
	[ "$status" -eq 1 ] || fail "expected exit state 1"
	[ "${lines[0]%% |*}" = "$before" ] || fail "it was: $before"
	expect_metric logins=1 foreign_logins=1
}

@test "the alert ends one window after the login" {
	login 10:10:00 alice $russia
	check
	now=10:24:59
	check
	expect 1 "MAIL GEO WARNING - *"
	now=10:25:00
	check
	expect 0 "MAIL GEO OK - *"
	expect_metric logins=0
}

@test "the first run counts nothing that is older than the window" {
	login 09:00:00 alice $china
	login 10:05:00 alice $brazil
	login 10:05:01 alice $russia
	check
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU); 1 foreign login*"
}

@test "a login that is seen late counts for a window from then" {
	login 08:00:00 alice $america
	now=08:00:30
	check
	login 08:10:00 alice $russia
	now=10:20:00
	check
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU); 1 foreign login*"
	now=10:34:59
	check
	expect_metric foreign_logins=1
	now=10:35:00
	check
	expect 0 "MAIL GEO OK - *"
}

@test "a login of the future doesn't alert for ever" {
	login 10:10:00 alice $america
	check
	login 11:30:00 alice $russia
	check
	expect_metric foreign_logins=1
	now=10:35:00
	check
	expect_metric foreign_logins=0
}

@test "the window is as long as it is said" {
	login 06:00:00 alice $china
	login 09:00:00 alice $russia
	check --no-state -m 2h
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU); 1 foreign login by 1 user in 2h |*"
	check --no-state --window=all
	expect 1 "MAIL GEO WARNING - alice logged in from 2 countries (CN RU); 2 foreign logins by 1 user in all |*"
	check --no-state -m 90s
	expect 0 "*"
}

# ---- Following the log ----

@test "a login that comes later is added to the earlier ones, once" {
	login 10:10:00 alice $russia
	check
	login 10:19:00 alice $china
	check
	expect 1 "MAIL GEO WARNING - alice logged in from 2 countries (CN RU); 2 foreign logins by 1 user*"
	check
	expect_metric logins=2 foreign_logins=2
	now=10:25:00
	check
	expect_metric logins=1 foreign_logins=1
}

@test "only what was added is read" {
	noise 20
	login 10:10:00 carol $russia
	noise 20
	check
	expect_metric foreign_logins=1
	local text
	text=$(<"$log")
	printf '%s\n' "${text/carol/mallo}" >"$log" # the same file, as long as before
	login 10:19:00 dave $china
	check
	expect_metric logins=2 foreign_users=2
	refuse_output *mallo*
}

@test "an unfinished last line counts once, when it is finished" {
	noise 3
	printf '2014-02-25T10:10:00.000000+00:00 mail postfix/smtpd[1]: 4X: client=unknown[%s], sasl_method=PLAIN, sasl_us' $russia >>"$log"
	check
	expect_metric logins=0
	printf 'ername=al' >>"$log"
	check
	expect_metric logins=0
	printf 'ice\n' >>"$log"
	check
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU); 1 foreign login*"
	check
	expect_metric logins=1
}

@test "rotation by renaming loses nothing and counts nothing twice" {
	login 10:10:00 alice $russia
	check
	login 10:11:00 alice $china
	mv "$log" "$log.1"
	login 10:12:00 alice $brazil
	check
	expect 2 "MAIL GEO CRITICAL - alice logged in from 3 countries (BR CN RU); 3 foreign logins by 1 user*"
	check
	expect_metric logins=3
}

@test "several rotations between two runs lose nothing" {
	login 10:10:00 alice $russia
	check
	login 10:11:00 alice $china
	mv "$log" "$log.2"
	login 10:12:00 alice $brazil
	mv "$log" "$log.1"
	login 10:13:00 alice $america
	check
	expect_metric logins=4 foreign_logins=3
}

@test "rotation by copying and truncating counts nothing twice" {
	login 10:10:00 alice $russia
	check
	login 10:11:00 alice $china
	cp "$log" "$log.1"
	: >"$log"
	login 10:12:00 alice $brazil
	check
	expect_metric logins=3 foreign_logins=3
	check
	expect_metric logins=3
}

@test "a log that was replaced and is gone is said in the output" {
	noise 100
	login 10:10:00 alice $russia
	check
	rm "$log"
	login 10:15:00 alice $china
	check
	expect_metric logins=2
	expect_output *$'\n'"lines between 2014-02-25T10:10:00 and 2014-02-25T10:15:00 could not be read: $log was "*
}

@test "a run that is killed changes nothing: the next one counts everything once" {
	local i pid
	login 10:06:00 alice $russia
	check --timeout=60
	awk -v address=$china 'BEGIN {
		for (i = 0; i < 200000; i++) {
			second = int(i / 250)
			printf "2014-02-25T10:%02d:%02d.000000+00:00 mail postfix/smtpd[1]: ", 6 + int(second / 60), second % 60
			if (i % 20 == 0)
				printf "%X: client=unknown[%s], sasl_method=PLAIN, sasl_username=bob\n", i, address
			else
				printf "disconnect from unknown[%s]\n", address
		}
	}' >>"$log"
	for i in 0.01 0.03 0.05 0.1; do
		"$plugin" --home=US "--geo=$geo" --at=2014-02-25T10:20:00Z "$log" >/dev/null 3>&- &
		pid=$!
		sleep $i
		kill -9 $pid 2>/dev/null || true
		wait $pid || true
	done
	check
	expect 1 "MAIL GEO WARNING - *"
	expect_metric logins=10001 foreign_logins=10001 foreign_users=2
	check
	expect_metric logins=10001
}

@test "two runs at the same time count everything once" {
	local first
	login 10:10:00 alice $america
	check
	login 10:11:00 alice $russia
	"$plugin" --home=US "--geo=$geo" --at=2014-02-25T10:20:00Z "$log" >first 3>&- &
	first=$!
	check
	expect_metric logins=2 foreign_logins=1
	wait $first || [ $? -eq 1 ]
	grep -q "foreign_logins=1;" first
}

# ---- The state ----

@test "--no-state writes nothing" {
	local before
	login 10:10:00 alice $russia
	before=$(find . -printf '%p %s %T@\n' | sort)
	check --no-state
	expect 1 "MAIL GEO WARNING - *"
	check --no-state
	expect_metric foreign_logins=1
	[ "$(find . -printf '%p %s %T@\n' | sort)" = "$before" ] || fail "something changed"
}

@test "the state is a private file below MP_STATE_PATH" {
	umask 000
	login 10:10:00 alice $america
	check
	expect 0 "*"
	local state
	state=$(default_state)
	[[ $state == "$MP_STATE_PATH/$(id -u)/"* ]] || fail "it is $state"
	[ "$(stat -c %a "$state")" = 600 ] || fail "its mode is $(stat -c %a "$state")"
	[ "$(stat -c %a "${state%/*}")" = 700 ] || fail "the mode of its directory is $(stat -c %a "${state%/*}")"
	[ "$(find "$MP_STATE_PATH" -type f | wc -l)" -eq 1 ] || fail "there are other files"
}

@test "NAGIOS_PLUGIN_STATE_DIRECTORY is taken where MP_STATE_PATH isn't set" {
	login 10:10:00 alice $america
	export NAGIOS_PLUGIN_STATE_DIRECTORY=$BATS_TEST_TMPDIR/older
	unset MP_STATE_PATH
	check
	expect 0 "*"
	[ -d "older/$(id -u)" ] || fail "no state there"
}

@test "--state names the file" {
	login 10:10:00 alice $russia
	check --state=here.db
	expect 1 "*"
	[ "$(stat -c %a here.db)" = 600 ] || fail "its mode is $(stat -c %a here.db)"
	[ ! -e "$MP_STATE_PATH" ] || fail "there is a default state, too"
	check --state=here.db
	expect_metric foreign_logins=1
}

@test "runs with other logs or another window keep states of their own" {
	login 10:10:00 alice $russia
	check
	check -m 30
	expect_metric foreign_logins=1
	log=$BATS_TEST_TMPDIR/other.log
	login 10:10:00 bob $china
	check
	expect 1 "MAIL GEO WARNING - bob logged in from abroad (CN); 1 foreign login by 1 user*"
	[ "$(find "$MP_STATE_PATH" -name '*.db' | wc -l)" -eq 3 ] || fail "not three states"
}

# ---- Several logs ----

@test "several logs are one window" {
	login 10:10:00 bob $russia
	login 10:11:00 bob $china
	log=$BATS_TEST_TMPDIR/other.log
	login 10:12:00 bob $america
	check --log="$BATS_TEST_TMPDIR/mail.log"
	expect 2 "MAIL GEO CRITICAL - bob logged in from 3 countries (CN RU US); 2 foreign logins by 1 user*"
	check --log="$BATS_TEST_TMPDIR/mail.log"
	expect_metric logins=3
}

@test "a quoted glob is expanded; a log that is named twice is read once" {
	login 10:10:00 bob $russia
	log=$BATS_TEST_TMPDIR/mail2.log
	login 10:11:00 bob $china
	log="$BATS_TEST_TMPDIR/mail*.log"
	check -l "$BATS_TEST_TMPDIR/mail.log"
	expect_metric logins=2 foreign_logins=2
}

@test "a relative name is the same log, and the same state, as the absolute one" {
	login 10:10:00 bob $russia
	check
	log=mail.log
	check
	expect_metric logins=1
	default_state
}

@test "one log that can't be read doesn't silence the others" {
	login 10:10:00 bob $russia
	check --log="$BATS_TEST_TMPDIR/none.log"
	expect 1 "MAIL GEO WARNING - bob logged in from abroad (RU); *none.log*"
}

# ---- Hostile logs ----

@test "hostile user names never reach the screen as they are" {
	local user bad
	for user in 'a|logins=0;0' "x | 'logins'=0;1;2" "it's" '<b>bold</b>' '`id`' '$(id)' '$USER$' 'a&b' 'end;' 'back\nslash' \
		$'esc\e[31m' $'bell\a' $'return\rMAIL GEO OK' $'c1\xc2\x9b31m' $'nel\xc2\x85' $'line\xe2\x80\xa8' $'bidi\xe2\x80\xaegro' \
		$'zero\xe2\x80\x8bwidth' $'invalid\xff\xc3' $'\xef\xbb\xbfbom'; do
		login 10:10:00 "$user" $russia
		login 10:11:00 "$user" $china
	done
	check -v
	expect_metric foreign_users=20
	for bad in '<' '>' '`' '$' '&' "'" '"' '\' $'\e' $'\a' $'\r' $'\xc2\x9b' $'\xc2\x85' $'\xe2\x80\xa8' $'\xe2\x80\xae' \
		$'\xe2\x80\x8b' $'\xff' $'\xef\xbb\xbf'; do
		[[ $output != *"$bad"* ]] || fail "$(printf 'there is a %q' "$bad")"
	done
	[[ $output != *';'$'\n'* ]] || fail "a line ends with ;"
	[ "$(tr -cd '|' <<<"$output" | wc -c)" -eq 1 ] || fail "not exactly one |"
	[[ ${lines[0]} == *" |logins="* ]] || fail "the | isn't where performance data begins"
}

@test "a hostile name of the user that the first line names can't forge it" {
	login 10:10:00 "OK - all is well |foreign_logins=0;0;;0" $russia
	check
	expect 1 "MAIL GEO WARNING - OK - all is well ?foreign_logins=0;0;;0 logged in from abroad (RU); 1 foreign login*|logins=1*"
	[ "$(tr -cd '|' <<<"$output" | wc -c)" -eq 1 ] || fail "not exactly one |"
}

@test "a user name of great length is cut" {
	login 10:10:00 "$(printf 'x%.0s' {1..1500})" $russia
	check -v
	expect 1 "MAIL GEO WARNING - xxx*... logged in from abroad*"
	[ ${#lines[0]} -lt 500 ] || fail "a long first line"
}

@test "what only imitates a login counts nothing" {
	local text
	while read -r text; do
		line 10:10:00 "$text"
	done <<-END
		postfix/smtpd[214]: F0A35AA0382: client=own.example[$russia], sasl_sender="x, sasl_method=PLAIN, sasl_username=ceo, y="
		postfix/smtpd[214]: 2199AAA0383: client=own.example[$russia], sasl_sender="x: client=evil[$china], sasl_method=PLAIN, sasl_username=ceo, orig_queue_id="
		postfix/smtpd[214]: 469CEAA0383: client=own.example[$russia], sasl_sender=x,sasl_method=PLAIN,sasl_username=ceo
		postfix/cleanup[219]: 90BEFAA0383: message-id=<x> client=evil[$china], sasl_method=PLAIN, sasl_username=ceo
		postfix/cleanup[219]: 90BEFAA0383: client=evil[$china], sasl_method=PLAIN, sasl_username=ceo
		postfix/smtpd[231]: warning: own.example[$russia]: SASL PLAIN authentication failed: (reason unavailable), sasl_username=X: client=evil[$china], sasl_method=PLAIN, sasl_username=ceo
		postfix/smtpd[214]: warning: own.example[$russia]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=ceo
		postfix/smtpd[214]: NOQUEUE: reject: RCPT from own.example[$russia]: 554 5.7.1 <x@e.example>: Relay access denied; from=<a@b.example> to=<x@e.example> proto=ESMTP helo=<me> sasl_method=PLAIN sasl_username=ceo
		postfix/smtpd[214]: NOQUEUE: reject: EHLO from own.example[$russia]: 501 5.5.2 <x> sasl_username=<ceo>: Helo command rejected; proto=SMTP helo=<x, sasl_method=PLAIN, sasl_username=ceo>
		postfix/smtpd[214]: warning: non-SMTP command from own.example[$russia]: GET / 4X: client=evil[$china], sasl_method=PLAIN, sasl_username=ceo
		postfix/smtpd[214]: client=evil[$china], sasl_method=PLAIN, sasl_username=ceo
		postfix/smtpd[214]: 6B11CAA038C: client=own.example[$russia], sasl_method=ANONYMOUS, sasl_username=ceo
		postfix/smtpd[214]: 6B11CAA038C: client=own.example[$russia]
		dovecot: imap-login: postfix/smtpd[1]: 4X: client=evil[$china], sasl_method=PLAIN, sasl_username=ceo
	END
	check -v
	expect 0 "MAIL GEO OK - no logins from public addresses in 15m |*"
	expect_metric logins=0 unlocated=0
	refuse_output *ceo*
}

@test "an authenticated user can't pass for another one" {
	line 10:10:00 "postfix/smtpd[1]: 4X: client=own.example[$russia], sasl_method=PLAIN, sasl_username=mallory, sasl_sender=x, sasl_username=ceo"
	check -v
	expect 1 "MAIL GEO WARNING - mallory logged in from abroad (RU); *"
	refuse_output *ceo*
}

@test "a login whose line has no address is unlocated, not forgotten" {
	line 10:10:00 'postfix/smtpd[1]: 4X1: client=localhost[unknown], sasl_method=XCLIENT, sasl_username=bob'
	check
	expect 1 "MAIL GEO WARNING - bob logged in and hid the address: *; 1 login in 15m, none foreign, 1 unlocated |*"
	expect_metric unlocated=1
}

@test "a network that is added to --trust, or taken out again, counts so at once" {
	login 10:10:00 bob $russia
	check
	expect 1 "MAIL GEO WARNING - bob *"
	check --trust=$russia
	expect 0 "MAIL GEO OK - *"
	check
	expect 1 "MAIL GEO WARNING - bob *"
}

# ---- Logins that submit nothing ----

@test "a foreign login that sends no mail is found, and names nobody" {
	line 10:10:00 "postfix/submission/smtpd[7]: disconnect from unknown[$russia] ehlo=1 auth=1 quit=1 commands=3"
	line 10:11:00 "postfix/submission/smtpd[7]: disconnect from unknown[$china] ehlo=1 auth=1 quit=1 commands=3"
	check -v
	expect 1 "MAIL GEO WARNING - (unnamed) logged in from abroad (CN RU); 2 foreign logins by 1 user in 15m |*"
	expect_metric user_countries=1 foreign_logins=2
	expect_output "*[(]unnamed) from IP $russia came from RU*"
}

@test "a session that sends mail is not counted a second time at its end" {
	login 10:10:00 alice $russia
	line 10:10:01 "postfix/submission/smtpd[214]: disconnect from unknown[$russia] ehlo=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=6"
	check
	expect_metric logins=1
}

@test "--format=postfix leaves the logins that send nothing out" {
	line 10:10:00 "postfix/submission/smtpd[7]: disconnect from unknown[$russia] ehlo=1 auth=1 quit=1 commands=3"
	check --format=postfix
	expect_metric logins=0
}
