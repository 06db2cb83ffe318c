#!/usr/bin/env bats
# dnsbl.bats - blocklists: a real rbldnsd behind a real unbound, both on loopback
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper
load dnsbl-lab

# 40 replies don't fit into a datagram of 512 bytes.
local_data() {
	local i name
	printf '%s\n' 'local-zone: "big.test." static' 'local-zone: "nobody.test." static' 'local-zone: "gone.test." static' 'local-data: "mail.test. 60 A 192.0.2.25"' \
		'local-data: "mail.test. 60 AAAA 2001:db8::25"' 'local-data: "inside.test. 60 A 10.0.0.5"' \
		'local-zone: "halfway.test." typetransparent' 'local-data: "halfway.test. 60 A 192.0.2.1"'
	for ((i = 0; i < 120; i++)); do echo "local-data: \"m$((i / 40)).test. 60 A 198.51.100.$i\""; done
	echo 'local-zone: "brief.test." static'
	for name in 2.0.0.127 25.2.0.192; do echo "local-data: \"$name.brief.test. 1 A 127.0.0.2\""; done
	for name in 2.0.0.127 25.2.0.192; do
		for ((i = 2; i <= 41; i++)); do echo "local-data: \"$name.big.test. 60 A 127.0.0.$i\""; done
	done
}

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	command -v rbldnsd >/dev/null && command -v unbound >/dev/null || return 0
	start_lists
	start_resolver liar $'local-zone: "test." redirect\n  local-data: "test. 60 A 203.0.113.99"'
	echo "$resolver" >liar
	start_resolver honest "$(local_data | sed 's/^/  /')"
	echo "$resolver" >resolver
	echo "127.0.0.1:$list_port" >lists
}

teardown_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	stop_lab
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	needs libcares
	for program in rbldnsd unbound; do command -v "$program" >/dev/null || skip "there is no $program"; done
	mkdir home temporary
	export HOME=$BATS_TEST_TMPDIR/home TMPDIR=$BATS_TEST_TMPDIR/temporary MP_STATE_PATH=$BATS_TEST_TMPDIR/state
	unset NAGIOS_PLUGIN_STATE_DIRECTORY MP_CONFIG_FILE NAGIOS_CONFIG_PATH MAIL_CONFIG
	log=$BATS_TEST_TMPDIR/mail.log home=US geo=mmdb:$database now=10:20:00 queue_id=0
	resolver=$(cat "$BATS_FILE_TMPDIR/resolver")
	listed=192.0.2.25
	unlisted=192.0.2.1
}

# lookup ZONES ADDRESS OPTION...: without the log. A state is kept only if one is named.
lookup() {
	local zones=$1 address=$2
	shift 2
	plugin_with --dnsbl-only "--dnsbl=$zones" "--dnsbl-address=$address" "--resolver=$resolver" --no-state -v "$@"
}

# remembered TIME OPTION...: the same with a state, of $listed on zen.test.
remembered() {
	local time=$1
	shift
	plugin_with --dnsbl-only "--dnsbl=${zones:-zen.test}" "--dnsbl-address=$listed" "--resolver=$resolver" \
		"--at=2014-02-25T${time}Z" "$@"
}

# How many questions the resolver was asked since the last call.
questions() {
	local log=$BATS_FILE_TMPDIR/honest.out count
	count=$(grep -c ' IN$' "$log" || true)
	echo $((count - $(cat "$BATS_FILE_TMPDIR/counted" 2>/dev/null || echo 0)))
	echo "$count" >"$BATS_FILE_TMPDIR/counted"
}

expect_questions() {
	local asked
	asked=$(questions)
	[ "$asked" -eq "$1" ] || fail "expected $1 questions, not $asked"
}

# ---- Verdicts ----

# A list that is silent: where the run has time enough, the resolver gives up before it, and says SERVFAIL.

