# helper.bash - what the command-line tests share
#
# A test writes a log with `login` and `line`, sets `now`, runs `check`, and says what it expects. Everything is below
# $BATS_TEST_TMPDIR. The times of day are those of 25 February 2014, UTC.
#
# SPDX-License-Identifier: GPL-3.0-or-later

export LC_ALL=C TZ=UTC
PATH=$PATH:/usr/sbin:/sbin # where servers are; not on every user's path
umask 022

top=$(cd "${srcdir:-$BATS_TEST_DIRNAME/../..}" && pwd)
plugin=${CHECK_MAIL_GEO:-$top/build/check_mail_geo}
database=$top/tests/fixtures/geo/test-country.mmdb

# Where test-country.mmdb places these.
russia=77.88.8.8
china=114.114.114.114
brazil=200.160.2.3
netherlands=193.0.6.139
america=8.8.8.8
nowhere=9.9.9.9 # known, without a country

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir home temporary
	export HOME=$BATS_TEST_TMPDIR/home TMPDIR=$BATS_TEST_TMPDIR/temporary MP_STATE_PATH=$BATS_TEST_TMPDIR/state
	unset NAGIOS_PLUGIN_STATE_DIRECTORY MP_CONFIG_FILE NAGIOS_CONFIG_PATH
	log=$BATS_TEST_TMPDIR/mail.log
	home=US
	geo=mmdb:$database
	now=10:20:00
	queue_id=0
}

# What a test closed can be removed, also by an ordinary user.
teardown() {
	chmod -R u+rwX "$BATS_TEST_TMPDIR"
}

# ---- The log ----

# line TIME TEXT: a line of any daemon; TEXT begins with its tag.
line() {
	printf '2014-02-25T%s.000000+00:00 mail %s\n' "$1" "$2" >>"$log"
}

# login TIME USER ADDRESS: the line that Postfix writes for a message of an authenticated user.
login() {
	queue_id=$((queue_id + 1))
	line "$1" "postfix/submission/smtpd[214]: 4X$queue_id: client=unknown[$3], sasl_method=PLAIN, sasl_username=$2"
}

# logins COUNT TIME USER ADDRESS: of USER1, USER2, ... (A loop of bash is slow under bats, which traces it.)
logins() {
	awk -v count="$1" -v time="$2" -v user="$3" -v address="$4" 'BEGIN {
		for (i = 1; i <= count; i++)
			printf "2014-02-25T%s.000000+00:00 mail postfix/smtpd[1]: 5X%d: client=unknown[%s], sasl_method=PLAIN, sasl_username=%s%d\n",
				time, i, address, user, i
	}' >>"$log"
}

# noise COUNT: lines of no interest, from 10:05 on, one a second.
noise() {
	awk -v count="$1" 'BEGIN {
		for (i = 0; i < count; i++)
			printf "2014-02-25T10:%02d:%02d.000000+00:00 mail postfix/qmgr[1]: 4Y%d: removed\n", 5 + int(i / 60), i % 60, i
	}' >>"$log"
}

# ---- The plugin ----

# plugin_with OPTION...: as it is, without --home, --geo, --at and a log. A run that hangs is ended (exit state 124); on a machine that
# is busy one can take long.
plugin_with() {
	run timeout 120 "$plugin" "$@"
}

# check OPTION...: with time enough for a busy machine, at $now, for $home, with the database $geo, on $log (on none if that is empty).
check() {
	plugin_with "--home=$home" "--geo=$geo" "--at=2014-02-25T${now}Z" --timeout=60 "$@" ${log:+"$log"}
}

# Permissions don't bind root: without its capabilities they do, and all files stay its own.
ordinary() {
	if [ "$(id -u)" -ne 0 ]; then
		"$@"
	else
		setpriv --bounding-set=-all --inh-caps=-all "$@"
	fi
}

check_as_ordinary_user() {
	ordinary true 2>"$BATS_TEST_TMPDIR/ordinary" || skip "root's capabilities can't be dropped here"
	run ordinary timeout 120 "$plugin" "--home=$home" "--geo=$geo" "--at=2014-02-25T${now}Z" "$@" "$log"
}

# needs LIBRARY: what the program can be built without (see -V -v).
needs() {
	"$plugin" -V -v | grep -q "$1.*: yes" || skip "built without $1"
}

# ---- What is expected ----

fail() {
	printf '%s\n' "$@" "exit state: $status" "output:" "$output" >&2
	return 1
}

# expect STATE PATTERN: the exit state, and what the whole first line matches, as a shell pattern.
expect() {
	[ "$status" -eq "$1" ] || fail "expected exit state $1"
	# shellcheck disable=SC2053 # a pattern
	[[ ${lines[0]} == $2 ]] || fail "expected first line: $2"
}

# expect_unknown PATTERN: UNKNOWN, with a reason that matches: one sentence, before the performance data if there is any.
expect_unknown() {
	[ "$status" -eq 3 ] || fail "expected exit state 3"
	local reason=${lines[0]%%|*}
	# shellcheck disable=SC2053
	[[ $reason == "MAIL GEO UNKNOWN - "$1 ]] || fail "expected: MAIL GEO UNKNOWN - $1"
	[ ${#reason} -le 1000 ] || fail "that is no sentence any more"
	[[ $reason != *can\?t* && $reason != *' ?? '* ]] || fail "the reason is garbled"
	[ -z "$(find . -name 'core*')" ] || fail "it dumped core"
}

expect_output() {
	# shellcheck disable=SC2053
	[[ $output == $1 ]] || fail "expected output: $1"
}

refuse_output() {
	# shellcheck disable=SC2053
	[[ $output != $1 ]] || fail "unexpected output: $1"
}

# expect_metric NAME=VALUE...: in the performance data; VALUE without unit and thresholds.
expect_metric() {
	local wanted perfdata=" ${lines[0]#*|}"
	for wanted; do
		[[ $perfdata =~ \ ${wanted%%=*}=([0-9U]+) ]] || fail "no metric ${wanted%%=*}"
		[ "${BASH_REMATCH[1]}" = "${wanted#*=}" ] || fail "expected $wanted"
	done
}

# refuse_metric NAME...: it is left out.
refuse_metric() {
	local unwanted
	for unwanted; do
		[[ " ${lines[0]#*|}" != *" $unwanted="* ]] || fail "there is a metric $unwanted"
	done
}

# expect_users USER[=COUNT]...: exactly these are counted, each so often (once if it isn't said). A sum would take one that is lost and
# one that is counted twice for right. The text names users from abroad alone: so all must be, and not more than 20.
expect_users() {
	local user total=0 wanted= counted
	for user; do
		[[ $user == *=* ]] || user=$user=1
		wanted+=$user$'\n'
		total=$((total + ${user##*=}))
	done
	wanted=$(printf %s "$wanted" | sort)
	counted=$(sed -n 's/^\([^ ]*\): \([0-9]*\) logins\{0,1\} from .*/\1=\2/p' <<<"$output" | sort)
	[ "$wanted" = "$counted" ] || fail "expected users:" "$wanted" "counted:" "$counted"
	expect_metric "logins=$total"
}

# The only file of the default state; fails if there isn't exactly one.
default_state() {
	find "$MP_STATE_PATH" -name '*.db' | {
		read -r first && ! read -r _ && echo "$first"
	}
}
