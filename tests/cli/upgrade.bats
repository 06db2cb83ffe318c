#!/usr/bin/env bats
# upgrade.bats - a state of an older version goes on exactly where it ended
#
# tests/fixtures/state-5/ is what the version before left behind: its state, and the logs that it
# had read.
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# The state and its logs, as if they had always been here.
old_state() {
	cp "$top/tests/fixtures/state-5/now" mail.log
	cp "$top/tests/fixtures/state-5/before" mail.log.1
	state=$BATS_TEST_TMPDIR/state.db
	sed -e "s|@DIRECTORY@|$BATS_TEST_TMPDIR|g; s|@DEVICE@|$(stat -c %d mail.log)|g" \
		-e "s|@INODE@|$(stat -c %i mail.log)|g; s|@INODE_1@|$(stat -c %i mail.log.1)|g" \
		"$top/tests/fixtures/state-5/state.sql" | sqlite3 "$state"
	chmod 600 "$state"
	log=$BATS_TEST_TMPDIR/'mail*.log'
	queue_id=10
}

# has USER[=COUNT]...: a run counts exactly these and has lost nothing, and so does a second one.
has() {
	local pass
	for pass in 1 2; do
		check "--state=$state"
		expect_users "$@"
		expect_metric lost_lines=0
		refuse_output "*could not be read*"
		refuse_output "*damaged*"
	done
}

# login_in FILE TIME USER ADDRESS
login_in() {
	local log=$1
	login "$2" "$3" "$4"
}

@test "a state of version 5 knows what it knew, and reads nothing twice" {
	old_state
	has alice bob carol zoe
	[ "$(sqlite3 "$state" "SELECT schema_version FROM meta")" -ge 7 ] || fail "it was not converted"
}

@test "a state of version 5 goes on in the log, and finds late lines in the one before" {
	old_state
	login_in mail.log.1 10:10:00 late $russia
	login_in mail.log 10:11:00 dave $brazil
	has alice bob carol zoe late dave
	login_in mail.log.1 10:12:00 later $russia
	login_in mail.log 10:13:00 erin $brazil
	has alice bob carol zoe late dave later erin
}

@test "a state of version 5 finds its log after a rotation" {
	old_state
	login_in mail.log 10:11:00 dave $brazil
	mv mail.log.1 mail.log.2
	mv mail.log mail.log.1
	login_in mail.log 10:12:00 erin $brazil
	has alice bob carol zoe dave erin
}

@test "a state of version 5 finds its log by its bytes, when it was copied elsewhere" {
	old_state
	sqlite3 "$state" "UPDATE log_position SET inode = inode + 1 WHERE age < 2"
	login_in mail.log 10:11:00 dave $brazil
	has alice bob carol zoe dave
}

@test "a log that had gone in a state of version 5 is not told again" {
	old_state
	has alice bob carol zoe
	[ "$(sqlite3 "$state" "SELECT count(*) FROM log_rest WHERE is_gone")" -eq 1 ] ||
		fail "it is not at rest"
}

@test "a position of version 5 that can't be is damage" {
	old_state
	sqlite3 "$state" "UPDATE log_position SET head_length = 257 WHERE age = 0"
	log=$BATS_TEST_TMPDIR/mail.log
	check "--state=$state"
	expect_output "*the state was damaged; it is kept as*"
	expect_users alice bob carol
}
