#!/usr/bin/env bats
# rotation.bats - a log is followed exactly once through all that happens to logs
#
# The situations are those that check_logfiles' own tests try (its t/004 rotation, 010 gzrotation, 035 chaosrotations,
# 059 rotatewait, 087 randominode, 032 encoding, 050 perms, 061 maxlength), and those of logrotate(8), rsyslog, postlogd and
# file systems. Here each has a name that says what must happen.
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# has USER[=COUNT]...: a run counts exactly these, says nothing of lost lines, and a second one right after it says the same.
has() {
	check
	expect_users "$@"
	refuse_output "*could not be read*"
	check
	expect_users "$@"
	refuse_output "*could not be read*"
}

# has_lost PATTERN USER[=COUNT]...: exactly these are counted, and the loss is said, once.
has_lost() {
	local pattern=$1
	shift
	check
	expect_users "$@"
	expect_output "*lines $pattern could not be read: *"
	check
	expect_users "$@"
	refuse_output "*could not be read*"
}

# The first run of most tests: two logins are known, and where the log ends.
setup_log() {
	login 10:06:00 alice $russia
	login 10:07:00 bob $china
	has alice bob
}

packer() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

# ---- Renamed and created (004) ----

@test "the rest of a renamed log is read, then the new one" {
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log.1"
	login 10:09:00 dave $russia
	has alice bob carol dave
}

@test "a log that is renamed to .0 is found" {
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log.0"
	login 10:09:00 dave $russia
	has alice bob carol dave
}

@test "a log that is renamed to a name of its own choice is found by its inode" {
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$BATS_TEST_TMPDIR/mail.old"
	login 10:09:00 dave $russia
	has alice bob carol dave
}

@test "three rotations between two runs are all read" {
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log.3"
	login 10:09:00 dave $russia
	mv "$log" "$log.2"
	login 10:10:00 erin $russia
	mv "$log" "$log.1"
	login 10:11:00 frank $russia
	has alice bob carol dave erin frank
}

@test "names with a date are in its order, whatever the files' times are" {
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log-20140223"
	login 10:09:00 dave $russia
	mv "$log" "$log-20140224"
	login 10:10:00 erin $russia
	mv "$log" "$log-20140225"
	touch -d '2014-02-20 12:00' "$log"-*
	login 10:11:00 frank $russia
	has alice bob carol dave erin frank
}

@test "names with a date and a time, and with the date before the ending, are found" {
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log.20140225-100830"
	login 10:09:00 dave $russia
	has alice bob carol dave
	mv "$log" "$BATS_TEST_TMPDIR/mail-20140225.log"
	login 10:10:00 erin $russia
	has alice bob carol dave erin
}

@test "equal times of all files change nothing" {
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log.2"
	login 10:09:00 dave $russia
	mv "$log" "$log.1"
	login 10:10:00 erin $russia
	touch -d '2014-02-25 10:10' "$log"*
	has alice bob carol dave erin
}

@test "a new log that gets the inode of a removed one is read from its begin" {
	setup_log
	cp "$log" "$log.1"
	: >"$log"
	login 10:08:00 carol $brazil
	login 10:09:00 dave $russia
	login 10:10:00 erin $russia
	has alice bob carol dave erin
}

# ---- Copied and truncated ----

@test "what was logged before a copy was made is read in the copy" {
	setup_log
	login 10:08:00 carol $brazil
	cp "$log" "$log.1"
	: >"$log"
	login 10:09:00 dave $russia
	has alice bob carol dave
}

@test "a log that was truncated and grew past the old position is noticed, and said" {
	setup_log
	: >"$log"
	noise 5
	login 10:08:00 carol $brazil
	login 10:09:00 dave $russia
	login 10:10:00 erin $russia
	has_lost "after 2014-02-25T10:07:00" alice bob carol dave erin
}

@test "a log that is truncated to nothing is said when the next lines come" {
	setup_log
	: >"$log"
	login 10:08:00 carol $brazil
	has_lost "between 2014-02-25T10:07:00 and 2014-02-25T10:08:00" alice bob carol
}

# ---- Packed (010) ----

packed_at_once() {
	needs libarchive
	packer "$1"
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log.1"
	"$1" -q "$log.1"
	[ ! -e "$log.1" ] || rm "$log.1"
	login 10:09:00 dave $russia
	has alice bob carol dave
}

