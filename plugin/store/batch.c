/* batch.c - logins on their way into the state; see batch.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/keyset.h"
#include "common/xalloc.h"
#include "plugin/store/batch.h"

/* Sixteen bytes of the address, all zero if there is none: no client is "::". */
struct entry {
	uint32_t user, service; /* numbers of names; ranks while it is drained */
	unsigned char address[sizeof((struct ipaddr){ 0 }.bytes)];
	bool has_address;
	char country[3];
	int64_t place, effective_at_sec, at_sec, count;
};

struct batch {
	struct keyset *users, *services;
	uint32_t last_service; /* most logins have the one of the login before */
	size_t bytes;          /* of both */
	struct entry *entries;
	size_t count, room;
};

struct batch *batch_new(void)
{
	struct batch *batch = xalloc_zero(1, sizeof *batch);
	batch->users = keyset_new();
	batch->services = keyset_new();
	return batch;
}

static void clear(struct batch *batch)
{
	keyset_free(batch->users);
	keyset_free(batch->services);
	free(batch->entries);
}

void batch_free(struct batch *batch)
{
	if (batch)
		clear(batch);
	free(batch);
}

static uint32_t number_of(struct batch *batch, struct keyset *names, struct slice name)
{
	bool is_new;
	size_t number = keyset_add(names, name, &is_new);
	batch->bytes += is_new ? name.length : 0;
	return (uint32_t)number;
}

static uint32_t service_of(struct batch *batch, struct slice name)
{
	if (!batch->count ||
	    slice_compare(keyset_get(batch->services, batch->last_service), name) != 0)
		batch->last_service = number_of(batch, batch->services, name);
	return batch->last_service;
}

void batch_add(struct batch *batch, const struct batch_login *login)
{
	if (batch->count == batch->room) {
		batch->room = batch->room ? batch->room * 2 : 64;
		batch->entries = xalloc_resize(batch->entries, batch->room, sizeof *batch->entries);
	}
	struct entry *entry = &batch->entries[batch->count];
	*entry = (struct entry){
		.user = number_of(batch, batch->users, login->user),
		.service = service_of(batch, login->service),
		.has_address = login->address.length > 0,
		.place = login->place,
		.effective_at_sec = login->effective_at_sec,
		.at_sec = login->at_sec,
		.count = login->count,
	};
	if (entry->has_address)
		memcpy(entry->address, login->address.data, sizeof entry->address);
	memcpy(entry->country, login->country, sizeof entry->country);
	batch->count++;
}

size_t batch_count(const struct batch *batch)
{
	return batch ? batch->count : 0;
}

bool batch_is_full(const struct batch *batch)
{
	return batch_count(batch) >= BATCH_LOGINS_MAX || (batch && batch->bytes >= BATCH_BYTES_MAX);
}

/* -- in order ---------------------------------------------------------------------------------- */

/* The first bytes as numbers, which tell most names apart without going to where they are. With 32
 * bytes, and no more, the C library sorts it directly. */
struct name {
	const char *text;
	uint32_t length, number;
	uint64_t begin, middle; /* 8 bytes each */
};

static struct slice text_of(const struct name *name)
{
	return slice_make(name->text, name->length);
}

static uint64_t eight_bytes(struct slice text)
{
	uint64_t bytes = 0;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes = bytes << 8 | (i < text.length ? (unsigned char)text.data[i] : 0);
	return bytes;
}

static int compare_names(const void *a, const void *b)
{
	const struct name *left = a, *right = b;
	if (left->begin != right->begin)
		return left->begin < right->begin ? -1 : 1;
	if (left->middle != right->middle)
		return left->middle < right->middle ? -1 : 1;
	return slice_compare(text_of(left), text_of(right));
}

/* All names of SET in their order; *RET_RANKS[number] is where each stands. */
static struct name *rank(const struct keyset *set, uint32_t **ret_ranks)
{
	size_t count = keyset_count(set);
	struct name *names = xalloc_zero(count + 1, sizeof *names);
	uint32_t *ranks = xalloc_zero(count + 1, sizeof *ranks);
	for (size_t i = 0; i < count; i++) {
		struct slice text = keyset_get(set, i);
		names[i] = (struct name){
			.text = text.data,
			.length = (uint32_t)text.length,
			.number = (uint32_t)i,
			.begin = eight_bytes(text),
			.middle = eight_bytes(slice_skip(text, sizeof names->begin)),
		};
	}
	qsort(names, count, sizeof *names, compare_names);
	for (size_t i = 0; i < count; i++)
		ranks[names[i].number] = (uint32_t)i;
	*ret_ranks = ranks;
	return names;
}

static int compare_numbers(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

/* One without an address comes first, as an empty blob does. */
static int compare_entries(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	int result = compare_numbers(left->user, right->user);
	if (!result)
		result = (int)left->has_address - (int)right->has_address;
	if (!result)
		result = memcmp(left->address, right->address, sizeof left->address);
	if (!result)
		result = compare_numbers(left->service, right->service);
	if (!result)
		result = compare_numbers(left->effective_at_sec, right->effective_at_sec);
	return result ? result : compare_numbers(left->at_sec, right->at_sec);
}

static void sort(struct batch *batch, const uint32_t *users, const uint32_t *services)
{
	for (size_t i = 0; i < batch->count; i++) {
		batch->entries[i].user = users[batch->entries[i].user];
		batch->entries[i].service = services[batch->entries[i].service];
	}
	qsort(batch->entries, batch->count, sizeof *batch->entries, compare_entries);
}

static int show(const struct entry *entry, int64_t count, const struct name *users,
                const struct name *services, batch_fn *function, void *context)
{
	struct batch_login login = {
		.user = text_of(&users[entry->user]),
		.service = text_of(&services[entry->service]),
		.address = slice_make((const char *)entry->address,
		                      entry->has_address ? sizeof entry->address : 0),
		.place = entry->place,
		.effective_at_sec = entry->effective_at_sec,
		.at_sec = entry->at_sec,
		.count = count,
	};
	memcpy(login.country, entry->country, sizeof login.country);
	return function(context, &login);
}

static int show_all(struct batch *batch, const struct name *users, const struct name *services,
                    batch_fn *function, void *context)
{
	int result = 0;
	for (size_t i = 0, next; i < batch->count && result >= 0; i = next) {
		int64_t count = 0;
		for (next = i; next < batch->count &&
		     !compare_entries(&batch->entries[i], &batch->entries[next]);
		     next++)
			count += batch->entries[next].count;
		result = show(&batch->entries[i], count, users, services, function, context);
	}
	return result;
}

int batch_drain(struct batch *batch, batch_fn *function, void *context)
{
	uint32_t *user_ranks, *service_ranks;
	struct name *users = rank(batch->users, &user_ranks),
		    *services = rank(batch->services, &service_ranks);
	sort(batch, user_ranks, service_ranks);
	int result = show_all(batch, users, services, function, context);
	free(users);
	free(services);
	free(user_ranks);
	free(service_ranks);
	clear(batch);
	*batch = (struct batch){ .users = keyset_new(), .services = keyset_new() };
	return result;
}
