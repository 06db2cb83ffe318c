/* history.h - what a log has shown over all runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef HISTORY_H
#define HISTORY_H

#include <stdint.h>

/* What a log has shown since it was first read: that it is read in vain (a wrong log, a proxy in
 * front) is told from it. */
struct log_history {
	int64_t since_sec; /* the time of the first run, 0: never */
	int64_t lines;
	int64_t logins;
	int64_t public_logins; /* those from public addresses */
};

#endif
