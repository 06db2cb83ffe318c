#!/usr/bin/env bats
# globs.bats - logs that a glob gives: names that come, go and change, and whose state that is
#
# A file is known by its content, not by the name that the glob gives it; and the state by what was typed. Each test compares who
# logged in how often.
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# to FILE LINE...: what follows is written to FILE.
to() {
	local log=$1
	shift
	"$@"
}

needs_sqlite3() {
	command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
}

# who: "USER COUNT" of all that the only state holds, by name, on one line.
who() {
	sqlite3 -separator ' ' "$(default_state)" \
		"SELECT CAST(user AS TEXT), sum(count) FROM login GROUP BY user ORDER BY user" | paste -sd, -
}

# has WHO: a run counts exactly these, says nothing of lost lines, and a second run right after it neither.
has() {
	for _ in 1 2; do
		check "${options[@]}"
		refuse_output "*could not be read*"
		refuse_output "*UNKNOWN*"
		[ "$(who)" = "$1" ] || fail "expected: $1" "counted: $(who)"
	done
}

# has_lost WHO PATTERN: the same, but the first of them says what may be lost, in a note that matches.
has_lost() {
	check "${options[@]}"
	expect_output "*$2*"
	[ "$(who)" = "$1" ] || fail "expected: $1" "counted: $(who)"
	has "$1"
}

# sources: the logs of which the state knows something, without their directory, on one line.
sources() {
	sqlite3 "$(default_state)" "SELECT CAST(source AS TEXT) FROM (SELECT source FROM log_position UNION SELECT source FROM log_rest) ORDER BY 1" | sed 's|.*/||' | paste -sd, -
}

# glob PATTERN: the logs from now on.
glob() {
	log="$BATS_TEST_TMPDIR/$1"
	options=()
}

# ---- The state belongs to what was typed ----

@test "a new host directory keeps the alert that was proven before" {
	needs_sqlite3
	mkdir -p remote/a remote/b
	to remote/a/mail.log login 10:08:00 bob $russia
	to remote/a/mail.log login 10:09:00 bob $china
	to remote/a/mail.log login 10:10:00 bob $brazil
	glob 'remote/*/mail.log'
	has "bob 3"
	expect 2 "MAIL GEO CRITICAL - bob logged in from 3 countries*"
	mv remote/a/mail.log remote/a/mail.log.1
	touch remote/a/mail.log
	to remote/b/mail.log login 10:12:00 carol $china
	has "bob 3,carol 1"
	expect 2 "MAIL GEO CRITICAL - bob logged in from 3 countries*"
	default_state
}

@test "a host directory that is removed takes nothing with it" {
	needs_sqlite3
	mkdir -p remote/a remote/b
	to remote/a/mail.log login 10:10:00 alice $russia
	to remote/b/mail.log login 10:11:00 bob $russia
	glob 'remote/*/mail.log'
	has "alice 1,bob 1"
	rm -r remote/a
	has_lost "alice 1,bob 1" "remote/a/mail.log is gone: lines after 2014-02-25T10:10:00, if there were any, could not be read"
	default_state
}

# day_line DAY TIME USER: in the file of that day.
day_line() {
	echo "2014-03-0$1T$2.000000+00:00 mail postfix/smtpd[1]: 6X$1: client=unknown[$russia], sasl_method=PLAIN, sasl_username=$3" \
		>>"mail-2014030$1.log"
}

# day_has DAY TIME WHO
day_has() {
	plugin_with --home=US "--geo=$geo" "--at=2014-03-0$1T$2Z" "$log"
	refuse_output "*could not be read*"
	[ "$(who)" = "$3" ] || fail "on day $1, expected: $3" "counted: $(who)"
}

