# dnsbl-lab.bash - blocklists on loopback: a real rbldnsd, and before it a real unbound, for tests and for make bench
#
# Everything lies in the working directory. Addresses that are listed: 127.0.0.2, 192.0.2.25 and 2001:db8::25; 192.0.2.1 and
# 2001:db8::1 are not.
#
# SPDX-License-Identifier: GPL-3.0-or-later

PATH=$PATH:/usr/sbin:/sbin # not on every user's path

# Of a server in the background: its output, and none of the descriptors that bats waits for.
in_background() {
	local output=$1
	shift
	"$@" </dev/null >"$output" 2>&1 3>&- 4>&- 5>&- 6>&- &
}

soa='$SOA 3600 ns.test. hostmaster.test. 0 600 300 86400 300'

write_lists() {
	local point=$'127.0.0.2\n192.0.2.25' six=$'::ffff:7f00:2\n2001:db8::25'
	printf '%s\n$TTL 300\n:127.0.0.2:Listed, see https://zen.test/$\n%s\n' "$soa" "$point" >plain
	printf ':127.0.0.4:A proxy\n%s\n' "$point" >proxy
	printf ':127.0.0.10:A home\n127.0.0.2\n192.0.2.25\n192.0.2.10\n77.88.8.8\n' >homes
	printf '%s\n:127.0.0.2:Listed $\n%s\n' "$soa" "$six" >six
	printf '%s\n$TTL 86400\n:127.0.0.2:Listed\n%s\n' '$SOA 86400 ns.test. hostmaster.test. 0 600 300 86400 86400' "$point" >lasting
	printf '%s\n0.0.0.0/0 :127.0.0.2:the world\n' "$soa" >world
	printf '%s\n0.0.0.0/0 :203.0.113.80:parked\n' "$soa" >parked
	printf '%s\n$TIMESTAMP 2020:01:01 +1d\n:127.0.0.2:old\n127.0.0.2\n' "$soa" >expired
	printf '%s\n:127.0.0.2:x\n192.0.2.25\n' "$soa" >untested # no test point
	printf '%s\n:127.0.0.2:%s\n%s\n' "$soa" $'evil \x1b[31m|`id`$(id)<b>\\n "x" \xe2\x80\xae' "$point" >hostile
	local code
	for code in 252 254 255 1; do echo "0.0.0.0/0 :127.255.255.$code:Error" >"error$code"; done
	for code in ignore refuse empty; do echo "0.0.0.0/0 :$code" >"$code"; done
}

# The lists' names and their data sets, as rbldnsd has them.
lists() {
	local i
	cat <<-END
		zen.test:ip4set:plain
		zen.test:ip4set:proxy
		one.test:ip4set:plain
		ttl.test:ip4set:plain
		homes.test:ip4set:homes
		six.test:ip6trie:six
		both.test:ip4set:plain
		both.test:ip6trie:six
		secretkey.zen.dq.spamhaus.net:ip4set:plain
		lasting.test:ip4set:lasting
		world.test:ip4trie:world
		parked.test:ip4trie:parked
		expired.test:ip4set:expired
		untested.test:ip4set:untested
		hostile.test:ip4set:hostile
	END
	for i in error252 error254 error255 error1 ignore refuse empty; do printf '%s\n' "$i.test:ip4set:plain" "$i.test:acl:$i"; done
	for ((i = 1; i <= 110; i++)); do echo "n$i.test:ip4set:homes"; done
}

# wait_for_log FILE TEXT PID: false if the server ended before it said TEXT.
wait_for_log() {
	local i
	for ((i = 0; i < 100; i++)); do
		! grep -q "$2" "$1" || return 0
		kill -0 "$3" 2>/dev/null || return 1
		sleep 0.05
	done
	return 1
}

# Sets list_port.
start_lists() {
	local i names
	write_lists
	mapfile -t names < <(lists)
	for ((i = 0; i < 20; i++)); do
		list_port=$((20000 + RANDOM % 20000))
		in_background rbldnsd.out rbldnsd -n -q -t 60 -c 600 -b "127.0.0.1/$list_port" -w "$PWD" "${names[@]}"
		echo $! >>pids
		! wait_for_log rbldnsd.out 'zones reloaded' $! || return 0
	done
	return 1
}

# start_resolver NAME [MORE]: an unbound that asks the lists; sets resolver. MORE is of its server's configuration.
start_resolver() {
	local i port
	for ((i = 0; i < 20; i++)); do
		port=$((20000 + RANDOM % 20000))
		cat >"$1.conf" <<-END
			server:
			  directory: "$PWD"
			  chroot: ""
			  username: ""
			  pidfile: ""
			  interface: 127.0.0.1@$port
			  do-not-query-localhost: no
			  do-ip6: no
			  use-syslog: no
			  logfile: ""
			  log-queries: yes
			  verbosity: 1
			  num-threads: 1
			  num-queries-per-thread: 4000
			  outgoing-range: 4096
			  jostle-timeout: 5000
			  so-rcvbuf: 0
			  module-config: "iterator"
			  local-zone: "test." nodefault
			  ${2:-}
			remote-control:
			  control-enable: no
			forward-zone:
			  name: "test"
			  forward-addr: 127.0.0.1@$list_port
			forward-zone:
			  name: "dq.spamhaus.net"
			  forward-addr: 127.0.0.1@$list_port
			stub-zone:
			  name: "."
			  stub-addr: 127.0.0.1@9
		END
		in_background "$1.out" unbound -d -c "$1.conf"
		echo $! >>pids
		resolver=127.0.0.1:$port
		! wait_for_log "$1.out" 'start of service' $! || return 0
	done
	return 1
}

stop_lab() {
	[ ! -f pids ] || xargs kill 2>/dev/null <pids || true
}
