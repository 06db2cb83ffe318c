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
	int64_t newest_sec;       /* the newest line of all logs so far, 0 for none */
	bool has_known_position;  /* of the log being read: false at its first run */
};

/* Reads what is new in the log at PATH into the store. 0; or < 0 with WHY when the run must not be kept (a damaged
 * database or state). A log that can't be read is a problem of the report only: the others go on. */
int follow_log(struct follow *follow, const char *path, struct strbuf *why);

/* Asks again for the places that were not known: 0, or < 0 with WHY. */
int follow_up_unlocated(struct follow *follow, struct strbuf *why);

#endif
