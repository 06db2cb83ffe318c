/* path.h - the state as a file: whose it is, who may write it, which program made it (internal to
 * the store)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PATH_H
#define STORE_PATH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/deadline.h"
#include "common/strbuf.h"

#define STORE_APPLICATION_ID 0x434d4c47 /* "CMLG" in SQLite's header */
#define STORE_PATH_MAX 4000

/* damaged files; the oldest is replaced, so that no fault fills the disk */
#define STORE_DAMAGED_KEPT 3
#define STORE_DAMAGED_DAYS 30 /* so long: they say who was where, as the state does */

/* A state file that was found in order, or made. */
struct store_file {
	struct strbuf path; /* absolute, no symbolic link in it */
	int directory;      /* its descriptor, or -1: all is looked up below it */
	dev_t device;       /* which file it was when it was looked at */
	ino_t inode;
	bool is_damaged; /* not even SQLite's header is in it */
	bool is_readable_by_others;
};

#define STORE_FILE_INIT \
	{ \
		.path = STRBUF_INIT(STORE_PATH_MAX), .directory = -1 \
	}

/* Makes missing directories (0700) and the file (0600), checks the owner and the mode of both (see
 * directory.h), and whether the header is that of a state. 0 with FILE filled, or -errno with WHY;
 * nothing that exists is changed, but damaged files that were set aside STORE_DAMAGED_DAYS ago are
 * removed. */
int store_file_prepare(struct store_file *file, const char *path, struct strbuf *why);
void store_file_release(struct store_file *file);

/* SQLite opens by names. Once it has, and has looked for a journal: do they still lead to what was
 * prepared? 0, or -errno with WHY. */
int store_file_verify(const struct store_file *file, struct strbuf *why);

/* Renames FILE and its journal to PATH.damaged-N, N up to STORE_DAMAGED_KEPT; adds a note to NOTES.
 * Only a regular file of ours that nobody else may read or write, and only while it is the file
 * that was prepared. 0 or -errno with WHY. */
int store_file_set_aside(const struct store_file *file, struct strbuf *notes, struct strbuf *why);

/* Locks the directory of PATH against other runs that rename states in it, waiting until DEADLINE
 * (NULL: for ever). A descriptor to close, or -errno with WHY; -EBUSY: another one has it. Where
 * the file system has no such locks, there is none. */
int store_file_lock_directory(const char *path, const struct deadline *deadline,
                              struct strbuf *why);

/* Gives FILE the name TO, in the directory of DIRECTORY, which is locked (see above); FILE is
 * locked by SQLite, and has no journal. 0 or -errno with WHY. */
int store_file_rename(const struct store_file *file, const char *to, int directory,
                      struct strbuf *why);

/* Appends what mends it that the file PATH can't be written: "; chmod …". Never a command that
 * changes what isn't ours. */
void store_file_hint(struct strbuf *why, const char *path, int error);

#endif
