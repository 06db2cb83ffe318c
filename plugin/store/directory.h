/* directory.h - the directory that holds the state: who could put something into it (internal to
 * the store)
 *
 * Whoever may write beside the state decides what SQLite "restores" from a journal, and so what is
 * in the state. What is looked at here, once, holds as long as nobody else can change a name on the
 * way: that is what the rules are for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_DIRECTORY_H
#define STORE_DIRECTORY_H

#include <stdbool.h>

#include "common/strbuf.h"

/* The directory of the file PATH: makes what is missing (0700), and opens it. REAL gets its path
 * without any symbolic link.
 *
 * It must be ours or root's, and neither its group nor others may write in it, sticky or not. Those
 * above it must be ours or root's, too; where others may write they must be sticky, as /tmp is. (A
 * group that an admin lets write there is trusted.)
 *
 * A descriptor, or -errno with WHY; nothing that exists is changed. */
int directory_open(const char *path, struct strbuf *real, struct strbuf *why);

/* Is REAL still what DESCRIPTOR is? */
bool directory_is_same(const char *real, int descriptor);

/* Where the name of the file begins in PATH. */
const char *directory_base_name(const char *path);

/* "; as root: install -d …", which makes the usual place of this user's states, and changes nothing
 * else. */
void directory_add_remedy(struct strbuf *why);

#endif
