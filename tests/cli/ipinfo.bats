#!/usr/bin/env bats
# ipinfo.bats - asking ipinfo.io, or rather a server on loopback that plays it
#
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	command -v perl >/dev/null || return 0
	perl "$BATS_TEST_DIRNAME/ipinfo-server" port requests </dev/null >server.out 2>&1 3>&- 4>&- 5>&- &
	echo $! >server.pid
	wait_for port
	start_tls
}

wait_for() {
	for _ in $(seq 100); do
		[ ! -s "$1" ] || return 0
		sleep 0.05
	done
	echo "$1 does not come: $(cat ./*.out)" >&2
	return 1
}

# nginx before it, with a certificate of its own for 127.0.0.1, speaking HTTP/2.
start_tls() {
	command -v nginx >/dev/null && command -v openssl >/dev/null || return 0
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 2 -subj /CN=loopback \
		-addext 'subjectAltName=IP:127.0.0.1' 2>openssl.out
	for try in 1 2 3 4 5; do
		tls_port=$((20000 + (RANDOM + try) % 20000))
		cat >nginx.conf <<-END
			pid nginx.pid; error_log nginx.out; daemon on; worker_processes 1;
			events { worker_connections 200; }
			http {
				log_format connections '\$connection \$server_protocol';
				access_log $PWD/connections connections; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
				server {
					listen 127.0.0.1:$tls_port ssl http2;
					ssl_certificate certificate.pem; ssl_certificate_key key.pem;
					location / { proxy_pass http://127.0.0.1:$(cat port); proxy_http_version 1.1; }
				}
			}
		END
		if nginx -p "$PWD/" -c nginx.conf </dev/null >>nginx.err 2>&1 3>&- 4>&- 5>&-; then
			echo "$tls_port" >tls_port
			return
		fi
	done
}

teardown_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	[ ! -f server.pid ] || kill "$(cat server.pid)"
	[ ! -f nginx.pid ] || kill "$(cat nginx.pid)"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir home temporary
	export HOME=$BATS_TEST_TMPDIR/home TMPDIR=$BATS_TEST_TMPDIR/temporary MP_STATE_PATH=$BATS_TEST_TMPDIR/state
	unset NAGIOS_PLUGIN_STATE_DIRECTORY MP_CONFIG_FILE NAGIOS_CONFIG_PATH SSL_CERT_FILE
	unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY no_proxy NO_PROXY
	log=$BATS_TEST_TMPDIR/mail.log home=US now=10:20:00 queue_id=0
	needs libcurl
	[ -s "$BATS_FILE_TMPDIR/port" ] || skip "perl is not installed"
	requests=$BATS_FILE_TMPDIR/requests
	: >"$requests"
	printf 'tok-123.abc\n' >token
	chmod 600 token
}

# asks BEHAVIOUR[/PATH] OPTION...: a check with the server behaving so.
asks() {
	geo="ipinfo:http://127.0.0.1:$(cat "$BATS_FILE_TMPDIR/port")/$1"
	check "${@:2}"
}

# was_asked COUNT: so many requests came since the test began.
was_asked() {
	[ "$(wc -l <"$requests")" -eq "$1" ] || fail "expected $1 requests, there were:" "$(head -20 "$requests")"
}

foreigners() {
	login 10:10:00 alice $russia
	login 10:11:00 bob $china
	login 10:12:00 carol $america
	login 10:13:00 alice $russia
}

# COUNT logins from as many public addresses.
many_logins() {
	awk -v count="$1" 'BEGIN {
		for (i = 0; i < count; i++)
			printf "2014-02-25T10:10:00+00:00 mail postfix/smtpd[1]: 5X%d: client=unknown[77.%d.%d.%d], sasl_method=PLAIN, sasl_username=u\n",
				i, i / 250 % 250, i % 250, 2 + i % 7
	}' >>"$log"
}

# ---- What is asked ----

@test "several addresses are one batch, with the token, and each address once" {
	foreigners
	asks ok/lite --ipinfo-token-file=token
	expect 1 "MAIL GEO WARNING - * and * from abroad: 3 logins in 15m |*"
	expect_metric logins=4 unlocated=0
	[ "$(cat "$requests")" = "POST /ok/batch/lite tok-123.abc 3" ] || fail "asked: $(cat "$requests")"
}

