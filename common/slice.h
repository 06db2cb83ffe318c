/* slice.h - borrowed bytes: a pointer and a length, never NUL-terminated, never owned
 *
 * The parser's tool: every `slice_take_…` looks at the front only, and moves the slice past what it took. A
 * slice lives as long as the bytes that it was cut from.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SLICE_H
#define SLICE_H

#include <stdbool.h>
#include <stddef.h>

struct slice {
	const char *data;
	size_t length;
};

#define SLICE_LITERAL(text) ((struct slice){ .data = (text), .length = sizeof(text) - 1 })

struct slice slice_make(const char *data, size_t length);
struct slice slice_string(const char *text);

bool slice_equals(struct slice slice, const char *text);
/* As memcmp, and a prefix comes before what it is a prefix of. */
int slice_compare(struct slice a, struct slice b);

bool slice_starts_with(struct slice slice, const char *prefix);
bool slice_ends_with(struct slice slice, const char *suffix);

/* True and past TEXT, if SLICE begins with it; else false and unchanged. */
bool slice_take_string(struct slice *slice, const char *text);

/* True and past the byte, if SLICE begins with it. */
bool slice_take_char(struct slice *slice, char byte);

/* The longest front of at most MOST bytes that are all in SET; may be empty. */
struct slice slice_take_while(struct slice *slice, bool (*is_in_set)(unsigned char), size_t most);

/* All bytes before the first DELIMITER, which is skipped too; without a DELIMITER all that is left. */
struct slice slice_take_until(struct slice *slice, char delimiter);

/* The next run of bytes that are none of SEPARATORS; those before it are skipped. Empty at the end. */
struct slice slice_take_word(struct slice *slice, const char *separators);

/* Where TEXT first is in SLICE, or SLICE.length if it is nowhere. */
size_t slice_find(struct slice slice, struct slice text);

/* SLICE without its first COUNT bytes (COUNT may be more than it has). */
struct slice slice_skip(struct slice slice, size_t count);

/* Sets for slice_take_while, in ASCII and independent of the locale. */
bool slice_is_digit(unsigned char byte);
bool slice_is_alnum(unsigned char byte);
bool slice_is_not_blank(unsigned char byte);

#endif
