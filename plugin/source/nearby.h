/* nearby.h - the files that may be a log's rotated ones: one look at the directories where they can
 * be
 *
 * These are the log's own directory; where it is a link that of its target, and those of other
 * dates if the target has one in its path; where the last run read, if that was elsewhere; and the
 * one that --olddir names. When nothing is found there: the directories in the log's own
 * (logrotate's olddir), one level deep.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_NEARBY_H
#define SOURCE_NEARBY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/strbuf.h"
#include "plugin/source.h"
#include "plugin/source/dirlist.h"
#include "plugin/source/file_position.h"
#include "plugin/source/siblings.h"

/* that are remembered; of rotated files that is a century of days */
#define NEARBY_FILES_MAX 50000
/* of them files with other names: a log may have been renamed to anything */
#define NEARBY_STRANGERS_MAX 10000
#define NEARBY_ALL_MAX 1000  /* entries of a directory all of which are looked at */
#define NEARBY_ASIDE_MAX 100 /* directories in the log's own that are looked into */

struct nearby_file {
	char *path;
	struct sibling_rank rank; /* is_sibling is false for other names */
	bool is_aside;            /* in a directory of the log's own */
};

struct nearby {
	char *path, *last_path; /* of the log, and where the last run read ("": not known); owned */
	char *olddir;           /* with a slash at its end; NULL: not named; owned */
	char *target; /* what PATH links to; NULL: it is no link, or leads nowhere; owned */
	struct nearby_file *files;
	size_t count, room, strangers;
	uint64_t inode;         /* of the file that was read last; 0: not known */
	struct dirlists *lists; /* borrowed; NULL: none */
	/* which directory may hold rotated files, but can't be looked into; "" if none */
	struct strbuf closed;
	bool is_listed, has_aside, is_cut;
};

/* Says where to look for the rotated files of PATH, which was read up to POSITION (NULL: never); no
 * directory is read yet. 0; or -errno with WHY. To be released either way. */
int nearby_init(struct nearby *ret, const char *path, const struct file_position *position,
                const struct source_options *options, struct strbuf *why);
void nearby_release(struct nearby *nearby);

/* What PATH is to the log, by its name. */
struct sibling_rank nearby_rank(const struct nearby *nearby, const char *path);

/* Lists the directories, if that was not done yet; the ones in the log's own. 0; or -errno with
 * WHY: one can't be read, so what is in it is not known. */
int nearby_list(struct nearby *nearby, struct strbuf *why);
int nearby_list_aside(struct nearby *nearby, struct strbuf *why);

/* Does a directory in the log's own hold rotated files of this log alone, as far as can be told? It
 * has no log of the same name: then they would be that one's. 1; 0; -errno with WHY. */
int nearby_is_olddir(const struct nearby *nearby, const struct nearby_file *file,
                     struct strbuf *why);

/* The directory of PATH, with its slash; "" for the current one. The caller frees it. */
char *nearby_directory_of(const char *path);

/* Are the two in the same directory, by their paths? */
bool nearby_is_beside(const char *a, const char *b);

#endif