@test "dated names are one state over many days, and what is written around midnight is counted once" {
	needs_sqlite3
	glob 'mail-*.log'
	day_line 1 12:00:00 zoe
	day_has 1 23:58:00 ""
	for day in 2 3 4 5 6; do
		day_line $((day - 1)) 23:59:00 "late$day"
		day_line $day 00:01:00 "early$day"
		day_has $day 00:05:00 "early$day 1,late$day 1"
		day_has $day 00:06:00 "early$day 1,late$day 1"
		day_has $day 23:58:00 ""
		rm -f "mail-2014030$((day - 1)).log"
	done
	[[ "$(sources)" == *mail-20140306.log ]] || fail "$(sources)"
	[ "$(sources | tr ',' '\n' | wc -l)" -le 3 ] || fail "old days are not forgotten: $(sources)"
	default_state
}

@test "what a new dated file got while no run was made is counted from now on" {
	needs_sqlite3
	glob 'mail-*.log'
	day_line 1 12:00:00 alice
	day_has 1 12:01:00 "alice 1"
	day_line 2 00:10:00 bob
	day_line 2 05:00:00 carol
	day_has 2 06:00:00 "bob 1,carol 1"
}

@test "an old file that is put beside the others is old" {
	needs_sqlite3
	glob 'mail-*.log'
	day_line 2 12:00:00 alice
	day_has 2 12:01:00 "alice 1"
	day_line 1 11:00:00 bob
	day_has 2 12:02:00 "alice 1"
}

@test "the directory of the run counts where a glob is relative" {
	mkdir one two
	to one/mail.log login 10:10:00 alice $russia
	to two/mail.log login 10:10:00 bob $russia
	log='mail*.log'
	for directory in one two one; do
		cd "$BATS_TEST_TMPDIR/$directory"
		check
		expect_metric logins=1
	done
	cd "$BATS_TEST_TMPDIR"
	[ "$(find "$MP_STATE_PATH" -name '*.db' | wc -l)" -eq 2 ] || fail "not two states"
}

@test "names that a shell expanded have one state while files are rotated" {
	login 10:10:00 alice $russia
	check "$log"
	mv "$log" "$log.1"
	login 10:11:00 bob $russia
	check "$log" "$log.1"
	expect_metric logins=2
	mv "$log.1" "$log.2"
	mv "$log" "$log.1"
	login 10:12:00 carol $russia
	check "$log" "$log.1" "$log.2"
	expect_metric logins=3
	default_state
}

# ---- Packed ----

@test "mail-*.log*: a file that is packed goes on as the same log" {
	needs libarchive
	needs_sqlite3
	to mail-1.log login 10:10:00 alice $russia
	glob 'mail-*.log*'
	has "alice 1"
	to mail-1.log login 10:11:00 bob $russia
	gzip mail-1.log
	has "alice 1,bob 1"
	to mail-2.log login 10:12:00 carol $russia
	has "alice 1,bob 1,carol 1"
	mv mail-1.log.gz mail-1.log.2.gz
	has "alice 1,bob 1,carol 1"
}

@test "mail-*.log: a file that is packed before its rest was read" {
	needs libarchive
	needs_sqlite3
	to mail-1.log login 10:10:00 alice $russia
	glob 'mail-*.log'
	has "alice 1"
	to mail-1.log login 10:11:00 bob $russia
	gzip mail-1.log
	has "alice 1,bob 1"
	to mail-2.log login 10:12:00 carol $russia
	has "alice 1,bob 1,carol 1"
}

@test "mail-*.log.gz beside mail-*.log: two globs give one log" {
	needs libarchive
	needs_sqlite3
	to mail-1.log login 10:10:00 alice $russia
	glob 'mail-*.log'
	options=("$BATS_TEST_TMPDIR/mail-*.log.gz")
	check "${options[@]}"
	[ "$(who)" = "alice 1" ] || fail "$(who)"
	to mail-1.log login 10:11:00 bob $russia
	gzip mail-1.log
	has "alice 1,bob 1"
}

