#!/usr/bin/env bats
# place.bats - where the state may be: nobody else can change it, and nothing is advised that would let him
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# A place that other users can reach, with a copy of the plugin, a log and a database; $other is a user without rights.
other=65534
open_place() {
	[ "$(id -u)" -eq 0 ] || skip "only root can be another user"
	setpriv --reuid=$other --regid=$other --clear-groups true 2>/dev/null || skip "no other user can be had here"
	world=$(mktemp -d "/tmp/place.XXXXXX")
	chmod 755 "$world"
	cp "$plugin" "$world/plugin"
	cp "$database" "$world/country.mmdb"
	log=$world/mail.log
	login 10:10:00 alice $russia
	mkdir "$world/home"
	chown $other "$world/home"
	usual=$("$plugin" --help | sed -n 's/^ *\(\/.*lib\/check_mail_geo\)$/\1/p')
	[ -n "$usual" ] || fail "--help doesn't say where"
	as_other test -x "$world/plugin" || skip "other users can't run the plugin here"
	as_other "$world/plugin" --version >/dev/null || [ $? -eq 3 ] || skip "other users can't run the plugin here"
	as_other test ! -e "$usual/$other" -a ! -w "$usual" -a ! -w "${usual%/*}" || skip "this machine has a place for user $other"
}

teardown() {
	chmod -R u+rwX "$BATS_TEST_TMPDIR"
	[ -z "$world" ] || rm -rf "$world"
}

as_other() {
	env -u MP_STATE_PATH -u XDG_STATE_HOME HOME="$world/home" setpriv --reuid=$other --regid=$other --clear-groups "$@"
}

check_as_other() {
	run as_other timeout 120 "${program:-$world/plugin}" "--home=$home" "--geo=mmdb:$world/country.mmdb" "--at=2014-02-25T${now}Z" \
		"$@" "$log"
}

# ---- Who may write beside it ----

@test "a directory where others may write holds no state, sticky or not, and no journal in it is played back" {
	local mode
	home=RU
	login 10:10:00 alice $russia
	mkdir shared
	check --state=shared/s.db
	expect 0 "*"
	cp -p shared/s.db before.db
	echo "planted" >shared/s.db-journal
	for mode in 1777 777 1770 775; do
		chmod $mode shared
		check --state=shared/s.db
		expect_unknown "others may write in the directory */shared, and * --state=*/shared/check_mail_geo/s.db*"
		refuse_output *ch[mo][ow]*
		cmp shared/s.db before.db
		[ -e shared/s.db-journal ] || fail "the journal was used"
	done
}

@test "what it advises instead works" {
	home=RU
	login 10:10:00 alice $russia
	mkdir -m 1777 shared
	check --state=shared/check_mail_geo/s.db
	expect 0 "*"
	[ "$(stat -c %a shared/check_mail_geo shared/check_mail_geo/s.db | tr '\n' ' ')" = "700 600 " ] || fail "$(ls -lR shared)"
	check --state=shared/check_mail_geo/s.db
	expect 0 "MAIL GEO OK - 1 login *"
}

@test "above it others may write where it is sticky, and not where it isn't" {
	home=RU
	login 10:10:00 alice $russia
	mkdir -p shared/ours
	chmod 1777 shared
	check --state=shared/ours/s.db
	expect 0 "*"
	chmod 777 shared
	check --state=shared/ours/s.db
	expect_unknown "everybody may write in the directory */shared, in which the state's is*"
}

@test "a directory of another user above it is refused" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give a directory away"
	home=RU
	login 10:10:00 alice $russia
	mkdir -p theirs/ours
	chown $other theirs
	check --state=theirs/ours/s.db
	expect_unknown "the directory */theirs, in which the state's is, belongs to another user (uid $other)*"
}

# ---- Advice ----

@test "it never advises to give away what it didn't make" {
	local place
	open_place
	home=RU
	for place in /etc/x.db /x.db /root/x.db /root/x/y.db /etc/passwd /tmp/x.db; do
		check_as_other --state=$place
		[ "$status" -eq 3 ] || fail "expected exit state 3"
		expect_output *--state*
		[[ $output != *" -m 700 ${place%/*} "* && $output != *chmod* ]] || fail "it would give away ${place%/*}"
		refuse_output *chown*
	done
}

@test "a quote in the path runs nothing when the advice is pasted" {
	local name=$'a\';touch pwned;\'b'
	home=RU
	login 10:10:00 alice $russia
	check "--state=$name.db"
	expect 0 "*"
	chmod 666 "$name.db"
	check "--state=$name.db"
	expect_unknown "others may write the state *chmod 600 *"
	bash -c "${output##*if it is a state: }" || :
	[ ! -e pwned ] || fail "it ran"
	mkdir "$name"
	chmod 1777 "$name"
	check "--state=$name/x.db"
	expect_unknown "others may write in the directory *"
	bash -c "echo ${output##*is made: }" >/dev/null || :
	[ ! -e pwned ] || fail "it ran"
}

# ---- Where it is without --state ----

