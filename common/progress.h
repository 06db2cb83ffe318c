/* progress.h - a bar on the terminal while a long file is read by hand
 *
 *		mail.log   42% [###########..............] 1.2 GiB
 *
 * Only on a terminal, and only when it takes more than a second. The last one is wiped away.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	int descriptor; /* -1: it is no terminal, nothing is shown */
	int64_t start_ms, shown_ms;
	const char *name;    /* of the file, as it is to be shown: borrowed */
	int64_t total_bytes; /* 0: unknown, then only what was read is shown */
	bool is_shown;
};

/* DESCRIPTOR is where it goes, usually 2. NAME is made printable when it is shown. */
void progress_start(struct progress *progress, int descriptor, const char *name,
                    int64_t total_bytes);

/* Call it as often as you like: it looks at the clock, and writes ten times a second at most. */
void progress_show(struct progress *progress, int64_t done_bytes);
void progress_end(struct progress *progress);

#endif
