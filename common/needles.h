/* needles.h - is any of several texts in a line? One pass for all of them
 *
 * After Wu and Manber, "A fast algorithm for multi-pattern searching" (1994): a table by pairs of bytes says how far the
 * search may jump.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NEEDLES_H
#define NEEDLES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/slice.h"

#define NEEDLES_MAX 120
#define NEEDLES_LENGTH_LEAST 2 /* the speed grows with the length of the shortest */

struct needles;

/* TEXTS (at most NEEDLES_MAX, each of NEEDLES_LENGTH_LEAST bytes and more; else it aborts: they are ours) must live as long
 * as the result, which the caller frees. */
struct needles *needles_new(const struct slice *texts, size_t count);
void needles_free(struct needles *needles);

/* Is any of them in HAYSTACK? Without texts: never. */
bool needles_match(const struct needles *needles, struct slice haystack);

#endif
