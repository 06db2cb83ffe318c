# unpacked.bash - servers that can't be installed beside each other: unpacked, each in a root directory of its own
#
# Debian's packages are downloaded (LAB_PACKAGES=DIRECTORY keeps them), and laid over this machine's files by an overlay in
# memory: nothing of the machine changes. LAB_SUITE=trixie has them from that suite of Debian, with all that they need. A real
# rsyslog writes what the server logs. Each server has process ids of its own, and is ended with the process that made them.
#
# SPDX-License-Identifier: GPL-3.0-or-later

declare -A unpacked_packages=(
	[dovecot]="dovecot-imapd dovecot-pop3d"
	[postfix]="postfix dovecot-core"
	[exim]="exim4-daemon-light"
	[courier]="courier-imap courier-pop courier-authdaemon"
	[cyrus]="cyrus-imapd cyrus-pop3d sasl2-bin libsasl2-modules"
	[opensmtpd]="opensmtpd"
	[sendmail]="sendmail-bin sendmail-cf m4 sasl2-bin libsasl2-modules"
)

# apt's options for a suite, and its lists if they aren't there: it keeps them apart, and believes that nothing is installed.
unpacked_suite() { # DIRECTORY
	apt+=(-o "Dir::State::status=$1/status" -o "Dir::State::lists=$1/lists" -o "Dir::Etc::sourcelist=$1/sources.list"
		-o "Dir::Etc::sourceparts=$1/parts" -o "Dir::Cache=$1" -o APT::Sandbox::User=root)
	[ ! -e "$1/updated" ] || return 0
	mkdir -p "$1"/{lists,archives}/partial "$1/parts"
	echo "deb ${LAB_MIRROR:-http://deb.debian.org/debian} $LAB_SUITE main" >"$1/sources.list"
	: >"$1/status"
	"${apt[@]}" update >"$1/out" 2>&1 && : >"$1/updated"
}

