#!/usr/bin/env bats
# bad-input.bats - logs, databases and states that can't be used: one clear sentence, and nothing is lost
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# Nothing was lost: the next good run finds the one login from Russia, once.
expect_login_afterwards() {
	check "$@"
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU); 1 foreign login by 1 user*"
	expect_metric logins=1 foreign_logins=1
	check "$@"
	expect_metric logins=1
}

# ---- The log ----

@test "no log is UNKNOWN; it counts when it is there" {
	check
	expect_unknown "$log does not exist: which file *"
	expect_metric logins=U foreign_logins=U # nothing was seen, which is not zero
	login 10:10:00 alice $russia
	expect_login_afterwards
}

@test "a glob that matches nothing is UNKNOWN" {
	log="$BATS_TEST_TMPDIR/none*.log"
	check
	expect_unknown "*/none?.log does not exist: *" # printable or not
}

@test "none of the usual logs is UNKNOWN, with their names" {
	[ ! -e /var/log/mail.log ] && [ ! -e /var/log/maillog ] && [ ! -e /var/log/mail ] || skip "this machine has a mail log"
	log=
	check
	expect_unknown "no mail log at any of the usual places (/var/log/mail.log, *), and no journal: give it with --log=FILE*"
}

@test "an unreadable log is UNKNOWN, with who may read it; nothing is lost" {
	login 10:10:00 alice $russia
	chmod 000 "$log"
	check_as_ordinary_user
	expect_unknown "$log can*t be read by user *: it belongs to * with mode 0000; *"
	chmod 600 "$log"
	expect_login_afterwards
}

@test "a log in a directory that is closed is UNKNOWN" {
	mkdir closed
	log=$BATS_TEST_TMPDIR/closed/mail.log
	login 10:10:00 alice $russia
	chmod 000 closed
	check_as_ordinary_user
	chmod 700 closed
	expect_unknown "$log can*t be reached by user *: a directory on the way *"
	expect_login_afterwards
}

@test "a log that becomes unreadable later loses nothing" {
	noise 3
	check
	login 10:10:00 alice $russia
	chmod 000 "$log"
	check_as_ordinary_user
	chmod 600 "$log"
	expect_unknown "$log can*t be read *"
	expect_login_afterwards
}

@test "a directory is no log" {
	mkdir "$log"
	check
	expect_unknown "$log is a directory: name the log file in it*"
}

@test "a device, a pipe and a socket are no logs, and nothing waits for them" {
	local wrong="*is a device, pipe or socket: name a regular file*"
	log=/dev/null
	check
	expect_unknown "/dev/null $wrong"
	log=/dev/zero
	check
	expect_unknown "/dev/zero $wrong"
	log=$BATS_TEST_TMPDIR/pipe
	mkfifo "$log"
	check --timeout=60 # had it waited, that is what it would say
	expect_unknown "$log $wrong"
}

@test "a binary file is no log" {
	head -c 300000 /bin/bash >"$log"
	check
	expect_unknown "$log has no line that begins with a time I know*"
}

@test "a file of zeros is no log" {
	truncate -s 3000000 "$log"
	check
	expect_unknown "$log has no line that begins with a time I know*"
}

@test "a compressed log that is cut off is told, and so is what could be read of it" {
	needs libarchive
	noise 900
	login 10:19:00 alice $russia
	gzip "$log"
	log=$log.gz
	truncate -s 20 "$log"
	check
	expect_unknown "$log can't be unpacked: it is damaged or cut off*"
}

@test "a line of 10 MiB is passed over, and said" {
	login 10:09:00 bob $america
	{
		printf '2014-02-25T10:10:00.000000+00:00 mail postfix/smtpd[1]: '
		head -c 10485760 /dev/zero | tr '\0' x
		printf '\n'
	} >>"$log"
	login 10:11:00 alice $russia
	check
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU); 1 foreign login*"
	expect_metric logins=2
	expect_output *"1 line of more than 65536 bytes skipped: $log"*
	check
	expect_metric logins=2
	refuse_output *skipped*
}

@test "an unfinished line of 10 MiB is passed over once" {
	login 10:10:00 alice $russia
	head -c 10485760 /dev/zero | tr '\0' x >>"$log"
	check
	expect_metric logins=1
	check
	expect_metric logins=1
	printf '\n' >>"$log"
	login 10:11:00 bob $china
	check
	expect_metric logins=2
}

@test "NUL bytes and broken lines among the others lose none of those" {
	login 10:10:00 alice $russia
	printf 'no time here\n\0\0\0\0\n\xff\xfe\xc2\n2014-02-25T10:1\n\n' >>"$log"
	login 10:11:00 bob $america
	check
	expect_metric logins=2 foreign_logins=1
}