@test "a list is judged by the address and its two test points" {
	local zone address state pattern
	while read -r zone address state pattern; do
		lookup "$zone.test" "$address" -t 5
		expect "$state" "MAIL GEO * - $pattern"
	done <<-END
		zen $listed 2 $listed is listed on zen.test (127.0.0.2, 127.0.0.4) |*
		zen $unlisted 0 $unlisted is on no blocklist (1 asked) |dnsbl_listed=0;;0;0 dnsbl_weight=0;;;0 dnsbl_unanswered=0;;;0
		both $listed 2 $listed is listed on both.test (127.0.0.2) |*
		both 2001:db8::25 2 2001:db8::25 is listed on both.test (127.0.0.2) |*
		both 2001:db8::1 0 2001:db8::1 is on no blocklist (1 asked) |*
		six 2001:db8::25 2 2001:db8::25 is listed on six.test (127.0.0.2) |*
		six $unlisted 3 *: it doesn't list its own test point: empty, dead, or no list any more |*
		untested $listed 2 $listed is listed on untested.test (127.0.0.2) |*
		untested $unlisted 3 *: it doesn't list its own test point: empty, dead, or no list any more |*
		world $listed 3 no blocklist gave a verdict (1 asked): world.test: it lists the whole world, even 127.0.0.1 |*
		world $unlisted 3 no blocklist gave a verdict (1 asked): world.test: it lists the whole world, even 127.0.0.1 |*
		parked $listed 3 *: it is answered from elsewhere (203.0.113.80): *
		parked 2001:db8::25 3 *: it is answered from elsewhere (203.0.113.80): *
		error252 $listed 3 *: it says that the zone's name is mistyped (127.255.255.252) |*
		error254 $listed 3 *: it answers no public resolver*(127.255.255.254)*
		error255 $listed 3 *: it says that it is asked too often (127.255.255.255) |*
		error1 $listed 3 *: it answers with an error (127.255.255.x) |*
		ignore $listed 3 *: ignore.test: @(no answer in time|SERVFAIL) |*
		refuse $listed 3 *: refuse.test: SERVFAIL |*
		expired $listed 3 *: expired.test: SERVFAIL |*
		empty $listed 3 *: it doesn't list its own test point: *
		gone $listed 3 *: it doesn't list its own test point: *
	END
}

@test "REFUSED by the resolver itself is told apart" {
	resolver=$(cat "$BATS_FILE_TMPDIR/lists")
	lookup refuse.test "$listed"
	expect_unknown "*: refuse.test: REFUSED *"
}

@test "a listing is told with its codes in words and the list's own text" {
	echo secretkey >key
	chmod 600 key
	lookup '$DQS.zen.dq.spamhaus.net,zen.test' "$listed" --dnsbl-key-file=key
	expect 2 "* - $listed is listed on ?DQS.zen.dq.spamhaus.net (127.0.0.2 SBL) and 1 more |*"
	expect_output "*dnsbl: $listed listed on zen.test (127.0.0.2, 127.0.0.4: *)*"
	expect_output "*dnsbl: $listed listed on *(127.0.0.2 SBL: Listed, see https://zen.test/$listed)*"
}

@test "a list's text never reaches the screen raw" {
	lookup hostile.test "$listed"
	expect 2 "*"
	expect_output "*listed on hostile.test (127.0.0.2: evil ?*"
	refuse_output "*[\`<>\$]*"
	refuse_output *$'\x1b'*
	refuse_output *$'\xe2\x80\xae'*
	[ "$(grep -o '|' <<<"$output" | wc -l)" -eq 1 ] || fail "more than one |"
}

@test "postscreen's filters say which replies count" {
	local filter state
	while read -r filter state; do
		lookup "homes.test=$filter" "$listed"
		expect "$state" "MAIL GEO *"
	done <<-'END'
		127.0.0.10 2
		127.0.0.[2..11] 2
		127.0.0.[1;10] 2
		127.[0..255].0.[9..10] 2
		127.0.0.[2..9] 0
		127.0.1.10 0
		127.0.0.11 0
	END
}

