#!/usr/bin/env bats
#
# nagios.bats - what an operator copies: nagios-sample.cfg and the services of README agree with Nagios and the plugin
#
#	srcdir           top of the source, default .
#	CHECK_MAIL_GEO   the built plugin; what needs it is skipped without
#
# SPDX-License-Identifier: GPL-3.0-or-later

setup() {
	PATH=$PATH:/usr/sbin
	srcdir=$(cd "${srcdir:-.}" && pwd)
	sample=$srcdir/nagios-sample.cfg
}

need_plugin() {
	[ -n "$CHECK_MAIL_GEO" ] || skip "skipped: CHECK_MAIL_GEO is not set"
	[ -x "$CHECK_MAIL_GEO" ]
}

# Everything that the sample takes from others: hosts, two templates, a contact, a time period. As in Debian's templates.cfg.
write_objects() {
	cat <<-'END'
	define timeperiod {
	    timeperiod_name               24x7
	    alias                         always
	    sunday                        00:00-24:00
	    monday                        00:00-24:00
	    tuesday                       00:00-24:00
	    wednesday                     00:00-24:00
	    thursday                      00:00-24:00
	    friday                        00:00-24:00
	    saturday                      00:00-24:00
	}
	define command {
	    command_name                  notify
	    command_line                  /bin/true
	}
	define contact {
	    contact_name                  operator
	    host_notification_period      24x7
	    service_notification_period   24x7
	    host_notification_options     d,u,r
	    service_notification_options  w,u,c,r
	    host_notification_commands    notify
	    service_notification_commands notify
	}
	define host {
	    name                          generic-host
	    check_period                  24x7
	    max_check_attempts            2
	    contacts                      operator
	    notification_interval         60
	    notification_period           24x7
	    register                      0
	}
	define service {
	    name                          generic-service
	    check_period                  24x7
	    max_check_attempts            4
	    check_interval                5
	    retry_interval                1
	    contacts                      operator
	    notification_interval         60
	    notification_period           24x7
	    register                      0
	}
	define host {
	    use                           generic-host
	    host_name                     localhost
	    address                       127.0.0.1
	}
	define host {
	    use                           generic-host
	    host_name                     mail.example.com
	    address                       192.0.2.25
	}
	END
}

write_main() {
	cat <<-END
	cfg_file=$BATS_TEST_TMPDIR/objects.cfg
	cfg_file=$sample
	resource_file=$BATS_TEST_TMPDIR/resource.cfg
	log_file=$BATS_TEST_TMPDIR/nagios.log
	object_cache_file=$BATS_TEST_TMPDIR/objects.cache
	precached_object_file=$BATS_TEST_TMPDIR/objects.precache
	status_file=$BATS_TEST_TMPDIR/status.dat
	state_retention_file=$BATS_TEST_TMPDIR/retention.dat
	lock_file=$BATS_TEST_TMPDIR/nagios.pid
	command_file=$BATS_TEST_TMPDIR/rw/nagios.cmd
	query_socket=$BATS_TEST_TMPDIR/rw/nagios.qh
	temp_file=$BATS_TEST_TMPDIR/nagios.tmp
	temp_path=$BATS_TEST_TMPDIR
	log_archive_path=$BATS_TEST_TMPDIR
	check_result_path=$BATS_TEST_TMPDIR/results
	nagios_user=$(id -un)
	nagios_group=$(id -gn)
	END
	echo 'illegal_macro_output_chars=`~$&|'"'"'"<>' # as in Debian's nagios.cfg
}

# The value of the first line "NAME VALUE" of the sample that holds $2.
directive() {
	sed -n "s/^[[:space:]]*$1[[:space:]]\{1,\}//p" "$sample" | grep -F -- "$2" | head -n 1
}

# The command line $1 on a log that isn't there: it comes that far only if all options were understood.
is_understood() {
	local output
	output=$(sh -c "$1 --no-state /nonexistent/mail.log") || true
	printf '%s\n' "$output"
	case $output in
	*"Try check_mail_geo --help"*) return 1 ;;
	"MAIL GEO "*) return 0 ;;
	*) return 1 ;;
	esac
}

@test "nagios4 accepts nagios-sample.cfg" {
	nagios=$(command -v nagios4 || command -v nagios || true)
	[ -n "$nagios" ] || skip "skipped: nagios4 is not installed"
	mkdir -p "$BATS_TEST_TMPDIR/results" "$BATS_TEST_TMPDIR/rw"
	echo '$USER1$=/usr/lib/nagios/plugins' >"$BATS_TEST_TMPDIR/resource.cfg"
	write_objects >"$BATS_TEST_TMPDIR/objects.cfg"
	write_main >"$BATS_TEST_TMPDIR/nagios.cfg"
	run "$nagios" -v "$BATS_TEST_TMPDIR/nagios.cfg"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"Checked 3 services."* ]]
	[[ $output == *"Total Warnings: 0"* ]]
	[[ $output == *"Total Errors:   0"* ]]
}

