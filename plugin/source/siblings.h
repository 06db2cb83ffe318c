/* siblings.h - the files of a log beside it, by their names
 *
 * The siblings of mail.log are, each with or without .gz .bz2 .xz .zst at its end:
 *
 *	mail.log.1  mail.log.0                         numbers: a smaller one is newer
 *	mail.log-20261122  mail.log.20261123-090922    dates: a greater one is newer
 *	mail-20261122.log                              logrotate's "extension .log"
 *	mail.log.gz                                    packed where it was, when a link has moved on
 *
 * and nothing else: mail.log.bak and mail.err are other files.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_SIBLINGS_H
#define SOURCE_SIBLINGS_H

#include <stdbool.h>
#include <stddef.h>

#define SIBLINGS_DIGITS_MAX 32
#define SIBLINGS_ENTRIES_MAX 10000 /* of a directory that are looked at */

/* What the name of a rotated file says. */
struct sibling_rank {
	bool is_sibling;
	bool is_dated;                    /* else numbered */
	char digits[SIBLINGS_DIGITS_MAX]; /* of a number without leading zeros */
	bool is_packed;                   /* by its ending */
};

/* What NAME is to the log BASE; both without directory. */
struct sibling_rank sibling_rank(const char *base, const char *name);

/* Do the names tell which one is older? A number and a date don't, nor do a day and an hour of it. */
bool sibling_is_comparable(const struct sibling_rank *a, const struct sibling_rank *b);

/* < 0: A is older than B; 0: the same (one is packed, perhaps). They must be comparable. */
int sibling_compare(const struct sibling_rank *a, const struct sibling_rank *b);

/* The same for whole paths. Where LOG is in a dated directory (2026-11-22/mail.log, of which a link points to the newest), so are
 * the siblings: then the directory's date counts. */
struct sibling_rank sibling_rank_of(const char *log, const char *path);

/* The log's own place among those, if its directory has a date. */
struct sibling_rank sibling_rank_of_log(const char *log);

/* Calls VISIT for each entry of PATH's directory, with its whole path; for siblings of PATH with their rank, for others with one
 * that isn't. If that directory has a date in its name, also for the siblings in its own siblings. VISIT may end it by false, which
 * is handed on. */
typedef bool sibling_visit_fn(void *context, const char *path, const struct sibling_rank *rank);
bool siblings_visit(const char *path, sibling_visit_fn *visit, void *context);

#endif
