/* wrap.h - a line of a log, as other logging systems would have it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef WRAP_H
#define WRAP_H

#include "common/strbuf.h"
#include "plugin/logformat.h"

struct wrap {
	const char *name;

	/* LINE, which FOUND explains, into TEXT. False if it can't be said that way: the program
	 * has no name, or the text isn't UTF-8. */
	bool (*write)(struct strbuf *text, struct slice line, const struct explanation *found);

	bool keeps_line; /* the whole line is in it; else its program and message */
};

extern const struct wrap wraps[];
extern const size_t wrap_count;

/* Is LINE's header one that can be wrapped: no container's and no JSON? */
bool wrap_is_plain(const struct explanation *found);

#endif
