/* strbuf.h - a growing string with a mandatory maximum
 *
 * The bytes are always NUL-terminated and never more than `max` (the NUL not counted). What does
 * not fit is dropped and `truncated` is set: nothing that an outsider feeds can grow without end.
 *
 *	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(1000);
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STRBUF_H
#define STRBUF_H

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/compat.h"

struct strbuf {
	char *data;     /* never NULL for a reader: strbuf_text() */
	size_t length;  /* bytes without the NUL */
	size_t room;    /* allocated bytes */
	size_t max;     /* the most that length may be */
	bool truncated; /* something was dropped since the last clear */
};

#define STRBUF_INIT(most) \
	{ \
		.max = (most) \
	}

/* The reason for a failure: one sentence for a person, without a final dot or newline. */
#define WHY_MAX 1000

void strbuf_init(struct strbuf *buf, size_t max);
void strbuf_release(struct strbuf *buf);
void strbuf_clear(struct strbuf *buf);

/* The text, "" if nothing was added; borrowed until the next change. */
const char *strbuf_text(const struct strbuf *buf);

/* Hands the text over to the caller, who frees it; BUF is empty afterwards. */
char *strbuf_detach(struct strbuf *buf);

void strbuf_add(struct strbuf *buf, const void *data, size_t length);
void strbuf_add_string(struct strbuf *buf, const char *text);
void strbuf_add_char(struct strbuf *buf, char byte);
void strbuf_add_format(struct strbuf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* Clears WHY, writes the reason, and returns ERROR: `return strbuf_fail(why, -EIO, "…")`. WHY may
 * be NULL. */
int strbuf_fail(struct strbuf *why, int error, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
