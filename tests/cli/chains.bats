#!/usr/bin/env bats
# chains.bats - the files between the one that was read last and the one that is the log now, whatever they are called
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# counted: "alice=1 bob=2", whom the last check counted, and how often.
counted() {
	sed -n 's/^\([a-z]*\): \([0-9]*\) logins\{0,1\} from .*/\1=\2/p' <<<"$output" | sort | tr '\n' ' '
}

# has USER=COUNT...: a run counts just these, says nothing of lost lines, and so does a second one right after it.
has() {
	local wanted
	wanted=$(printf '%s\n' "$@" | sort | tr '\n' ' ')
	for _ in 1 2; do
		check -vv ${olddir:+--olddir="$olddir"}
		[ "$(counted)" = "$wanted" ] || fail "counted: $(counted)" "expected: $wanted"
		refuse_output "*could not be read*"
		refuse_output "*left out*"
	done
}

# The first run of most tests.
setup_log() {
	login 10:06:00 alice $russia
	login 10:07:00 bob $china
	has alice=1 bob=1
}

# ---- Links that move on ----

# moves TARGET...: the log links to each in turn, with a login in each; the check runs before the first and after the last.
moves() {
	local target number=0 users=(carol dave erin frank)
	mkdir -p "$(dirname "$1")"
	ln -s "$1" "$log"
	setup_log
	for target; do
		mkdir -p "$(dirname "$target")"
		ln -sfn "$target" "$log"
		login "10:0$((8 + number / 4)):0$number" "${users[number]}" $brazil
		number=$((number + 1))
	done
}

@test "a link that moved twice between two runs: the file between is read (mail-20140225.log)" {
	moves mail-20140223.log mail-20140224.log mail-20140225.log
	has alice=1 bob=1 carol=1 dave=1 erin=1
}

@test "a link that moved twice between two runs: the file between is read (mail.log-20140225)" {
	moves mail.log-20140223 mail.log-20140224 mail.log-20140225
	has alice=1 bob=1 carol=1 dave=1 erin=1
}

@test "a link that moved twice between two runs: the file between is read (mail-2014-02-25.log)" {
	moves mail-2014-02-23.log mail-2014-02-24.log mail-2014-02-25.log
	has alice=1 bob=1 carol=1 dave=1 erin=1
}

@test "a link that moved twice between two runs: the file between is read (HOST/2014/02/25.log)" {
	mkdir -p mx2/2014/02
	log=mx2/2014/02/24.log login 10:08:00 stranger $china
	moves mx1/2014/01/31.log mx1/2014/02/24.log mx1/2014/02/25.log
	has alice=1 bob=1 carol=1 dave=1 erin=1
}

@test "a link that moved over the end of a year: names with one digit are in their order, too" {
	moves 2013-12-31/mail.log 2014-1-9/mail.log 2014-1-10/mail.log
	has alice=1 bob=1 carol=1 dave=1 erin=1
}

@test "a link that moved on three times: files between that are packed by now are read" {
	needs libarchive
	moves mail-20140222.log mail-20140223.log mail-20140224.log mail-20140225.log
	gzip mail-20140222.log mail-20140223.log mail-20140224.log
	has alice=1 bob=1 carol=1 dave=1 erin=1 frank=1
}

@test "a link into another directory with the files between in the next year's" {
	moves logs/2013/mail-20131231.log logs/2014/mail-20140101.log logs/2014/mail-20140102.log
	has alice=1 bob=1 carol=1 dave=1 erin=1
}

# ---- Names ----

# rotated NAME: the log is renamed so, with a line that was not read.
rotated() {
	setup_log
	login 10:08:00 carol $brazil
	mkdir -p "$(dirname "$1")"
	mv "$log" "$1"
	login 10:09:00 dave $russia
	has alice=1 bob=1 carol=1 dave=1
}

# rotated_twice OLDER NEWER: likewise, and the one between was never seen.
rotated_twice() {
	setup_log
	login 10:08:00 carol $brazil
	mkdir -p "$(dirname "$1")"
	mv "$log" "$1"
	login 10:09:00 dave $russia
	mv "$log" "$2"
	login 10:10:00 erin $russia
	has alice=1 bob=1 carol=1 dave=1 erin=1
}

@test "logrotate's extension without a date: mail.1.log" { rotated_twice mail.2.log mail.1.log; }
@test "logrotate's addextension: mail.log.1.old" { rotated_twice "$log.2.old" "$log.1.old"; }
@test "logrotate's dateformat: mail.log-20140225T100830" { rotated_twice "$log-20140225T100830" "$log-20140225T100930"; }
@test "logrotate's dateformat: mail.log-2014-W08" { rotated_twice "$log-2014-W08" "$log-2014-W09"; }
@test "logrotate's dateformat: a day before its month and year" { rotated_twice "$log.28.01.2014" "$log.25.02.2014"; }
@test "logrotate's dateformat: without anything before the date" { rotated_twice "${log}20140224" "${log}20140225"; }
@test "seconds since 1970: mail.log-1393322900" { rotated_twice "$log-1393322900" "$log-1393322990"; }
@test "logrotate's olddir, below the log's own: one rotation" { rotated old/mail.log.1; }
@test "logrotate's olddir, below the log's own: two rotations" { rotated_twice old/mail.log.2 old/mail.log.1; }