@test "without a place of its own a user's state is below the home" {
	open_place
	check_as_other -vv
	expect 1 "MAIL GEO WARNING - alice *"
	expect_output *"state: $world/home/.local/state/check_mail_geo/"*.db*
	check_as_other -vv
	expect_metric logins=1
	run as_other env XDG_STATE_HOME="$world/home/xdg" "$world/plugin" --home=US "--geo=mmdb:$world/country.mmdb" -vv "$log"
	expect_output *"state: $world/home/xdg/check_mail_geo/"*.db*
}

@test "without a home either it says the one command, and still looks" {
	open_place
	chmod 555 "$world/home"
	chown 0 "$world/home"
	check_as_other
	expect 1 "MAIL GEO WARNING - alice *; can't make the directory *: Permission denied; as root: install -d -o $other -m 700 $usual/$other*"
	home=RU
	check_as_other
	expect_unknown "can't make the directory *; as root: install -d -o $other -m 700 $usual/$other*"
}

# ---- With rights of another ----

@test "a setuid copy takes neither --state nor a place from its caller" {
	open_place
	program=$world/setuid
	cp "$plugin" "$program"
	chown 65533 "$program"
	chmod 4755 "$program"
	mkdir -m 777 "$world/theirs"
	check_as_other "--state=$world/theirs/s.db"
	[[ $output != *alice* ]] || skip "this file system knows no setuid"
	[[ $output != *LeakSanitizer* ]] || skip "LeakSanitizer can't look into a setuid program"
	expect_unknown "--state=$world/theirs/s.db: a file can't be named in a run with rights that its caller hasn't*"
	mkdir "$world/places"
	chown 65533 "$world/places"
	export MP_STATE_PATH=$world/places XDG_STATE_HOME=$world/places NAGIOS_PLUGIN_STATE_DIRECTORY=$world/places
	run setpriv --reuid=$other --regid=$other --clear-groups "$program" --home=RU "--geo=mmdb:$world/country.mmdb" \
		"--at=2014-02-25T${now}Z" "$log"
	expect_unknown "can't make the directory *install -d -o 65533 -m 700 $usual/65533*"
	[ -z "$(ls -A "$world/theirs" "$world/places" | grep -v :)" ] || fail "$(ls -AR "$world")"
	chmod 2755 "$program"
	chgrp 65533 "$program"
	chmod 2755 "$program"
	check_as_other "--state=$world/theirs/s.db"
	expect_unknown "--state=*: a file can't be named in a run with rights *"
}

# ---- Installing ----

stage() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "${builddir:-${plugin%/*}}" install-data "DESTDIR=$PWD/stage" "$@" >install.log 2>&1 ||
		fail "$(cat install.log)"
}

@test "make install makes the place 0755, and leaves the mode that an admin gives it" {
	local place mode
	[ -f "${builddir:-${plugin%/*}}/Makefile" ] || skip "no build directory"
	(umask 077 && stage)
	place=$(find stage -type d -path '*/lib/check_mail_geo')
	[ "$(stat -c %a "$place")" = 755 ] || fail "$(ls -ld "$place")"
	[ -z "$(ls -A "$place")" ] || fail "a package would have users of this machine"
	for mode in 750 711 700 2755; do
		chmod $mode "$place"
		stage
		[ "$(stat -c %a "$place")" = $mode ] || fail "from $mode to $(stat -c %a "$place")"
	done
	chmod g-s "$place"
	chmod 1777 "$place" # as earlier versions made it
	stage
	[ "$(stat -c %a "$place")" = 755 ] || fail "$(ls -ld "$place")"
	find stage -path '*/tmpfiles.d/check_mail_geo.conf' -exec cat {} + >conf
	grep -q "^d ${place#stage} - - - -$" conf || fail "$(cat conf)"
}

@test "make install makes a place for each user that runs checks, if there is one" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give a directory away"
	id nobody >/dev/null 2>&1 || skip "there is no user nobody"
	local mine
	mine=lib/$(id -u nobody)
	mkdir lib
	echo "d $PWD/lib - - - -" >tmpfiles.conf
	DESTDIR="" sh "$top/install-places" "$PWD/lib" tmpfiles.conf nobody no-such-user
	DESTDIR="" sh "$top/install-places" "$PWD/lib" tmpfiles.conf nobody no-such-user
	[ "$(stat -c '%a %U' $mine)" = "700 nobody" ] || fail "$(ls -l lib)"
	[ "$(ls -A lib)" = "${mine#lib/}" ] || fail "$(ls -l lib)"
	[ "$(tail -n +2 tmpfiles.conf)" = "d $PWD/$mine 0700 nobody - -" ] || fail "$(cat tmpfiles.conf)"
	chmod 750 $mine
	DESTDIR="" sh "$top/install-places" "$PWD/lib" tmpfiles.conf nobody
	[ "$(stat -c %a $mine)" = 750 ] || fail "the admin's mode was changed"
	rmdir $mine
	ln -s /etc $mine # whoever could write there once
	DESTDIR="" sh "$top/install-places" "$PWD/lib" tmpfiles.conf nobody
	[ "$(stat -c %U /etc)" = root ] || fail "it followed a link"
}
