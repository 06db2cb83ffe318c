#!/bin/sh
# golden.sh - the outputs that are pinned, for make check; see run
#
# SPDX-License-Identifier: GPL-3.0-or-later
command -v bash >/dev/null || {
	echo "1..0 # SKIP bash is not installed"
	exit 0
}
exec bash "$srcdir/tests/golden/run"
