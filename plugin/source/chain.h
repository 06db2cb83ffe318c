/* chain.h - the rotated files of a log: which of them was read last, and which came after it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_CHAIN_H
#define SOURCE_CHAIN_H

#include "plugin/source.h"
#include "plugin/source/identity.h"
#include "plugin/source/siblings.h"

#define CHAIN_MAX 400 /* files of one log that are read in one run: each is held open, so that no rotation takes it away */

/* One file, with its place among the others. */
struct chain_link {
	struct identity_file file;
	struct sibling_rank rank;
	int64_t first_sec; /* the time of its first line */
};

/* Where to look, and for what. All is borrowed. */
struct chain_search {
	const char *path;                        /* of the log; what it links to is found out */
	const char *cursor;                      /* where the last run read, or "" */
	const struct source_options *options;
	struct identity_file *current;           /* what is at PATH now: never an answer; NULL: nothing */
	struct identity_file *late;              /* the file before the old one, if it is read, too; NULL else */
	struct chain_link *old;                  /* the file that was read last, if it is found; NULL else */
	struct sibling_rank read_rank;           /* a file that is newer by its name than this was not read; if it is a rank */
	bool is_rank_read;                       /* false: nor was the one of that rank itself */
	int64_t after_sec;                       /* the first line must not be older where names don't tell */
	bool has_vanished;                       /* out: a name was gone when it was to be opened: look again */
	bool is_unreadable;                      /* out: a file that is wanted may not be read */
	struct strbuf *notes;                    /* out: what is damaged or can't be read */
};

/* The file of POSITION: by device and inode under any name, else by its bytes among the siblings. True with *RET. */
bool chain_find_old(struct chain_search *search, struct chain_link *ret, const struct log_position *position);

/* The files that were rotated after the old one, oldest first, into LINKS (room for CHAIN_MAX): how many. Where the old one is
 * known, names of its kind tell; else the first line's time does. More than there is room for: the newest, with a note. */
size_t chain_find_newer(struct chain_search *search, struct chain_link *links);

/* All siblings that may hold lines from SINCE_SEC on (INT64_MIN: all), likewise. */
size_t chain_find_since(struct chain_search *search, struct chain_link *links, int64_t since_sec);

/* Are the two in the same directory, by their paths? */
bool chain_is_beside(const char *a, const char *b);

/* Is each of the links still at its path? If not, a rotation was going on while they were opened. */
bool chain_is_steady(const struct chain_link *links, size_t count);

void chain_links_freep(struct chain_link **links); /* the array; the files in it are someone's parts by then */

#endif