@test "one address alone is asked for by itself" {
	login 10:10:00 alice $russia
	asks ok/lite --ipinfo-token-file=token -v
	[ "$(cat "$requests")" = "GET /ok/lite/$russia tok-123.abc 1" ] || fail "asked: $(cat "$requests")"
	expect_output "*came from RU (Russia, AS64500 Example ?Net?)*"
}

@test "of a 6to4 address the IPv4 address inside is asked for, once, and remembered" {
	login 10:10:00 alice 2002:4d58:808::1
	login 10:11:00 bob $russia
	asks ok/lite --ipinfo-token-file=token
	expect 1 "MAIL GEO WARNING - bob and alice from abroad: 2 logins in 15m |*"
	[ "$(cat "$requests")" = "GET /ok/lite/$russia tok-123.abc 1" ] || fail "asked: $(cat "$requests")"
	asks ok/lite --ipinfo-token-file=token
	expect_metric foreign_logins=2 unlocated=0
	was_asked 1
}

@test "a thousand addresses are one batch, and none at the next run" {
	many_logins 1000
	asks ok/lite
	expect_metric foreign_logins=1000 unlocated=0
	was_asked 1
	asks ok/lite
	expect_metric foreign_logins=1000
	was_asked 1
	login 10:15:00 bob 77.0.1.3
	asks ok/lite
	expect_metric foreign_logins=1001
	was_asked 1
}

@test "more than a thousand are so many batches as it needs" {
	many_logins 2100
	asks ok/lite
	expect_metric foreign_logins=2100
	was_asked 3
}

@test "a server that has no batches is asked one by one" {
	many_logins 100
	asks hosted
	expect_metric foreign_logins=100
	was_asked 100
	asks hosted
	was_asked 100
}

@test "the shapes of Core and of a server of one's own are understood" {
	foreigners
	asks core/lookup -v
	expect_metric foreign_logins=3 unlocated=0
	expect_output "*(Russia, AS64501 Core Net)*"
	rm -r state
	asks hosted
	expect_metric foreign_logins=3 unlocated=0
}

@test "runs of a day ask once; the next day asks again" {
	for minute in 20 21 22 23 24 25; do
		login "10:$minute:00" alice $russia
		now=10:$minute:30
		asks ok/lite
		expect 1 "*"
	done
	was_asked 1
	echo "2014-02-26T10:25:00Z mail postfix/smtpd[1]: 4Y1: client=unknown[$russia], sasl_method=PLAIN, sasl_username=bob" >>"$log"
	plugin_with "--home=$home" "--geo=$geo" --at=2014-02-26T10:26:00Z "$log"
	expect_metric foreign_logins=1 unlocated=0
	was_asked 2
}

@test "nothing but the address is sent" {
	login 10:10:00 secret-user $russia
	asks ok/lite
	! grep -q secret "$requests" || fail "the user was sent"
}

@test "private and trusted addresses are never asked for" {
	login 10:10:00 alice 10.1.2.3
	login 10:11:00 bob $china
	asks ok/lite --trust=$china
	expect_metric logins=0
	was_asked 0
}

@test "a database before it answers what it can; only the rest is asked for" {
	login 10:10:00 alice $russia
	login 10:11:00 bob $nowhere
	login 10:12:00 carol 77.1.2.3
	geo="mmdb:$database,ipinfo:http://127.0.0.1:$(cat "$BATS_FILE_TMPDIR/port")/ok/lite"
	check
	expect_metric foreign_logins=2 unlocated=1
	[ "$(cut -d' ' -f4 "$requests")" = 2 ] || fail "asked: $(cat "$requests")"
}

@test "a database behind it answers what it could not" {
	login 10:10:00 alice $russia
	geo="ipinfo:http://127.0.0.1:$(cat "$BATS_FILE_TMPDIR/port")/fails,mmdb:$database"
	check
	expect 1 "*"
	expect_metric foreign_logins=1 unlocated=0
	refuse_output "*could not be placed*"
}

@test "a run that needs no remote lookup asks nothing and loads no libcurl" {
	login 10:10:00 alice $russia
	geo="mmdb:$database,ipinfo:http://127.0.0.1:1/"
	command -v strace >/dev/null || skip "strace is not installed"
	run strace -f -e trace=openat -o trace "$plugin" "--home=$home" "--geo=$geo" --at=2014-02-25T10:20:00Z "$log"
	expect_metric foreign_logins=1
	! grep -q libcurl trace || fail "libcurl was loaded"
}

# ---- What goes wrong ----

