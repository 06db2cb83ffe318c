/* rotation.h - what of which files is read in a run
 *
 * A list of parts: late lines of the file before the current one, the rest of the file that was
 * read last, files that were rotated since, and the new file.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_ROTATION_H
#define SOURCE_ROTATION_H

#include "plugin/source.h"
#include "plugin/source/chain.h"
#include "plugin/source/identity.h"

#define ROTATION_PARTS_MAX (CHAIN_MAX + 3) /* with the late lines, the old file and the new one */

/* What an unfinished line at the end of a part is. */
enum rotation_end {
	END_WAITS,   /* the next run may find it whole */
	END_IS_LINE, /* nobody writes to the file any more */
	/* the file is a copy, which was made in the middle of the line: what is there may be
	 * another login */
	END_IS_TORN,
};

/* Of a file, what is read in this run. What was there when that was planned must be there when it
 * is read: the head of the file, and what is before the start. */
struct rotation_part {
	struct identity_file file;
	/* in uncompressed bytes; END of a compressed one is INT64_MAX until it is reached */
	int64_t start, end;
	uint64_t tail_hash; /* of the tail_length bytes before START */
	int64_t tail_length;
	bool is_late; /* late lines of the file before: the log's position isn't in it */
	enum rotation_end at_end;
};

struct rotation {
	struct source_options options;
	/* where the last run ended; is_known is false if that is of no use */
	struct file_position old;
	/* of the file before; is_known is false if it isn't there any more */
	struct file_position before;
	struct sibling_rank before_rank; /* its name's, when it was found */
	bool has_lost_before;            /* it was known, and is gone */
	bool is_going_on;                /* the path holds the file that was read last */
	char *path;
	struct rotation_part *parts; /* oldest first; owned */
	size_t count;
	struct strbuf gap; /* which lines were lost; "" if none. One sentence a line */
	int64_t gaps;      /* how many of the sentences are of lines that could not be read */
	/* which file may be the old one, but can't be unpacked; "" if none */
	struct strbuf doubt;
};

/* Finds and opens the files that are to be read after POSITIONS (NULL: never read): 0 with RET, in
 * which one part is at least; or -errno with WHY, and nothing is left open: then which file was
 * read last can't be told, or what came after it, and the positions are to stay as they are. */
int rotation_open(struct rotation *ret, const char *path, const struct file_positions *positions,
                  const struct source_options *options, struct strbuf *why);

/* Does nothing to one that is closed, or all zero. */
void rotation_close(struct rotation *rotation);

/* The time of the newest line, from the ends of the files; the old position's if none has any.
 * Compressed files aren't asked. */
int64_t rotation_newest_sec(const struct rotation *rotation);

#endif
