/* follow.h - the way of a line: source, log format, place, store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "plugin/blindness.h"
#include "plugin/budget.h"
#include "plugin/geo.h"
#include "plugin/logformat.h"
#include "plugin/logs.h"
#include "plugin/options.h"
#include "plugin/report.h"
#include "plugin/store.h"

struct follow {
	const struct options *options;
	struct store *store;
	struct geo *geo;
	struct logformat_reader *reader;
	struct report *report;
	struct dirlists *directories; /* what the logs share: listings */
	struct budget *budget;        /* whose finish_ms grows with what is read */
	/* that are to be read, this one among them: each has its share of the time */
	size_t logs_left;
	/* there are, or a glob may give more: then a line that stands in two of them is counted
	 * once */
	bool has_many_logs;
	bool has_read; /* a line, in this run */
	/* up to when the logs were read; a name that is new among them is read from then on. 0:
	 * never */
	int64_t read_sec;
	/* of all logs so far, as far as they count: dropped ones, and one for each gap */
	int64_t lost_lines;
	int64_t newest_sec; /* the newest line of all logs so far, 0 for none */

	/* Of the log that is being read. */
	const char *name;
	bool has_known_position; /* false at its first run */
	int64_t begin_sec;       /* what a first run finds that isn't later doesn't count */
	int64_t ambiguous_lines;
	int64_t dropped_lines; /* the log says so */
	struct sight sight;
	int64_t unread_before; /* logformat_unread() */
	struct deadline share; /* when others are to be read */
	/* of its reading; the earlier one of its share's and the run's */
	struct deadline end;
	struct log_history history;
};

/* Reads what is new in LOG into the store. > 0: its file, or the rest of it, is there, or it can't
 * be told; 0: it is nowhere, which was told if it could have had lines that were not read, and will
 * not be told again; < 0 with WHY when the run must not be kept (a damaged database or state). A
 * log that can't be read is a problem of the report only: the others go on. When the time is up
 * what was read until then is kept; some of it is read in any case if there was none before, so
 * each run gets on. */
int follow_log(struct follow *follow, const struct log *log, struct strbuf *why);

#endif
