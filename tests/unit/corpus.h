/* corpus.h - the lines of tests/corpus, and how each is to be read
 *
 * A row: format, judgement, user, address, the line, with tabs in between. The judgement is 1 for a
 * login, 0 for none, "s" for a line about a session, "a" for an ambiguous one. The address is an IP
 * address, "unknown" or "-"; of 0 and "a" neither it nor the user is given. A comment above the row
 * says why.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CORPUS_H
#define CORPUS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ipaddr.h"
#include "common/slice.h"
#include "plugin/logformat.h"

/* The slices borrow from the corpus. */
struct row {
	const char *file;
	size_t number; /* of its line in FILE */
	struct slice reason;
	struct slice format;
	enum line_kind kind;
	struct slice user;
	bool has_address;
	struct ipaddr address;
	struct slice line;
};

/* All rows of all files, below $srcdir; false, and a word on stderr, if one can't be read or
 * understood. */
bool corpus_load(void);
void corpus_release(void);

size_t corpus_count(void);
const struct row *corpus_row(size_t number);

#endif
