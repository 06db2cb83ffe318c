/* visits.c - handing out what is remembered
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <math.h>

#include "plugin/store/sql.h"

#define RADIUS_MAX_KM 50000

/* -- rows ---------------------------------------------------------------------------------------------------- */

/* What all logins of an origin have in common begins each row; a visit needs only where it was. Whoever could write the
 * file once may have put anything into it: the readers are false if it can't be ours. */
struct origin {
	struct slice service, as_name;
	struct ipaddr address;
	bool has_address;
	char country[3];
	int64_t asn;
};

#define VISIT_COLUMNS "address, country"
#define ORIGIN_COLUMNS VISIT_COLUMNS ", service, asn, as_name"
enum { ADDRESS, COUNTRY, VISIT_COLUMN_COUNT, SERVICE = VISIT_COLUMN_COUNT, ASN, AS_NAME, ORIGIN_COLUMN_COUNT };

static bool read_address(sqlite3_stmt *statement, struct origin *ret)
{
	struct slice bytes;

	ret->has_address = sqlite3_column_type(statement, ADDRESS) != SQLITE_NULL;
	if (!ret->has_address)
		return true;
	if (!sql_get_slice(statement, ADDRESS, SQLITE_BLOB, sizeof(ret->address.bytes), &bytes) ||
	    bytes.length != sizeof(ret->address.bytes))
		return false;
	memcpy(ret->address.bytes, bytes.data, sizeof(ret->address.bytes));
	return true;
}

static bool read_country(sqlite3_stmt *statement, struct origin *ret)
{
	struct slice code;

	memset(ret->country, 0, sizeof(ret->country));
	if (sqlite3_column_type(statement, COUNTRY) == SQLITE_NULL)
		return true;
	if (!sql_get_slice(statement, COUNTRY, SQLITE_TEXT, 2, &code) || !store_is_country(code.data, code.length))
		return false;
	memcpy(ret->country, code.data, 2);
	return ret->has_address; /* nothing else can be placed */
}

static bool read_origin(sqlite3_stmt *statement, struct origin *ret)
{
	return read_address(statement, ret) && read_country(statement, ret) &&
		sql_get_slice(statement, SERVICE, SQLITE_TEXT, SERVICE_MAX, &ret->service) &&
		sql_get_integer(statement, ASN, 0, UINT32_MAX, &ret->asn) &&
		sql_get_slice(statement, AS_NAME, SQLITE_TEXT, AS_NAME_MAX - 1, &ret->as_name);
}

/* -- visits -------------------------------------------------------------------------------------------------- */

/* The logins in the order of their origins. */
struct counts {
	sqlite3_stmt *statement;
	bool is_at_end;
	int64_t origin, count; /* of the login that it stands at */
};

static int next_count(struct store *store, struct counts *counts, struct strbuf *why)
{
	int result = sql_step(store, counts->statement, why);

	counts->is_at_end = result <= 0;
	if (result <= 0)
		return result;
	if (!sql_get_integer(counts->statement, 0, INT64_MIN, INT64_MAX, &counts->origin) ||
	    !sql_get_integer(counts->statement, 1, 1, STORE_COUNT_MAX, &counts->count))
		return sql_fail_damaged(store, why, "a count that can't be");
	return 0;
}

/* The sum of ORIGIN's logins, which COUNTS is moved past. */
static int sum_counts(struct store *store, struct counts *counts, int64_t origin, int64_t *ret, struct strbuf *why)
{
	int result = 0;

	*ret = 0;
	while (result == 0 && !counts->is_at_end && counts->origin == origin) {
		*ret += counts->count;
		result = next_count(store, counts, why);
	}
	return result;
}

static int show_visit(struct store *store, sqlite3_stmt *statement, int64_t logins, store_visit_fn *function,
	void *context, struct strbuf *why)
{
	struct visit visit = { .logins = logins };
	struct origin origin;

	if (!read_address(statement, &origin) || !read_country(statement, &origin) ||
	    !sql_get_slice(statement, VISIT_COLUMN_COUNT, SQLITE_BLOB, USER_MAX, &visit.user))
		return sql_fail_damaged(store, why, "a login that can't be");
	visit.has_address = origin.has_address;
	if (origin.has_address)
		visit.address = origin.address;
	memcpy(visit.country, origin.country, sizeof(visit.country));
	return function(context, &visit);
}

