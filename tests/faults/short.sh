#!/bin/sh
# short.sh - some calls of some runs are spoiled, for make check; make faults and make rotations spoil all of them
#
# SPDX-License-Identifier: GPL-3.0-or-later
drive=$builddir/tests/faults/drive

if grep -q __asan_init "$CHECK_MAIL_GEO"; then
	echo "1..0 # SKIP the sanitizers want to be the first library themselves"
	exit 0
fi

# sweep NUMBER NAME OPTION...
sweep() {
	number=$1 name=$2
	shift 2
	if output=$("$drive" --known="$srcdir/tests/faults/known" "$@"); then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
	fi
	echo "$output" | sed 's/^/# /'
}

echo "1..3"
sweep 1 "a call that fails once loses no login and counts none twice" \
	--faults --scenario='@(goes-on|renamed|packed)' --action='@(EIO|short)' --every=3
sweep 2 "a run that is killed loses no login and counts none twice" \
	--faults --scenario='@(goes-on|copied)' --action=kill --every=5
sweep 3 "a rotation in the middle of a run loses no login and counts none twice" \
	--rotations --scenario='@(first|renamed)' --action='@(rename|copytruncate|packed)+line' --every=3