@test "an empty log is OK, and counts later" {
	: >"$log"
	check
	expect 0 "MAIL GEO OK - no logins from public addresses in 15m |*"
	refuse_metric log_age
	login 10:10:00 alice $russia
	expect_login_afterwards
}

@test "of several logs one that can't be read makes no zero of what it may hold" {
	login 10:10:00 alice $america
	check --log=none.log
	expect_unknown "*none.log does not exist*"
	expect_metric logins=1 foreign_logins=U
	sed s/alice/bob/ "$log" >none.log
	check --log=none.log
	expect 0 "MAIL GEO OK - 2 logins in 15m, none foreign |*"
}

# ---- The database ----

@test "no database is UNKNOWN, with what to do; nothing is lost" {
	login 10:10:00 alice $russia
	check --geo=mmdb:/nonexistent/country.mmdb
	expect_unknown "*/nonexistent/country.mmdb*No such file*"
	expect_metric logins=U foreign_logins=U
	expect_login_afterwards
}

@test "without a database known foreign logins still alert, and the reason is said" {
	login 10:10:00 alice $russia
	check
	login 10:11:00 bob $china
	check --geo=mmdb:/nonexistent/country.mmdb
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU); 1 foreign login*; */nonexistent/country.mmdb*"
	check
	expect_metric logins=2
}

@test "a database that was named is used or an error, also beside a good one" {
	login 10:10:00 alice $russia
	check "--geo=$geo,mmdb:/nonexistent/country.mmdb"
	expect_unknown "*/nonexistent/country.mmdb*No such file*"
	expect_login_afterwards
}

@test "a list of databases is asked in order until one knows the address" {
	login 10:10:00 alice $russia
	check "--geo=mmdb:$top/tests/fixtures/geo/maxmind-country.mmdb,$geo"
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU); *"
}

@test "a damaged database is UNKNOWN; nothing is lost" {
	local wrong
	login 10:10:00 alice $russia
	head -c "$(($(stat -c %s "$database") / 2))" "$database" >half.mmdb
	head -c 100 "$database" >short.mmdb
	echo "this is no database" >text.mmdb
	: >empty.mmdb
	gzip -c "$database" >packed.mmdb
	mkdir directory.mmdb
	mkfifo pipe.mmdb
	for wrong in half short text empty packed directory pipe; do
		check "--geo=mmdb:$wrong.mmdb"
		expect_unknown "*$wrong.mmdb*"
	done
	expect_login_afterwards
}

@test "a database whose tree is damaged never makes a login a home one" {
	login 10:10:00 alice $russia
	{
		head -c 300 /dev/zero | tr '\0' '\377'
		tail -c +301 "$database"
	} >damaged.mmdb
	check --geo=mmdb:damaged.mmdb
	expect_unknown "*damaged.mmdb*"
	expect_login_afterwards
}

@test "an unreadable database is UNKNOWN" {
	login 10:10:00 alice $russia
	cp "$database" closed.mmdb
	chmod 000 closed.mmdb
	geo=mmdb:closed.mmdb
	check_as_ordinary_user
	expect_unknown "*closed.mmdb*Permission denied*"
}

# ---- The state ----

@test "three runs that find the same damage set it aside once, and all answer" {
	login 10:10:00 alice $russia
	for round in 1 2 3 4 5; do
		rm -f s.db*
		(umask 077 && echo garbage >s.db)
		for n in 1 2 3; do
			"$plugin" "--home=$home" "--geo=$geo" --at=2014-02-25T10:20:00Z --state=s.db "$log" >"out$n" &
		done
		wait
		[ "$(cat out? | grep -c 'it is kept as')" -eq 1 ] || fail "set aside more than once" "$(cat out?)"
		[ "$(cat out? | grep -c ' foreign_logins=1;')" -eq 3 ] || fail "not all have answered" "$(cat out?)"
		[ ! -e s.db.damaged-2 ] || fail "a state that was begun was set aside"
	done
}

@test "a damaged state is kept aside and begun anew: a note, and the right answer" {
	local state
	login 10:10:00 alice $russia
	check
	state=$(default_state)
	head -c 5000 /dev/zero | tr '\0' g >"$state"
	check
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU); 1 foreign login*"
	expect_output *"the state was damaged; it is kept as $state.damaged-1 and a new one was begun"*
	[ "$(head -c 3 "$state.damaged-1")" = ggg ] || fail "it isn't there"
	check
	expect_metric logins=1
	refuse_output *damaged*
}

@test "a state that is damaged inside, or cut short, gives a note and the right answer" {
	local state
	login 10:10:00 alice $russia
	check
	state=$(default_state)
	cp -p "$state" good
	dd if=/dev/zero of="$state" bs=1 seek=100 count=3000 conv=notrunc status=none
	check
	expect 1 "MAIL GEO WARNING - alice *"
	expect_output *"the state was damaged; it is kept as "*
	head -c 4096 good >"$state"
	check
	expect 1 "MAIL GEO WARNING - alice *"
	expect_metric logins=1
	expect_output *"the state was damaged; it is kept as "*
	head -c 50 good >"$state"
	check
	expect 1 "MAIL GEO WARNING - alice *"
	expect_output *"the state was damaged; it is kept as "*
}

