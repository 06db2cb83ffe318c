/* likely.h - the word that was likely meant by a mistyped one: "did you mean"
 *
 *	struct likely likely = likely_begin(typed);
 *	for (…) likely_try(&likely, known[i]);
 *	likely_tell(&likely, why, "");
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LIKELY_H
#define LIKELY_H

#include <stdbool.h>

#include "common/slice.h"
#include "common/strbuf.h"

#define LIKELY_MOST 40 /* characters; what is longer is like nothing */

struct likely {
	struct slice typed;
	const char *word; /* the nearest so far, or NULL */
	size_t distance;
	bool is_tied; /* another one is as near */
};

struct likely likely_begin(struct slice typed);

/* WORD must outlive LIKELY. The distance counts characters that are missing, surplus, wrong, or
 * swapped with their neighbour; upper and lower case are the same, and so are - and _. A third of a
 * word may be wrong, and no more than three. */
void likely_try(struct likely *likely, const char *word);

/* Appends "; did you mean PREFIXword?", or nothing if no word is near, or several are. */
void likely_tell(const struct likely *likely, struct strbuf *why, const char *prefix);

#endif
