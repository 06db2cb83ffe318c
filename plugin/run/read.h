/* read.h - the step that reads: what the logs gained comes into the store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RUN_READ_H
#define RUN_READ_H

#include "common/state.h"
#include "common/strbuf.h"
#include "plugin/budget.h"
#include "plugin/geo.h"
#include "plugin/logformat.h"
#include "plugin/logs.h"
#include "plugin/report.h"
#include "plugin/store.h"

/* What reading needs. All is borrowed. */
struct reading {
	char *const *given; /* the logs as they were named; none: the default */
	size_t given_count;
	logformat_set formats;
	const char *olddir; /* where rotated files are moved to; NULL: beside the log */
	int64_t now_sec;
	/* the last second that is out of the window; INT64_MIN: all is in */
	int64_t window_start_sec;
	bool is_kept; /* what this run leaves is read by the next one */
	/* for the words of a run whose time was not enough, and its state */
	int64_t timeout_sec;
	enum state timeout_state;
	struct store *store;
	struct geo *geo;
	struct report *report; /* gets problems and notes */
	struct budget *budget; /* whose finish_ms grows with what is read */
};

struct read_counts {
	int64_t newest_sec; /* the newest line of all logs, 0 for none */
	/* as far as they count: dropped ones, and one for each gap */
	int64_t lost_lines;
};

/* Finds the logs, which LOGS (empty, to be released) gets, and reads what is new in each. Those
 * that can't be read are problems of the report only. 0; or -errno with WHY when the run must not
 * be kept: a damaged database or state, or no log at all. *RET is what was seen until then. */
int read_logs(const struct reading *reading, struct loglist *logs, struct read_counts *ret,
              struct strbuf *why);

#endif
