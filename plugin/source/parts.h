/* parts.h - the parts of a rotation, as they are put together
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_PARTS_H
#define SOURCE_PARTS_H

#include "plugin/source/rotation.h"

/* FILE, from START on, as the last part, which owns it then. */
struct rotation_part *parts_add(struct rotation *self, const struct identity_file *file,
                                int64_t start);

/* What FILE has behind POSITION, likewise. */
struct rotation_part *parts_add_rest(struct rotation *self, const struct identity_file *file,
                                     const struct file_position *position);

/* The last part but one can still get lines: an unfinished one waits. */
void parts_watch_last_but_one(struct rotation *self);

/* Closes and forgets all, and what was noted of them. */
void parts_close(struct rotation *self);

/* The position before PART, by what was known of its file when the part was planned; without
 * times. */
void part_planned_position(const struct rotation_part *part, struct file_position *ret);

/* Was the file left alone for a day, by the clock that its mtime is of (never --at)? Then no late
 * lines come any more. */
bool rotation_is_left_alone(const struct identity_file *file);

/* A search of SELF's rotated files NEARBY, which is borrowed, as CURRENT (or NULL) is. */
void rotation_init_search(struct rotation *self, struct chain_search *search, struct nearby *nearby,
                          const struct identity_file *current);

#endif
