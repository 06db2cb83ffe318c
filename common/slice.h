/* slice.h - borrowed bytes: a pointer and a length, never NUL-terminated, never owned
 *
 * The parser's tool: every `slice_take_…` looks at the front only, and moves the slice past what it
 * took. A slice lives as long as the bytes that it was cut from.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SLICE_H
#define SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
	const char *data;
	size_t length;
};

#define SLICE_LITERAL(text) ((struct slice){ .data = (text), .length = sizeof(text) - 1 })

/* The small ones are here, where the compiler sees what they are called with: a login's line takes
 * some hundred of them, and most have a constant text, or a constant set. */

static inline struct slice slice_make(const char *data, size_t length)
{
	return (struct slice){ .data = data, .length = length };
}

static inline struct slice slice_string(const char *text)
{
	return slice_make(text, strlen(text));
}

/* SLICE without its first COUNT bytes (COUNT may be more than it has). */
static inline struct slice slice_skip(struct slice slice, size_t count)
{
	if (count > slice.length)
		count = slice.length;
	if (!count)
		return slice;
	return slice_make(slice.data + count, slice.length - count);
}

/* An empty slice may be one of { 0 }, and the C library takes no NULL even for no bytes. */
static inline bool slice_has_bytes(const char *data, const char *bytes, size_t length)
{
	return !length || memcmp(data, bytes, length) == 0;
}

static inline bool slice_equals(struct slice slice, const char *text)
{
	return slice.length == strlen(text) && slice_has_bytes(slice.data, text, slice.length);
}

/* As memcmp, and a prefix comes before what it is a prefix of. */
int slice_compare(struct slice a, struct slice b);

static inline bool slice_starts_with(struct slice slice, const char *prefix)
{
	size_t length = strlen(prefix);
	return slice.length >= length && slice_has_bytes(slice.data, prefix, length);
}

static inline bool slice_ends_with(struct slice slice, const char *suffix)
{
	size_t length = strlen(suffix);
	return slice.length >= length &&
		slice_has_bytes(slice_skip(slice, slice.length - length).data, suffix, length);
}

/* True and past TEXT, if SLICE begins with it; else false and unchanged. */
static inline bool slice_take_string(struct slice *slice, const char *text)
{
	if (!slice_starts_with(*slice, text))
		return false;
	*slice = slice_skip(*slice, strlen(text));
	return true;
}

/* True and past the byte, if SLICE begins with it. */
static inline bool slice_take_char(struct slice *slice, char byte)
{
	if (!slice->length || slice->data[0] != byte)
		return false;
	*slice = slice_skip(*slice, 1);
	return true;
}

/* The longest front of at most MOST bytes that are all in SET; may be empty. */
static inline struct slice slice_take_while(struct slice *slice, bool (*is_in_set)(unsigned char),
                                            size_t most)
{
	size_t length = 0;
	while (length < slice->length && length < most &&
	       is_in_set((unsigned char)slice->data[length]))
		length++;
	struct slice taken = slice_make(slice->data, length);
	*slice = slice_skip(*slice, length);
	return taken;
}

/* All bytes before the first DELIMITER, which is skipped too; without a DELIMITER all that is
 * left. */
struct slice slice_take_until(struct slice *slice, char delimiter);

/* The next run of bytes that are none of SEPARATORS; those before it are skipped. Empty at the
 * end. */
struct slice slice_take_word(struct slice *slice, const char *separators);

/* Where TEXT first is in SLICE, or SLICE.length if it is nowhere. */
size_t slice_find(struct slice slice, struct slice text);

/* Where TEXT is last in SLICE, or SLICE.length if it is nowhere. */
size_t slice_find_last(struct slice slice, struct slice text);

/* Is SLICE one of COUNT texts? */
bool slice_is_one_of(struct slice slice, const char *const *texts, size_t count);

/* Has SLICE at least one byte, and are all of them in SET? */
static inline bool slice_is_all(struct slice slice, bool (*is_in_set)(unsigned char))
{
	for (size_t i = 0; i < slice.length; i++)
		if (!is_in_set((unsigned char)slice.data[i]))
			return false;
	return slice.length > 0;
}

/* Sets for slice_take_while, in ASCII and independent of the locale. */
static inline bool slice_is_digit(unsigned char byte)
{
	return byte >= '0' && byte <= '9';
}

static inline bool slice_is_alnum(unsigned char byte)
{
	return slice_is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* as a session's or a container's number has them */
static inline bool slice_is_lower_hex(unsigned char byte)
{
	return slice_is_digit(byte) || (byte >= 'a' && byte <= 'f');
}

static inline bool slice_is_not_blank(unsigned char byte)
{
	return byte != ' ';
}

#endif
