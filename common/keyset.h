/* keyset.h - distinct byte strings, numbered in the order in which they came
 *
 * A hash table whose hash has a secret key, another one in each run, since whoever logs in chooses
 * some of the keys (see siphash.h). Holds at most what the store does, a million logins' keys.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef KEYSET_H
#define KEYSET_H

#include <stdbool.h>
#include <stddef.h>

#include "common/slice.h"

struct keyset;

struct keyset *keyset_new(void);
void keyset_free(struct keyset *set);

/* The number of KEY, from 0, which is copied if it is new. */
size_t keyset_add(struct keyset *set, struct slice key, bool *ret_is_new);

/* True with its number if KEY is in SET. */
bool keyset_find(const struct keyset *set, struct slice key, size_t *ret_number);

size_t keyset_count(const struct keyset *set);

/* The key of that number; borrowed until the next add. */
struct slice keyset_get(const struct keyset *set, size_t number);

#endif
