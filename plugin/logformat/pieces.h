/* pieces.h - lines that a container engine cut into pieces
 *
 * Docker cuts at 16 KiB, containerd where it is told to, CRI-O wherever its read(2) ended. Then
 * what a stranger brought into the middle of a line stands at the front of a piece, where it could
 * be a whole line of its own, header included. So no piece is read: neither those that say so
 * themselves, nor the one that follows them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef PIECES_H
#define PIECES_H

#include <stdbool.h>

#include "common/begun.h"
#include "common/slice.h"
#include "common/strbuf.h"

/* All zero: no line is begun. */
struct pieces {
	bool is_inside[2];  /* a line of stdout, of stderr: its last piece has not come yet */
	struct begun begun; /* the same of the containers that write to one journal */
};

/* To be told each line of a log, in order; what a run left off in the middle of is not known to the
 * next one. True if LINE continues one that was begun: it must not be read. Lines are unpacked in
 * ROOM, but hardly any is looked at for longer than a few bytes. */
bool pieces_follow(struct pieces *pieces, struct strbuf *room, struct slice line);

#endif