# fails_with BEHAVIOUR PATTERN: UNKNOWN with the reason; the login is neither home nor foreign, and a later run mends it.
fails_with() {
	login 10:10:00 alice $russia
	login 10:11:00 bob $china
	asks "$1" "${@:3}"
	expect_unknown "2 of 2 addresses could not be placed by ipinfo http://127.0.0.1:*: $2"
	expect_metric foreign_logins=U logins=2 unlocated=2
	asks ok/lite
	expect 1 "* - bob and alice from abroad: *"
	expect_metric foreign_logins=2 unlocated=0
}

@test "a token that is refused is told" { fails_with refused/lite "it refuses the token, or wants one (HTTP 403)*"; }
@test "a service that fails itself is told" { fails_with fails/lite "it fails itself (HTTP 502)*"; }
@test "a web page instead of an answer is told" { fails_with html "it answers with a web page*"; }
@test "JSON that is cut off is told" { fails_with broken "its answer is no JSON*"; }
@test "JSON of another shape is told" { fails_with shape/lite "its JSON has another shape than ipinfo.io's*"; }
@test "a country's name where its code belongs is told" { fails_with name "where a country's code belongs it has something else*"; }
@test "an answer for another address is told" { fails_with other "it answered for another address*"; }
@test "a redirect is not followed" { fails_with elsewhere "it redirects elsewhere, which is not followed (HTTP 302)*"; }
@test "an answer without end is told, in time" { fails_with endless "it did not answer in time*" --timeout=2; }
@test "no answer at all is told, in time" { fails_with silent "it did not answer in time*" --timeout=2; }
@test "an enormous answer is told" { fails_with enormous "its answer is too large*"; }
@test "an enormous header is told" { fails_with header "its answer is too large*"; }

@test "no server there is told" {
	login 10:10:00 alice $russia
	geo=ipinfo:http://127.0.0.1:1
	check
	expect_unknown "1 of 1 addresses could not be placed by ipinfo http://127.0.0.1:1 (not encrypted): no connection to it can be made*"
}

@test "a name that can't be resolved is told" {
	login 10:10:00 alice $russia
	geo=ipinfo:https://ipinfo.invalid
	check
	expect_unknown "1 of 1 addresses could not be placed by ipinfo https://ipinfo.invalid: its name can?t be resolved (DNS)*" ||
		[[ ${lines[0]} == *"its name can't be resolved (DNS)"* ]]
}

@test "what is known to be foreign alerts, whatever fails" {
	login 10:10:00 alice $russia
	login 10:11:00 bob 77.1.2.3
	geo="mmdb:$database,ipinfo:http://127.0.0.1:$(cat "$BATS_FILE_TMPDIR/port")/fails"
	check
	expect 1 "MAIL GEO WARNING - alice logged in from abroad (RU); *could not be placed*"
	expect_metric foreign_logins=1 unlocated=1
}

@test "where only some are answered it is a note, and the others are asked for again" {
	login 10:10:00 alice 77.1.2.2
	login 10:11:00 bob 77.1.2.3
	asks half/lite
	expect_metric foreign_logins=1 unlocated=1
	expect_output "*1 of 2 addresses could not be placed by ipinfo*"
	asks ok/lite
	expect_metric foreign_logins=2 unlocated=0
}

@test "an address that the service doesn't know is unlocated, and not asked for each time" {
	login 10:10:00 alice $nowhere
	asks ok/lite
	expect 0 "MAIL GEO OK - *"
	expect_metric logins=1 unlocated=1
	now=10:21:00
	asks ok/lite
	was_asked 1
}

@test "a limit is respected by the next runs, as long as the service says" {
	login 10:10:00 alice $russia
	asks limit
	expect_unknown "1 of 1 addresses could not be placed by *: its limit of requests is reached (HTTP 429)*"
	now=10:21:00
	: >"$requests"
	asks limit
	expect_unknown "1 of 1 addresses could not be placed by *: its limit was reached, and it is not asked again before 2014-02-25T10:30:00*"
	was_asked 0
	now=10:24:59
	asks ok
	was_asked 0
	login 10:29:00 alice $russia
	now=10:30:01
	asks ok
	expect_metric foreign_logins=1
	was_asked 1
}

# ---- TLS ----

tls() {
	[ -s "$BATS_FILE_TMPDIR/tls_port" ] || skip "nginx and openssl are not installed"
	geo="ipinfo:https://$1:$(cat "$BATS_FILE_TMPDIR/tls_port")/ok/lite"
	check "${@:2}"
}

