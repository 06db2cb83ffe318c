/* loss.c - where a logging system says that it dropped lines; see loss.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/numparse.h"
#include "plugin/logformat/loss.h"

#define DIGITS_MAX 10

const struct slice loss_literals[LOSS_LITERALS] = { { "Suppressed ", 11 },
	                                            { "rate-limiting", 13 },
	                                            { " repeated ", 10 } };

/* The number in front of TEXT and BEHIND after it; 0 if that isn't so. */
static int64_t take_count(struct slice text, const char *behind)
{
	int64_t count;
	struct slice digits = slice_take_while(&text, slice_is_digit, DIGITS_MAX);
	return digits.length && numparse_int(&count, digits, 0, UINT32_MAX) &&
			slice_starts_with(text, behind)
		? count
		: 0;
}

/* NAME may hold a path that a user of the host chose, so the number is the last one that these
 * words are behind. */
static int64_t count_rsyslog(struct slice text)
{
	static const struct slice words = { " messages lost due to rate-limiting", 35 };
	struct slice old = text;
	if (slice_take_string(&old, "imuxsock lost "))
		return take_count(old, " messages from pid ");
	size_t at = slice_find(text, words), begin = at;
	if (at == text.length)
		return 0;
	while (begin > 0 && slice_is_digit((unsigned char)text.data[begin - 1]))
		begin--;
	return begin > 0 && text.data[begin - 1] == ' '
		? take_count(slice_skip(text, begin), " messages lost ")
		: 0;
}

/* Behind the last " repeated " of TEXT, which has no tag in front of it with most. */
static int64_t count_repeated(struct slice text)
{
	static const struct slice word = { " repeated ", 10 };
	size_t last = slice_find_last(text, word);
	struct slice before = slice_make(text.data, last);
	bool is_known = slice_ends_with(before, "last message") || slice_ends_with(before, "'");
	return last < text.length && is_known
		? take_count(slice_skip(text, last + word.length), " times")
		: 0;
}

int64_t loss_count(const struct header *line, bool was_login)
{
	if (slice_starts_with(line->program, "rsyslogd"))
		return count_rsyslog(line->message);
	if (slice_starts_with(line->program, "systemd-journal")) {
		struct slice text = line->message;
		return slice_take_string(&text, "Suppressed ") ? take_count(text, " messages from ")
							       : 0;
	}
	return was_login ? count_repeated(line->message.length ? line->message : line->text) : 0;
}
