/* words.c - words that several parts of the text have; see words.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/printable.h"
#include "plugin/report/words.h"

#define USER_SHOWN_MAX 64

void words_add_user(struct strbuf *text, const struct user_name *name)
{
	if (name->length)
		printable_add(text, user_name_slice(name), USER_SHOWN_MAX);
	else
		strbuf_add_string(text, "(unnamed)");
}

const char *words_plural(int64_t count)
{
	return count == 1 ? "" : "s";
}

const struct user_summary *words_worst_user(const struct report *report)
{
	for (size_t i = 0; i < report->user_count; i++)
		if (report->users[i].summary.foreign_logins)
			return &report->users[i].summary;
	return NULL;
}

void words_add_list(struct strbuf *text, const struct listing *listing)
{
	printable_add(text, slice_string(listing->zone), LISTING_KEY_ROOM);
	strbuf_add_string(text, " (");
	printable_add(text, slice_string(listing->detail), LISTING_DETAIL_ROOM);
	if (listing->lacks_test_point && !listing->text[0])
		strbuf_add_string(text, WORDS_NO_TEST_POINT);
	strbuf_add_char(text, ')');
}
