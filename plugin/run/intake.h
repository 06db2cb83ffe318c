/* intake.h - the way of a line: log format, place, store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RUN_INTAKE_H
#define RUN_INTAKE_H

#include "plugin/history.h"
#include "plugin/run/read.h"

/* The lines of one log. Filled in by the caller, who reads the counts. */
struct intake {
	const struct reading *reading;
	struct logformat_reader *reader;
	bool has_many_logs; /* a line that stands in two of them is counted once */
	const char *name;   /* of the log */
	bool is_first_run;  /* of the log: then what isn't later than start_sec doesn't count */
	int64_t start_sec;
	struct log_history history; /* goes on */
	int64_t ambiguous_lines;
	int64_t dropped_lines; /* the log says so */
	int64_t lost_lines;    /* of the store's, that is of those that count; gaps among them */
};

/* What LINE says comes into the store. 0; or < 0 with WHY: the store's or the database's. */
int intake_line(struct intake *intake, struct slice line, struct strbuf *why);

/* COUNT lines were lost, which counts from EFFECTIVE_SEC for a window, as logins do, so that a
 * retry tells the same. Likewise. */
int intake_loss(struct intake *intake, int64_t count, int64_t effective_sec, struct strbuf *why);

#endif