@test "logrotate's olddir elsewhere is named: two rotations, packed" {
	needs libarchive
	mkdir -p elsewhere/old logs
	log=$BATS_TEST_TMPDIR/logs/mail.log
	olddir=$BATS_TEST_TMPDIR/elsewhere/old
	rotated_twice "$olddir/mail.log.3" "$olddir/mail.log.2"
	gzip "$olddir/mail.log.2"
	mv "$log" "$olddir/mail.log.1"
	login 10:11:00 frank $russia
	has alice=1 bob=1 carol=1 dave=1 erin=1 frank=1
}

@test "an olddir that isn't there is told when it is missed" {
	setup_log
	olddir=$BATS_TEST_TMPDIR/elsewhere
	login 10:08:00 carol $brazil
	mkdir away
	mv "$log" away/gone
	login 10:09:00 dave $russia
	check -vv --olddir="$olddir"
	[ "$(counted)" = "alice=1 bob=1 dave=1 " ] || fail "counted: $(counted)"
	expect_output "*could not be read: $log was rotated, and its old file was not found; $olddir/, which --olddir names, isn't there*"
}

@test "the first run reads what the window has in logrotate's olddir, and not in the directory of another log" {
	login 10:08:00 carol $brazil
	mkdir old mx2
	mv "$log" old/mail.log.1
	log=mx2/mail.log login 10:09:30 stranger $china
	log=mx2/mail.log.1 login 10:08:30 stranger $china
	login 10:09:00 dave $russia
	has carol=1 dave=1
}

@test "a copy that lacks what was read before the log was truncated is no new file" {
	setup_log
	cp "$log" "$log.1"
	login 10:07:00 carol $brazil
	has alice=1 bob=1 carol=1
	: >"$log"
	login 10:09:00 dave $russia
	has alice=1 bob=1 carol=1 dave=1
}

@test "so it is if that copy was packed, and the next one came" {
	needs libarchive
	setup_log
	sed -i 's/T10:0[67]:00/T10:07:00/' "$log"
	rm -r "$MP_STATE_PATH"
	has alice=1 bob=1
	gzip -c "$log" >"$log.2.gz"
	login 10:07:00 carol $brazil
	has alice=1 bob=1 carol=1
	: >"$log"
	login 10:08:00 dave $russia
	cp "$log" "$log.1"
	: >"$log"
	login 10:09:00 erin $russia
	has alice=1 bob=1 carol=1 dave=1 erin=1
}

@test "a log of the same name in a directory beside is none of the log's rotated ones" {
	mkdir mx2
	log=mx2/mail.log login 10:08:40 stranger $china
	log=mx2/mail.log.1 login 10:08:30 stranger $china
	log=mx2/mail.log.2 login 10:08:20 stranger $china
	rotated "$log.1"
}

@test "a log of the same name in a directory beside stays another one when the rotated file is gone" {
	setup_log
	mkdir mx2
	log=mx2/mail.log.1 login 10:08:30 stranger $china
	login 10:08:00 carol $brazil
	rm "$log"
	login 10:09:00 dave $russia
	check -vv
	[ "$(counted)" = "alice=1 bob=1 dave=1 " ] || fail "counted: $(counted)"
	expect_output "*could not be read: $log was *"
}

@test "svlogd, multilog and s6-log: current, and @ with a time in hexadecimal digits" {
	log=$BATS_TEST_TMPDIR/current
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" @40000000530c6b5f0000000a.s
	login 10:09:00 dave $russia
	mv "$log" @40000000530c6b5f0000000b.u
	login 10:10:00 erin $russia
	has alice=1 bob=1 carol=1 dave=1 erin=1
}

@test "svlogd with a processor that packs: the name doesn't tell" {
	needs libarchive
	log=$BATS_TEST_TMPDIR/current
	setup_log
	login 10:08:00 carol $brazil
	gzip <"$log" >@40000000530c6b5f0000000a.s
	rm "$log"
	login 10:10:00 erin $russia
	has alice=1 bob=1 carol=1 erin=1
}

@test "a directory with more than ten thousand files hides no rotated one" {
	setup_log
	login 10:08:00 carol $brazil
	seq -f 'aaa.%g' 12000 | xargs touch
	mv "$log" "$log.1"
	login 10:09:00 dave $russia
	has alice=1 bob=1 carol=1 dave=1
}

# ---- NULs and copies that were torn ----

@test "a copy of a log is known by its bytes though it ends with NULs that were skipped, and what is behind them is read" {
	setup_log
	head -c 5000 /dev/zero >>"$log"
	has alice=1 bob=1
	login 10:08:00 carol $brazil
	cp "$log" "$log.1"
	: >"$log"
	login 10:09:00 dave $russia
	has alice=1 bob=1 carol=1 dave=1
}

