/* siblings.h - the rotated files of a log, by their names
 *
 * The siblings of mail.log are, each with or without .gz .bz2 .xz .zst at its end:
 *
 *	mail.log.1  mail.log.0  mail.1.log
 *		numbers: a smaller one is newer (logrotate and its "extension .log",
 *	                                               newsyslog, savelog, busybox)
 *	mail.log.1.old                                 logrotate's "addextension .old"
 *	mail.log-20261122  mail.log.20261123-090922
 *		dates: a greater one is newer. Letters T and W may stand between digits,
 *	mail.log-2026-W48  mail.log_24.11.2026
 *		and a day before its month and year (dateformat, cronolog, savelog -d)
 *	mail.log-1700000000
 *		seconds since 1970 (dateformat -%s, rotatelogs)
 *	mail-20261122.log                              "extension .log" with a date
 *	mail.log.gz
 *		compressed where it was, when a link has moved on
 *
 * and nothing else: mail.log.bak and mail.err are other files. The siblings of "current" are also
 * those of svlogd, multilog and s6-log: @4000000069… with .s or .u, and cyclog's with an
 * underscore.
 *
 * Where a link leads to dated files (mail-20261122.log, 2026-11-22/mail.log, 2026/11/22.log), those
 * are its siblings that differ in the date alone.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_SIBLINGS_H
#define SOURCE_SIBLINGS_H

#include <stdbool.h>
#include <stddef.h>

#define SIBLINGS_DIGITS_MAX 32

/* What the name of a rotated file says. */
struct sibling_rank {
	bool is_sibling;
	bool is_dated; /* else numbered */
	/* of a number without leading zeros; "" if the name has none */
	char digits[SIBLINGS_DIGITS_MAX];
	bool is_compressed; /* by its ending */
};

/* How many bytes .gz or the like takes at the end of NAME; 0: it has none. */
size_t sibling_compression_length(const char *name);

/* What NAME is to the log BASE; both without directory. */
struct sibling_rank sibling_rank(const char *base, const char *name);

/* Is PATH, by its name, a rotated file of the log OF in the same directory (mail.log.2.gz of
 * mail.log)? */
bool sibling_is_rotated(const char *path, const char *of);

/* Do the names tell which one is older? A number and a date don't, nor do a day and an hour of
 * it. */
bool sibling_is_comparable(const struct sibling_rank *a, const struct sibling_rank *b);

/* < 0: A is older than B; 0: the same (one is compressed, perhaps). They must be comparable. */
int sibling_compare(const struct sibling_rank *a, const struct sibling_rank *b);

/* Where the date in PATH begins, at the start of a name in it: there and behind it, digits vary
 * among dated siblings. NULL if its last names have no date. */
const char *sibling_date_start(const char *path);

/* What PATH is to TARGET, to which a link leads: of another date, or of the same one (then it is
 * TARGET itself, or that compressed). */
struct sibling_rank sibling_dated_rank(const char *target, const char *path);

/* May the LENGTH bytes at NAME, a directory, be of another date than PATTERN's? */
bool sibling_has_same_form(const char *pattern, size_t pattern_length, const char *name,
                           size_t length);

#endif
