/* writer.h - what makes words of a report: one row in the table of writer.c a form of output
 *
 * A writer gets all facts; what it tells at which verbosity, and how it makes hostile text
 * harmless, is its own. It changes nothing and asks nobody.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_WRITER_H
#define REPORT_WRITER_H

#include "common/state.h"
#include "common/strbuf.h"
#include "plugin/report/facts.h"

struct report_writer {
	const char *name; /* as --output has it */
	/* The whole output; never more than text_most bytes. */
	void (*write)(const struct report *report, int verbosity, struct strbuf *text);
	/* The whole output of a run that has no report: WHY, which may be hostile, in STATE. */
	void (*write_failure)(enum state state, const char *why, struct strbuf *text);
	/* what follows where the failure is wrong usage; "" for nothing */
	const char *usage_hint;
	/* the verbosity whose facts it wants in any case: 1 each suspicious login, 2 all of them */
	int least_detail;
	size_t text_most;
};

extern const struct report_writer report_writer_text; /* report/text.c */
extern const struct report_writer report_writer_json; /* report/json.c */

/* NULL: there is none of that name, and WHY says which there are. */
const struct report_writer *report_writer_find(const char *name, struct strbuf *why);

#endif