@test "mail-*.log: a file that came and was packed between two runs" {
	needs libarchive
	needs_sqlite3
	to mail-1.log login 10:10:00 alice $russia
	to mail-0.log login 10:09:00 old $russia
	gzip mail-0.log
	touch -d '2014-02-20 12:00' mail-0.log.gz # it was there before, and is not looked into
	glob 'mail-*.log'
	has "alice 1"
	to mail-2.log login 10:11:00 bob $china
	gzip mail-2.log
	to mail-3.log login 10:12:00 carol $brazil
	has "alice 1,bob 1,carol 1"
	to mail-3.log login 10:13:00 dave $brazil
	gzip mail-3.log
	has "alice 1,bob 1,carol 1,dave 1"
}

@test "packed files of many days are not unpacked again by each run" {
	needs libarchive
	needs_sqlite3
	for day in 1 2 3 4; do
		day_line $day 12:00:00 "user$day"
		gzip "mail-2014030$day.log"
	done
	glob 'mail-*.log*'
	plugin_with --home=US "--geo=$geo" --at=2014-03-04T12:05:00Z --window=all "$log"
	[ "$(who)" = "user1 1,user2 1,user3 1,user4 1" ] || fail "$(who)"
	sqlite3 "$(default_state)" "SELECT count(*) FROM log_rest" | grep -qx 4 || fail "not at rest"
	for day in 1 2 3 4; do # whoever unpacked one now would say that it is damaged
		cp -p "mail-2014030$day.log.gz" before
		printf XXXX | dd of="mail-2014030$day.log.gz" bs=1 seek=12 conv=notrunc status=none
		touch -r before "mail-2014030$day.log.gz"
	done
	plugin_with --home=US "--geo=$geo" --at=2014-03-04T12:06:00Z --window=all "$log"
	refuse_output "*damaged*"
	[ "$(who)" = "user1 1,user2 1,user3 1,user4 1" ] || fail "$(who)"
}

# ---- Removed ----

@test "mail-*.log: a file that is removed before its rest was read is said to be lost, once" {
	needs_sqlite3
	to mail-1.log login 10:10:00 alice $russia
	to mail-2.log login 10:10:30 bob $russia
	glob 'mail-*.log'
	has "alice 1,bob 1"
	to mail-1.log login 10:11:00 carol $russia
	rm mail-1.log
	has_lost "alice 1,bob 1" "mail-1.log is gone: lines after 2014-02-25T10:10:00, if there were any, could not be read"
	expect 1 "MAIL GEO WARNING*"
}

@test "a file system that is away for a while loses nothing" {
	needs_sqlite3
	mkdir -p remote/a remote/b
	to remote/a/mail.log login 10:10:00 alice $russia
	to remote/b/mail.log login 10:10:30 bob $russia
	glob 'remote/*/mail.log'
	has "alice 1,bob 1"
	mv remote/a away
	has_lost "alice 1,bob 1" "is gone"
	to away/mail.log login 10:11:00 carol $russia
	to remote/b/mail.log login 10:12:00 dave $russia
	has "alice 1,bob 1,dave 1"
	mv away remote/a
	has "alice 1,bob 1,carol 1,dave 1"
}

@test "when the last file of a glob is gone that is UNKNOWN, and what was counted stays" {
	needs_sqlite3
	to mail-1.log login 10:10:00 alice $russia
	glob 'mail-*.log'
	has "alice 1"
	rm mail-1.log
	check
	expect_output "*mail-1.log is gone*mail-?.log does not exist*" || expect_output "*mail-?.log does not exist*mail-1.log is gone*"
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU)*does not exist*"
	check
	refuse_output "*is gone*"
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU)*does not exist*"
	to mail-2.log login 10:12:00 bob $russia
	has "alice 1,bob 1"
}

# ---- Renamed ----

@test "mail-*.log: a file that is renamed to a name that the glob gives, too, is the same log" {
	needs_sqlite3
	to mail-now.log login 10:10:00 alice $russia
	glob 'mail-*.log'
	options=(--window=4w)
	to mail-now.log login 08:00:00 zoe $russia
	has "alice 1,zoe 1"
	to mail-now.log login 10:11:00 bob $russia
	mv mail-now.log mail-20140225.log
	has "alice 1,bob 1,zoe 1"
	[ "$(sources)" = mail-20140225.log ] || fail "$(sources)"
	to mail-now.log login 10:12:00 carol $russia
	to mail-20140225.log login 10:13:00 dave $russia
	has "alice 1,bob 1,carol 1,dave 1,zoe 1"
}