@test "so is a packed one" {
	needs libarchive
	setup_log
	head -c 5000 /dev/zero >>"$log"
	has alice=1 bob=1
	login 10:08:00 carol $brazil
	gzip -c "$log" >"$log.1.gz"
	rm "$log"
	login 10:09:00 dave $russia
	has alice=1 bob=1 carol=1 dave=1
}

@test "a line that a crash tore hides nothing that is behind the NULs" {
	setup_log
	login 10:08:00 mallory $brazil
	truncate -s $((($(stat -c %s "$log") - 60) / 512 * 512)) "$log" # a sector's begin
	truncate -s +3000 "$log"
	login 10:09:00 dave $russia
	check -vv
	[[ $(counted) == *"dave=1 "* && $(counted) != *mallory* ]] || fail "counted: $(counted)"
}

@test "the last line of a copy that was torn is no login of another user" {
	setup_log
	login 10:08:00 carol0123 $brazil
	head -c -6 "$log" >"$log.1"
	: >"$log"
	login 10:09:00 dave $russia
	check -vv
	[ "$(counted)" = "alice=1 bob=1 dave=1 " ] || fail "counted: $(counted)"
	expect_output "*the last line of $log.1 has no end*left out*"
	check -vv
	[ "$(counted)" = "alice=1 bob=1 dave=1 " ] || fail "counted: $(counted)"
}

@test "a log that was empty at the first run, and was copied and truncated before the second, loses nothing" {
	: >"$log"
	now=10:05:00
	check
	now=10:20:00
	login 10:06:00 alice $russia
	cp "$log" "$log.1"
	: >"$log"
	login 10:09:00 dave $russia
	for _ in 1 2; do
		check -vv
		[ "$(counted)" = "alice=1 dave=1 " ] || fail "counted: $(counted)"
	done
}

# ---- Holes ----

@test "a hole of a tebibyte is passed over, and what is behind it is read" {
	setup_log
	truncate -s 1T "$log" || skip "no file can be so large here"
	check -vv
	[ "$(counted)" = "alice=1 bob=1 " ] || fail "counted: $(counted)"
	login 10:08:00 carol $brazil
	check -vv
	[ "$(counted)" = "alice=1 bob=1 carol=1 " ] || fail "counted: $(counted)"
}

@test "a hole in the middle of a line is passed over, too" {
	setup_log
	printf 'Feb 25 10:08:00 mail postfix/smtpd[1]: torn' >>"$log"
	truncate -s 100G "$log" || skip "no file can be so large here"
	login 10:08:00 carol $brazil
	check -vv
	[ "$(counted)" = "alice=1 bob=1 carol=1 " ] || fail "counted: $(counted)"
}

# ---- What is said is true ----

@test "a packed old file that is damaged is told, not called gone" {
	needs libarchive
	setup_log
	noise 2000
	login 10:18:00 carol $brazil
	check
	login 10:18:30 dave $russia
	gzip -c "$log" | head -c 2000 >"$log.1.gz"
	rm "$log"
	login 10:19:00 erin $russia
	check -vv
	expect_output "*could not be read: *$log.1.gz may be it, but it is damaged or cut off*"
	refuse_output "*is gone*"
}

@test "a time of the future is none of those between which lines were lost" {
	login 10:06:00 alice $russia
	sed 's/2014-02-25/2030-01-01/' "$log" >>"$log"
	check
	rm "$log"
	login 10:09:00 dave $russia
	check
	expect_output "*lines before 2014-02-25T10:09:00 could not be read: *"
	refuse_output "*2030*could not be read*"
}

@test "a log that is held up holds up no other one" {
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log.1"
	chmod 000 "$log.1"
	login 10:09:00 dave $russia
	log=$BATS_TEST_TMPDIR/other.log login 10:10:00 erin $russia
	ordinary true 2>ordinary || skip "root's capabilities can't be dropped here"
	run ordinary timeout 120 "$plugin" --home=US "--geo=$geo" --at=2014-02-25T10:20:00Z -vv "$log" "$BATS_TEST_TMPDIR/other.log"
	[ "$(counted)" = "erin=1 " ] || fail "counted: $(counted)"
	chmod 644 "$log.1"
	run timeout 120 "$plugin" --home=US "--geo=$geo" --at=2014-02-25T10:20:00Z -vv "$log" "$BATS_TEST_TMPDIR/other.log"
	[ "$(counted)" = "alice=1 bob=1 carol=1 dave=1 erin=1 " ] || fail "counted: $(counted)"
}

@test "a directory that can't be listed is told when a rotated file must be looked for" {
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log.1"
	login 10:09:00 dave $russia
	chmod 311 .
	check_as_ordinary_user -vv
	chmod 755 .
	[ "$(counted)" = "alice=1 bob=1 " ] || fail "counted: $(counted)"
	expect_output "*the directory $BATS_TEST_TMPDIR/ can't be listed: Permission denied*"
	has alice=1 bob=1 carol=1 dave=1
}
