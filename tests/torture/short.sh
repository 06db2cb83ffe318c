#!/bin/sh
# short.sh - half a minute of the torture test, for make check; make torture is the long one
#
# The worlds are those of one seed, so that a change is to blame if they fail, and no log changes while it is read: that
# depends on the machine's speed too much for every build (make torture has it).
#
# SPDX-License-Identifier: GPL-3.0-or-later
torture=$srcdir/tests/torture/torture

command -v perl >/dev/null || {
	echo "1..0 # SKIP perl is not installed"
	exit 0
}
output=$(perl "$torture" --seconds="${TORTURE_SECONDS:-30}" --seed=20261123 --without=race)
state=$?
echo "1..1"
if [ "$state" -eq 0 ]; then
	echo "ok 1 - each login is counted once, whatever happens to the log"
else
	echo "not ok 1 - each login is counted once, whatever happens to the log"
fi
echo "$output" | grep -v '^ok' | sed 's/^\([^#]\)/# \1/'
