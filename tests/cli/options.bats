#!/usr/bin/env bats
# options.bats - the command line
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# refused OPTION... -- PATTERN: bad usage is UNKNOWN, and the reason matches.
refused() {
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	check "${options[@]}"
	expect_unknown "$2"
	expect_output *"Try check_mail_geo --help"
	[ ! -e "$MP_STATE_PATH" ] || fail "a run that was refused wrote a state"
}

# ---- Asking ----

@test "--version prints the version as every Monitoring Plugin, and is UNKNOWN" {
	local option
	for option in -V --version; do
		plugin_with $option
		[ "$status" -eq 3 ] || fail "expected exit state 3"
		[[ $output =~ ^check_mail_geo\ v([0-9.]+)\ \(check_mail_geo\ ([0-9.]+)\)$ ]] || fail "no such line"
		[ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ] || fail "two versions"
	done
	grep -qF "AC_INIT([check_mail_geo], [${BASH_REMATCH[1]}])" "$top/configure.ac" || fail "not the version of configure.ac"
}

@test "--version with -v also names the libraries" {
	plugin_with -v --version
	expect 3 "check_mail_geo v*"
	[ ${#lines[@]} -gt 1 ] || fail "only one line"
}

@test "--help names every option and metric in 80 columns, and is UNKNOWN" {
	local name
	plugin_with --help
	expect 3 "check_mail_geo v*"
	for name in --home -l,\ --log -m,\ --window -f,\ --format -g,\ --geo --trust -w,\ --warning -c,\ --critical -s,\ --state \
		--no-state --at -t,\ --timeout -v,\ --verbose --extra-opts -h,\ --help -V,\ --version logins foreign_logins \
		foreign_users foreign_addresses foreign_countries user_countries unlocated log_age; do
		expect_output *" $name"*
	done
	for name in "${lines[@]}"; do
		[ ${#name} -le 80 ] || fail "longer than 80 columns: $name"
	done
	plugin_with -h
	[ "$status" -eq 3 ] || fail "expected exit state 3"
}

@test "--help is answered even where --home is missing or a log can't be read" {
	plugin_with --help --log=/nonexistent
	expect 3 "check_mail_geo v*"
}

# ---- Home ----

@test "--home is needed" {
	login 10:10:00 alice $russia
	plugin_with "$log"
	expect_unknown "--home is missing*"
}

@test "--home may be lower case, a list, or repeated" {
	login 10:10:00 alice $russia
	login 10:11:00 alice $netherlands
	home=ru,nl
	check
	expect 0 "MAIL GEO OK - 2 logins in 15m, none foreign |*"
	home=nl
	check --home=RU
	expect 0 "*"
	check
	expect 1 "MAIL GEO WARNING - alice logged in from 2 countries (NL RU); 1 foreign login*"
}

@test "an unknown country is refused" {
	for home in XX USA U "" US, US,,DE "US DE" EU UK '<b>'; do
		refused -- "--home=*is no country code*"
		refuse_output *"<"*
	done
}

# ---- Thresholds ----

@test "-w and -c mean foreign_logins without a name" {
	login 10:10:00 alice $russia
	login 10:11:00 alice $russia
	check -w 2
	expect 0 "MAIL GEO OK - 2 foreign logins by 1 user in 15m |*"
	[[ ${lines[0]} == *" foreign_logins=2;2;;0 "* ]] || fail "no foreign_logins=2;2;;0"
	check -w 1
	expect 1 "MAIL GEO WARNING - alice *"
	check -w 0 -c 1
	expect 2 "MAIL GEO CRITICAL - alice logged in from abroad (RU); 2 foreign logins*"
	[[ ${lines[0]} == *" foreign_logins=2;0;1;0 "* ]] || fail "no foreign_logins=2;0;1;0"
}

@test "-w and -c take a metric, and may be repeated" {
	login 10:10:00 alice $russia
	login 10:11:00 alice $china
	check -w foreign_logins=9 --warning=foreign_users=0
	expect 1 "MAIL GEO WARNING - alice logged in from 2 countries (CN RU); 2 foreign logins*"
	check -w 9 -c foreign_users=0
	expect 2 "MAIL GEO CRITICAL - *"
	check -w 9 -c logins=10 --critical=foreign_countries=1
	expect 2 "MAIL GEO CRITICAL - *foreign_countries 2 (critical 1)*"
}

@test "the last threshold of a metric holds" {
	login 10:10:00 alice $russia
	check -w 0 -w 5
	expect 0 "*"
}

@test "@ alerts inside of a range, ~: never" {
	login 10:10:00 alice $russia
	check -w @1:5
	expect 1 "MAIL GEO WARNING - *"
	check -w @2:5
	expect 0 "*"
	check -w "~:"
	expect 0 "*"
	check -w "~:" -c @1:1
	expect 2 "*"
	check -c 5:
	expect 2 "*"
}

@test "too few logins can alert, too" {
	noise 1
	check -w logins=1:
	expect 1 "MAIL GEO WARNING - logins 0 (warning 1:); no logins from public addresses in 15m |*"
}

@test "the age of the newest line can alert, whatever line it is" {
	login 10:00:00 alice $america
	check -w log_age=1200
	expect 0 "MAIL GEO OK*log_age=1200s;1200;;0 *"
	check -w log_age=1199 -c log_age=3600
	expect 1 "MAIL GEO WARNING - log_age 1200s (warning 1199); *"
	line 10:19:30 "postfix/qmgr[1]: 1: removed"
	check -w log_age=1199
	expect 0 "*log_age=30s;1199;;0 *"
	now=10:30:00
	check -w log_age=600
	expect 1 "MAIL GEO WARNING - log_age 630s (warning 600); *"
}

@test "a threshold for the age of an empty log is UNKNOWN" {
	: >"$log"
	check -w log_age=600
	expect_unknown "log_age can*t be told*"
	[[ ${lines[0]} == *" log_age=U;600;;0 "* ]] || fail "no log_age=U"
}

@test "wrong thresholds are refused" {
	local range
	for range in "" abc 5:1 10% 1,5 +1 " 1" 1:2:3 @ : "~" -; do
		refused -w "$range" -- "--warning=$range: *"
	done
	refused -c 5:1 -- "--critical=5:1: *"
	refused -w "nope=1" -- '--warning=nope=1: there is no metric "nope"; known: logins *'
	refused -w "=1" -- "--warning==1: there is no metric*"
	refused -w "Logins=1" -- "*there is no metric*"
	refused -w "logins=" -- "--warning=logins=: *"
	refused -w "logins=1=2" -- "--warning=logins=1=2: *"
}

# ---- Other values ----

@test "wrong values are refused, with the option and what it takes" {
	local value
	for value in "" 0 -5 abc 15x 1.5 m 99999999999999999999; do
		refused -m "$value" -- "--window=$value: must be a number of minutes*"
	done
	for value in "" 0 -1 x 3601 10: 10:FOO 10:4 :CRITICAL; do
		refused -t "$value" -- "--timeout=$value: must be SECONDS or SECONDS:STATE*"
	done
	for value in "" yesterday 2014-02-25 2014-02-30T10:00:00Z @ @x 10:20:00; do
		refused --at="$value" -- "--at=$value: must be a time like*"
	done
	for value in "" nope postfix,nope POSTFIX; do
		refused -f "$value" -- "--format=$value: there is no log format*known: *postfix*"
	done
	for value in "" 10.0.0.1/8 10.0.0.0/33 10.0.0 2001:db8::1/32 10.0.0.0/8, host.example; do
		refused --trust="$value" -- "--trust=$value: *is no network*"
	done
	for value in "" nope nope:file auto,mmdb mmdb,; do
		refused -g "$value" -- "--geo=$value: *"
	done
	refused --state= -- "--state=: the file name is empty*"
	refused --log= -- "--log=: the name of the log is empty"
	refused "" -- "*the name of the log is empty*"
}

@test "wrong options are refused" {
	refused --nope -- '*"--nope"*'
	refused -Z -- '*"-Z"*'
	refused --h -- '*"--h"*' # --home or --help
	refused --no-state=x -- "--no-state takes no value"
	refused --no-state --state=x.db -- "--state and --no-state contradict each other*"
	plugin_with --home=US -w
	expect_unknown "--warning needs a value"
	plugin_with --home
	expect_unknown "--home needs a value"
}

@test "a hostile value is refused without being echoed as it is" {
	local option
	for option in --home --window --format --geo --trust --warning --critical --at --timeout --hostile; do
		refused "$option="$'\e[31m|<b>`id`$x' -- "*$option=*"
		[[ $output != *[\|\<\>\`\$$'\e']* ]] || fail "it was echoed"
	done
}

@test "a file's name is not echoed as it is either" {
	local option name=$'\e[31m|<b>`id`$x'
	for option in --dnsbl-file= --dnsbl-key-file= --extra-opts=@ --extra-opts=; do
		[[ $option != --extra* ]] || "$plugin" -V -v | grep -q builtin || continue
		plugin_with --home=US "$option$name"
		expect_unknown "*"
		[[ $output != *[\|\<\>\`\$$'\e']* ]] || fail "it was echoed"
	done
}

@test "--timeout takes a state" {
	login 10:10:00 alice $america
	check --timeout=20:CRITICAL
	expect 0 "*"
	check -t 20:unknown
	expect 0 "*"
	check -t 20:2
	expect 0 "*"
}

@test "--at takes seconds since 1970, and zones" {
	local at
	login 10:10:00 alice $russia
	for at in @1393323600 2014-02-25T11:20:00+01:00 "2014-02-25 10:20:00Z"; do
		plugin_with --home=US "--geo=$geo" --no-state "--at=$at" "$log"
		expect 1 "*"
		expect_metric foreign_logins=1
	done
}

@test "without --at it is now" {
	printf '%(%Y-%m-%dT%H:%M:%S)T+00:00 mail postfix/smtpd[1]: 4X: client=unknown[%s], sasl_method=PLAIN, sasl_username=alice\n' \
		-1 $russia >"$log"
	plugin_with --home=US "--geo=$geo" "$log"
	expect 1 "MAIL GEO WARNING - alice *"
}

@test "--format chooses the log formats" {
	login 10:10:00 alice $russia
	check -f postfix
	expect 1 "*"
	check -f postfix,postfix
	expect_metric foreign_logins=1
}

@test "-- ends the options; options may follow logs" {
	login 10:10:00 alice $russia
	check "$log" --no-state --
	expect 1 "*"
	expect_metric logins=1
}

# ---- --extra-opts ----

@test "--extra-opts takes options from the section of the plugin's name" {
	login 10:10:00 alice $russia
	cat >plugins.ini <<-END
		[other]
		home=DE
		[check_mail_geo]
		# comment
		home=US
		warning=5
		no-state=
	END
	export MP_CONFIG_FILE=$BATS_TEST_TMPDIR/plugins.ini
	plugin_with --extra-opts "--geo=$geo" --at=2014-02-25T10:20:00Z "$log"
	expect 0 "MAIL GEO OK - 1 foreign login by 1 user in 15m |*"
	[[ ${lines[0]} == *" foreign_logins=1;5;;0 "* ]] || fail "no foreign_logins=1;5;;0"
	[ ! -e "$MP_STATE_PATH" ] || fail "no-state was not taken"
}

@test "--extra-opts takes another section and another file; the command line overrides" {
	login 10:10:00 alice $russia
	printf '[strict]\nhome=US\nwarning=5\n' >my.ini
	plugin_with --extra-opts=strict@my.ini "--geo=$geo" --at=2014-02-25T10:20:00Z --warning=0 "$log"
	expect 1 "*foreign_logins=1;0;;0 *"
}

@test "--extra-opts that can't be read are UNKNOWN" {
	plugin_with --extra-opts=@none.ini --home=US
	[ "$status" -eq 3 ] || fail "expected exit state 3"
	# libnagiosplug ends the run itself, in words of its own, without the name.
	"$plugin" --version -v | grep -q builtin && expect_output *none.ini*
	printf '[other]\nhome=US\n' >my.ini
	plugin_with --extra-opts=missing@my.ini --home=US
	[ "$status" -eq 3 ] || fail "expected exit state 3"
	expect_output *missing*
}

@test "a wrong option in the ini file is refused like one of the command line" {
	printf '[check_mail_geo]\nhome=US\nwindow=0\n' >my.ini
	plugin_with --extra-opts=@my.ini
	expect_unknown "--window=0: *"
}
