#!/usr/bin/env bats
#
# manual.bats - README, doc/ and the manual page are true: they say what --help and the program say, and what they name is there
#
#	srcdir           top of the source, default .
#	CHECK_MAIL_GEO   the built plugin; what needs it is skipped without
#
# SPDX-License-Identifier: GPL-3.0-or-later

setup() {
	srcdir=$(cd "${srcdir:-.}" && pwd)
}

need_plugin() {
	[ -n "$CHECK_MAIL_GEO" ] || skip "skipped: CHECK_MAIL_GEO is not set"
	[ -x "$CHECK_MAIL_GEO" ]
}

need_perl() {
	command -v perl >/dev/null || skip "skipped: perl is not installed"
}

pages() {
	ls "$srcdir/README" "$srcdir"/doc/*.md
}

@test "each option and metric has the words of --help in the manual page and in doc/options.md (else: make docs)" {
	need_plugin
	need_perl
	run perl "$srcdir/doc/generate" --check "$CHECK_MAIL_GEO"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "a help text that doc/ does not have yet is told" {
	need_plugin
	need_perl
	local other=$BATS_TEST_TMPDIR/other
	printf '#!/bin/sh\n"%s" "$@" | sed "s/those placed outside --home/those placed on the moon/"\n' "$CHECK_MAIL_GEO" >"$other"
	chmod +x "$other"
	run perl "$srcdir/doc/generate" --check "$other"
	[ "$status" -eq 1 ]
	[[ $output == *"check_mail_geo.8 differs from"*"+Those placed on the moon."*"options.md differs from"* ]]
}

@test "the manual page has no faults (mandoc -T lint)" {
	command -v mandoc >/dev/null || skip "skipped: mandoc is not installed"
	run mandoc -T lint -W warning "$srcdir/doc/check_mail_geo.8"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

# Options of others, which doc/ names too: of configure, apt-get, docker, kubectl, the tests.
others='enable-|with-|without-|prefix|libexecdir|localstatedir|no-install-recommends|log-opt|install$|check$|max$|scenario|action|call$|notes|reporter'

@test "no page names an option that --help has not" {
	need_plugin
	local page known unknown=
	known=$("$CHECK_MAIL_GEO" --help | grep -Eo '^ (-[A-Za-z], )?--[a-z-]+' | grep -o -e '--.*')
	for page in $(pages) "$srcdir/doc/check_mail_geo.8"; do
		unknown+=$(sed 's/\\-/-/g; s/\\f[BIRP]//g' "$page" | grep -Eo -e '(^|[^a-z-])--[a-z][a-z-]*[a-z]' | grep -Eo -e '--.*' |
			grep -Ev -e "^--($others)" | sort -u | grep -vxF "$known" | sed "s|^|${page##*/}: |" || true)
	done
	echo "$unknown"
	[ -z "$unknown" ]
}

@test "each message that doc/troubleshooting.md explains is one of the program's" {
	need_perl
	run perl -0777 -e '
		my $source = "";
		for my $path (split /\n/, `find "$ARGV[0]/common" "$ARGV[0]/plugin" -name "*.c" -o -name "*.h"`) {
			open my $file, "<", $path or die "$path: $!\n";
			$source .= <$file>;
		}
		$source =~ s/"\s*PRI[a-z0-9]+\s*"/%/g;
		$source =~ s/"\s*\n\s*"//g;
		open my $page, "<", "$ARGV[0]/doc/troubleshooting.md" or die $!;
		my $count = 0;
		for my $headline (<$page> =~ /^### (".*)/mg) {
			for my $message ($headline =~ /"([^"]*)"/g) {
				for my $part (grep { /\S/ } map { s/^,? +| +$//gr } split /\.\.\./, $message) {
					$count++;
					print "the program never says: $part\n" if index($source, $part) < 0 && index($source, ($part =~ s/^(lines?) /%s /r)) < 0;
				}
			}
		}
		print "only $count messages are explained\n" if $count < 40;
	' "$srcdir"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "doc/formats.md has a row for each format of --help" {
	need_plugin
	"$CHECK_MAIL_GEO" --help | tr '\n' ' ' | sed 's/.*Known: *\([a-z, -]*\)  *-g, .*/\1/' | tr -d ' ' | tr ',' '\n' | sort >"$BATS_TEST_TMPDIR/known"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/known")" -ge 12 ]
	diff "$BATS_TEST_TMPDIR/known" <(sed -n '/^## What a server writes/,/^Left out/s/^    \([a-z][a-z-]*\)  .*/\1/p' "$srcdir/doc/formats.md" | sort)
}

