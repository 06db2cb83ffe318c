/* slice.c - borrowed bytes; see slice.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/slice.h"

int slice_compare(struct slice a, struct slice b)
{
	size_t shorter = a.length < b.length ? a.length : b.length;
	int order = shorter ? memcmp(a.data, b.data, shorter) : 0;
	if (order)
		return order;
	return (a.length > b.length) - (a.length < b.length);
}

struct slice slice_take_until(struct slice *slice, char delimiter)
{
	const char *end = slice->length ? memchr(slice->data, delimiter, slice->length) : NULL;
	size_t length = end ? (size_t)(end - slice->data) : slice->length;
	struct slice taken = slice_make(slice->data, length);
	*slice = slice_skip(*slice, length + 1);
	return taken;
}

static bool is_separator(const char *set, char byte)
{
	return byte && strchr(set, byte);
}

struct slice slice_take_word(struct slice *slice, const char *separators)
{
	size_t length = 0;
	while (slice->length && is_separator(separators, slice->data[0]))
		*slice = slice_skip(*slice, 1);
	while (length < slice->length && !is_separator(separators, slice->data[length]))
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
	/* Most texts that are looked for are not there, and neither is their first byte: memchr(3)
	 * sees that ten times as fast. */
	const char *first = memchr(slice.data, text.data[0], slice.length - text.length + 1);
	if (!first || text.length == 1)
		return first ? (size_t)(first - slice.data) : slice.length;
	const char *found = memmem(first, slice.length - (size_t)(first - slice.data), text.data,
	                           text.length);
	return found ? (size_t)(found - slice.data) : slice.length;
}

size_t slice_find_last(struct slice slice, struct slice text)
{
	size_t last = slice.length;
	if (text.length == 1) {
		const char *found = slice.length ? memrchr(slice.data, text.data[0], slice.length)
						 : NULL;
		return found ? (size_t)(found - slice.data) : slice.length;
	}
	for (size_t at = slice_find(slice, text); at < slice.length;
	     at += 1 + slice_find(slice_skip(slice, at + 1), text))
		last = at;
	return last;
}

bool slice_is_one_of(struct slice slice, const char *const *texts, size_t count)
{
	/* the first byte tells most of them apart */
	char first = slice.length ? slice.data[0] : '\0';
	for (size_t i = 0; i < count; i++)
		if (texts[i][0] == first && slice_equals(slice, texts[i]))
			return true;
	return false;
}