@test "weights are summed up, each list's once" {
	lookup 'zen.test*3,one.test*2,homes.test=127.0.0.10*-1,both.test=127.0.0.99*7' "$listed,$unlisted"
	expect_metric dnsbl_listed=2 dnsbl_weight=4 dnsbl_unanswered=0
	lookup 'one.test*-1' "$listed"
	expect 0 "MAIL GEO OK - $listed is on no blocklist (1 asked) |dnsbl_listed=0;;0;0 dnsbl_weight=0;*"
	expect_output "*dnsbl: $listed listed on one.test*"
	lookup 'zen.test*3' "$listed" -c dnsbl_listed=5 -w dnsbl_weight=2
	expect 1 "MAIL GEO WARNING - dnsbl_weight 3 (warning 2) |*"
}

@test "of several addresses each is looked up everywhere" {
	lookup zen.test,six.test,one.test "$listed,2001:db8::25,$unlisted"
	expect 2 "* - $listed is listed on zen.test (127.0.0.2, 127.0.0.4) and 2 more |dnsbl_listed=3;*"
	expect_output "*dnsbl: 2001:db8::25 listed on six.test (127.0.0.2: *"
	expect_output "*dnsbl: $unlisted not listed on six.test, which has no IPv4 addresses*"
	expect_metric dnsbl_unanswered=0
}

@test "when no list has addresses of this family that is unknown, not clean" {
	lookup six.test "2001:db8::1,$unlisted"
	expect 0 "* - 2 addresses are on no blocklist (1 asked) |*"
	lookup six.test "$unlisted"
	expect_unknown "no blocklist gave a verdict*"
}

# ---- Time ----

@test "of 30 lists 5 never answer: the run ends with what the others said" {
	local zones="ignore.test,s2.ignore.test,s3.ignore.test,s4.ignore.test,s5.ignore.test" i
	for i in $(seq 25); do zones+=",n$i.test"; done
	lookup "$zones" "$listed" -t 5
	expect 2 "* - $listed is listed on n1.test (127.0.0.10) and 24 more |*"
	expect_metric dnsbl_listed=25 dnsbl_unanswered=5
}

@test "ten thousand questions are all answered" {
	local zones=n1.test addresses=192.0.2.25 i
	for i in $(seq 2 110); do zones+=",n$i.test"; done
	for i in $(seq 101 192); do addresses+=",192.0.2.$i"; done
	questions >/dev/null
	lookup "$zones" "$addresses" -t 15
	expect 2 "* and 109 more |*"
	expect_metric dnsbl_listed=110 dnsbl_unanswered=0
	[ "$(questions)" -ge 10000 ] || fail "there were fewer questions"
}

# ---- Resolvers ----

@test "a resolver that is down is told, and nothing is listed or clean" {
	resolver=127.0.0.1:9
	lookup zen.test,one.test "$listed"
	expect_unknown "no blocklist gave a verdict (2 asked): zen.test: no resolver there *"
	expect_metric dnsbl_listed=U dnsbl_weight=U dnsbl_unanswered=2
}

@test "a resolver that turns every name into an address lists nobody" {
	resolver=$(cat "$BATS_FILE_TMPDIR/liar")
	lookup zen.test,one.test "$listed"
	expect_unknown "*: it is answered from elsewhere (203.0.113.99): the resolver rewrites, or the domain is parked *"
	expect_metric dnsbl_listed=U dnsbl_unanswered=2
}

@test "an answer that is too long for a datagram is asked for by TCP" {
	lookup 'big.test=127.0.0.41' "$listed"
	expect 2 "* - $listed is listed on big.test (127.0.0.41) |*"
}

@test "one list without a verdict leaves the others' verdict" {
	lookup zen.test,ignore.test "$unlisted" -t 5
	expect 0 "MAIL GEO OK - $unlisted is on no blocklist (2 asked, 1 without a verdict) |*"
	expect_output "*dnsbl: ignore.test gives no verdict: @(no answer in time|SERVFAIL)*"
	lookup zen.test,ignore.test "$unlisted" -t 5 -w dnsbl_unanswered=0
	expect 1 "MAIL GEO WARNING - dnsbl_unanswered 1 (warning 0); *"
}

