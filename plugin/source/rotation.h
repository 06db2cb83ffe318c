/* rotation.h - the files of a log between two runs
 *
 * What is to be read is a list of parts: the rest of the old file, files that were rotated since, and the new file.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_ROTATION_H
#define SOURCE_ROTATION_H

#include "plugin/source.h"
#include "plugin/source/identity.h"

#define ROTATION_PARTS_MAX (IDENTITY_BETWEEN_MAX + 2) /* with the old file and the new one */

/* Of a file, what is read in this run. */
struct rotation_part {
	struct identity_file file;
	int64_t start, end;
};

struct rotation {
	struct source_options options;
	struct log_position old;  /* where the last run ended; is_known is false if that is of no use */
	char *path;
	struct rotation_part parts[ROTATION_PARTS_MAX]; /* oldest first */
	size_t count;
	struct strbuf gap;        /* which lines were lost; "" if none. One sentence a line */
};

/* Finds and opens the files that are to be read after POSITION (NULL: never read): 0 with RET, in which one part is at
 * least; or -errno with WHY, and nothing is left open. */
int rotation_open(struct rotation *ret, const char *path, const struct log_position *position,
                  const struct source_options *options, struct strbuf *why);

/* Does nothing to one that is closed, or all zero. */
void rotation_close(struct rotation *rotation);

/* The time of the newest line, from the ends of the files; the old position's if none has any. */
int64_t rotation_newest_sec(const struct rotation *rotation);

#endif
