/* place_rows.c - what a database says of a place beside its country; see place_rows.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/keyset.h"
#include "common/xalloc.h"
#include "plugin/store/place_columns.h"
#include "plugin/store/place_rows.h"
#include "plugin/store/sql.h"

#define SPARE_ROWS 1000
#define MEMO_PLACES 1024

void place_rows_release(struct place_rows *rows)
{
	keyset_free(rows->keys);
	free(rows->ids);
	free(rows->memo);
	*rows = (struct place_rows){ 0 };
}

/* -- finding ----------------------------------------------------------------------------------- */

/* Every byte that is compared is set, and what isn't told is 0. */
struct key {
	double coordinates[3];
	uint32_t asn;
	unsigned char is_anonymiser, has_coordinates;
	char as_name[AS_NAME_MAX + 2];
};

static void make_key(struct key *ret, const struct place *place)
{
	memset(ret, 0, sizeof(*ret));
	ret->asn = place->asn;
	ret->is_anonymiser = place->is_anonymiser;
	memcpy(ret->as_name, place->as_name, strnlen(place->as_name, AS_NAME_MAX - 1));
	if (!place->has_coordinates)
		return;
	ret->has_coordinates = 1;
	ret->coordinates[0] = place->latitude;
	ret->coordinates[1] = place->longitude;
	ret->coordinates[2] = place->radius_km;
}

static bool is_empty(const struct key *key)
{
	return !key->asn && !key->as_name[0] && !key->is_anonymiser && !key->has_coordinates;
}

/* The place of an AS that was found last, before all of them are asked. */
struct place_memo {
	struct {
		struct key key;
		int64_t id;
	} places[MEMO_PLACES];
};

/* Its number; *RET_IS_NEW: it has no id yet. */
static size_t number_of(struct place_rows *rows, const struct key *key, bool *ret_is_new)
{
	size_t number = keyset_add(rows->keys, slice_make((const char *)key, sizeof(*key)),
	                           ret_is_new);

	if (number >= rows->room) {
		rows->room = rows->room ? rows->room * 2 : 64;
		rows->ids = xalloc_resize(rows->ids, rows->room, sizeof(*rows->ids));
	}
	return number;
}

static int read_rows(struct store *store, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	int result = sql_prepare(store, &statement, "SELECT " PLACE_COLUMNS ", id FROM place", why);
	struct place place;
	struct key key;
	int64_t id;
	bool is_new;

	while (result >= 0 && (result = sql_step(store, statement, why)) > 0) {
		if (!place_columns_read(statement, 0, &place) ||
		    !sql_get_integer(statement, PLACE_COLUMN_COUNT, INT64_MIN, INT64_MAX, &id))
			return sql_fail_damaged(store, why, "a place that can't be");
		make_key(&key, &place);
		size_t number = number_of(&store->places, &key, &is_new);
		store->places.ids[number] = id;
	}
	return result;
}

static int add_row(struct store *store, const struct place *place, int64_t *ret, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, ADD_PLACE, &statement,
	                              "INSERT INTO place(" PLACE_COLUMNS
	                              ") VALUES(" PLACE_PARAMETERS ")",
	                              why);

	if (result < 0)
		return result;
	place_columns_bind(statement, 1, place);
	result = sql_step(store, statement, why);
	if (result == 0)
		*ret = sql_last_id(store);
	return result;
}

static int begin(struct store *store, struct strbuf *why)
{
	if (store->places.keys)
		return 0;
	store->places.keys = keyset_new();
	store->places.memo = xalloc_zero(1, sizeof(*store->places.memo));
	return read_rows(store, why);
}

/* KEY is PLACE's. */
static int find_row(struct store *store, const struct key *key, const struct place *place,
                    int64_t *ret, struct strbuf *why)
{
	bool is_new;
	size_t number = number_of(&store->places, key, &is_new);
	int result = is_new ? add_row(store, place, &store->places.ids[number], why) : 0;

	if (result == 0)
		*ret = store->places.ids[number];
	return result;
}

int place_rows_find(struct store *store, const struct place *place, int64_t *ret,
                    struct strbuf *why)
{
	struct key key;
	int result = begin(store, why);

	if (result < 0)
		return result;
	*ret = 0;
	make_key(&key, place);
	if (is_empty(&key))
		return 0;
	size_t slot = key.asn % MEMO_PLACES;
	if (memcmp(&store->places.memo->places[slot].key, &key, sizeof(key)) != 0) {
		result = find_row(store, &key, place, &store->places.memo->places[slot].id, why);
		store->places.memo->places[slot].key = key;
	}
	*ret = store->places.memo->places[slot].id;
	return result;
}

/* -- forgetting -------------------------------------------------------------------------------- */

int place_rows_forget(struct store *store, int64_t logins, struct strbuf *why)
{
	int64_t count = 0;
	int result = sql_get_number(store, "SELECT count(*) FROM place", &count, why);

	if (result < 0 || count <= logins + SPARE_ROWS)
		return result < 0 ? result : 0;
	place_rows_release(&store->places);
	return sql_run(store, "DELETE FROM place WHERE id NOT IN (SELECT place FROM login)", why);
}
