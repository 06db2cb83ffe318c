/* needles.h - which of several texts are in a line? One pass for all of them
 *
 * After Wu and Manber, "A fast algorithm for multi-pattern searching" (1994): a table by pairs of
 * bytes says how far the search may jump.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NEEDLES_H
#define NEEDLES_H

#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"

#define NEEDLES_MAX 120
#define NEEDLES_LENGTH_LEAST 2 /* the speed grows with the length of the shortest */

struct needles;

/* TEXTS (at most NEEDLES_MAX, each of NEEDLES_LENGTH_LEAST bytes and more; else it aborts: they are
 * ours) must live as long as the result, which the caller frees. */
struct needles *needles_new(const struct slice *texts, size_t count);
void needles_free(struct needles *needles);

/* MARKS[i] of all texts that are in HAYSTACK, or-ed. Without texts: 0. */
uint32_t needles_find(const struct needles *needles, struct slice haystack, const uint32_t *marks);

#endif