@test "an empty file becomes a state" {
	login 10:10:00 alice $russia
	: >s.db
	chmod 600 s.db
	expect_login_afterwards --state=s.db
}

@test "a foreign file is no state, and is left alone" {
	login 10:10:00 alice $russia
	seq 1 1000 >precious.txt
	chmod 644 precious.txt
	cp -p precious.txt copy.txt
	check --state=precious.txt
	[ "$status" -ne 0 ] || fail "it is OK"
	expect 1 "MAIL GEO WARNING - alice *; *precious.txt * left alone *"
	cmp precious.txt copy.txt
	[ "$(ls -A | grep -c precious)" -eq 1 ] || fail "there are other files"
	home=RU
	check --state=precious.txt
	expect_unknown "*precious.txt * left alone *"
}

@test "a database of another program is no state, and is left alone" {
	command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
	home=RU
	login 10:10:00 alice $russia
	(umask 077 && sqlite3 other.db 'CREATE TABLE meta(schema_version); INSERT INTO meta VALUES(1)')
	cp -p other.db copy.db
	check --state=other.db
	expect_unknown "*other.db is an SQLite file of another program, not a state*"
	cmp other.db copy.db
}

@test "what isn't a file of ours alone is no state" {
	home=RU
	login 10:10:00 alice $russia
	mkdir directory
	check --state=directory
	expect_unknown "*directory is not a regular file*"
	check --state=directory/
	expect_unknown "*directory/*is not the name of a file*"
	check --state=/dev/null
	[ "$status" -eq 3 ] || fail "expected exit state 3"
	mkfifo pipe
	check --state=pipe
	expect_unknown "*pipe is not a regular file*"
	check --state=good.db
	ln -s good.db link.db
	check --state=link.db
	expect_unknown "*link.db is a symbolic link*"
	mkdir open
	chmod 777 open
	check --state=open/s.db
	expect_unknown "others may write in the directory *open, *"
	chmod 666 good.db
	check --state=good.db
	expect_unknown "others may write the state *good.db*"
}

@test "a read-only state is UNKNOWN, with the command that mends it; nothing is lost" {
	home=US
	login 10:09:00 bob $america
	check --state=s.db
	expect 0 "*"
	chmod 400 s.db
	check_as_ordinary_user --state=s.db
	expect_unknown "*s.db*; chmod u+rw */s.db*"
	login 10:10:00 alice $russia
	check_as_ordinary_user --state=s.db
	expect 1 "MAIL GEO WARNING - alice *s.db*; chmod u+rw */s.db*"
	chmod 600 s.db
	check --state=s.db
	expect_metric logins=2 foreign_logins=1
}

@test "a state in a directory that may not be written is UNKNOWN; nothing is lost" {
	login 10:09:00 bob $america
	mkdir -m 500 closed
	check_as_ordinary_user --state=closed/s.db
	expect_unknown "can*t write in the directory *closed: Permission denied; name a file in a directory of its own*"
	check_as_ordinary_user --state=closed/deeper/s.db
	expect_unknown "can*t make the directory *closed/deeper: Permission denied; as root*700*"
	chmod 700 closed
	check --state=closed/s.db
	expect 0 "*"
}

@test "a limit of file sizes is UNKNOWN, not the end by a signal; nothing is lost" {
	home=RU
	login 10:10:00 alice $russia
	check --state=s.db
	logins 3000 10:11:00 bob $russia
	run bash -c 'ulimit -c 0 -f 64; exec "$@"' - "$plugin" "--home=$home" "--geo=$geo" --at=2014-02-25T10:20:00Z --state=s.db "$log"
	expect_unknown "*s.db*File too large*ulimit -f*"
	check --state=s.db
	expect 0 "*"
	expect_metric logins=3001
}

# In a mount namespace of its own, so that nothing stays behind.
on_full_disk() {
	unshare -m bash -c 'mount -t tmpfs -o size=512k,mode=700 none disk && "$@"' - "$@"
}

