/* exim_tail.c - the end of a line of Exim's main log; see exim_tail.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/exim_tail.h"

#define SIZE_DIGITS 12
#define FIELDS_MAX 2000 /* recipients are fields, too */

size_t exim_address_piece(struct slice text)
{
	if (!text.length || text.data[0] == ' ' || text.data[0] == '\t')
		return 0;
	if (text.data[0] == '\\')
		return text.length > 1 ? 2 : 0;
	if (text.data[0] != '"')
		return 1;
	for (size_t i = 1; i < text.length; i++) {
		if (text.data[i] == '"')
			return i + 1;
		i += text.data[i] == '\\';
	}
	return 0;
}

static bool take_word(struct slice *text)
{
	size_t length = 0, piece;
	while ((piece = exim_address_piece(slice_skip(*text, length))))
		length += piece;
	*text = slice_skip(*text, length);
	return !text->length || text->data[0] == ' ';
}

static bool take_size(struct slice *text)
{
	return slice_take_string(text, " S=") && slice_take_while(text, slice_is_digit, SIZE_DIGITS).length
		&& (!text->length || text->data[0] == ' ');
}

/* One field behind the size. After " for" each word is a recipient. RET_SUBJECT: what is in the quotes of T="". */
static bool take_field(struct slice *text, bool *is_recipients, struct slice *ret_subject)
{
	static const char *const names[] = { " M8S=", " DKIM=", " ARC", " DMARC=", " RT=", " Q=", " id=", " id*=", " from <" };
	if (!*is_recipients && slice_take_string(text, " T=\"")) {
		*ret_subject = *text;
		for (size_t i = 0; i < text->length; i++) {
			if (text->data[i] == '"') {
				ret_subject->length = i;
				*text = slice_skip(*text, i + 1);
				return true;
			}
			i += text->data[i] == '\\';
		}
		return false;
	}
	for (size_t i = 0; !*is_recipients && i < ARRAY_SIZE(names); i++)
		if (slice_take_string(text, names[i]))
			return take_word(text);
	*is_recipients = *is_recipients || slice_take_string(text, " for");
	return *is_recipients && slice_take_char(text, ' ') && text->length && take_word(text);
}

/* Does TEXT, to its end, fit the grammar? */
static bool fits(struct slice text)
{
	bool is_recipients = false;
	struct slice ignored;
	if (!take_size(&text))
		return false;
	for (int i = 0; i < FIELDS_MAX && text.length; i++)
		if (!take_field(&text, &is_recipients, &ignored))
			return false;
	return !text.length;
}

size_t exim_find_tail(struct slice text)
{
	static const struct slice size = { " S=", 3 };
	size_t first = text.length, last = text.length;
	for (size_t at = slice_find(text, size); at < text.length; at += 1 + slice_find(slice_skip(text, at + 1), size)) {
		struct slice rest = slice_skip(text, at);
		if (fits(rest))
			last = at;
		if (first == text.length && take_size(&rest))
			first = at;
	}
	return last < text.length ? last : first;
}

bool exim_tail_has(struct slice tail, struct slice field)
{
	struct slice rest = tail, subject = { 0 };
	bool is_recipients = false;
	if (!take_size(&rest) || !fits(tail))
		return slice_find(tail, field) < tail.length;
	while (rest.length) {
		struct slice begin = rest;
		subject.length = 0;
		take_field(&rest, &is_recipients, &subject);
		begin.length -= rest.length;
		if (!subject.length && slice_find(begin, field) < begin.length)
			return true;
	}
	return false;
}