@test "a log that was packed by gzip goes on where it was read up to" { packed_at_once gzip; }
@test "a log that was packed by bzip2 goes on where it was read up to" { packed_at_once bzip2; }
@test "a log that was packed by xz goes on where it was read up to" { packed_at_once xz; }
@test "a log that was packed by zstd goes on where it was read up to" { packed_at_once zstd; }

@test "several packed ones and one that is not yet are read in order" {
	needs libarchive
	packer xz
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log.3" && gzip "$log.3"
	login 10:09:00 dave $russia
	mv "$log" "$log.2" && xz "$log.2"
	login 10:10:00 erin $russia
	mv "$log" "$log.1"
	login 10:11:00 frank $russia
	has alice bob carol dave erin frank
}

@test "packing a rotated log that was read already changes nothing" {
	needs libarchive
	setup_log
	mv "$log" "$log.1"
	login 10:09:00 dave $russia
	has alice bob dave
	gzip "$log.1"
	has alice bob dave
	mv "$log.1.gz" "$log.2.gz"
	mv "$log" "$log.1"
	login 10:10:00 erin $russia
	has alice bob dave erin
}

@test "while a log is being packed the plain one is read" {
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log.1"
	gzip -c "$log.1" | head -c 40 >"$log.1.gz"
	login 10:09:00 dave $russia
	has alice bob carol dave
}

@test "a packed log that is damaged is said, with what could be read of it" {
	needs libarchive
	setup_log
	noise 2000
	login 10:18:00 carol $brazil
	mv "$log" "$log.1"
	gzip "$log.1"
	truncate -s -40 "$log.1.gz"
	login 10:19:00 dave $russia
	check
	expect_users alice bob dave
	expect_output "*could not be read: *"
	check
	expect_users alice bob dave
}

# ---- Nothing there yet (059) ----

@test "between the renaming and the new log the renamed one is the log" {
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log.1"
	has alice bob carol
	has alice bob carol
	log=$log.1 login 10:09:00 dave $russia
	has alice bob carol dave
	login 10:10:00 erin $russia
	has alice bob carol dave erin
}

@test "a new log that is empty waits, and lines that come late into the renamed one are read" {
	setup_log
	mv "$log" "$log.1"
	: >"$log"
	has alice bob
	log=$log.1 login 10:08:00 carol $brazil
	has alice bob carol
	login 10:09:00 dave $russia
	has alice bob carol dave
	log=$log.1 login 10:08:30 erin $russia
	has alice bob carol dave erin
}

# ---- All sorts in a row (035) ----

@test "renaming, copying, packing and deleting in a row lose nothing" {
	needs libarchive
	setup_log
	for round in 1 2 3; do
		[ ! -e "$log.2.gz" ] || rm "$log.2.gz"
		[ ! -e "$log.1" ] || { gzip "$log.1" && mv "$log.1.gz" "$log.2.gz"; }
		login "10:1$round:00" carol $brazil
		if [ "$round" = 2 ]; then
			cp "$log" "$log.1"
			: >"$log"
		else
			mv "$log" "$log.1"
		fi
		login "10:1$round:30" dave $russia
		has alice bob "carol=$round" "dave=$round"
	done
}

@test "a log that was rotated away altogether is said with its times" {
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log.1"
	login 10:09:00 dave $russia
	rm "$log.1"
	has_lost "between 2014-02-25T10:07:00 and 2014-02-25T10:09:00" alice bob dave
}

# ---- Another inode each time (087), another device, links ----

@test "a log that was rotated while it was empty is missed when all of it is gone" {
	login 10:06:00 alice $russia
	mv "$log" "$log-20140223"
	: >"$log"
	has alice
	mv "$log" "$log-20140224"
	: >"$log"
	has alice
	mv "$log" "$log-20140225"
	: >"$log"
	has alice
	login 10:12:00 bob $china
	rm "$log"-*
	: >"$log" # with the inode that it had
	has_lost "*" alice
}

@test "the first line of a renamed log that came late is read, though the log was empty when it was found" {
	login 10:06:00 alice $russia
	mv "$log" "$log-20140225-100600"
	gzip "$log-20140225-100600"
	login 10:12:00 bob $china
	mv "$log" whole
	head -c 60 whole >"$log-20140225-101200"
	: >"$log-20140225-101300"
	ln -s "$log-20140225-101300" "$log"
	has alice
	tail -c +61 whole >>"$log-20140225-101200"
	has alice bob
}

@test "a log whose inode changes from run to run is the same log" {
	setup_log
	for round in 1 2 3; do
		cp -p "$log" copy
		login "10:1$round:00" carol $brazil
		tail -n 1 "$log" >>copy
		mv copy "$log"
		has alice bob "carol=$round"
	done
}