@test "the versions that doc/install.md wants are those of configure" {
	local name version
	grep -o 'PKG_CHECK_MODULES(\[[A-Z]*\], \[[a-z0-9]* >= [0-9.]*' "$srcdir/configure.ac" | sed 's/.*\[//; s/ >= / /' >"$BATS_TEST_TMPDIR/wanted"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/wanted")" -ge 7 ]
	while read -r name version; do
		echo "$name $version"
		[ "$name" != libcares ] || name=c-ares
		grep -Eq "(^|[ ,])$name $version([ ,]|\$)" "$srcdir/doc/install.md"
	done <"$BATS_TEST_TMPDIR/wanted"
}

@test "each variable of the environment that is asked for is in the manual page and in doc/SECURITY.md" {
	local name
	grep -rhoE 'getenv\("[A-Z_]+"' "$srcdir/common" "$srcdir/plugin" | sed 's/.*("//; s/"//' | sort -u >"$BATS_TEST_TMPDIR/asked"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/asked")" -ge 7 ]
	for name in $(cat "$BATS_TEST_TMPDIR/asked") MP_STATE_PATH NAGIOS_PLUGIN_STATE_DIRECTORY; do
		echo "$name"
		sed -n '/^\.SH ENVIRONMENT/,/^\.SH FILES/p' "$srcdir/doc/check_mail_geo.8" | grep -qw "$name"
		grep -qw "$name" "$srcdir/doc/SECURITY.md"
	done
}

@test "doc/geo.md and the manual page have each place where databases are looked for" {
	local place
	sed -n '/usual_places\[\] = {/,/^}/s/.*"\(.*\)".*/\1/p' "$srcdir"/plugin/geo/*.c >"$BATS_TEST_TMPDIR/places"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/places")" -ge 6 ]
	while read -r place; do
		echo "$place"
		grep -qF " $place " <<<"$(sed 's/$/ /' "$srcdir/doc/geo.md")"
		grep -qF "$place" "$srcdir/doc/check_mail_geo.8"
	done <"$BATS_TEST_TMPDIR/places"
}

@test "the default thresholds that doc/how-it-decides.md names are those of --help" {
	need_plugin
	local level metric range
	grep -Eo '[A-Z]+ \([a-z_]+, default [^)]*\)' "$srcdir/doc/how-it-decides.md" | tr 'A-Z(),' 'a-z   ' >"$BATS_TEST_TMPDIR/defaults"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/defaults")" -eq "$("$CHECK_MAIL_GEO" --help | grep -Ec '^ [a-z_]+ \((warning|critical) ')" ]
	while read -r level metric _ range; do
		"$CHECK_MAIL_GEO" --help | grep -Fx " $metric ($level ${range% })"
	done <"$BATS_TEST_TMPDIR/defaults"
}

@test "the query of doc/state.md tells the logins of a state" {
	need_plugin
	command -v sqlite3 >/dev/null || skip "skipped: sqlite3 is not installed"
	local query
	query=$(sed -n '/^    sqlite3 -readonly FILE "/,/"$/p' "$srcdir/doc/state.md")
	"$CHECK_MAIL_GEO" --home=US --at=2014-02-25T10:20:00Z --state="$BATS_TEST_TMPDIR/state/db" \
		--geo="mmdb:$srcdir/tests/fixtures/geo/maxmind-country.mmdb" "$srcdir/doc/sample/mail.log" || true
	run sh -c "${query/FILE/"$BATS_TEST_TMPDIR/state/db"}"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '|bob@example.com$' <<<"$output")" -eq 10 ]
	[ "${#lines[@]}" -eq 12 ]
	[[ ${lines[11]} == "2014-02-25 10:"*"|"*"@example.com" ]]
}

@test "the blocklists that doc/options.more names are the default ones" {
	sed -n '/define DNSBL_DEFAULT/,/[^\\]$/p' "$srcdir/plugin/dnsbl.h" | grep -Eo '[a-z]+\.[a-z]+\.[a-z]+' | sort -u >"$BATS_TEST_TMPDIR/default"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/default")" -eq 4 ]
	diff "$BATS_TEST_TMPDIR/default" <(sed -n '/^--dnsbl$/,/^--dnsbl-/p' "$srcdir/doc/options.more" | grep -Eo '[a-z]+\.[a-z]+\.[a-z]+' | sort -u)
}

@test "each link leads to a page, and to a headline in it" {
	local page link file anchor
	for page in $(pages); do
		for link in $(grep -Eo '\]\([^)]*\)' "$page" | sed 's/^](//; s/)$//'); do
			case $link in https://*) continue ;; esac
			file=${link%%#*}
			echo "${page##*/}: $link"
			[ -f "$(dirname "$page")/${file:-$(basename "$page")}" ]
			[ "$link" != "$file" ] || continue
			anchor=${link#*#}
			sed -n 's/^##* //p' "$(dirname "$page")/$file" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9\n-' | grep -qx -- "$anchor"
		done
	done
}

