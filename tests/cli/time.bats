#!/usr/bin/env bats
# time.bats - which time a line has, and which logins the window holds
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# stamped TIME [USER]: a login of a line that begins with TIME, in whatever form.
stamped() {
	queue_id=$((queue_id + 1))
	echo "$1 mail postfix/smtpd[1]: 4X$queue_id: client=unknown[$russia], sasl_method=PLAIN, sasl_username=${2:-alice}" >>"$log"
}

# check_at TIME OPTION...: TIME is RFC 3339.
check_at() {
	plugin_with "--home=$home" "--geo=$geo" "--at=$1" "${@:2}" "$log"
}

# expect_logins TIME...: the times that -vv prints, in order.
expect_logins() {
	local found
	found=$(sed -n 's/^  \([^ ]*\) .* from IP .*/\1/p' <<<"$output" | sort | tr '\n' ' ')
	[ "$found" = "$* " ] || fail "expected logins at $*, found at $found"
}

# ---- The forms of a time ----

@test "each form of a time is the same moment" {
	for form in "Feb 25 10:11:12" "2014-02-25T10:11:12Z" "2014-02-25T10:11:12.914250+00:00" "2014-02-25T11:11:12+0100" \
	    "2014-02-25T05:11:12.1-05:00" "2014-02-25 10:11:12" "2014-02-25 10:11:12.603" "2014-02-25 10:11:12,603" \
	    "2014-02-25T10:11:12" "Feb 25 10:11:12.123"; do
		stamped "$form"
	done
	check_at 2014-02-25T10:20:00Z
	expect_metric logins=10 log_age=528
}

@test "a day below ten may be padded by a blank or by a zero" {
	stamped "Mar  3 10:11:12" alice
	stamped "Mar 03 10:11:13" bob
	check_at 2014-03-03T10:20:00Z -vv
	expect_logins 2014-03-03T10:11:12 2014-03-03T10:11:13
}

# ---- Years ----

@test "lines of the old year are read in the new one" {
	stamped "Dec 31 23:58:00" alice
	stamped "Jan  1 00:01:00" bob
	check_at 2015-01-01T00:05:00Z -vv
	expect_logins 2014-12-31T23:58:00 2015-01-01T00:01:00
	check_at 2015-01-01T00:05:00Z
	expect_metric logins=2
}

@test "a log host whose clock is a little ahead is already in the new year" {
	stamped "Jan  1 00:00:30" alice
	check_at 2014-12-31T23:59:50Z --no-state -vv
	expect_logins 2015-01-01T00:00:30
}

@test "a line of 29 February is of a leap year, whenever it is read" {
	stamped "Feb 29 10:11:12" alice
	check_at 2016-02-29T10:20:00Z --no-state -vv
	expect_logins 2016-02-29T10:11:12
	check_at 2016-03-01T00:20:00Z --no-state -vv --window=1d
	expect_logins 2016-02-29T10:11:12
	check_at 2017-11-23T00:20:00Z --no-state -vv --window=all
	expect_logins 2016-02-29T10:11:12
}

@test "the year of a log is not asked from a window of months" {
	stamped "Nov 23 10:11:12" alice
	check_at 2014-11-23T10:20:00Z --no-state
	expect_metric logins=1
	check_at 2015-02-25T10:20:00Z --no-state --window=200d -vv
	expect_logins 2014-11-23T10:11:12
}

# ---- Zones and summer time ----

@test "a time without a zone is of the machine's zone" {
	stamped "Feb 25 11:11:12"
	TZ=Europe/Berlin check_at 2014-02-25T10:20:00Z -vv
	expect_logins 2014-02-25T11:11:12
	expect_metric logins=1 log_age=528
}

@test "an hour that the clocks skip is read as the one after it" {
	stamped "Mar 30 01:59:00" alice
	stamped "Mar 30 03:01:00" bob
	TZ=Europe/Berlin check_at 2014-03-30T01:05:00Z
	expect_metric logins=2 log_age=240
	stamped "Mar  9 01:59:00" carol
	stamped "Mar  9 03:01:00" dave
	TZ=America/New_York check_at 2014-03-09T07:05:00Z --no-state
	expect_metric log_age=240
}

@test "a login in the hour that the clocks repeat counts, the first time and the second" {
	stamped "Oct 26 02:30:00" alice
	TZ=Europe/Berlin check_at 2014-10-26T00:35:00Z --state=s
	expect_metric logins=1
	stamped "Oct 26 02:30:00" bob
	TZ=Europe/Berlin check_at 2014-10-26T01:35:00Z --state=s
	[[ $output == *bob* ]] || fail "the second 02:30 was not counted"
}

@test "a log of a host in another zone is read with --log-timezone; what is printed is local" {
	stamped "Feb 25 19:11:12"
	check_at 2014-02-25T10:20:00Z --no-state
	expect_metric logins=1 log_age=0
	check_at 2014-02-25T10:20:00Z --no-state --log-timezone=Asia/Tokyo -vv
	expect_metric logins=1 log_age=528
	expect_logins 2014-02-25T10:11:12
	check_at 2014-02-25T10:20:00Z --no-state --log-timezone=JST-9
	expect_metric log_age=528
	check_at 2014-02-25T10:20:00Z --no-state --log-timezone=Mars/Olympus
	expect_unknown "*Mars/Olympus*"
}

# ---- The window ----

@test "a login counts for one window from its own time, and the alert ends by itself" {
	stamped 2014-02-25T10:11:12Z
	check_at 2014-02-25T10:12:00Z
	expect_metric logins=1
	check_at 2014-02-25T10:26:11Z
	expect_metric logins=1
	check_at 2014-02-25T10:26:12Z
	expect_metric logins=0
}

@test "a login that an outage hid counts for one window from when it was seen" {
	stamped 2014-02-25T06:00:00Z old
	check_at 2014-02-25T06:01:00Z
	stamped 2014-02-25T06:11:12Z
	check_at 2014-02-25T10:20:00Z -vv
	expect_metric logins=1
	expect_logins 2014-02-25T06:11:12
	check_at 2014-02-25T10:34:59Z
	expect_metric logins=1
	check_at 2014-02-25T10:35:00Z
	expect_metric logins=0
}

@test "a login with a time of the future counts for one window from now" {
	stamped 2014-02-25T18:00:00Z
	check_at 2014-02-25T10:20:00Z
	expect_metric logins=1 log_age=0
	check_at 2014-02-25T10:35:00Z
	expect_metric logins=0
	check_at 2014-02-25T18:05:00Z
	expect_metric logins=0
}

@test "a clock that steps back between two lines loses none of them" {
	stamped 2014-02-25T10:15:00Z alice
	check_at 2014-02-25T10:15:10Z
	stamped 2014-02-25T10:11:00Z bob
	stamped 2014-02-25T10:11:30Z carol
	check_at 2014-02-25T10:12:00Z
	expect_metric logins=3
	check_at 2014-02-25T10:16:00Z
	expect_metric logins=3
}

@test "a first run in a log whose clock stepped back finds the lines behind the step" {
	stamped 2014-02-25T10:15:00Z alice
	noise 300
	stamped 2014-02-25T10:06:00Z bob
	check
	expect_metric logins=2
}
