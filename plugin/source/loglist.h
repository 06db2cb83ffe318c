/* loglist.h - the list of logs, as those who make it see it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_LOGLIST_H
#define SOURCE_LOGLIST_H

#include "plugin/logs.h"

void loglist_init(struct loglist *logs);

/* A log NAME, of the glob with that index or LOG_OF_NO_GLOB; the same in DIRECTORY (with its slash,
 * or ""). False if it was there already. */
bool loglist_add(struct loglist *logs, const char *name, size_t glob);
bool loglist_add_below(struct loglist *logs, const char *directory, const char *name, size_t glob);

/* Is NAME a file's path, or a glob of them? Else it is special: never a glob's, nor of a
 * directory. */
bool loglist_is_path(const char *name);
bool loglist_is_glob(const char *given);

/* What stands before GIVEN to make it absolute: 0 with *RET, to be freed; or -errno with WHY. */
int loglist_directory_of(char **ret, const char *given, struct strbuf *why);

/* GIVEN, or what it gives if it is a glob. 0, or -errno with WHY. */
int loglist_add_given(struct loglist *logs, const char *given, struct strbuf *why);

/* What the glob TEXT gives, to which DIRECTORY, that is taken over, belongs. Likewise. */
int loglist_expand(struct loglist *logs, char *directory, const char *text, struct strbuf *why);

/* Would one of the globs give NAME, if it were there? Then it is added, as absent. */
bool loglist_would_give(const struct loglist *logs, const char *name);
bool loglist_add_absent(struct loglist *logs, const char *name);

/* Leaves out the names that are rotated files of others in the list. */
void loglist_find_bases(struct loglist *logs);

#endif
