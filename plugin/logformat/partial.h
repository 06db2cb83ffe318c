/* partial.h - lines that a container engine logged in parts
 *
 * Docker cuts at 16 KiB, containerd where it is told to, CRI-O wherever its read(2) ended. Then
 * what a stranger brought into the middle of a line stands at the front of a part, where it could
 * be a whole line of its own, header included.
 *
 * The promise: nothing is read of a line that was logged in parts, wherever it was cut. A part that
 * says so itself (Docker's lack of a newline, "partial_message", CRI's tag P) is known by its
 * reader: is_partial of container.h and jsonline.h. The one behind it may say nothing, like the
 * last part with CRI: that is what is known here. What two streams, or several containers in one
 * journal, write in between belongs to other lines, and is read.
 *
 * Known limits: what a run left off in the middle of is not known to the next one; of more than
 * BEGUN_MAX containers at a time the oldest is forgotten; conmon's parts, see container.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LOGFORMAT_PARTIAL_H
#define LOGFORMAT_PARTIAL_H

#include <stdbool.h>

#include "common/begun.h"
#include "common/slice.h"
#include "common/strbuf.h"

/* Which lines of a log are begun and not ended. A value: all zero, none is; nothing to free. */
struct partial {
	bool is_inside[2];  /* of stdout, of stderr */
	struct begun begun; /* of the containers that write to one journal */
};

/* To be told each line of a log, in order, whatever it holds. True if LINE goes on with one that
 * was begun: it must not be read. LINE is unpacked in ROOM, whose text is gone then; but hardly any
 * is looked at for longer than a few bytes. */
bool partial_follow(struct partial *partial, struct strbuf *room, struct slice line);

#endif