/* Two walks side by side, each in the order in which its rows lie: a join would look up every origin from the root. */
int store_each_visit(struct store *store, store_visit_fn *function, void *context, struct strbuf *why)
{
	sqlite3_stmt *origins CLEANUP(sql_finalize) = NULL;
	sqlite3_stmt *logins CLEANUP(sql_finalize) = NULL;
	struct counts counts = { .is_at_end = true };
	int64_t sum;
	int result = sql_prepare(store, &origins, "SELECT " VISIT_COLUMNS ", user, id FROM origin ORDER BY id", why);

	if (result == 0)
		result = sql_prepare(store, &logins, "SELECT origin, count FROM login ORDER BY origin", why);
	counts.statement = logins;
	if (result == 0)
		result = next_count(store, &counts, why);
	while (result >= 0 && (result = sql_step(store, origins, why)) > 0) {
		result = sum_counts(store, &counts, sqlite3_column_int64(origins, VISIT_COLUMN_COUNT + 1), &sum, why);
		if (result == 0 && sum > 0)
			result = show_visit(store, origins, sum, function, context, why);
	}
	if (result == 0 && !counts.is_at_end)
		return sql_fail_damaged(store, why, "a login of no origin");
	return result;
}

/* -- the logins of one user --------------------------------------------------------------------------------- */

/* Coordinates that can't be are none: they decide nothing. */
static void read_place(sqlite3_stmt *statement, int first, const struct origin *origin, struct place *ret)
{
	double latitude = sqlite3_column_double(statement, first + 1);
	double longitude = sqlite3_column_double(statement, first + 2);
	double radius_km = sqlite3_column_double(statement, first + 3);

	*ret = (struct place){ .asn = (uint32_t)origin->asn };
	memcpy(ret->country, origin->country, sizeof(ret->country));
	memcpy(ret->as_name, origin->as_name.data, origin->as_name.length);
	ret->is_anonymiser = sqlite3_column_int(statement, first) != 0;
	ret->has_coordinates = sqlite3_column_type(statement, first + 1) == SQLITE_FLOAT && fabs(latitude) <= 90 &&
		sqlite3_column_type(statement, first + 2) == SQLITE_FLOAT && fabs(longitude) <= 180;
	if (!ret->has_coordinates)
		return;
	ret->latitude = latitude;
	ret->longitude = longitude;
	ret->radius_km = radius_km >= 0 && radius_km <= RADIUS_MAX_KM ? radius_km : 0;
}

static int show_login(struct store *store, sqlite3_stmt *statement, struct slice user, store_login_fn *function,
	void *context, struct strbuf *why)
{
	struct login login = { .user = user };
	struct place place;
	struct origin origin;

	if (!read_origin(statement, &origin) ||
	    !sql_get_integer(statement, ORIGIN_COLUMN_COUNT, INT64_MIN, INT64_MAX, &login.at_sec) ||
	    !sql_get_integer(statement, ORIGIN_COLUMN_COUNT + 1, 1, STORE_COUNT_MAX, &login.count))
		return sql_fail_damaged(store, why, "a login that can't be");
	login.service = origin.service;
	login.has_address = origin.has_address;
	if (origin.has_address)
		login.address = origin.address;
	read_place(statement, ORIGIN_COLUMN_COUNT + 2, &origin, &place);
	function(context, &login, &place);
	return 0;
}

int store_each_login(struct store *store, struct slice user, store_login_fn *function, void *context,
	struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;
	int result = sql_prepare(store, &statement,
		"SELECT " ORIGIN_COLUMNS ", at, count, is_anonymiser, latitude, longitude, radius_km "
		"FROM origin CROSS JOIN login ON login.origin = origin.id WHERE user = ? "
		"ORDER BY at DESC, effective_at DESC, origin", why);

	if (result < 0)
		return result;
	sql_bind_blob(statement, 1, user, USER_MAX);
	while (result == 0 && (result = sql_step(store, statement, why)) > 0)
		result = show_login(store, statement, user, function, context, why);
	return result;
}
