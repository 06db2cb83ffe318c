#!/usr/bin/env bats
# dlopen-notes.bats - the program's file says which libraries it may load while it runs; see common/dlopennote.h
#
#	srcdir, builddir, CHECK_MAIL_GEO   as everywhere
#
# SPDX-License-Identifier: GPL-3.0-or-later

setup() {
	local tool
	for tool in objcopy perl; do
		command -v $tool >/dev/null || skip "skipped: $tool is not installed"
	done
	[ -f "$builddir/config.h" ] || skip "skipped: builddir names no build"
	head -c 4 "$CHECK_MAIL_GEO" | grep -q ELF || skip "skipped: the program is no ELF file"
	[ -n "$(sonames)" ] || skip "skipped: built without all libraries that are loaded when they are needed"
}

# A line for each note, read as a packaging tool reads them: owner, type in hexadecimal, text. What isn't whole ends it.
notes() {
	objcopy --dump-section .note.dlopen="$BATS_TEST_TMPDIR/notes" "$CHECK_MAIL_GEO" /dev/null || return 1
	perl -e '
		local $/; my $bytes = <STDIN>;
		while (length $bytes) {
			length $bytes >= 12 or die "a piece of a note is left over\n";
			my ($owner_length, $text_length, $type) = unpack "L3", substr($bytes, 0, 12, "");
			my @texts;
			for my $length ($owner_length, $text_length) {
				my $whole = ($length + 3) & ~3;
				$whole <= length $bytes or die "a note is longer than its section\n";
				push @texts, unpack "Z*", substr($bytes, 0, $whole, "");
			}
			printf "%s %x %s\n", $texts[0], $type, $texts[1];
		}' <"$BATS_TEST_TMPDIR/notes"
}

# The libraries that this build loads when they are needed, as configure found them.
sonames() {
	sed -n 's/^#define LIB[A-Z]*_SONAME "\(.*\)"$/\1/p' "$builddir/config.h"
}

@test "each library that is loaded when it is needed has one note, of the type and owner of the specification" {
	local soname
	notes >"$BATS_TEST_TMPDIR/all"
	cat "$BATS_TEST_TMPDIR/all"
	[ "$(sonames | wc -l)" -eq "$(wc -l <"$BATS_TEST_TMPDIR/all")" ]
	for soname in $(sonames); do
		[ "$(grep -cF "\"soname\":[\"$soname\"]" "$BATS_TEST_TMPDIR/all")" -eq 1 ]
	done
	! grep -v '^FDO 407c0c0a ' "$BATS_TEST_TMPDIR/all"
}

@test "each note is a JSON array of objects with feature, description and a known priority" {
	perl -MJSON::PP -e1 2>/dev/null || skip "skipped: perl has no JSON::PP"
	notes >"$BATS_TEST_TMPDIR/all"
	perl -MJSON::PP -ne '
		my $note = decode_json((split / /, $_, 3)[2]);
		for my $library (@$note) {
			$library->{feature} =~ /^[a-z-]+$/ && length $library->{description} or die "not said what it is for: $_";
			$library->{priority} =~ /^(recommended|suggested)$/ or die "no such priority: $_";
			ref $library->{soname} eq "ARRAY" or die "sonames are a list: $_";
		}' "$BATS_TEST_TMPDIR/all"
}

@test "each file that loads a library has a note of that library" {
	local file name
	grep -lr 'lazylib_load(LIB' "$srcdir/common" "$srcdir/plugin" >"$BATS_TEST_TMPDIR/files"
	[ -s "$BATS_TEST_TMPDIR/files" ]
	while read -r file; do
		for name in $(grep -o 'lazylib_load(LIB[A-Z]*_SONAME' "$file" | cut -d'(' -f2); do
			echo "$file: $name"
			tr -d '\n' <"$file" | grep -Eq "DLOPEN_NOTE\\([^;]* $name\\);"
		done
	done <"$BATS_TEST_TMPDIR/files"
	! grep -rn 'dlopen(' "$srcdir/common" "$srcdir/plugin" --include='*.c' | grep -v '/lazylib\.c:'
}