# ---- Addresses ----

@test "a name is resolved, to all its addresses" {
	lookup zen.test,six.test mail.test
	expect 2 "*"
	expect_output "*dnsbl: $listed listed on zen.test*"
	expect_output "*dnsbl: 2001:db8::25 listed on six.test*"
	expect_output "*dnsbl: looked up $listed (mail.test), 2001:db8::25 (mail.test) on 2 lists*"
}

@test "a name that can't be resolved is told, and the other addresses are looked up" {
	lookup zen.test "nobody.test,$listed"
	expect 2 "MAIL GEO CRITICAL - $listed is listed on zen.test*; nobody.test can't be resolved: NXDOMAIN |*"
	lookup zen.test "nobody.test,$unlisted"
	expect_unknown "nobody.test can't be resolved: NXDOMAIN *"
}

@test "a private address is on no list, so that it isn't there says nothing" {
	lookup zen.test 10.0.0.5
	expect_unknown "10.0.0.5 is a private address, which no blocklist has: --dnsbl-address wants the public one *"
}

@test "a name of which only one family can be resolved is told" {
	lookup zen.test halfway.test
	expect_unknown "halfway.test can't be resolved completely: SERVFAIL *"
	expect_output "*dnsbl: looked up $unlisted (halfway.test) on 1 list*"
}

@test "a name that resolves to a private address is told" {
	lookup zen.test inside.test
	expect_unknown "inside.test (10.0.0.5) is a private address*"
}

@test "addresses beyond the limit are not passed over in silence" {
	local zones=n1.test i
	for i in $(seq 2 200); do zones+=",s$i.n1.test"; done
	lookup "$zones" m0.test,m1.test,m2.test
	expect_unknown "only 100 of 120 addresses were looked up*"
	run timeout 120 "$plugin" --dnsbl-only "--dnsbl-address=192.0.2.1$(printf ',192.0.2.1%.0s' $(seq 100))"
	expect 3 "* - --dnsbl-address=*: more than 100 addresses"
}

@test "the long output has at most 50 lines about lists" {
	local zones=n1.test i
	for i in $(seq 2 60); do zones+=",n$i.test"; done
	lookup "$zones" "$listed"
	[ "$(grep -c '^dnsbl: 192.0.2.25 listed on' <<<"$output")" -eq 50 ]
	expect_output "*dnsbl: ... and 10 more lines*"
}

@test "127.0.0.2 tries the alert" {
	lookup zen.test 127.0.0.2
	expect 2 "* - 127.0.0.2 is listed on zen.test*"
}

# without OPTION...: the addresses of the option are not given.
without_address() {
	plugin_with --dnsbl-only --dnsbl=zen.test,homes.test "--resolver=$resolver" --no-state "$@"
}

@test "Postfix's main.cf tells from where mail goes out" {
	local text address
	export MAIL_CONFIG=$PWD
	while IFS=';' read -r text address; do
		printf '# smtp_bind_address = 8.8.4.4\nmyhostname = x\n%b\n' "$text" >main.cf
		without_address
		expect_output "*dnsbl: looked up *$address (${text%% *} in $PWD/main.cf)*"
	done <<-'END'
		smtp_bind_address = 77.88.8.8;77.88.8.8
		smtp_bind_address6 = 2a02:6b8::feed:ff;2a02:6b8::feed:ff
		proxy_interfaces = 10.0.0.1, 77.88.8.8;77.88.8.8
		proxy_interfaces = 10.0.0.1,\n  77.88.8.8;77.88.8.8
		inet_interfaces = 77.88.8.8;77.88.8.8
		inet_interfaces = [77.88.8.8];77.88.8.8
	END
	expect 2 "* - 77.88.8.8 is listed on homes.test (127.0.0.10)*"
}

# alone SCRIPT: in a network of its own.
alone() {
	unshare -rn true 2>/dev/null || skip "no network of its own can be had here"
	command -v ip >/dev/null || skip "there is no ip (package iproute2)"
	run unshare -rn timeout 120 sh -c "ip link set lo up; $1"
}

