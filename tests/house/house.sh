#!/bin/sh
# house.sh - which part of the program may know which, for make check; see house.pl
#
# SPDX-License-Identifier: GPL-3.0-or-later
command -v perl >/dev/null && command -v nm >/dev/null || {
	echo "1..0 # SKIP perl or nm is not installed"
	exit 0
}
exec perl "$srcdir/tests/house/house.pl"
