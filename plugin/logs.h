/* logs.h - which log files are meant: the façade of plugin/source/loglist.h and its like
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LOGS_H
#define LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/keyset.h"
#include "common/strbuf.h"

/* in one run: they are followed one after the other, so none holds anything open meanwhile */
#define LOGLIST_MAX 100000

#define LOG_OF_NO_GLOB SIZE_MAX

/* One log of a run. */
struct log {
	char *name; /* absolute, SOURCE_STDIN, or SOURCE_JOURNAL and a directory */
	/* the index of the glob that it came from, or LOG_OF_NO_GLOB: it was named */
	size_t glob;
	bool is_default; /* nothing was named: it is one of the usual places */
	/* nothing has this name now; but its rotated files are there, or the state knows it */
	bool is_absent;
	bool is_unmatched; /* the glob itself, of which nothing has a name that it gives */
	/* not followed: a rotated file of another one, with which it is read, or that one under
	 * another name */
	bool is_left_out;
	size_t base; /* the index of that other one; SIZE_MAX: none */
	/* of one that is absent: stands for what it might be found in; another number: look
	 * again */
	uint64_t around;
	bool has_rotated; /* of one that is absent: the globs give rotated files of it */
};

/* A glob as it was typed. */
struct log_glob {
	/* the current one, with a slash at its end, where TEXT is relative; else "" */
	char *directory;
	char *text;
};

/* Each name once, in the order given. Owned. */
struct loglist {
	struct log *logs;
	size_t count;
	struct log_glob *globs;
	size_t glob_count;
	struct keyset *names;   /* number N is that of logs[N] */
	struct strbuf problems; /* directories that could not be read, one sentence; "" if none */
};

/* Finds what is there now: names as given, and what the globs among GIVEN give. 0, or -errno with
 * WHY. A glob that gives nothing is in the list as it is (is_unmatched). Without GIVEN the list is
 * empty: see loglist_add_default(). */
int loglist_find(struct loglist *ret, char *const *given, size_t count, struct strbuf *why);
void loglist_release(struct loglist *logs); /* does nothing to one that is all zero */

/* A log that was known once. True if it is one of the list's now, or a name that one of its globs
 * would give: then it is added, as absent. */
bool loglist_add_known(struct loglist *logs, const char *name);

/* Logs that came, and were compressed, since they were looked for last: the globs don't give
 * mail-20140225.log.gz, but would have given mail-20140225.log. It is added, as absent, if it was
 * written since SINCE_SEC and has no other name. 0, or -errno with WHY. */
int loglist_add_compressed(struct loglist *logs, int64_t since_sec, struct strbuf *why);

/* The first of the usual places that exists, or the journal, but none of GONE. 0, or -ENOENT with
 * WHY. */
int loglist_add_default(struct loglist *logs, const struct keyset *gone, struct strbuf *why);
/* KNOWN is one of the usual places, or the journal: the default of a former run. */
bool loglist_is_default(const char *known);
void loglist_add_known_default(struct loglist *logs, const char *known);

/* Leaves out what are rotated files of others: those are read with them, in their order, and on
 * their own they would be read twice. Where a glob gives only rotated files of a log that it would
 * give, too, if it were there (mail.log* without mail.log), that log is added, as absent. */
void loglist_settle(struct loglist *logs);

/* What tells one set of logs from another: GIVEN itself, made absolute, and not what its globs
 * give. Appends to KEY a line a log; names that are rotated files of others given are left out, so
 * that names which a shell expanded stay the same as long as it can be. 0, or -errno with WHY. */
int loglist_key(struct strbuf *key, char *const *given, size_t count, struct strbuf *why);

/* The key that versions before this one made: of what the globs give now. */
int loglist_former_key(struct strbuf *key, char *const *given, size_t count, struct strbuf *why);

bool loglist_has_input(char *const *given, size_t count); /* standard input is one of them */

#endif