@test "mail-*.log: a file that is copied to another name and removed is the same log" {
	needs_sqlite3
	to mail-now.log login 10:10:00 alice $russia
	glob 'mail-*.log'
	options=(--window=4w)
	has "alice 1"
	to mail-now.log login 10:11:00 bob $russia
	cp mail-now.log mail-20140225.log
	rm mail-now.log
	has "alice 1,bob 1"
}

@test "mail-*.log: a file that is renamed while its name is taken by a new one" {
	needs_sqlite3
	to mail-now.log login 10:10:00 alice $russia
	glob 'mail-*.log'
	options=(--window=4w)
	has "alice 1"
	to mail-now.log login 10:11:00 bob $russia
	mv mail-now.log mail-20140225.log
	to mail-now.log login 10:12:00 carol $russia
	has "alice 1,bob 1,carol 1"
	to mail-20140225.log login 10:13:00 dave $russia
	to mail-now.log login 10:14:00 erin $russia
	has "alice 1,bob 1,carol 1,dave 1,erin 1"
}

@test "mail-*.log: a file that is renamed to a name that the glob doesn't give" {
	needs_sqlite3
	to mail-1.log login 10:10:00 alice $russia
	to mail-2.log login 10:10:30 bob $russia
	glob 'mail-*.log'
	has "alice 1,bob 1"
	to mail-1.log login 10:11:00 carol $russia
	mv mail-1.log mail-1.log.bak
	has "alice 1,bob 1,carol 1"
	to mail-1.log.bak login 10:12:00 dave $russia
	has "alice 1,bob 1,carol 1,dave 1"
}

# ---- Not there for a while ----

@test "mail.log*: a run while mail.log is missing" {
	needs_sqlite3
	to mail.log login 10:10:00 alice $russia
	glob 'mail.log*'
	has "alice 1"
	to mail.log login 10:11:00 bob $russia
	mv mail.log mail.log.1
	has "alice 1,bob 1"
	to mail.log.1 login 10:12:00 carol $russia
	has "alice 1,bob 1,carol 1"
	to mail.log login 10:13:00 dave $russia
	has "alice 1,bob 1,carol 1,dave 1"
	mv mail.log.1 mail.log.2
	mv mail.log mail.log.1
	has "alice 1,bob 1,carol 1,dave 1"
	[ "$(sources)" = mail.log ] || fail "$(sources)"
}

@test "mail.log*: the first run while mail.log is missing reads its rotated files, and goes on when it comes" {
	needs libarchive
	needs_sqlite3
	to mail.log.2 login 08:00:00 alice $russia
	gzip mail.log.2
	to mail.log.1 login 09:00:00 bob $russia
	to mail.log.1 login 10:00:00 carol $russia
	glob 'mail.log*'
	options=(--window=4w)
	has "alice 1,bob 1,carol 1"
	to mail.log.1 login 10:01:00 dave $russia
	to mail.log login 10:02:00 erin $russia
	has "alice 1,bob 1,carol 1,dave 1,erin 1"
	mv mail.log.1 mail.log.3
	mv mail.log mail.log.1
	to mail.log login 10:03:00 frank $russia
	has "alice 1,bob 1,carol 1,dave 1,erin 1,frank 1"
}

@test "mx*.log: logs whose names differ in a number are logs of their own" {
	needs_sqlite3
	to mx-1.log login 10:10:00 alice $russia
	to mx-2.log login 10:11:00 bob $russia
	glob 'mx*.log'
	has "alice 1,bob 1"
	to mx-1.log login 10:12:00 carol $russia
	to mx-2.log login 10:13:00 dave $russia
	has "alice 1,bob 1,carol 1,dave 1"
}

