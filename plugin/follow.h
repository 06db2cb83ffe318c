/* follow.h - the way of a line: source, log format, place, store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "common/deadline.h"
#include "plugin/geo.h"
#include "plugin/logformat.h"
#include "plugin/options.h"
#include "plugin/report.h"
#include "plugin/store.h"

struct follow {
	const struct options *options;
	struct store *store;
	struct geo *geo;
	struct logformat_reader *reader;
	struct report *report;
	const struct deadline *deadline;
	bool has_many_logs;          /* then a line that stands in two of them is counted once */
	int64_t newest_sec;          /* the newest line of all logs so far, 0 for none */

	/* Of the log that is being read. */
	const char *name;
	bool has_known_position;     /* false at its first run */
	int64_t ambiguous_lines;
	struct log_history history;
};

/* Reads what is new in the log NAME into the store. 0; or < 0 with WHY when the run must not be kept (a damaged
 * database or state). A log that can't be read is a problem of the report only: the others go on. */
int follow_log(struct follow *follow, const char *name, struct strbuf *why);

#endif
