/* worstline.h - the lines that could cost the most: each format's own delimiters, again and again
 *
 * Whoever can connect, or has one password, can bring such text into a log. A parser that looks
 * back for each of them needs a time that grows with the square of a line; then a few hundred lines
 * are more than a run has time for, in each run again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef WORSTLINE_H
#define WORSTLINE_H

#include <stddef.h>

#include "common/strbuf.h"
#include "plugin/logformat.h"

#define WORSTLINE_MOST 65536 /* bytes; sources let no longer line through */

/* A line: BEFORE, as many of UNIT as there is room for, AFTER. */
struct worstline {
	const char *format; /* or "header", whatever the format */
	const char *before, *unit, *after;
	enum line_kind kind; /* what it must be read as, at WORSTLINE_MOST bytes */
};

extern const struct worstline worstlines[];
extern const size_t worstline_count;

/* Sets TEXT to the line, of LENGTH bytes or a few less. */
void worstline_write(const struct worstline *line, size_t length, struct strbuf *text);

#endif