@test "nagios-sample.cfg: an alert is HARD before its login leaves the window" {
	local minutes attempts retry interval
	minutes=$(sed -n 's/.*check_command *check_mail_geo![^!]*!\([0-9]*\)m!.*/\1/p' "$sample")
	interval=$(directive check_interval '')
	attempts=$(directive max_check_attempts '')
	retry=$(directive retry_interval '')
	[ $((interval + (attempts - 1) * retry)) -lt "$minutes" ]
}

# What Nagios makes of the notification command of the sample: macros filled in, $1 for $SERVICEOUTPUT$ and $2 for $LONGSERVICEOUTPUT$.
notification_line() {
	local line
	line=$(directive command_line "LONGSERVICEOUTPUT")
	line=${line/'$SERVICEOUTPUT$'/$1}
	line=${line/'$LONGSERVICEOUTPUT$'/$2}
	line=${line/'/usr/bin/mail'/cat -- #}
	sed 's/\$[A-Z]*\$/x/g' <<<"$line"
}

@test "the services about logins in nagios-sample.cfg and README notify at each alert, so that a second victim is told" {
	[ "$(grep -c '^ *service_description *Mail logins by country' "$sample")" -eq 2 ]
	[ "$(grep -c '^ *is_volatile *1' "$sample")" -eq 2 ]
	sed -n '/apply Service "mail logins/,/^ *}/p' "$srcdir/README" | grep -q 'volatile = true'
}

@test "the notification of nagios-sample.cfg has the first line and each line behind it" {
	run sh -c "$(notification_line 'MAIL GEO WARNING - eve from abroad' 'eve: 1 login\nbob: 2 logins (RU)')"
	echo "$output"
	[ "${lines[0]}" = "MAIL GEO WARNING - eve from abroad" ]
	[ "${lines[1]}" = "eve: 1 login" ]
	[ "${lines[2]}" = "bob: 2 logins (RU)" ]
}

@test "the plugin understands the command of nagios-sample.cfg" {
	need_plugin
	local line value number=0
	line=$(directive command_line '/check_mail_geo')
	[ -n "$line" ]
	line=${line/'$USER1$/check_mail_geo'/"'$CHECK_MAIL_GEO'"}
	IFS='!' read -r -a arguments <<<"$(directive check_command 'check_mail_geo!')"
	for value in "${arguments[@]:1}"; do
		number=$((number + 1))
		[[ $line == *"'\$ARG$number\$'"* ]]
		line=${line//"\$ARG$number\$"/$value}
	done
	echo "$line"
	[[ $line != *'$'* ]]
	is_understood "$line"
}

@test "the plugin understands the command for blocklists of nagios-sample.cfg" {
	need_plugin
	"$CHECK_MAIL_GEO" -V -v | grep -q 'libcares): yes' || skip "built without libcares"
	local line
	line=$(directive command_line '--dnsbl-only')
	line=${line/'$USER1$/check_mail_geo'/"'$CHECK_MAIL_GEO'"}
	line=${line/'$ARG1$'/127.0.0.2}
	[[ $line != *'$'* ]]
	run sh -c "$line --no-state --resolver=127.0.0.1:9"
	echo "$output"
	[[ $output == "MAIL GEO UNKNOWN - no blocklist gave a verdict (4 asked)"* ]]
}

@test "the plugin understands the line for nrpe.cfg in nagios-sample.cfg" {
	need_plugin
	local line
	line=$(sed -n 's/^#[[:space:]]*command\[check_mail_geo\]=//p' "$sample")
	[ -n "$line" ]
	is_understood "'$CHECK_MAIL_GEO' ${line#* }"
}

@test "a threshold with shell characters arrives whole through the quotes of nagios-sample.cfg" {
	need_plugin
	local line
	line=$(directive command_line '/check_mail_geo')
	line=${line/'$USER1$/check_mail_geo'/"'$CHECK_MAIL_GEO'"}
	line=${line/'$ARG1$'/DE,AT}
	line=${line/'$ARG2$'/90s}
	line=${line/'$ARG3$'/'foreign_logins=@1:5'}
	line=${line/'$ARG4$'/'log_age=~:600'}
	is_understood "$line"
}
