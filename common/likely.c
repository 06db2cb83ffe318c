/* likely.c - the word that was likely meant by a mistyped one; see likely.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/likely.h"

struct likely likely_begin(struct slice typed)
{
	return (struct likely){ .typed = typed };
}

static char plain(char byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return (char)(byte - 'A' + 'a');
	return byte == '_' ? '-' : byte;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* "Optimal string alignment": ROWS[i][j] is the distance of the first I characters of ONE from the
 * first J of OTHER. */
static size_t distance_of(struct slice one, struct slice other)
{
	size_t rows[LIKELY_MOST + 1][LIKELY_MOST + 1];
	for (size_t j = 0; j <= other.length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= one.length; i++) {
		rows[i][0] = i;
		for (size_t j = 1; j <= other.length; j++) {
			char a = plain(one.data[i - 1]), b = plain(other.data[j - 1]);
			rows[i][j] = least(rows[i - 1][j - 1] + (a != b),
			                   least(rows[i - 1][j], rows[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a == plain(other.data[j - 2]) &&
			    plain(one.data[i - 2]) == b)
				rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
		}
	}
	return rows[one.length][other.length];
}

void likely_try(struct likely *likely, const char *word)
{
	struct slice known = slice_string(word);
	if (!likely->typed.length || likely->typed.length > LIKELY_MOST ||
	    known.length > LIKELY_MOST)
		return;
	size_t distance = distance_of(likely->typed, known);
	if (distance > least(known.length / 3, 3))
		return;
	if (likely->word && distance >= likely->distance) {
		likely->is_tied = likely->is_tied || distance == likely->distance;
		return;
	}
	likely->word = word;
	likely->distance = distance;
	likely->is_tied = false;
}

void likely_tell(const struct likely *likely, struct strbuf *why, const char *prefix)
{
	if (why && likely->word && !likely->is_tied)
		strbuf_add_format(why, "; did you mean %s%s?", prefix, likely->word);
}