@test "HTTPS is asked when its certificate is trusted" {
	foreigners
	SSL_CERT_FILE=$BATS_FILE_TMPDIR/certificate.pem tls 127.0.0.1
	expect_metric foreign_logins=3 unlocated=0
	was_asked 1
}

@test "a hundred addresses that are asked one by one share one connection of HTTP/2" {
	many_logins 100
	[ -s "$BATS_FILE_TMPDIR/tls_port" ] || skip "nginx and openssl are not installed"
	: >"$BATS_FILE_TMPDIR/connections"
	geo="ipinfo:https://127.0.0.1:$(cat "$BATS_FILE_TMPDIR/tls_port")/hosted"
	SSL_CERT_FILE=$BATS_FILE_TMPDIR/certificate.pem check
	expect_metric foreign_logins=100 unlocated=0
	was_asked 100
	sleep 0.1 # nginx logs behind the answer
	[ "$(sort "$BATS_FILE_TMPDIR/connections" | uniq -c | awk '{ print $1, $3 }')" = "100 HTTP/2.0" ] ||
		fail "not one connection: $(sort "$BATS_FILE_TMPDIR/connections" | uniq -c)"
}

@test "a certificate that nobody vouches for is refused" {
	foreigners
	tls 127.0.0.1 --ipinfo-token-file=token
	expect_unknown "3 of 3 addresses could not be placed by ipinfo https://127.0.0.1:*: TLS fails: *"
	was_asked 0
}

@test "a certificate for another name is refused" {
	foreigners
	SSL_CERT_FILE=$BATS_FILE_TMPDIR/certificate.pem tls localhost
	expect_unknown "3 of 3 addresses could not be placed by ipinfo https://localhost:*: TLS fails: *"
	was_asked 0
}

@test "a proxy of the environment is asked to connect, and sees no address" {
	command -v perl >/dev/null || skip "perl is not installed"
	perl -MIO::Socket::INET -e '
		my $listener = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1") or die;
		open my $port, ">", "proxy.new"; print $port $listener->sockport; close $port; rename "proxy.new", "proxy";
		alarm 20; open my $asked, ">", "asked"; $asked->autoflush(1);
		while (my $client = $listener->accept) { while (my $line = <$client>) { print $asked $line; last if $line =~ /^\r?$/ } close $client }
	' </dev/null >proxy.out 2>&1 3>&- 4>&- 5>&- &
	local proxy=$!
	wait_for proxy
	login 10:10:00 alice $russia
	geo=ipinfo
	https_proxy=http://127.0.0.1:$(cat proxy) check
	kill "$proxy"
	expect_unknown "1 of 1 addresses could not be placed by ipinfo https://ipinfo.io: *"
	grep -q "^CONNECT ipinfo.io:443 HTTP/1.1" asked || fail "$(cat asked)"
	! grep -q "$russia" asked || fail "$(cat asked)"
}

# ---- The options ----

@test "http to the world is refused, and so are user names in the URL" {
	login 10:10:00 alice $russia
	for url in http://ipinfo.io http://8.8.8.8/x ftp://127.0.0.1 https:// https://user@host 'https://host/?x' 'https://host/a b' http://localhost.evil.example; do
		geo=ipinfo:$url
		check
		expect_unknown "--geo=ipinfo:*"
	done
}

@test "a token that others can read is refused" {
	login 10:10:00 alice $russia
	chmod 644 token
	asks ok/lite --ipinfo-token-file=token
	expect_unknown "the token file token may be read by everybody: chmod o= *"
	chmod 640 token
	asks ok/lite --ipinfo-token-file=token
	expect_unknown "the token file token may be read by others: chmod 600 *"
	asks ok/lite --ipinfo-token-file=missing
	expect_unknown "can*read the token file missing: No such file or directory*" || [[ ${lines[0]} == *"can't read the token file missing: No such file"* ]]
	was_asked 0
}

@test "what is in a token file that holds no token is never printed" {
	login 10:10:00 alice $russia
	printf 'two words-secret\n' >token
	asks ok/lite --ipinfo-token-file=token
	[ "$status" -eq 3 ] || fail "expected UNKNOWN"
	refuse_output "*secret*"
}

@test "--geo-cache is a day at the least" {
	login 10:10:00 alice $russia
	asks ok/lite --geo-cache=1h
	expect_unknown "--geo-cache=1h: must be a duration of a day or more*"
	asks ok/lite --geo-cache=2d
	expect_metric foreign_logins=1
}