@test "a log that was restored on another file system goes on" {
	[ -w /dev/shm ] || skip "/dev/shm is no second file system here"
	setup_log
	elsewhere=$(mktemp -p /dev/shm)
	cat "$log" >"$elsewhere"
	rm "$log"
	ln -s "$elsewhere" "$log"
	login 10:08:00 carol $brazil
	has alice bob carol
	rm "$elsewhere"
}

@test "a link that moves to the next file beside it is followed" {
	setup_log
	mv "$log" "$log-20140224"
	ln -s "$log-20140224" "$log"
	has alice bob
	login 10:08:00 carol $brazil
	ln -sf "$log-20140225" "$log"
	login 10:09:00 dave $russia
	has alice bob carol dave
}

@test "a link that moves into the directory of the next day is followed" {
	needs libarchive
	mkdir 2014-02-23 2014-02-24 2014-02-25
	ln -s 2014-02-23/mail.log "$log"
	setup_log
	login 10:08:00 carol $brazil
	ln -sf 2014-02-24/mail.log "$log"
	login 10:09:00 dave $russia
	gzip 2014-02-24/mail.log
	ln -sf 2014-02-25/mail.log "$log"
	login 10:10:00 erin $russia
	has alice bob carol dave erin
}

# ---- What is in the lines (032, 061) ----

@test "an unfinished last line waits until it is whole" {
	setup_log
	printf '2014-02-25T10:08:00.000000+00:00 mail postfix/smtpd[1]: 4X9: client=unknown[%s], sasl_method=PL' $russia >>"$log"
	has alice bob
	printf 'AIN, sasl_username=car' >>"$log"
	has alice bob
	echo ol >>"$log"
	has alice bob carol
}

@test "the unfinished last line of a log that is packed is a line" {
	needs libarchive
	setup_log
	login 10:08:00 carol $brazil
	truncate -s -1 "$log"
	has alice bob
	gzip "$log" && mv "$log.gz" "$log.1.gz"
	login 10:09:00 dave $russia
	has alice bob carol dave
}

@test "NULs that a crash of the logging host left hide no line" {
	setup_log
	head -c 5000 /dev/zero >>"$log"
	has alice bob
	login 10:08:00 carol $brazil
	has alice bob carol
}

@test "CR at the ends of lines, and bytes that are no UTF-8, do no harm" {
	setup_log
	login 10:08:00 carol $brazil
	sed -i 's/$/\r/' "$log"
	printf '2014-02-25T10:08:30+00:00 mail postfix/smtp[2]: \377\376\300\200 \351t\351\r\n' >>"$log"
	login 10:09:00 dave $russia
	check --no-state
	expect_users alice bob carol dave
}

@test "a line of ten mebibytes is skipped and said, and the next one is read" {
	setup_log
	head -c 10485760 /dev/zero | tr '\0' x >>"$log"
	check
	expect_users alice bob
	expect_output "*1 line of more than 65536 bytes skipped*"
	head -c 1000000 /dev/zero | tr '\0' x >>"$log"
	has alice bob
	echo >>"$log"
	login 10:08:00 carol $brazil
	has alice bob carol
	refuse_output "*skipped*"
}

# ---- What may not be read (050) ----

@test "a rotated log that may not be read holds the log up, and is told; then nothing is missing" {
	setup_log
	login 10:08:00 carol $brazil
	mv "$log" "$log.1"
	chmod 000 "$log.1"
	login 10:09:00 dave $russia
	check_as_ordinary_user
	expect_users alice bob
	expect_output "*$log.1, which may hold lines that were not read yet, can't be read: Permission denied*"
	chmod 644 "$log.1"
	has alice bob carol dave
}

@test "a log that was closed for a while goes on where it was" {
	setup_log
	login 10:08:00 carol $brazil
	chmod 000 "$log"
	check_as_ordinary_user
	[ "$status" -ne 0 ] || fail "that can't be OK"
	chmod 644 "$log"
	has alice bob carol
}

# ---- The first run ----

@test "the first run after a rotation reads what the window has in the rotated log" {
	login 10:06:00 alice $russia
	mv "$log" "$log.1"
	login 10:09:00 bob $russia
	has alice bob
}

@test "so it does if that is packed" {
	needs libarchive
	login 10:06:00 alice $russia
	mv "$log" "$log.1"
	gzip "$log.1"
	login 10:09:00 bob $russia
	has alice bob
}
