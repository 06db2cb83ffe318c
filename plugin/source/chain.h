/* chain.h - the rotated files of a log: which of them was read last, and which came after it
 *
 * An answer is given only if it is known: what can't be read, and might be what is looked for, is
 * an error.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_CHAIN_H
#define SOURCE_CHAIN_H

#include "plugin/source.h"
#include "plugin/source/identity.h"
#include "plugin/source/nearby.h"

/* files of one log that are read in one run: each is held open, so that no rotation takes it
 * away */
#define CHAIN_MAX 400

/* One file, with its place among the others. */
struct chain_link {
	struct identity_file file;
	struct sibling_rank rank;
	int64_t first_sec; /* the time of its first line */
	/* the old one, as far as it was copied before it was truncated: all of it was read */
	bool is_prefix;
};

/* Where to look, and for what. All is borrowed. */
struct chain_search {
	struct nearby *nearby;
	const struct source_options *options;
	/* what is at the log's path now: never an answer; NULL: nothing */
	const struct identity_file *current;
	/* the file before the old one, if it is read, too; NULL else */
	const struct identity_file *late;
	/* the file that was read last, if it is found; NULL else */
	const struct chain_link *old;
	/* a file that is newer by its name than this was not read; if it is a rank */
	struct sibling_rank read_rank;
	bool is_rank_read; /* false: nor was the one of that rank itself */
	/* the first line must not be older where names don't tell */
	int64_t after_sec;
	/* out: a name was gone when it was to be opened: look again */
	bool has_vanished;
	/* out: which file may be the old one, but can't be unpacked; "" if none */
	struct strbuf *doubt;
	struct strbuf *notes; /* out: what is damaged, or left out */
	int64_t *gaps;        /* out: counts those that could not be read */
};

/* Finds the file of POSITION: by device and inode under any name, else by its bytes among the
 * siblings. 1 with *RET; 0: it is not there; -errno with WHY: that can't be told. */
int chain_find_old(struct chain_search *search, struct chain_link *ret,
                   const struct file_position *position, struct strbuf *why);

/* The files that were rotated after the old one, oldest first, into LINKS (room for CHAIN_MAX).
 * Where the old one is known, names of its kind tell; else the first line's time does. More than
 * there is room for: the newest, with a note. 0 with *RET_COUNT; or -errno with WHY, and none is
 * left open. */
int chain_find_newer(struct chain_search *search, struct chain_link *links, size_t *ret_count,
                     struct strbuf *why);

/* All siblings that may hold lines from SINCE_SEC on (INT64_MIN: all), likewise. */
int chain_find_since(struct chain_search *search, struct chain_link *links, int64_t since_sec,
                     size_t *ret_count, struct strbuf *why);

/* Is each of the links still at its path? If not, a rotation was going on while they were
 * opened. */
bool chain_is_steady(const struct chain_link *links, size_t count);

void chain_close_links(struct chain_link *links, size_t count);

#endif
