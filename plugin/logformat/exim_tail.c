/* exim_tail.c - the end of a line of Exim's main log; see exim_tail.h
 *
 * Recipients and subjects can hold sizes by the thousand, each of which could be where the tail
 * begins. So the grammar is followed from the end to the front: at each byte it is known, of each
 * state that a reader could be in, if all from there to the end fits. One step looks at a handful
 * of bytes, so a line costs as many steps as it has bytes, whatever is in it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <limits.h>
#include <stdint.h>

#include "plugin/logformat/exim_tail.h"

#define SIZE_DIGITS 12

/* The fields behind the size, up to their word; "T=" and " for" are apart. */
static const struct slice words[] = {
	{ " M8S=", 5 }, { " DKIM=", 6 }, { " ARC", 4 },  { " DMARC", 6 },  { " RT=", 4 },
	{ " Q=", 3 },   { " id=", 4 },   { " id*=", 5 }, { " from <", 7 },
};
static const struct slice subject = { " T=\"", 4 };
static const struct slice recipients = { " for", 4 };

/* --- from the end to the front --- */

/* What a reader can be in at a byte, in a FIELD or in the list of recipients. */
enum state { BETWEEN, IN_WORD, IN_QUOTES, STATES };

/* Does all from here to the end fit? Bit N is the answer for the byte N bytes further on. */
typedef uint32_t answers;

struct reader {
	answers fields[STATES], recipients[STATES], in_subject;
};

_Static_assert(sizeof(answers) * CHAR_BIT > sizeof " S=" + SIZE_DIGITS,
               "a size is no longer than what is remembered");

static bool fits_at(answers of, size_t distance)
{
	return of >> distance & 1;
}

static void push(answers *of, bool fits)
{
	*of = *of << 1 | fits;
}

/* The answer in quotes at TEXT's front (none of this byte is pushed yet); when they end, it is
 * BEHIND's. */
static bool fits_quotes(struct slice text, answers inside, answers behind)
{
	if (text.data[0] == '\\')
		return text.length > 1 && fits_at(inside, 1);
	return fits_at(text.data[0] == '"' ? behind : inside, 0);
}

/* The answers in a word, and in its quotes. STATES[BETWEEN] of this byte is pushed already: a blank
 * ends the word. */
static void step_word(answers states[STATES], struct slice text)
{
	bool in_quotes = fits_quotes(text, states[IN_QUOTES], states[IN_WORD]);
	bool in_word = fits_at(states[IN_WORD], 0);
	if (text.data[0] == ' ')
		in_word = fits_at(states[BETWEEN], 0);
	else if (text.data[0] == '\t')
		in_word = false;
	else if (text.data[0] == '\\')
		in_word = text.length > 1 && fits_at(states[IN_WORD], 1);
	else if (text.data[0] == '"')
		in_word = fits_at(states[IN_QUOTES], 0);
	push(&states[IN_WORD], in_word);
	push(&states[IN_QUOTES], in_quotes);
}

static bool starts_with(struct slice text, struct slice front)
{
	return text.length >= front.length && memcmp(text.data, front.data, front.length) == 0;
}

static bool fits_field(const struct reader *reader, struct slice text)
{
	if (text.data[0] != ' ')
		return false;
	if (starts_with(text, subject))
		return fits_at(reader->in_subject, subject.length - 1);
	if (starts_with(text, recipients))
		return fits_at(reader->recipients[BETWEEN], recipients.length - 1);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (starts_with(text, words[i]))
			return fits_at(reader->fields[IN_WORD], words[i].length - 1);
	return false;
}

/* To TEXT, from one byte behind its front. */
static void step(struct reader *reader, struct slice text)
{
	bool in_subject = fits_quotes(text, reader->in_subject, reader->fields[BETWEEN]);
	bool between_recipients = text.data[0] == ' ' && text.length > 1 &&
		fits_at(reader->recipients[IN_WORD], 0);
	bool between_fields = fits_field(reader, text);
	push(&reader->in_subject, in_subject);
	push(&reader->recipients[BETWEEN], between_recipients);
	push(&reader->fields[BETWEEN], between_fields);
	step_word(reader->recipients, text);
	step_word(reader->fields, text);
}

/* The length of " S=SIZE" at TEXT's front, or 0. */
static size_t size_length(struct slice text)
{
	struct slice rest = text;
	if (text.data[0] != ' ' || !slice_take_string(&rest, " S=") ||
	    !slice_take_while(&rest, slice_is_digit, SIZE_DIGITS).length)
		return 0;
	return !rest.length || rest.data[0] == ' ' ? text.length - rest.length : 0;
}

/* At the end no quotes may be open. " for" may end it: Exim leaves out the recipients for which
 * there is no room. */
static const struct reader at_end = { .fields = { [BETWEEN] = 1, [IN_WORD] = 1 },
	                              .recipients = { [BETWEEN] = 1, [IN_WORD] = 1 } };

size_t exim_find_tail(struct slice text, bool *ret_fits)
{
	struct reader reader = at_end;
	size_t first = text.length;
	*ret_fits = false;
	for (size_t at = text.length; at-- > 0;) {
		struct slice rest = slice_skip(text, at);
		size_t length = size_length(rest);
		*ret_fits = length && fits_at(reader.fields[BETWEEN], length - 1);
		if (*ret_fits)
			return at;
		if (length)
			first = at;
		step(&reader, rest);
	}
	return first;
}
