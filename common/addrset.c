/* addrset.c - distinct addresses, packed; see addrset.h
 *
 * Two tables of open addressing with linear probing, for addresses of 4 and of 16 bytes. A slot of
 * zeros is free: the address of zeros is kept apart.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/addrset.h"
#include "common/siphash.h"
#include "common/xalloc.h"

#define FIRST_SLOTS 64 /* a power of two, as ever */
#define WIDTH_MAX sizeof((struct ipaddr){ 0 }.bytes)
#define IPV4_WIDTH 4

struct table {
	size_t width; /* bytes of an address */
	unsigned char *slots;
	size_t slot_count, used;
	bool has_zeros;
};

struct addrset {
	struct table of_ipv4, of_ipv6;
	struct siphash_key secret;
};

static const unsigned char zeros[WIDTH_MAX];

struct addrset *addrset_new(void)
{
	struct addrset *set = xalloc_zero(1, sizeof *set);
	set->of_ipv4.width = IPV4_WIDTH;
	set->of_ipv6.width = WIDTH_MAX;
	siphash_make_key(&set->secret);
	return set;
}

void addrset_free(struct addrset *set)
{
	if (!set)
		return;
	free(set->of_ipv4.slots);
	free(set->of_ipv6.slots);
	free(set);
}

static uint32_t number_at(const unsigned char *bytes)
{
	uint32_t number;
	memcpy(&number, bytes, sizeof number);
	return number;
}

/* The slot of BYTES, from number SLOT on; nearly all addresses are as short as a number. */
static unsigned char *find_short(const struct table *table, size_t slot, const unsigned char *bytes)
{
	uint32_t wanted = number_at(bytes);
	for (;; slot++) {
		unsigned char *found = table->slots + (slot & (table->slot_count - 1)) * IPV4_WIDTH;
		uint32_t number = number_at(found);
		if (number == wanted || number == 0)
			return found;
	}
}

/* Where BYTES are, or the free slot where they would be. */
static unsigned char *find_slot(const struct addrset *set, const struct table *table,
                                const unsigned char *bytes)
{
	size_t slot = (size_t)siphash(&set->secret, slice_make((const char *)bytes, table->width));
	if (table->width == IPV4_WIDTH)
		return find_short(table, slot, bytes);
	for (;; slot++) {
		unsigned char *found = table->slots +
			(slot & (table->slot_count - 1)) * table->width;
		if (memcmp(found, bytes, table->width) == 0 ||
		    memcmp(found, zeros, table->width) == 0)
			return found;
	}
}

static void grow(const struct addrset *set, struct table *table)
{
	unsigned char *old = table->slots;
	size_t old_count = table->slot_count;
	table->slot_count = old_count ? old_count * 2 : FIRST_SLOTS;
	table->slots = xalloc_zero(table->slot_count, table->width);
	for (size_t i = 0; i < old_count; i++)
		if (memcmp(old + i * table->width, zeros, table->width) != 0)
			memcpy(find_slot(set, table, old + i * table->width),
			       old + i * table->width, table->width);
	free(old);
}

static bool add(const struct addrset *set, struct table *table, const unsigned char *bytes)
{
	bool is_new = !table->has_zeros;
	if (memcmp(bytes, zeros, table->width) == 0) {
		table->has_zeros = true;
		return is_new;
	}
	if (table->used * 4 >= table->slot_count * 3)
		grow(set, table);
	unsigned char *slot = find_slot(set, table, bytes);
	if (memcmp(slot, bytes, table->width) == 0)
		return false;
	memcpy(slot, bytes, table->width);
	table->used++;
	return true;
}

bool addrset_add(struct addrset *set, const struct ipaddr *address)
{
	bool is_ipv4 = ipaddr_is_ipv4(address);
	return add(set, is_ipv4 ? &set->of_ipv4 : &set->of_ipv6,
	           address->bytes + (is_ipv4 ? WIDTH_MAX - IPV4_WIDTH : 0));
}

size_t addrset_count(const struct addrset *set)
{
	return set->of_ipv4.used + set->of_ipv4.has_zeros + set->of_ipv6.used +
		set->of_ipv6.has_zeros;
}
