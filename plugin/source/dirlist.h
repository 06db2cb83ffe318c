/* dirlist.h - the entries of directories, listed once a run
 *
 * Thousands of logs in one directory, all rotated at midnight, would list it thousands of times.
 * The listing of a large one holds while the directory doesn't change, by its time; and as that
 * goes by ticks, one that was made in the tick of the last change holds for once only. Small ones
 * are listed each time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_DIRLIST_H
#define SOURCE_DIRLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/strbuf.h"

#define DIRLIST_ENTRIES_MAX 2000000 /* of one directory */
#define DIRLIST_KEPT_MAX 32         /* directories; more are listed each time */
#define DIRLIST_KEPT_LEAST 256      /* entries of one that is kept */

/* Without "." and "..", sorted by name. */
struct dirlist_entry {
	char *name;
	uint64_t inode; /* as readdir(3) has it: not always what lstat(2) says */
	bool may_be_file, may_be_directory;
};

struct dirlist {
	struct dirlist_entry *entries;
	size_t count, room;
	bool is_cut;  /* there are more */
	bool is_kept; /* by the dirlists */
};

struct dirlists;

struct dirlists *dirlists_new(void);
void dirlists_free(struct dirlists *lists);
void dirlists_freep(struct dirlists **lists);

/* The entries of DIRECTORY ("" is the current one); one that isn't there has none. 0 with *RET, to
 * be released, and before LISTS (NULL: nothing is kept) is asked for the same directory again; or
 * -errno if it can't be read to its end. */
int dirlists_get(struct dirlists *lists, const char *directory, struct dirlist *ret);
void dirlist_release(struct dirlist *list);

/* The first entry whose name isn't before NAME; LIST's count if there is none. */
size_t dirlist_find(const struct dirlist *list, const char *name);

/* A look at a directory's time. */
struct dirlook {
	int64_t sec;
	long nsec;            /* both 0 if that can't be told */
	bool is_in_this_tick; /* what changed in this one may change again unseen */
};

struct dirlook dirlook_at(const char *directory);

/* May DIRECTORY have changed since it was SEEN? */
bool dirlook_has_changed(const char *directory, const struct dirlook *seen);

#endif