# While there is a network: what apt would install, whatever stands in its way.
unpacked_fetch() {
	local name place apt=(apt-get -q)
	command -v apt-get >/dev/null || return
	if [ -z "${LAB_PACKAGES:-}" ]; then
		LAB_PACKAGES=$(mktemp -d /tmp/lab-packages.XXXXXX)
		export LAB_PACKAGES LAB_PACKAGES_GO=1
	fi
	[ -z "${LAB_SUITE:-}" ] || unpacked_suite "$LAB_PACKAGES/apt"
	for name in "${!unpacked_packages[@]}"; do
		place=$LAB_PACKAGES/$name
		[ ! -e "$place/all" ] && wanted "$name" || continue
		mkdir -p "$place"
		# shellcheck disable=SC2086,SC2046
		(cd "$place" && "${apt[@]}" -s install --no-install-recommends ${unpacked_packages[$name]} >list &&
			set -- $(awk '$1 == "Inst" {print $2}' list) && { [ $# -eq 0 ] || "${apt[@]}" download "$@"; } && touch all) >"$place/out" 2>&1
	done
}

# unpacked_version SERVER: what its first package is. One that is installed here needs no unpacking.
unpacked_version() {
	local name=${unpacked_packages[$1]%% *}
	awk -v name="$name" '$1 == "Inst" && $2 == name {sub(/^\(/, "", $3); print name, $3}' "$LAB_PACKAGES/$1/list" | grep . ||
		dpkg-query -W -f '${Package} ${Version}\n' "$name" 2>/dev/null || echo "$1"
}

# unpacked_root NAME: its files are at $world/NAME/root, and its syslog goes to $world/NAME/mail.log. Says why if that can't be.
unpacked_root() {
	local place=$world/$1 packages=${LAB_PACKAGES:-/nonexistent}/$1 package device
	local root=$place/root
	command -v rsyslogd >/dev/null || { echo "rsyslog is not installed"; return 1; }
	[ -e "$packages/all" ] || { echo "its packages can't be had (${unpacked_packages[$1]})"; return 1; }
	mkdir -p "$place" && mount -t tmpfs -o mode=755 lab "$place" && mkdir "$place/upper" "$place/work" "$root"
	mount -t overlay -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" overlay "$root" 2>/dev/null ||
		{ echo "no overlay file system can be mounted here"; return 1; }
	for package in "$packages"/*.deb; do
		[ -e "$package" ] || continue
		dpkg-deb --fsys-tarfile "$package" | tar -xp --keep-directory-symlink -C "$root" || { echo "$package can't be unpacked"; return 1; }
	done
	mount -t tmpfs -o mode=755 lab "$root/dev"
	for device in null zero random urandom; do
		touch "$root/dev/$device" && mount --bind "/dev/$device" "$root/dev/$device"
	done
	mkdir -m 1777 "$root/dev/shm"
	cp "$world/hosts" "$world/resolv.conf" "$root/etc/"
	echo "127.0.0.1 $(hostname).lab.example $(hostname)" >>"$root/etc/hosts"
	unpacked_syslog "$place"
}

unpacked_syslog() { # PLACE
	cat >"$1/rsyslog.conf" <<-END
		module(load="imuxsock" SysSock.Use="off")
		input(type="imuxsock" Socket="$1/root/dev/log" RateLimit.Interval="0")
		action(type="omfile" file="$1/mail.log")
	END
	rsyslogd -n -f "$1/rsyslog.conf" -i "$1/rsyslog.pid" >"$1/rsyslog.out" 2>&1 &
	processes="$processes $!"
	for _ in $(seq 50); do
		[ ! -S "$1/root/dev/log" ] || return 0
		sleep 0.1
	done
	echo "rsyslog didn't start"
	return 1
}

# unpacked_user NAME NUMBER HOME
unpacked_user() {
	grep -q "^$1:" "$root/etc/passwd" || echo "$1:x:$2:$2::$3:/bin/false" >>"$root/etc/passwd"
	grep -q "^$1:" "$root/etc/group" || echo "$1:x:$2:" >>"$root/etc/group"
}

# unpacked_start NAME PORT <SCRIPT: runs it as the first process of the server's own, and waits for the port.
unpacked_start() {
	local place=$world/$1
	{ cat; echo 'exec sleep infinity'; } >"$place/root/start"
	unshare --pid --fork --kill-child=KILL --mount bash -c 'mount -t proc proc "$0/proc" && exec chroot "$0" bash /start' "$place/root" \
		</dev/null >"$place/out" 2>&1 &
	roots="$roots $!"
	disown "$!"
	wait_for "$2" || { skip "$1 didn't start: $(tail -n 2 "$place/out" "$place/mail.log" 2>/dev/null | tr '\n' ' ')"; return 1; }
}

# ---- The servers ----

# dovecot_settings ROOT VERSION: those that 2.4 has other names for.
dovecot_settings() {
	if [ "$2" = 2.4 ]; then
		cat <<-END
			dovecot_config_version = 2.4.0
			dovecot_storage_version = 2.4.0
			auth_allow_cleartext = yes
			mail_driver = maildir
			mail_path = /mail/%{user | username}
			passdb passwd-file {
			  passwd_file_path = /etc/people
			}
			userdb static {
			  fields {
			    uid = 65534
			    gid = 65534
			    home = /mail
			  }
			}
		END
	else
		cat <<-END
			disable_plaintext_auth = no
			mail_location = maildir:/mail/%n
			passdb {
			  driver = passwd-file
			  args = /etc/people
			}
			userdb {
			  driver = static
			  args = uid=65534 gid=65534 home=/mail
			}
		END
	fi >"$1/etc/dovecot/dovecot.conf"
	cat >>"$1/etc/dovecot/dovecot.conf" <<-'END'
		ssl = no
		auth_username_chars =
		auth_failure_delay = 0
		auth_mechanisms = plain login
		first_valid_uid = 1
		service anvil {
		  unix_listener anvil-auth-penalty {
		    mode = 0
		  }
		}
	END
}

# Into ROOT: its users, and the people who have passwords.
dovecot_people() {
	unpacked_user dovecot 65525 /usr/lib/dovecot
	unpacked_user dovenull 65524 /nonexistent
	printf '%s:{PLAIN}secret:::::\n' alice bob@lab.example 'o x]y[8.8.8.8]' >"$root/etc/people"
	mkdir -p -m 777 "$root/mail" "$root/etc/dovecot"
}

dovecot_kind() { # SERVER
	awk '$1 == "Inst" && $2 == "dovecot-core" {print substr($3, 4, 3)}' "$LAB_PACKAGES/$1/list" | grep . || dovecot --version | cut -c 1-3
}

# 2.3 has a log of its own here, 2.4 logs through syslog.
start_dovecot() {
	local root=$world/dovecot/root kind
	unpacked_root dovecot >"$world/why" || { skip "Dovecot: $(cat "$world/why")"; return 1; }
	kind=$(dovecot_kind dovecot)
	dovecot_people
	dovecot_settings "$root" "$kind"
	[ "$kind" = 2.4 ] || { own_log=root/var/log/dovecot.log; echo 'log_path = /var/log/dovecot.log' >>"$root/etc/dovecot/dovecot.conf"; }
	cat >>"$root/etc/dovecot/dovecot.conf" <<-END
		protocols = imap pop3
		listen = $here, 2001:db8::25
		service imap-login {
		  inet_listener imap {
		    port = 1153
		  }
		  inet_listener imaps {
		    port = 0
		  }
		}
		service pop3-login {
		  inet_listener pop3 {
		    port = 1154
		  }
		  inet_listener pop3s {
		    port = 0
		  }
		}
	END
	echo dovecot | unpacked_start dovecot 1153
}

# postfix_settings ROOT DIRECTORY PORT [PARAMETER...]
postfix_settings() {
	local place=$1$2
	mkdir -p "$place" "$1/var/lib/lab$2" "$1/var/spool/lab$2"
	cat >"$place/main.cf" <<-END
		compatibility_level = 3.6
		queue_directory = /var/spool/lab$2
		data_directory = /var/lib/lab$2
		mail_owner = postfix
		setgid_group = postdrop
		myhostname = mx.lab.example
		mydestination = lab.example
		mynetworks =
		inet_interfaces = $here
		inet_protocols = ipv4
		local_recipient_maps =
		local_transport = discard:
		default_transport = discard:
		smtpd_sasl_auth_enable = yes
		smtpd_sasl_type = dovecot
		smtpd_sasl_path = /run/dovecot/lab
		smtpd_sasl_security_options = noanonymous
		smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
		smtpd_authorized_xclient_hosts = 8.8.8.8
		smtpd_hard_error_limit = 100
	END
	printf '%s\n' "${@:4}" >>"$place/main.cf"
	cat >"$place/master.cf" <<-END
		$3 inet n - n - - smtpd
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		rewrite unix - - n - - trivial-rewrite
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		trace unix - - n - 0 bounce
		discard unix - - n - - discard
		error unix - - n - - error
		proxymap unix - - n - - proxymap
		anvil unix - - n - 1 anvil
		postlog unix-dgram n - n - 1 postlogd
	END
}

# Two of them: one logs through syslog, one has a log of its own.
start_postfix() {
	local root=$world/postfix/root
	unpacked_root postfix >"$world/why" || { skip "Postfix: $(cat "$world/why")"; return 1; }
	unpacked_user postfix 65522 /var/spool/postfix
	grep -q '^postdrop:' "$root/etc/group" || echo 'postdrop:x:65521:' >>"$root/etc/group"
	dovecot_people
	dovecot_settings "$root" "$(dovecot_kind postfix)"
	cat >>"$root/etc/dovecot/dovecot.conf" <<-'END'
		protocols =
		service auth {
		  unix_listener lab {
		    mode = 0666
		  }
		}
	END
	postfix_settings "$root" /etc/postfix 2525
	postfix_settings "$root" /etc/postfix-own 2526 "maillog_file = /var/log/postfix.log" "maillog_file_prefixes = /var"
	unpacked_start postfix 2525 <<-'END'
		mkdir -p /var/lib/postfix
		dovecot
		for place in /etc/postfix-own /etc/postfix; do
			cp -n /usr/share/postfix/*.cf* /etc/postfix/postfix-files "$place" 2>/dev/null
			chown postfix "/var/lib/lab$place"
			postfix -c "$place" start
		done
	END
}

after_postfix() {
	perl "$lab/client" $here 2526 postfix "$world/wanted.postfix" || result 1 "the client of the second Postfix"
	sleep 1
	compare "$(unpacked_version postfix), postlogd" "$world/postfix/root/var/log/postfix.log" "$world/wanted.postfix"
	"$CHECK_MAIL_GEO" --home=US "--geo=mmdb:$srcdir/tests/fixtures/geo/test-country.mmdb" --no-state "$world/postfix/mail.log" >"$world/answer"
	grep -q '^MAIL GEO CRITICAL - alice logged in from ' "$world/answer"
	result $? "the check on Postfix' log names alice: $(head -n 1 "$world/answer" | cut -d '|' -f 1)"
}

# It writes each line into its own log, and to syslog.
start_exim() {
	local root=$world/exim/root
	unpacked_root exim >"$world/why" || { skip "Exim: $(cat "$world/why")"; return 1; }
	own_log=root/var/log/lab/main
	unpacked_user Debian-exim 65533 /var/spool/exim4
	mkdir -p "$root/etc/exim4"
	cat >"$root/etc/exim4/exim4.conf" <<-END
		primary_hostname = mx.lab.example
		spool_directory = /var/spool/lab
		log_file_path = syslog : /var/log/lab/%s
		log_selector = +smtp_no_mail +subject +incoming_port +incoming_interface +received_recipients +received_sender \
		  +smtp_mailauth +pid +millisec
		daemon_smtp_ports = 2626
		local_interfaces = $here
		pid_file_path = /run/lab.pid
		queue_only
		host_lookup = 8.8.8.8
		rfc1413_query_timeout = 0s
		helo_accept_junk_hosts = 114.114.114.114
		recipients_max = 0
		helo_allow_chars = _
		smtp_accept_max_nonmail = 100
		smtp_enforce_sync = false
		acl_smtp_rcpt = accept_all
		acl_smtp_data = accept_all
		begin acl
		accept_all:
		  accept
		begin authenticators
		plain:
		  driver = plaintext
		  public_name = PLAIN
		  server_prompts = :
		  server_condition = \${if eq{\$auth3}{secret}}
		  server_set_id = \$auth2
	END
	unpacked_start exim 2626 <<-'END'
		mkdir -p /var/spool/lab /var/log/lab
		chown Debian-exim:Debian-exim /var/spool/lab /var/log/lab
		exim4 -bd -q99h
	END
}

ambiguous_lines() { # LOG
	"$CHECK_MAIL_GEO" --explain <"$1" | grep -ac 'may be a login, but is never counted'
}

# The processes of Exim (one a session) that a line of LOG is told of as ambiguous.
ambiguous_processes() { # LOG
	"$CHECK_MAIL_GEO" --explain --output=json <"$1" | perl -MJSON::PP -e '
		open my $log, "<", shift or die;
		while (<STDIN>) {
			my $line = <$log>;
			print "$1\n" if decode_json($_)->{why} =~ /^may be a login/ && $line =~ /^\S+ \S+ exim\[(\d+)\]/;
		}' "$1" | sort -u
}

# What Exim cut for syslog is no login, but each one that is missing is told. A file is only cut where its own buffer ends.
after_exim() {
	local told made log=$world/exim/mail.log
	told=$(ambiguous_lines "$(log_of exim)")
	made=$(cat "$world/wanted.exim.ambiguous")
	[ "$told" = "$made" ]
	result $? "Exim: $told lines are told as ambiguous, of $made that a client made so"
	explained "$log" | sort >"$world/found"
	sort "$world/wanted.exim" | comm -13 - "$world/found" | sed 's/^/# false: /' | tee "$world/false"
	# Those that wrote a first piece of a message with a login.
	perl -ne 'print "$1\n" if /^\S+ \S+ exim\[(\d+)\]: \[1\/.* <= a\@lab\.example /' "$log" | sort -u >"$world/cut"
	ambiguous_processes "$log" | comm -13 - "$world/cut" | sed 's/^/# not told: process /' | tee "$world/untold"
	[ ! -s "$world/false" ] && [ ! -s "$world/untold" ] && [ "$(cat "$world/found" "$world/cut" | wc -l)" -ge "$(wc -l <"$world/wanted.exim")" ]
	result $? "Exim through syslog: $(wc -l <"$world/found") logins found, $(wc -l <"$world/false") of them false, $(wc -l <"$world/cut") cut, all but $(wc -l <"$world/untold") told"
}

start_courier() {
	local root=$world/courier/root
	unpacked_root courier >"$world/why" || { skip "Courier: $(cat "$world/why")"; return 1; }
	unpacked_user courier 65531 /var/lib/courier
	mkdir -p "$root/etc/courier" "$root/mail" "$root/run/courier/authdaemon" && chmod 777 "$root/mail"
	sed -i 's/^authmodulelist=.*/authmodulelist="authuserdb"/' "$root/etc/courier/authdaemonrc"
	cat >>"$root/etc/courier/imapd" <<-END
		ADDRESS=$here
		PORT=1144
		MAXPERIP=1000
		IMAP_CAPABILITY="\$IMAP_CAPABILITY AUTH=PLAIN"
		IMAP_ULIMITD=
	END
	printf 'ADDRESS=%s\nPORT=1145\nMAXPERIP=1000\nPOP3AUTH="PLAIN LOGIN"\n' "$here" >>"$root/etc/courier/pop3d"
	unpacked_start courier 1144 <<-'END'
		chown -R courier:courier /run/courier
		for user in alice bob@lab.example 'x],ip=[8.8.8.8'; do
			maildirmake.courier "/mail/${user%%[],@]*}"
			userdb "$user" set uid=65534 gid=65534 home=/mail mail="/mail/${user%%[],@]*}" \
				systempw="$(perl -e 'print crypt("secret", "\$1\$ab\$")')"
		done
		chown -R 65534:65534 /mail
		chmod 600 /etc/courier/userdb
		makeuserdb
		ln -sf /usr/lib/courier/makedat /usr/bin/makedat
		authdaemond start
		/usr/lib/courier/pop3d start
		/usr/lib/courier/imapd start
	END
}

start_cyrus() {
	local root=$world/cyrus/root
	unpacked_root cyrus >"$world/why" || { skip "Cyrus: $(cat "$world/why")"; return 1; }
	unpacked_user cyrus 65530 /var/spool/cyrus
	cat >"$root/etc/imapd.conf" <<-'END'
		configdirectory: /var/lib/cyrus
		proc_path: /run/cyrus/proc
		mboxname_lockpath: /run/cyrus/lock
		defaultpartition: default
		partition-default: /var/spool/cyrus/mail
		sasl_pwcheck_method: auxprop
		sasl_auxprop_plugin: sasldb
		sasl_mech_list: PLAIN LOGIN
		allowplaintext: yes
		allowapop: yes
		allowanonymouslogin: yes
		sasl_minimum_layer: 0
		servername: mx.lab.example
		loginrealms: lab.example
		lmtpsocket: /run/cyrus/socket/lmtp
		idlesocket: /run/cyrus/socket/idle
		notifysocket: /run/cyrus/socket/notify
		failedloginpause: 0
		unixhierarchysep: yes
	END
	cat >"$root/etc/cyrus.conf" <<-END
		START {
			recover cmd="/usr/sbin/cyrus ctl_cyrusdb -r"
		}
		SERVICES {
			imap cmd="imapd -U 30" listen="$here:1146" prefork=0 maxchild=50
			pop3 cmd="pop3d -U 30" listen="$here:1147" prefork=0 maxchild=50
			imap6mail cmd="imapd -U 30" listen="[2001:db8::25]:1146" proto="tcp6" prefork=0 maxchild=50
		}
		EVENTS {
		}
	END
	unpacked_start cyrus 1146 <<-'END'
		mkdir -p /run/cyrus/{proc,lock,socket} /var/lib/cyrus /var/spool/cyrus/mail
		for user in alice bob; do echo secret | saslpasswd2 -p -c -u mx.lab.example "$user"; done
		echo secret | saslpasswd2 -p -c -u lab.example bob
		chown -R cyrus:cyrus /run/cyrus /var/lib/cyrus /var/spool/cyrus /etc/sasldb2
		/usr/sbin/cyrus makedirs || :
		chown -R cyrus:cyrus /run/cyrus /var/lib/cyrus /var/spool/cyrus
		/usr/lib/cyrus/bin/master -d -p /run/cyrus/master.pid
	END
}

start_opensmtpd() {
	local root=$world/opensmtpd/root
	command -v openssl >/dev/null || { skip "OpenSMTPD: openssl is not installed"; return 1; }
	unpacked_root opensmtpd >"$world/why" || { skip "OpenSMTPD: $(cat "$world/why")"; return 1; }
	unpacked_user opensmtpd 65529 /var/lib/opensmtpd/empty
	unpacked_user opensmtpq 65528 /var/lib/opensmtpd/empty
	unpacked_user b 65523 /var/b
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=mx.lab.example -keyout "$root/etc/lab.key" -out "$root/etc/lab.crt" 2>/dev/null
	chmod 600 "$root/etc/lab.key"
	cat >"$root/etc/smtpd.conf" <<-END
		pki lab cert "/etc/lab.crt"
		pki lab key "/etc/lab.key"
		table people file:/etc/people
		listen on $here port 2727 smtps pki lab auth-optional <people> hostname mx.lab.example
		listen on $here port 2728 hostname mx.lab.example
		listen on 2001:db8::25 port 2727 smtps pki lab auth-optional <people> hostname mx.lab.example
		action "drop" maildir "/tmp/drop"
		match from any for domain "lab.example" action "drop"
		match from any auth for any action "drop"
	END
	unpacked_start opensmtpd 2728 <<-'END'
		hash=$(perl -e 'print crypt("secret", q($6$abcdefgh$))')
		printf '%s\t%s\n' alice "$hash" bob@lab.example "$hash" josé "$hash" >/etc/people
		chmod 644 /etc/people
		mkdir -p /var/b && chown b:b /var/b
		mkdir -p /var/spool/smtpd /var/lib/opensmtpd/empty /run/opensmtpd
		chown root:root /var/lib/opensmtpd/empty
		chmod 711 /var/spool/smtpd
		smtpd
	END
	# 6.8.0p2 with OpenSSL 3 answers no handshake, and takes no password without TLS.
	openssl s_client -connect "$here:2727" </dev/null >/dev/null 2>&1 && return
	skip "the logins of OpenSMTPD: it can't do TLS with this OpenSSL, so nobody can log in; strangers still can try"
	export LAB_STRANGERS=1
}

start_sendmail() {
	local root=$world/sendmail/root
	unpacked_root sendmail >"$world/why" || { skip "Sendmail: $(cat "$world/why")"; return 1; }
	unpacked_user smmta 65527 /var/lib/sendmail
	unpacked_user smmsp 65526 /var/lib/sendmail
	cat >"$root/etc/lab.mc" <<-END
		include(\`/usr/share/sendmail/cf/m4/cf.m4')
		OSTYPE(\`debian')
		DOMAIN(\`debian-mta')
		undefine(\`confHOST_STATUS_DIRECTORY')
		define(\`confDELIVERY_MODE', \`q')
		define(\`confAUTH_MECHANISMS', \`PLAIN LOGIN')
		define(\`confLOG_LEVEL', \`14')
		define(\`confTO_IDENT', \`0')
		define(\`confDOMAIN_NAME', \`mx.lab.example')
		define(\`confBAD_RCPT_THROTTLE', \`0')
		define(\`confREFUSE_LA', \`1000')
		define(\`confQUEUE_LA', \`1000')
		define(\`confDONT_BLAME_SENDMAIL', \`GroupWritableDirPathSafe')
		TRUST_AUTH_MECH(\`PLAIN LOGIN')
		FEATURE(\`no_default_msa')
		FEATURE(\`accept_unresolvable_domains')
		DAEMON_OPTIONS(\`Family=inet, Name=MTA, Addr=$here, Port=2929')
		DAEMON_OPTIONS(\`Family=inet6, Name=MTA6, Addr=2001:db8::25, Port=2929')
		LOCAL_DOMAIN(\`lab.example')
		MAILER(\`local')
		MAILER(\`smtp')
	END
	unpacked_start sendmail 2929 <<-'END'
		mkdir -p /var/spool/mqueue /run/sendmail/mta /var/lib/sendmail /etc/mail/sasl /usr/lib/sasl2 /etc/sasl2
		chmod 700 /var/spool/mqueue
		m4 /etc/lab.mc >/etc/mail/sendmail.cf
		touch /var/lib/sendmail/sendmail.st /etc/mail/local-host-names /etc/mail/aliases /etc/mail/trusted-users
		for place in /etc/mail/sasl/Sendmail.conf.2 /usr/lib/sasl2/Sendmail.conf /etc/sasl2/Sendmail.conf; do
			printf 'pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n' >"$place"
		done
		for user in alice bob 'o x'; do echo secret | saslpasswd2 -p -c -u mx.lab.example "$user"; done
		chmod 640 /etc/sasldb2
		cp /etc/sasldb2 /etc/mail/sasl/sasldb2 2>/dev/null
		/usr/libexec/sendmail/sendmail -bd -C /etc/mail/sendmail.cf
	END
}
