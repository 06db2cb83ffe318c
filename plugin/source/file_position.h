/* file_position.h - where a file was read up to, and which file that was
 *
 * As the text of a log_position it is a line a file, the file that is read now first, then (if it
 * is known) the one before it:
 *
 *	DEVICE INODE HEAD_LENGTH HEAD_HASH TAIL_LENGTH TAIL_HASH OFFSET READ_SEC PATH_LENGTH PATH
 *
 * with numbers in decimal digits, but device, inode and hashes in hexadecimal ones. A path may hold
 * any byte but NUL, so its length stands before it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_FILE_POSITION_H
#define SOURCE_FILE_POSITION_H

#include "plugin/position.h"

/* at most so many bytes at the head, and before the offset, make the identity */
#define FILE_HASHED_BYTES 256

/* bytes of a path with the NUL; a longer one is cut, so its file is only found beside the log */
#define FILE_PATH_MAX 1024

/* A value; all zero means "never read". */
struct file_position {
	uint64_t device, inode;
	uint64_t head_hash;  /* of the first head_length bytes */
	int64_t head_length; /* 0 to FILE_HASHED_BYTES; all zero if the file was empty */
	uint64_t tail_hash;  /* of the tail_length bytes before offset */
	int64_t tail_length;
	int64_t offset;     /* the first byte that wasn't read: always the start of a line */
	int64_t newest_sec; /* as in log_position; of the file before it isn't kept */
	int64_t read_sec;
	char path[FILE_PATH_MAX]; /* with all links resolved; "" if unknown */
	bool is_known;
};

/* Two are kept: of the file that is read now, and of the one before it, into which a daemon may go
 * on writing for a while after it was renamed. Without the first there is no second. */
struct file_positions {
	struct file_position now, before;
};

/* RET is as known as POSITIONS' first is. */
void file_positions_write(struct log_position *ret, const struct file_positions *positions);

/* > 0 with *RET; 0: POSITION is not known; -EILSEQ: its text is not what file_positions_write()
 * would have written, to the letter, of numbers that can be. What is read can be another file's
 * all the same: a state may have been changed. */
int file_positions_read(struct file_positions *ret, const struct log_position *position);

#endif