@test "a full disk is UNKNOWN, and the earlier state stays good" {
	mkdir disk
	on_full_disk true 2>/dev/null || skip "no file system can be mounted here"
	home=RU
	login 10:10:00 alice $russia
	cat >story <<-'END'
		"$@" || exit 1
		cat more >>"$log"
		head -c 1M /dev/zero >disk/filler 2>/dev/null
		"$@"
		echo "state: $?"
		rm disk/filler
		mount -o remount,size=8m disk
		"$@"
	END
	export log
	log=$BATS_TEST_TMPDIR/more logins 3000 10:11:00 bob $russia
	run on_full_disk bash story "$plugin" "--home=$home" "--geo=$geo" --at=2014-02-25T10:20:00Z --state=disk/s.db "$log"
	expect_output *"MAIL GEO UNKNOWN - *s.db: No space left on device; free space on its file system"*"state: 3"*
	expect_output *"state: 3"*"MAIL GEO OK - 3001 logins in 15m, none foreign |logins=3001;"*
}

@test "a state of a newer version is UNKNOWN and stays; the answer is still right" {
	command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
	login 10:10:00 alice $america
	check --state=s.db
	sqlite3 s.db 'UPDATE meta SET schema_version = 99'
	cp -p s.db copy.db
	check --state=s.db
	expect_unknown "the state *s.db was made by a newer check_mail_geo (version 99 *"
	expect_metric logins=1
	login 10:11:00 alice $russia
	check --state=s.db
	expect 1 "MAIL GEO WARNING - alice *; the state *s.db was made by a newer check_mail_geo *"
	cmp s.db copy.db
}

@test "a state that another run holds is UNKNOWN when the time is up; nothing is lost" {
	command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
	noise 1
	check --state=s.db
	login 10:10:00 alice $america
	coproc HOLDER { sqlite3 s.db 3>&-; }
	echo "BEGIN IMMEDIATE; SELECT 'held';" >&"${HOLDER[1]}"
	read -r _ <&"${HOLDER[0]}"
	check --timeout=4 --state=s.db
	expect_unknown "another run holds the state *s.db, and did not end in time*"
	expect_metric logins=1
	login 10:11:00 alice $russia
	echo "COMMIT;" >&"${HOLDER[1]}"
	echo ".quit" >&"${HOLDER[1]}"
	wait "$HOLDER_PID" || true
	check --state=s.db
	expect_metric logins=2 foreign_logins=1
}

@test "output that can't be written is UNKNOWN" {
	[ -c /dev/full ] || skip "no /dev/full"
	login 10:10:00 alice $america
	run bash -c '"$@" >/dev/full' - "$plugin" "--home=$home" "--geo=$geo" --at=2014-02-25T10:20:00Z "$log"
	[ "$status" -eq 3 ] || fail "expected exit state 3"
}

@test "a database that breaks at a lookup is UNKNOWN, and the mended one still finds the login" {
	cp "$database" broken.mmdb
	# The search tree comes first; an all-ones record leads out of it.
	head -c 600 /dev/zero | tr '\0' '\377' | dd of=broken.mmdb conv=notrunc status=none
	geo=mmdb:broken.mmdb
	login 10:10:00 bob $russia
	check --state=s.db
	expect_unknown "broken.mmdb is damaged *"
	cp "$database" mended.mmdb
	mv mended.mmdb broken.mmdb
	check --state=s.db
	expect 1 "MAIL GEO WARNING - bob *"
	expect_metric foreign_logins=1
}

@test "a state whose rows are damaged is set aside by a run with nothing new, too" {
	command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
	login 10:10:00 bob $russia
	check --state=s.db
	expect 1 "MAIL GEO WARNING - bob *"
	sqlite3 s.db "UPDATE login SET country = 'de'"
	check --state=s.db
	expect 1 "MAIL GEO WARNING - bob *"
	expect_output '*s.db.damaged-1*' # in quotes: the file is there
	expect_metric foreign_logins=1
	[ -f s.db.damaged-1 ] || fail "the damaged state is gone"
	check --state=s.db
	expect 1 "MAIL GEO WARNING - bob *"
	[[ $output != *damaged* ]] || fail "it is not mended"
}

# ---- Files that options name ----

@test "a pipe that nobody writes into is no file of options, zones or zone names, and nothing waits for it" {
	local option
	mkfifo pipe
	for option in --extra-opts=@pipe --extra-opts=x@/dev/tty --dnsbl-file=pipe --dnsbl-key-file=pipe --ipinfo-token-file=pipe; do
		[[ $option != *extra* ]] || "$plugin" -V -v | grep -q builtin || continue
		plugin_with "$option" --home=US --geo=ipinfo --no-state mail.log
		[ "$status" -eq 3 ] || fail "expected exit state 3: $option"
		expect_output "*${option##*[@=]}*"
		refuse_output "*no answer within*"
	done
	plugin_with --extra-opts=@pipe --home=US
	[ "$status" -eq 3 ] || fail "expected exit state 3"
}

@test "options that never come end as UNKNOWN, too" {
	mkfifo pipe
	exec 8<>pipe # nobody ends it
	plugin_with --extra-opts=@- --home=US <&8
	exec 8>&-
	expect_unknown "no answer within 10 s*"
}