@test "an interface's public address is found, and told" {
	export MAIL_CONFIG=/nonexistent
	alone "ip address add 77.88.8.8/32 dev lo && ip address add 2a02:6b8::25/128 dev lo
		'$plugin' --dnsbl-only --dnsbl=zen.test --resolver=127.0.0.1:9 --no-state"
	expect_output "*dnsbl: looked up 77.88.8.8 (lo), 2a02:6b8::25 (lo) on 1 list*"
}

@test "only private addresses are UNKNOWN and name the option" {
	export MAIL_CONFIG=/nonexistent
	alone "ip address add 10.1.2.3/24 dev lo; ip address add fd00::25/128 dev lo
		'$plugin' --dnsbl-only --dnsbl=zen.test --resolver=127.0.0.1:9 --no-state"
	expect_unknown "this machine has only private addresses: tell with --dnsbl-address=IP which public one *"
	expect_metric dnsbl_listed=U
}

# ---- The state ----

@test "an answer is kept for its time to live" {
	zones=ttl.test # of 5 minutes, and not in the resolver's memory yet
	questions >/dev/null
	remembered 10:00:00
	expect 2 "* is listed on ttl.test*"
	expect_questions 4 # the address, its text, both test points
	remembered 10:04:50 -v
	expect 2 "* is listed on ttl.test (127.0.0.2) |*"
	expect_output "*, as it answered before*"
	expect_questions 0
	remembered 10:05:01
	expect 2 "* is listed on ttl.test*"
	expect_questions 4
}

@test "an answer is kept for a minute at the least and an hour at the most" {
	zones=brief.test # its records last a second
	remembered 10:00:00
	questions >/dev/null
	remembered 10:00:59
	expect 2 "*"
	expect_questions 0
	remembered 10:01:01
	expect_questions 4
	zones=lasting.test # its records last a day
	remembered 11:00:00
	questions >/dev/null
	remembered 11:59:59
	expect 2 "*"
	expect_questions 0
	remembered 12:00:01
	expect_questions 4
}

@test "--dnsbl-interval keeps answers longer" {
	remembered 10:00:00 --dnsbl-interval=6h
	questions >/dev/null
	remembered 15:59:59 --dnsbl-interval=6h
	expect 2 "*"
	expect_questions 0
	remembered 16:00:01 --dnsbl-interval=6h
	expect_questions 4
}

@test "no verdict is asked for again by the next run" {
	zones=ignore.test,zen.test
	remembered 10:00:00 -t 5
	questions >/dev/null
	remembered 10:00:01 -t 5
	expect_metric dnsbl_unanswered=1 dnsbl_listed=1
	[ "$(questions)" -ge 3 ]
}

@test "another filter, or another resolver, is another question" {
	remembered 10:00:00
	questions >/dev/null
	zones=zen.test=127.0.0.4
	remembered 10:00:10
	expect 2 "*zen.test (127.0.0.4)*"
	expect_questions 4
	resolver=127.0.0.1:9
	remembered 10:00:20
	expect 3 "*"
}

@test "a list that has been silent for days is called dead, by name" {
	zones=zen.test,expired.test
	local day
	for day in 20 22 23; do
		plugin_with --dnsbl-only "--dnsbl=$zones" "--dnsbl-address=$unlisted" "--resolver=$resolver" "--at=2014-02-${day}T10:00:00Z"
		expect 0 "*1 without a verdict*"
		expect_output "*dnsbl: expired.test gives no verdict: SERVFAIL*"
	done
	plugin_with --dnsbl-only "--dnsbl=$zones" "--dnsbl-address=$unlisted" "--resolver=$resolver" "--at=2014-02-24T10:00:00Z"
	expect_output "*dnsbl: expired.test gives no verdict: it is dead, with no verdict since 2014-02-20T10:00:00*: SERVFAIL*"
}

