# world.bash - what the stories of tests/golden are written with
#
# A story writes logs with `login` and `line`, sets `now`, and runs the plugin with `check` (or
# `plugin`, as it is). Each run is one output. It stands in a directory of its own, with the
# databases of tests/fixtures/geo in geo/; its own files are in $case. The times of day are those of
# 25 February 2014, UTC.
#
# What can't be the same again must not be told: what time it is, how long something took, and the
# begin of a new log where the inode of an old one may be free (so hold the old one open).
#
# SPDX-License-Identifier: GPL-3.0-or-later

# Where test-country.mmdb places these.
russia=77.88.8.8
china=114.114.114.114
brazil=200.160.2.3
netherlands=193.0.6.139
america=8.8.8.8
nowhere=9.9.9.9 # known, without a country

# ---- The log ----

# line TIME TEXT: a line of any daemon; TEXT begins with its tag.
line() {
	printf '2014-02-25T%s.000000+00:00 mail %s\n' "$1" "$2" >>"$log"
}

# login TIME USER ADDRESS: the line that Postfix writes for a message of an authenticated user.
login() {
	queue_id=$((queue_id + 1))
	line "$1" "postfix/submission/smtpd[214]: 4X$queue_id: client=unknown[$3], \
sasl_method=PLAIN, sasl_username=$2"
}

# logins COUNT TIME USER ADDRESS: of USER1, USER2, ...
logins() {
	local i
	for ((i = 1; i <= $1; i++)); do login "$2" "$3$i" "$4"; done
}

# noise COUNT: lines of no interest, from 10:05 on, one a second.
noise() {
	local i time
	for ((i = 0; i < $1; i++)); do
		printf -v time '10:%02d:%02d' $((5 + i / 60)) $((i % 60))
		line "$time" "postfix/qmgr[1]: 4Y$i: removed"
	done
}

# to FILE COMMAND...: what COMMAND writes to the log goes to FILE.
to() {
	local log=$1
	"${@:2}"
}

# ---- The plugin ----

# begin_run TITLE WORD...: of a run; what it says is then appended to $transcript, or to
# $world.errors. Any version of bash shows the words in the same way.
begin_run() {
	local word text="\$ $1"
	for word in "${@:2}"; do
		word=${word:0:200}
		word=${word//[^[:print:]]/?}
		[[ -n $word && $word != *[!A-Za-z0-9_.,:=/@+-]* ]] || word="'$word'"
		text+=" $word"
	done
	echo "$text" >>"$transcript"
}

# end_run STATE: of the run.
end_run() {
	echo "(exit state $1)" >>"$transcript"
	[ ! -s "$world.errors" ] || sed 's/^/stderr: /' "$world.errors" >>"$transcript"
}

# The run that is told as TITLE OPTION...; the options in `before` and `after` are not told.
run_as() {
	begin_run "$@"
	$confined "$plugin" "${before[@]}" "${@:2}" "${after[@]}" >>"$transcript" 2>"$world.errors"
	end_run $?
}

# plugin OPTION...: as it is, without --home, --geo, --at and a log.
plugin() {
	local before=() after=()
	run_as check_mail_geo "$@"
}

# check OPTION...: at $now, for $home, with the database $geo, on $log (on none if that is empty),
# with time enough for a busy machine.
check() {
	local before=("--home=$home" "--geo=$geo" "--at=2014-02-25T${now}Z" --timeout=60)
	local after=(${log:+"$log"})
	run_as check "$@"
}

# check_without_rights OPTION...: as an ordinary user. Permissions don't bind root: without its
# capabilities they do.
check_without_rights() {
	[ "$(id -u)" -ne 0 ] || confined='setpriv --bounding-set=-all --inh-caps=-all'
	$confined true 2>/dev/null || skip "root's capabilities can't be dropped here"
	check "$@"
	confined=
}

# summed COMMAND...: the answer to it is pinned by its sum, as it is too long to be kept. Where two
# programs are compared it is whole.
summed() {
	local transcript=$world.long
	"$@"
	{
		if [ -n "$is_whole" ]; then
			cat "$transcript"
		else
			echo "\$ $*"
			sed -f "$root/words" "$transcript" | cksum
		fi
	} >>"$world.transcript"
	rm "$transcript"
}

# ---- What a story needs ----

skip() {
	echo "$1" >"$world.skipped"
	exit 77
}

# needs NAME...: a library that the plugin was built with, as -V -v has it, or a program.
needs() {
	local name
	for name; do
		grep -q "$name.*: yes\|: $name\$" <<<"$built_with" || command -v "$name" >/dev/null ||
			skip "there is no $name"
	done
}
