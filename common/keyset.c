/* keyset.c - distinct byte strings, numbered; see keyset.h
 *
 * Open addressing with linear probing, at most half full. All keys lie in one growing block of
 * bytes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "common/keyset.h"
#include "common/siphash.h"

#define FIRST_SLOTS 256 /* a power of two, as ever */

struct key {
	uint64_t hash;
	size_t offset, length;
};

struct keyset {
	size_t *slots; /* number + 1, or 0 */
	size_t slot_count;
	struct key *keys;
	size_t count, room;
	char *bytes;
	size_t bytes_used, bytes_room;
	struct siphash_key secret;
};

struct keyset *keyset_new(void)
{
	struct keyset *set = xalloc_zero(1, sizeof *set);
	set->slot_count = FIRST_SLOTS;
	set->slots = xalloc_zero(set->slot_count, sizeof *set->slots);
	siphash_make_key(&set->secret);
	return set;
}

void keyset_free(struct keyset *set)
{
	if (!set)
		return;
	free(set->slots);
	free(set->keys);
	free(set->bytes);
	free(set);
}

static size_t find_slot(const struct keyset *set, struct slice key, uint64_t hash)
{
	size_t slot = hash & (set->slot_count - 1);
	for (; set->slots[slot]; slot = (slot + 1) & (set->slot_count - 1)) {
		const struct key *other = &set->keys[set->slots[slot] - 1];
		if (other->hash == hash && other->length == key.length &&
		    (!key.length || memcmp(set->bytes + other->offset, key.data, key.length) == 0))
			break;
	}
	return slot;
}

static void grow_slots(struct keyset *set)
{
	free(set->slots);
	set->slot_count *= 2;
	set->slots = xalloc_zero(set->slot_count, sizeof *set->slots);
	for (size_t i = 0; i < set->count; i++) {
		size_t slot = set->keys[i].hash & (set->slot_count - 1);
		while (set->slots[slot])
			slot = (slot + 1) & (set->slot_count - 1);
		set->slots[slot] = i + 1;
	}
}

static size_t copy_bytes(struct keyset *set, struct slice key)
{
	size_t offset = set->bytes_used;
	if (key.length > set->bytes_room - set->bytes_used) {
		set->bytes_room = (set->bytes_room + key.length) * 2;
		set->bytes = xalloc_resize(set->bytes, set->bytes_room, 1);
	}
	if (key.length)
		memcpy(set->bytes + offset, key.data, key.length);
	set->bytes_used += key.length;
	return offset;
}

size_t keyset_add(struct keyset *set, struct slice key, bool *ret_is_new)
{
	uint64_t hash = siphash(&set->secret, key);
	size_t slot = find_slot(set, key, hash);
	*ret_is_new = !set->slots[slot];
	if (!*ret_is_new)
		return set->slots[slot] - 1;
	if (set->count == set->room) {
		set->room = set->room ? set->room * 2 : 64;
		set->keys = xalloc_resize(set->keys, set->room, sizeof *set->keys);
	}
	set->keys[set->count] = (struct key){ .hash = hash,
		                              .offset = copy_bytes(set, key),
		                              .length = key.length };
	set->slots[slot] = ++set->count;
	if (set->count * 2 > set->slot_count)
		grow_slots(set);
	return set->count - 1;
}

bool keyset_find(const struct keyset *set, struct slice key, size_t *ret_number)
{
	size_t slot = find_slot(set, key, siphash(&set->secret, key));
	if (!set->slots[slot])
		return false;
	*ret_number = set->slots[slot] - 1;
	return true;
}

size_t keyset_count(const struct keyset *set)
{
	return set->count;
}

struct slice keyset_get(const struct keyset *set, size_t number)
{
	const struct key *key = &set->keys[number];

	/* Only empty keys: there are no bytes to point into. */
	return key->length ? slice_make(set->bytes + key->offset, key->length) : slice_make("", 0);
}