@test "a list that speaks again is no longer dead" {
	command -v sqlite3 >/dev/null || skip "there is no sqlite3"
	remembered 10:00:00
	sqlite3 "$(default_state)" "INSERT INTO dnsbl_silence VALUES('zen.test $resolver', 1392000000); DELETE FROM dnsbl_answer"
	remembered 10:01:00
	expect 2 "*"
	[ "$(sqlite3 "$(default_state)" 'SELECT count(*) FROM dnsbl_silence')" -eq 0 ]
}

@test "a state with an answer that can't be is set aside" {
	command -v sqlite3 >/dev/null || skip "there is no sqlite3"
	remembered 10:00:00
	sqlite3 "$(default_state)" "UPDATE dnsbl_answer SET verdict = 9"
	remembered 10:00:10
	expect 2 "* is listed on zen.test*"
	expect_output "*the state was damaged; it is kept as*"
}

# ---- Keys ----

@test "a key is never told, kept or put into an error" {
	echo secretkey >key
	chmod 600 key
	local zone
	for zone in '$DQS.zen.dq.spamhaus.net' secretkey.zen.dq.spamhaus.net; do
		plugin_with --dnsbl-only "--dnsbl=$zone" --dnsbl-key-file=key "--dnsbl-address=$listed" "--resolver=$resolver" -vv
		expect 2 "*.zen.dq.spamhaus.net (127.0.0.2 SBL)*"
		refuse_output "*secretkey*"
		lookup "$zone" "$listed" --dnsbl-key-file=key --resolver=127.0.0.1:9
		expect_unknown "*.zen.dq.spamhaus.net: no resolver there *"
		refuse_output "*secretkey*"
		lookup "$zone=127.0.0.300" "$listed" --dnsbl-key-file=key
		expect 3 "*has no filter like*"
		refuse_output "*secretkey*"
		lookup "$zone*x" "$listed" --dnsbl-key-file=key
		expect 3 "*has no weight like*"
		refuse_output "*secretkey*"
	done
	! grep -q secretkey "$(default_state)" || fail "the key is in the state"
	ls "$MP_STATE_PATH"/*/ | (! grep secretkey)
}

@test "a key's file that others may read is refused, and one that is missing named" {
	echo secretkey >key
	chmod 644 key
	lookup '$DQS.zen.dq.spamhaus.net' "$listed" --dnsbl-key-file=key
	expect 3 "* - --dnsbl-key-file: *key*"
	refuse_output "*secretkey*"
	lookup '$DQS.zen.dq.spamhaus.net' "$listed"
	expect 3 "* - --dnsbl: \"?DQS.zen.dq.spamhaus.net\" wants a key: --dnsbl-key-file*"
}

# ---- Zones ----

@test "zones come from a file, too" {
	printf '# ours\nzen.test *3\n' >bad
	printf '# ours\n\n  zen.test*3 # good\none.test, both.test=127.0.0.2\r\n' >lists
	plugin_with --dnsbl-only --dnsbl-file=lists "--dnsbl-address=$listed" "--resolver=$resolver" --no-state
	expect_metric dnsbl_listed=3 dnsbl_weight=5
	plugin_with --dnsbl-only --dnsbl-file=lists --dnsbl=homes.test "--dnsbl-address=$listed" "--resolver=$resolver" --no-state
	expect_metric dnsbl_listed=4
	plugin_with --dnsbl-only --dnsbl-file=bad "--dnsbl-address=$listed" --no-state
	expect 3 "* - --dnsbl-file: bad, line 2: *"
	printf 'zen.test\n#%01000d\n' 0 >bad
	plugin_with --dnsbl-only --dnsbl-file=bad "--dnsbl-address=$listed" --no-state
	expect 3 "* - --dnsbl-file: bad, line 2: the line is longer than 998 characters"
	# shellcheck disable=SC2046 # many options
	plugin_with --dnsbl-only $(printf -- '--dnsbl=n%s.test ' $(seq 100)) --dnsbl=secretkey.zen.dq.spamhaus.net
	expect 3 "* is given more than 100 times: *"
	refuse_output "*secretkey*"
}

@test "the default is a few well-known lists" {
	plugin_with --dnsbl-only "--dnsbl-address=$listed" --resolver=127.0.0.1:9 --no-state
	expect_metric dnsbl_unanswered=4
	expect_output "*dnsbl: zen.spamhaus.org gives no verdict*dnsbl: bl.mailspike.net gives no verdict*"
}

@test "options that don't fit are refused in words" {
	local line pattern
	while IFS=';' read -r line pattern; do
		# shellcheck disable=SC2086 # several options
		plugin_with $line
		expect 3 "MAIL GEO UNKNOWN - $pattern"
	done <<-'END'
		--dnsbl-only mail.log;--dnsbl-only reads no log*
		--dnsbl-only --dnsbl-clients=a.test;--dnsbl-only looks at no logins*
		--dnsbl-only -w 0;there is a threshold for foreign_logins, which --dnsbl-only doesn't count
		--home=US -w dnsbl_listed=1;there is a threshold for dnsbl_listed, which is counted with --dnsbl only
		--home=US --dnsbl -w listed_clients=1;there is a threshold for listed_clients, which is counted with --dnsbl-clients only
		--home=US --dnsbl-address=192.0.2.1;--dnsbl-address does nothing without --dnsbl
		--home=US --dnsbl-interval=1h;--dnsbl-interval does nothing without*
		--dnsbl-only --dnsbl-address=192.0.2.300;--dnsbl-address=192.0.2.300: must be an address or the name*
		--dnsbl-only --dnsbl-address=;--dnsbl-address=: must be an address or the name*
		--dnsbl-only --dnsbl-address=a_b..c|d;--dnsbl-address=*: must be an address or the name*
		--dnsbl-only --dnsbl-interval=8d;--dnsbl-interval=8d: must be a duration*
		--dnsbl-only --resolver=dns.example;--resolver=dns.example: must be an address*
		--dnsbl-only --resolver=127.0.0.1:70000;--resolver=127.0.0.1:70000: must be an address*
		--dnsbl-only --dnsbl=,;--dnsbl: no blocklist is named
		--home=US --dnsbl-clients=,;--dnsbl-clients: no blocklist is named
		--dnsbl-only --dnsbl-address=a..example;--dnsbl-address=a..example: must be an address or the name*
		--dnsbl-only --dnsbl=nodots;--dnsbl: "nodots" is no zone*
		--dnsbl-only --dnsbl=a..b;--dnsbl: "a..b" is no zone*
		--dnsbl-only --dnsbl=a.test=127.0.0.[9..2];--dnsbl: *has no filter like*
		--dnsbl-only --dnsbl=a.test=127.0.0.2*1001;--dnsbl: *has no weight like*
		--dnsbl-only --dnsbl-file=/nonexistent;--dnsbl-file: can't read the file of blocklists /nonexistent: No such file or directory
	END
}

# ---- With logins ----

listed_check() {
	check "--dnsbl=zen.test,one.test" "--dnsbl-address=$listed" "--resolver=$resolver" "$@"
}

@test "a quiet run says that the server is on no list" {
	login 10:19:00 bob "$america"
	listed=$unlisted listed_check
	expect 0 "MAIL GEO OK - 1 login in 15m, none foreign; on no blocklist (2 asked) |logins=1;*dnsbl_unanswered=0;;;0"
}

@test "a listing makes a run without foreign logins CRITICAL" {
	login 10:19:00 bob "$america"
	listed_check
	expect 2 "MAIL GEO CRITICAL - $listed is listed on zen.test (127.0.0.2, 127.0.0.4) and 1 more; 1 login in 15m, none foreign |*"
	expect_output "*dnsbl: $listed listed on one.test*"
}

@test "foreign logins and a listing are both told" {
	login 10:19:00 bob "$russia"
	listed_check
	expect 2 "* - bob logged in from abroad (RU); 1 foreign login by 1 user in 15m; $listed is listed on zen.test (*) and 1 more |*"
}

@test "silent lists don't make the counts of logins unknown" {
	login 10:19:00 bob "$russia"
	resolver=127.0.0.1:9
	listed_check
	expect 1 "MAIL GEO WARNING - bob logged in *; no blocklist gave a verdict (2 asked): zen.test: no resolver there |*"
	expect_metric foreign_logins=1 unlocated=0
	refuse_metric dnsbl_listed dnsbl_weight
}

@test "silent lists make a quiet run UNKNOWN, with its counts" {
	login 10:19:00 bob "$america"
	resolver=127.0.0.1:9
	listed_check
	expect_unknown "no blocklist gave a verdict (2 asked): zen.test: no resolver there *"
	expect_metric logins=1 foreign_logins=0
}

@test "without --dnsbl nothing is asked, and no metric of it is shown" {
	login 10:19:00 bob "$russia"
	questions >/dev/null
	check "--resolver=$resolver"
	expect_questions 0
	refuse_output "*dnsbl*"
	refuse_output "*listed_clients*"
}

@test "the resolver's library is loaded only to ask" {
	command -v strace >/dev/null && strace -o /dev/null true || skip "there is no strace, or it may not trace"
	remembered 10:00:00
	# LeakSanitizer can't work under strace
	ASAN_OPTIONS=detect_leaks=0 run strace -f -e trace=openat -o trace "$plugin" --dnsbl-only --dnsbl=zen.test "--dnsbl-address=$listed" \
		"--resolver=$resolver" --at=2014-02-25T10:00:30Z
	[ "$status" -eq 2 ]
	! grep libcares trace || fail "c-ares was loaded"
}

# ---- Clients ----

@test "a foreign login from a listed address is told in its line, and counted" {
	login 10:18:00 ann "$china"
	login 10:19:00 bob "$russia"
	login 10:19:30 joe "$america"
	check --dnsbl-clients=homes.test,one.test "--resolver=$resolver" -v
	expect_metric listed_clients=1 foreign_logins=2
	expect_output "*bob from IP $russia came from RU (*), postfix/submission, listed on homes.test (127.0.0.10)*"
	refuse_output "*$china*listed on*ann*"
	check --dnsbl-clients=homes.test,one.test "--resolver=$resolver" -c listed_clients=0
	expect 2 "*listed_clients 1 (critical 0)*"
}

@test "only addresses of foreign logins are looked up, each once" {
	login 10:18:00 ann "$russia"
	login 10:19:00 bob "$russia"
	login 10:19:30 joe "$america"
	questions >/dev/null
	check --dnsbl-clients=homes.test "--resolver=$resolver"
	expect_questions 4
	check --dnsbl-clients=homes.test "--resolver=$resolver"
	expect_questions 0
	expect_metric listed_clients=1
}

@test "that lists are silent of clients is a note, and a problem only for a threshold" {
	login 10:19:00 bob "$russia"
	check --dnsbl-clients=homes.test --resolver=127.0.0.1:9
	expect 1 "*"
	refuse_metric listed_clients
	expect_output "*dnsbl: homes.test gives no verdict: no resolver there*"
	check --dnsbl-clients=homes.test --resolver=127.0.0.1:9 -w listed_clients=0 -w 5
	expect_unknown "listed_clients can't be told: homes.test: no resolver there*"
}

@test "without foreign logins no client is looked up" {
	login 10:19:30 joe "$america"
	questions >/dev/null
	check --dnsbl-clients=homes.test "--resolver=$resolver" -w listed_clients=0
	expect 0 "*"
	expect_metric listed_clients=0
	expect_questions 0
}

@test "more addresses than the limit are said to be left out" {
	awk 'BEGIN { for (i = 0; i < 600; i++)
		printf "2014-02-25T10:19:00Z mail postfix/smtpd[1]: 5X%d: client=unknown[200.160.%d.%d], sasl_method=PLAIN, sasl_username=u\n",
			i, int(i / 200), i % 200 + 1 }' >"$log"
	check --dnsbl-clients=homes.test "--resolver=$resolver"
	expect_output "*dnsbl: 100 of 600 addresses of foreign logins were not looked up*"
}
