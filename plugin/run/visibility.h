/* visibility.h - whether logins can be seen in a log at all: it may be the wrong one, or one that
 * a proxy hides the clients from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RUN_VISIBILITY_H
#define RUN_VISIBILITY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/strbuf.h"
#include "plugin/history.h"

#define VISIBILITY_LINES_LEAST 1000 /* a log that is shorter may have had no login yet */
#define VISIBILITY_LOGINS_LEAST 10  /* an administrator's own tries may all be from inside */

/* that are looked at in one run; where nothing of so many is known the rest is not either */
#define SAMPLE_LINES_MOST 1000

/* What one run saw of a log. */
struct sample {
	/* that were looked at; with a time; of a known mail server. Only where no login was ever
	 * read */
	int64_t lines, timed, known;
	int64_t unread; /* lines with a login's words that nothing is known of */
	int64_t ambiguous;
	bool is_input; /* standard input: there is no other run for it */
};

enum visibility {
	VISIBILITY_GOOD, /* TEXT may be a note, one sentence a line, or empty */
	/* no login was ever found, and that may have this reason: for the first line */
	VISIBILITY_DOUBTFUL,
	VISIBILITY_NONE, /* nothing at all could be read */
};

/* Appends why the log NAME may be read in vain, or what should be known of it. */
enum visibility visibility_tell(struct strbuf *text, const char *name,
                                const struct log_history *history, const struct sample *sample);

#endif