@test "README names each page of doc/, and only those" {
	local page
	for page in "$srcdir"/doc/*.md; do
		grep -q "^    doc/${page##*/} " "$srcdir/README"
	done
	for page in $(grep -Eo 'doc/[A-Za-z-]+\.md' "$srcdir/README" | sort -u); do
		[ -f "$srcdir/$page" ]
	done
}

@test "README is short: what only some need is in doc/" {
	[ "$(wc -l <"$srcdir/README")" -le 200 ]
}

@test "the two commands of README are those that ./bootstrap has" {
	local command
	for command in run check; do
		grep -q "^    ./bootstrap $command  " "$srcdir/README"
		sh "$srcdir/bootstrap" help | grep -q "^  $command "
	done
}

@test "make help has a line for each target that is the project's own" {
	local target
	for target in $(sed -n 's/^\.PHONY: //p' "$srcdir/Makefile.am"); do
		[ $target = help ] || grep -q "^#? make $target  *[^ ]" "$srcdir/Makefile.am"
	done
	! grep '^#? ' "$srcdir/Makefile.am" | grep -Ev '^#\? (make|                    )'
}

@test "doc/HACKING.md has each folder of the source, and each file that it names is there" {
	local name
	for name in $(cd "$srcdir" && find common plugin tests -mindepth 1 -type d ! -path '*/.*' ! -path 'tests/*/*'); do
		echo "$name"
		grep -Eq "(^|[ (\`])$name/?([ ,.;:)\`]|\$)" "$srcdir/doc/HACKING.md"
	done
	for name in $(grep -Eo '`[A-Za-z_./-]+`' "$srcdir/doc/HACKING.md" | tr -d '`' | grep -E '/|\.[ch]$'); do
		echo "$name"
		[ -e "$srcdir/$name" ]
	done
}

