/* recording_vfs.h - what SQLite does to the files of a directory, recorded, and what a power loss
 * may leave of it
 *
 * For tests only. A VFS around the default one writes down every operation that changes a file or
 * its name, in order. From that, the directory is built again as it may be after a loss of power:
 * "the power failed after so many operations" (the cut), and "this is what the disk did with those
 * that no sync covered" (the model).
 *
 * What is assumed of the disk is what SQLite assumes ("Atomic Commit In SQLite",
 * sqlite.org/atomiccommit.html):
 * - A sync covers all that was written to that file before. What it doesn't cover may arrive in any
 *   order, in parts of 512 bytes, cut anywhere, or never.
 * - A write that is lost or torn leaves the bytes beside it alone
 *   (SQLITE_IOCAP_POWERSAFE_OVERWRITE, which SQLite takes for granted on Unix). But a file may grow
 *   before its bytes arrive: garbage is at its end then (no SAFE_APPEND).
 * - A new name and a deletion last once the directory was synced; a sync of the file is not enough.
 *   Before that either may be lost: a deleted file comes back whole. The syncs of the directory are
 *   those that the default VFS really does: they are seen in its "openDirectory" call.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RECORDING_VFS_H
#define RECORDING_VFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISK_FILES_MAX 16     /* in one recording; a file that is made anew counts again */
#define DISK_FILE_MAX 4000000 /* bytes of a file */
#define DISK_OPERATIONS_MAX 100000

/* In this order: those of names, then those of bytes. */
enum disk_kind {
	DISK_CREATE,
	DISK_DELETE,
	DISK_SYNC_DIRECTORY,
	DISK_WRITE,
	DISK_TRUNCATE,
	DISK_SYNC
};

struct disk_operation {
	enum disk_kind kind;
	size_t file;   /* in files; not of DISK_SYNC_DIRECTORY */
	size_t offset; /* of DISK_WRITE; the new length of DISK_TRUNCATE */
	char *bytes;   /* of DISK_WRITE */
	size_t length;
};

struct disk_file {
	char name[100];       /* without the directory */
	bool is_old, is_gone; /* there when the recording began; deleted since */
	char *bytes;          /* what was in it then */
	size_t length;
};

struct recording {
	char directory[4096];
	struct disk_file files[DISK_FILES_MAX];
	size_t file_count;
	struct disk_operation *operations;
	size_t operation_count;
};

/* Makes the recording VFS the default one: call it once. While nothing is recorded it passes all on
 * but the syncs, so a test that opens a thousand states waits for no disk. SQLite's random numbers
 * are the same in every run. */
void recording_vfs_register(void);

/* Records what happens in DIRECTORY (absolute, without links), in which there may be nothing but
 * plain files. Too much of anything, or an error of the system, ends the program. */
void recording_begin(struct recording *ret, const char *directory);
void recording_end(void);
void recording_release(struct recording *recording);

/* What the disk did with operations that no sync covered. */
enum disk_tear {
	TEAR_NONE,
	TEAR_FRONT,  /* of the last operation, if it is a write, only the first half arrived */
	TEAR_BACK,   /* only the second half */
	TEAR_SECTORS /* of each write any of its sectors */
};

struct disk_model {
	const char *name;
	unsigned writes_percent; /* that arrived: 0 none, 100 all, else by chance */
	unsigned names_percent;  /* new names and deletions */
	enum disk_tear tear;
	bool has_garbage; /* where a file grew and its bytes never came */
};

enum disk_fate { DISK_LOST, DISK_TORN, DISK_WHOLE };

/* The fate of each of the first CUT operations into FATES, which has room for CUT of them. *RANDOM
 * is moved on. */
void disk_lose(enum disk_fate *fates, const struct recording *recording, size_t cut,
               const struct disk_model *model, uint64_t *random);

/* Writes the files that are left into DIRECTORY, which must exist and be empty of those names. What
 * it returns is equal for equal files, and hardly ever for others. */
uint64_t disk_build(const char *directory, const struct recording *recording, size_t cut,
                    const enum disk_fate *fates, const struct disk_model *model, uint64_t *random);

#endif
