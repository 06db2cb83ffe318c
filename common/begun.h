/* begun.h - which of several writers are in the middle of a line, in a log where the pieces of all
 * stand between each other
 *
 * A container's engine cuts lines where its buffer ends. The rest of one may begin with a
 * stranger's text, so it must be known for what it is, even if the engine says only of the pieces
 * before it that they are some (conmon does so).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BEGUN_H
#define BEGUN_H

#include <stdbool.h>

#include "common/slice.h"

/* writers that are in the middle of a line at the same time; beyond, the oldest is forgotten */
#define BEGUN_MAX 64
#define BEGUN_NAME_MAX 64 /* bytes of a name that count: a container's ID */

/* All zero: none. A value. */
struct begun {
	struct {
		char name[BEGUN_NAME_MAX];
		size_t length; /* 0: free */
	} writers[BEGUN_MAX];
	size_t count, next;
};

/* To be told each line of WRITER. True if it is a piece: it IS_PIECE, not its line's last, or it
 * ends a line that was begun. */
bool begun_follow(struct begun *begun, struct slice writer, bool is_piece);

#endif
