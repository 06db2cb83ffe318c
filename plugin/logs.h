/* logs.h - which log files are meant
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LOGS_H
#define LOGS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/strbuf.h"

#define LOGLIST_MAX 1000

/* Absolute names (or SOURCE_STDIN), each once, in the order given, without those that are rotated files of another one; owned. */
struct loglist {
	char **names;
	size_t count;
};

/* Expands the globs among GIVEN; without any, the first of the usual places that exists. 0, or -errno with WHY. A glob that
 * matches nothing, and a name that isn't there, stay in the list: opening them says what is wrong. */
int loglist_find(struct loglist *ret, char *const *given, size_t count, struct strbuf *why);
bool loglist_has_input(const struct loglist *logs); /* standard input is one of them */
void loglist_release(struct loglist *logs);

#endif
