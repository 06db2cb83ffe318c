/* reader.h - the lines of one part of a rotation
 *
 * One buffer goes over all parts. What was there when the part was planned must be there when it is
 * read: else nothing more of it is given (is_cut), and its position stays before what was not.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_READER_H
#define SOURCE_READER_H

#include "plugin/source/rotation.h"

struct part_reader {
	const struct source_options *options; /* borrowed */
	struct rotation_part *part;           /* that is read; borrowed, its end may be changed */
	char *buffer;
	int64_t base; /* the offset of buffer[0] */
	/* buffer[at] is the first byte that was not given; FILE_HASHED_BYTES before it stay */
	size_t at, filled;
	bool is_whole_line;     /* buffer[0] is the start of a line */
	bool has_nuls;          /* there are some in the buffer */
	bool is_started;        /* false: nothing of the part was read */
	bool is_cut;            /* the part's file is not what it was */
	bool is_emptied;        /* it was truncated to nothing when it was to be read */
	bool is_skipping;       /* inside of a line that is too long */
	uint64_t skipped_lines; /* of all parts */
	/* the time of the last line with one that was given, of all parts; 0: none */
	int64_t read_sec;
	/* what a person should know of the parts, one sentence a line */
	struct strbuf damage, torn;
	int64_t damages;
};

void reader_init(struct part_reader *ret, const struct source_options *options);
void reader_release(struct part_reader *reader);

/* Begins with PART, whose first bytes come in: 0; or -errno: nothing of it was read then, and its
 * position is the planned one. So it is if the file was changed since. */
int reader_start(struct part_reader *reader, struct rotation_part *part);

/* The next line that is in the buffer as a whole, valid until the next call; false: reader_fill(),
 * or the part is at its end. */
bool reader_take_line(struct part_reader *reader, struct slice *ret);

/* All that is to be read of the part is in the buffer, or was. */
bool reader_is_at_end(const struct part_reader *reader);

/* The part's next bytes come in; only while it isn't at its end. 0; or -errno, and the position is
 * before them. */
int reader_fill(struct part_reader *reader);

/* The unfinished line at the end of a file that nobody writes any more, once. */
bool reader_take_end(struct part_reader *reader, struct slice *ret);

/* Fills read_sec from the lines that were given and are still in the buffer. */
void reader_note_read(struct part_reader *reader);

/* Behind what was given of the part. It is hashed from the bytes that were read, so a file that
 * changes under us is another one next time. */
void reader_position(const struct part_reader *reader, struct file_position *ret);

#endif