@test "what a build in the source itself makes is ignored by git" {
	[ "$(git -C "$srcdir" rev-parse --show-toplevel 2>/dev/null)" = "$srcdir" ] || skip "skipped: the source is no checkout"
	[ -f "$builddir/config.status" ] || skip "skipped: builddir names no build"
	local told
	(cd "$builddir" && find . \( -name 'check_mail_geo-*' -o -name 'fuzz-*' \) -prune -o -type f \( -path './tests/*' -perm -u+x -o \
		-name '*.[oa]' -o -name '*.Po' -o -name '*.so' -o -name '*.trs' -o -path './tests/*.log' -o -name 'config.*' -o \
		-name Makefile -o -name 'stamp-h*' -o -name .dirstamp -o -path './check_mail_geo*' \) -print) |
		sed 's|^\./||' >"$BATS_TEST_TMPDIR/made"
	# In a tree elsewhere, and in this one, only what is tracked is the project's.
	told=$(comm -23 <(sort "$BATS_TEST_TMPDIR/made") <(git -C "$srcdir" ls-files | sort) |
		git -C "$srcdir" check-ignore --no-index --stdin --non-matching --verbose | grep '^::' || true)
	echo "$told"
	[ -z "$told" ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/made")" -ge 100 ]
	[ -z "$(git -C "$srcdir" ls-files | git -C "$srcdir" check-ignore --no-index --stdin)" ]
}

# The labels of performance data, in their order.
labels() {
	grep -Eo '[a-z_]+=[0-9U]' <<<"$1" | sed 's/=.*//'
}

# The times, users and addresses of the long output.
logins_told() {
	grep -Eo '^ *[0-9-]+T[0-9:]+ [^ ]+ from IP [0-9.]+' <<<"$1" | sed 's/^ *//'
}

@test "the example of README has the metrics and the logins that the plugin prints of the sample" {
	need_plugin
	local example geo="mmdb:$srcdir/tests/fixtures/geo/maxmind-country.mmdb"
	example=$(sed -n '/^    \$ build\/check_mail_geo/,/^    geo: /p' "$srcdir/README" | sed '1,/doc\/sample/d')
	run "$CHECK_MAIL_GEO" --home=US --no-state -v --at=2014-02-25T10:20:00Z --geo="$geo" "$srcdir/doc/sample/mail.log"
	echo "$output"
	[ "$(labels "$(tr '\n' ' ' <<<"$example")")" = "$(labels "${lines[0]}")" ]
	[[ ${lines[0]} == *"|logins=12;;;0 "* ]]
	grep -q ' |logins=12;;;0$' <<<"$example"
	[ "$(logins_told "$example" | wc -l)" -ge 3 ]
	# The newest first, and each is one of the sample.
	[ "$(logins_told "$example")" = "$(logins_told "$example" | sort -r)" ]
	"$CHECK_MAIL_GEO" --explain --output=json --at=2014-02-25T10:20:00Z <"$srcdir/doc/sample/mail.log" |
		sed -n 's/.*"login": *true.*"at": *"\([0-9T:-]*\)[^"]*", *"user": *"\([^"]*\)", *"address": *"\([^"]*\)".*/\1 \2 from IP \3/p' >"$BATS_TEST_TMPDIR/logins"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/logins")" -ge 12 ]
	[ -z "$(logins_told "$example" | grep -vxFf "$BATS_TEST_TMPDIR/logins")" ]
}

@test "README, NEWS and the pages of doc/ fit into 80 columns, but for headlines" {
	local page wide=
	for page in $(pages) "$srcdir/NEWS"; do
		# characters, whatever the locale: of those of several bytes the first is counted
		wide+=$(LC_ALL=C sed 's/[\x80-\xbf]//g' "$page" | awk -v page="${page##*/}" 'length($0) > 80 && !/^#/ { print page ":" FNR ": " $0 }')
	done
	echo "$wide"
	[ -z "$wide" ]
}

@test "the help texts fit into 80 columns and leave no blanks at the ends of lines" {
	need_plugin
	run "$CHECK_MAIL_GEO" --help
	[ "$status" -eq 3 ]
	# A line that is only the directory of ./configure is as long as that is.
	wide=$(LC_ALL=C.UTF-8 awk 'length($0) > 80 && !/^ *\/[^ ]*$/' <<<"$output")
	trailing=$(grep -n ' $' <<<"$output" || true)
	echo "too wide: $wide"
	echo "blanks at the end: $trailing"
	[ -z "$wide" ]
	[ -z "$trailing" ]
}