@test "mail*.log: dated logs go on when the log appears of which they are" {
	needs_sqlite3
	to mail-20140224.log login 10:10:00 alice $russia
	to mail-20140225.log login 10:11:00 bob $russia
	glob 'mail*.log'
	options=(--window=4w)
	has "alice 1,bob 1"
	to mail-20140225.log login 10:12:00 carol $russia
	to mail.log login 10:13:00 dave $russia
	has "alice 1,bob 1,carol 1,dave 1"
	to mail-20140225.log login 10:14:00 erin $russia
	to mail.log login 10:15:00 frank $russia
	has "alice 1,bob 1,carol 1,dave 1,erin 1,frank 1"
}

@test "mail.log*: of rotated files that are older than the window nothing is counted, nor said" {
	needs_sqlite3
	to mail.log.1 login 08:00:00 alice $russia
	glob 'mail.log*'
	has ""
	to mail.log login 10:10:00 bob $russia
	has "bob 1"
}

@test "a log that was read to its end and left alone for a day is not looked for any more, until it changes" {
	needs_sqlite3
	to mail.log login 10:10:00 alice $russia
	glob 'mail.log*'
	has "alice 1"
	mv mail.log mail.log.1
	touch -d '2 days ago' mail.log.1
	has "alice 1"
	sqlite3 "$(default_state)" "SELECT count(*) FROM log_rest" | grep -qx 1 || fail "not at rest"
	mv mail.log.1 mail.log.2
	to mail.log.1 login 10:12:00 bob $russia
	has "alice 1,bob 1"
	to mail.log login 10:13:00 carol $russia
	has "alice 1,bob 1,carol 1"
	sqlite3 "$(default_state)" "SELECT count(*) FROM log_rest" | grep -qx 0 || fail "still at rest"
}

@test "remote/*/mail.log: names that don't come back are forgotten after a day" {
	needs_sqlite3
	mkdir -p remote/a remote/b
	glob 'remote/*/mail.log'
	to remote/a/mail.log login 10:10:00 alice $russia
	to remote/b/mail.log login 10:11:00 bob $russia
	has "alice 1,bob 1"
	rm -r remote/a
	check
	for day in 26 27 28; do
		echo "2014-02-${day}T10:00:00.000000+00:00 mail postfix/qmgr[1]: 4Y: removed" >>remote/b/mail.log
		plugin_with --home=US "--geo=$geo" "--at=2014-02-${day}T10:20:00Z" "$log"
	done
	[ "$(sqlite3 "$(default_state)" "SELECT count(DISTINCT source) FROM log_position")" -eq 1 ] || fail "$(sources)"
	[ "$(sqlite3 "$(default_state)" "SELECT count(*) FROM log_history")" -eq 1 ] || fail "its history is kept"
}

# ---- States of former versions ----

