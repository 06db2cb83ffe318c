# unpacked.bash - servers that can't be installed beside each other: unpacked, each in a root directory of its own
#
# Debian's packages are downloaded (LAB_PACKAGES=DIRECTORY keeps them), and laid over this machine's files by an overlay in
# memory: nothing of the machine changes. LAB_SUITE=trixie has them from that suite of Debian, with all that they need. A real rsyslog writes what the server logs. Each server has process ids of its own,
# and is ended with the process that made them.
#
# SPDX-License-Identifier: GPL-3.0-or-later

declare -A unpacked_packages=(
	[courier]="courier-imap courier-pop courier-authdaemon"
	[dovecot24]="dovecot-imapd"
	[cyrus]="cyrus-imapd cyrus-pop3d sasl2-bin libsasl2-modules"
	[opensmtpd]="opensmtpd"
	[sendmail]="sendmail-bin sendmail-cf m4 sasl2-bin libsasl2-modules"
)

# apt's options for a suite: it keeps its lists apart, and believes that nothing is installed.
unpacked_suite() { # DIRECTORY
	mkdir -p "$1"/{lists,archives}/partial "$1/parts"
	: >"$1/status"
	echo "deb ${LAB_MIRROR:-http://deb.debian.org/debian} $LAB_SUITE main" >"$1/sources.list"
	apt+=(-o "Dir::State::status=$1/status" -o "Dir::State::lists=$1/lists" -o "Dir::Etc::sourcelist=$1/sources.list"
		-o "Dir::Etc::sourceparts=$1/parts" -o "Dir::Cache=$1" -o APT::Sandbox::User=root)
	"${apt[@]}" update >"$1/out" 2>&1
}

# While there is a network: what apt would install, whatever stands in its way.
unpacked_fetch() {
	local name place apt=(apt-get -q)
	command -v apt-get >/dev/null || return
	if [ -z "${LAB_PACKAGES:-}" ]; then
		LAB_PACKAGES=$(mktemp -d /tmp/lab-packages.XXXXXX)
		export LAB_PACKAGES LAB_PACKAGES_GO=1
	fi
	[ -z "${LAB_SUITE:-}" ] || [ -e "$LAB_PACKAGES/apt" ] || unpacked_suite "$LAB_PACKAGES/apt"
	for name in "${!unpacked_packages[@]}"; do
		place=$LAB_PACKAGES/$name
		[ ! -e "$place/all" ] && wanted "$name" || continue
		mkdir -p "$place"
		# shellcheck disable=SC2086,SC2046
		(cd "$place" && "${apt[@]}" -s install --no-install-recommends ${unpacked_packages[$name]} >list &&
			"${apt[@]}" download $(awk '$1 == "Inst" {print $2}' list) && touch all) >"$place/out" 2>&1
	done
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

# Its settings have other names than those of 2.3.
start_dovecot24() {
	local root=$world/dovecot24/root
	unpacked_root dovecot24 >"$world/why" || { skip "Dovecot 2.4: $(cat "$world/why")"; return 1; }
	grep -q '^Inst dovecot-core (1:2\.4' "$LAB_PACKAGES/dovecot24/list" || { skip "Dovecot 2.4: this suite of Debian has an older one"; return 1; }
	unpacked_user dovecot 65525 /usr/lib/dovecot
	unpacked_user dovenull 65524 /nonexistent
	cat >"$root/etc/dovecot/dovecot.conf" <<-END
		dovecot_config_version = 2.4.0
		dovecot_storage_version = 2.4.0
		protocols = imap
		listen = $here, 2001:db8::25
		ssl = no
		auth_allow_cleartext = yes
		auth_username_chars =
		auth_failure_delay = 0
		auth_mechanisms = plain login
		mail_driver = maildir
		mail_path = /mail/%{user | username}
		first_valid_uid = 1
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
		service anvil {
		  unix_listener anvil-auth-penalty {
		    mode = 0
		  }
		}
		service imap-login {
		  inet_listener imap {
		    port = 1148
		  }
		  inet_listener imaps {
		    port = 0
		  }
		}
	END
	unpacked_start dovecot24 1148 <<-'END'
		printf '%s:{PLAIN}secret:::::\n' alice bob@lab.example >/etc/people
		mkdir -p -m 777 /mail
		dovecot
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
