/* begun.c - which of several writers are in the middle of a line; see begun.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/begun.h"

static void add(struct begun *begun, struct slice writer)
{
	size_t i = begun->next;
	begun->next = (begun->next + 1) % BEGUN_MAX;
	begun->count += !begun->writers[i].length;
	begun->writers[i].length = writer.length;
	memcpy(begun->writers[i].name, writer.data, writer.length);
}

bool begun_follow(struct begun *begun, struct slice writer, bool is_piece)
{
	if (!begun->count && !is_piece)
		return false;
	if (!writer.length)
		writer = SLICE_LITERAL("?");
	if (writer.length > BEGUN_NAME_MAX)
		writer.length = BEGUN_NAME_MAX;
	for (size_t i = 0; i < BEGUN_MAX; i++) {
		if (slice_compare(writer,
		                  slice_make(begun->writers[i].name, begun->writers[i].length)) !=
		    0)
			continue;
		if (!is_piece) {
			begun->writers[i].length = 0;
			begun->count--;
		}
		return true;
	}
	if (is_piece)
		add(begun, writer);
	return is_piece;
}