# former_state KEY-LINE...: the name that versions before this one gave the default state of these logs.
former_state() {
	local key hash=$((16#cbf29ce484222325)) i byte
	key=$(printf '%s\n' "$@" courier,cyrus,dovecot,exim,opensmtpd,postfix,postfix-auth,sendmail,stalwart,zimbra 15m)
	for ((i = 0; i < ${#key}; i++)); do
		printf -v byte %d "'${key:i:1}"
		hash=$(((hash ^ byte) * 16#100000001b3))
	done
	printf '%s/%d/%016x.db\n' "$MP_STATE_PATH" "$(id -u)" "$hash"
}

# make_former: two logs of a glob, with a state as an older version left it.
make_former() {
	mkdir -p remote/a remote/b
	to remote/a/mail.log login 10:10:00 alice $russia
	to remote/b/mail.log login 10:11:00 bob $russia
	glob 'remote/*/mail.log'
	former=$(former_state "$BATS_TEST_TMPDIR/remote/a/mail.log" "$BATS_TEST_TMPDIR/remote/b/mail.log")
	check --state="$former"
	[ "$(who)" = "alice 1,bob 1" ] || fail "$(who)"
	sqlite3 "$former" "UPDATE login SET user = CAST('proof' AS BLOB) WHERE user = CAST('alice' AS BLOB)"
}

@test "a state that was named by what the glob gave is taken over" {
	needs_sqlite3
	make_former
	has "bob 1,proof 1"
	[ ! -e "$former" ] || fail "the old name is still there"
	mkdir remote/c
	to remote/c/mail.log login 10:12:00 carol $russia
	has "bob 1,carol 1,proof 1"
}

@test "a state of one log, named or by a relative name, is taken over" {
	needs_sqlite3
	login 10:10:00 alice $russia
	former=$(former_state "$log")
	check --state="$former"
	sqlite3 "$former" "UPDATE login SET user = CAST('proof' AS BLOB)"
	log=mail.log
	options=()
	has "proof 1"
}

# copy_hot FILE COPY: both as a run leaves them that is killed while it writes.
copy_hot() {
	sqlite3 "$1" >copying 2>&1 <<-END
		PRAGMA cache_size = 1;
		BEGIN IMMEDIATE;
		CREATE TABLE garbage AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n;
		UPDATE login SET user = CAST('half' AS BLOB);
		.shell cp '$1' '$2' && cp '$1-journal' '$2-journal'
		ROLLBACK;
	END
	[ -s "$2-journal" ] || fail "there is no hot journal: $(cat copying)"
}

@test "a state that a killed run left half written is played back before it is taken over" {
	needs_sqlite3
	make_former
	copy_hot "$former" copy
	mv copy "$former"
	mv copy-journal "$former-journal"
	chmod 600 "$former" "$former-journal"
	has "bob 1,proof 1"
	[ ! -e "$former" ] && [ ! -e "$former-journal" ] || fail "something is left under the old name"
}

@test "a journal that a removed state left behind is not played back into the one that is taken over" {
	needs_sqlite3
	make_former
	check -vv --window=15m
	new=$(sed -n 's/^state: //p' <<<"$output")
	mv "$new" "$former"
	copy_hot "$former" copy
	mv copy-journal "$new-journal"
	chmod 600 "$new-journal"
	has "bob 1,proof 1"
}

@test "runs that begin at once after an upgrade take the state over once, and count nothing twice" {
	needs_sqlite3
	make_former
	to remote/b/mail.log logins 500 10:12:00 user $russia
	for i in 1 2 3 4; do
		"$plugin" --home=US "--geo=$geo" --at=2014-02-25T10:20:00Z "$log" >"out.$i" &
	done
	wait
	[ "$(grep -c 'logins=502;' out.1 out.2 out.3 out.4 | grep -c :1)" -eq 4 ] || fail "$(head -n 1 out.?)"
	check
	expect_metric logins=502
	[ "$(who | tr ',' '\n' | grep -c ' 1$')" -eq 502 ] || fail "$(who)"
	default_state
}

@test "a state that another run holds is not taken over behind its back" {
	needs_sqlite3
	make_former
	mkfifo hold
	sqlite3 "$former" <hold >held &
	holder=$!
	exec 9>hold
	echo "BEGIN IMMEDIATE; SELECT 'held';" >&9
	until grep -q held held; do sleep 0.1; done
	check -t 2
	exec 9>&-
	wait $holder
	expect_output "*another run holds the state*: process $holder (sqlite3*"
	has "bob 1,proof 1"
}

@test "another program's file at the former name is left alone" {
	needs_sqlite3
	make_former
	rm "$former"
	sqlite3 "$former" "CREATE TABLE mine(x)"
	check
	expect_metric logins=2
	[ "$(sqlite3 "$former" .tables)" = mine ] || fail "it was changed"
}

# ---- The default ----

# default_check: as check, with what is in the directory "default" as /var/log.
default_check() {
	run unshare --mount --map-root-user sh -c 'mount --bind default /var/log && exec "$@"' sh timeout 120 "$plugin" --home=US \
		"--geo=$geo" "--at=2014-02-25T${now}Z" "$@"
	refuse_output "*UNKNOWN*"
}

needs_namespace() {
	mkdir -p default
	unshare --mount --map-root-user mount --bind default /var/log 2>/dev/null || skip "no namespace of mounts can be made here"
}

@test "without a log the state is one, and a log that comes later doesn't take its place" {
	needs_sqlite3
	needs_namespace
	to default/maillog login 10:10:00 alice $russia
	default_check
	[ "$(who)" = "alice 1" ] || fail "$(who)"
	cp default/maillog default/mail.log # what goes to both is not counted twice
	to default/mail.log login 10:11:00 bob $russia
	to default/maillog login 10:11:00 bob $russia
	default_check
	[ "$(who)" = "alice 1,bob 1" ] || fail "$(who)"
	[ "$(sources)" = maillog ] || fail "$(sources)"
}

@test "without a log: one that is missing for a while stays the default" {
	needs_sqlite3
	needs_namespace
	to default/mail.log login 10:10:00 alice $russia
	to default/maillog login 10:10:00 alice $russia
	default_check
	to default/mail.log login 10:11:00 bob $russia
	mv default/mail.log default/mail.log.1
	default_check
	to default/mail.log login 10:12:00 carol $russia
	default_check
	[ "$(who)" = "alice 1,bob 1,carol 1" ] || fail "$(who)"
}

@test "without a log: when the default is gone the next one is read from where it ended" {
	needs_sqlite3
	needs_namespace
	to default/mail.log login 10:10:00 alice $russia
	default_check
	to default/maillog login 10:10:00 alice $russia
	to default/maillog login 10:11:00 bob $russia
	rm default/mail.log
	default_check
	expect_output "*mail.log is gone: lines after 2014-02-25T10:10:00, if there were any, could not be read*"
	[ "$(who)" = "alice 1,bob 1" ] || fail "$(who)"
	to default/maillog login 10:12:00 carol $russia
	default_check
	refuse_output "*could not be read*"
	[ "$(who)" = "alice 1,bob 1,carol 1" ] || fail "$(who)"
}

@test "without a log: the state that an older version named by the log is taken over" {
	needs_sqlite3
	needs_namespace
	to default/mail.log login 10:10:00 alice $russia
	default_check --state="$(former_state /var/log/mail.log)"
	sqlite3 "$(default_state)" "UPDATE login SET user = CAST('proof' AS BLOB)"
	default_check
	[ "$(who)" = "proof 1" ] || fail "$(who)"
}

# ---- Many ----

# many COUNT TIME USER: a line in the log of each of so many hosts.
many() {
	awk -v count="$1" -v time="$2" -v user="$3" -v address="$russia" 'BEGIN {
		for (i = 1; i <= count; i++) {
			file = "many/host" i "/mail.log"
			printf "2014-02-25T%s.000000+00:00 host%d postfix/smtpd[1]: 7X%d: client=unknown[%s], sasl_method=PLAIN, sasl_username=%s%d\n",
				time, i, i, address, user, i >>file
			close(file)
		}
	}'
}

many_check() {
	run timeout 600 "$plugin" -t 600 --home=US "--geo=$geo" --at=2014-02-25T10:20:00Z "$log"
}

@test "ten thousand logs of a glob are followed, also when all are rotated at once" {
	needs_sqlite3
	mkdir many
	seq -f many/host%.0f 10000 | xargs mkdir
	many 10000 10:10:00 a
	glob 'many/*/mail.log*'
	many_check
	expect_metric logins=10000
	many 10000 10:11:00 b
	seq -f 'many/host%.0f/mail.log' 10000 | perl -nle 'rename $_, "$_.1"'
	many 10000 10:12:00 c
	many_check
	expect_metric logins=30000
	many_check
	expect_metric logins=30000
	[ "$(who | tr ',' '\n' | grep -c '^[abc][0-9]* 1$')" -eq 30000 ] || fail "not each of them once"
}
