/* slice.c - borrowed bytes; see slice.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/slice.h"

struct slice slice_make(const char *data, size_t length)
{
	return (struct slice){ .data = data, .length = length };
}

struct slice slice_string(const char *text)
{
	return slice_make(text, strlen(text));
}

/* An empty slice may be one of { 0 }, and the C library takes no NULL even for no bytes. */
static bool has_bytes(const char *data, const char *bytes, size_t length)
{
	return !length || memcmp(data, bytes, length) == 0;
}

bool slice_equals(struct slice slice, const char *text)
{
	return slice.length == strlen(text) && has_bytes(slice.data, text, slice.length);
}

int slice_compare(struct slice a, struct slice b)
{
	size_t shorter = a.length < b.length ? a.length : b.length;
	int order = shorter ? memcmp(a.data, b.data, shorter) : 0;
	if (order)
		return order;
	return (a.length > b.length) - (a.length < b.length);
}

bool slice_starts_with(struct slice slice, const char *prefix)
{
	size_t length = strlen(prefix);
	return slice.length >= length && has_bytes(slice.data, prefix, length);
}

bool slice_ends_with(struct slice slice, const char *suffix)
{
	size_t length = strlen(suffix);
	return slice.length >= length && has_bytes(slice_skip(slice, slice.length - length).data, suffix, length);
}

struct slice slice_skip(struct slice slice, size_t count)
{
	if (count > slice.length)
		count = slice.length;
	if (!count)
		return slice;
	return slice_make(slice.data + count, slice.length - count);
}

bool slice_take_string(struct slice *slice, const char *text)
{
	if (!slice_starts_with(*slice, text))
		return false;
	*slice = slice_skip(*slice, strlen(text));
	return true;
}

bool slice_take_char(struct slice *slice, char byte)
{
	if (!slice->length || slice->data[0] != byte)
		return false;
	*slice = slice_skip(*slice, 1);
	return true;
}

struct slice slice_take_while(struct slice *slice, bool (*is_in_set)(unsigned char), size_t most)
{
	size_t length = 0;
	while (length < slice->length && length < most && is_in_set((unsigned char)slice->data[length]))
		length++;
	struct slice taken = slice_make(slice->data, length);
	*slice = slice_skip(*slice, length);
	return taken;
}

struct slice slice_take_until(struct slice *slice, char delimiter)
{
	const char *end = slice->length ? memchr(slice->data, delimiter, slice->length) : NULL;
	size_t length = end ? (size_t)(end - slice->data) : slice->length;
	struct slice taken = slice_make(slice->data, length);
	*slice = slice_skip(*slice, length + 1);
	return taken;
}

static bool is_one_of(const char *set, char byte)
{
	return byte && strchr(set, byte);
}

struct slice slice_take_word(struct slice *slice, const char *separators)
{
	size_t length = 0;
	while (slice->length && is_one_of(separators, slice->data[0]))
		*slice = slice_skip(*slice, 1);
	while (length < slice->length && !is_one_of(separators, slice->data[length]))
		length++;
	struct slice word = slice_make(slice->data, length);
	*slice = slice_skip(*slice, length);
	return word;
}

size_t slice_find(struct slice slice, struct slice text)
{
	if (!text.length)
		return 0;
	if (text.length > slice.length)
		return slice.length;
	const char *found = memmem(slice.data, slice.length, text.data, text.length);
	return found ? (size_t)(found - slice.data) : slice.length;
}

bool slice_is_digit(unsigned char byte)
{
	return byte >= '0' && byte <= '9';
}

bool slice_is_alnum(unsigned char byte)
{
	return slice_is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool slice_is_not_blank(unsigned char byte)
{
	return byte != ' ';
}
