/* window.c - handing out what is remembered of the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/place_columns.h"
#include "plugin/store/speed.h"
#include "plugin/store/sql.h"

/* -- rows -------------------------------------------------------------------------------------- */

/* What a visit and a login are both made of. Whoever could write the file once may have put
 * anything into it: the reader is false if it can't be ours. */
struct row {
	struct slice address; /* 16 bytes or none */
	bool is_hidden;       /* none, see STORE_HIDDEN */
	char country[3];
	int64_t count;
};

#define ROW_COLUMNS "address, country, count"
enum { ADDRESS, COUNTRY, COUNT, ROW_COLUMN_COUNT };

static bool read_address_and_country(sql_statement *statement, struct row *ret)
{
	return sql_get_blob(statement, ADDRESS, sizeof((struct ipaddr){ 0 }.bytes),
	                    &ret->address) &&
		(!ret->address.length ||
	         ret->address.length == sizeof((struct ipaddr){ 0 }.bytes)) &&
		place_columns_read_country(statement, COUNTRY, ret->country) &&
		sql_get_integer(statement, COUNT, 1, STORE_COUNT_MAX, &ret->count);
}

static bool read_row(sql_statement *statement, struct row *ret)
{
	if (!read_address_and_country(statement, ret))
		return false;
	ret->is_hidden = ret->address.length &&
		memcmp(ret->address.data, STORE_HIDDEN.data, ret->address.length) == 0;
	if (ret->is_hidden)
		ret->address.length = 0;
	return !ret->country[0] || ret->address.length; /* nothing else can be placed */
}

/* -- visits ------------------------------------------------------------------------------------ */

/* The visit whose logins are being summed up, and its user, who is gone with the next row. */
struct sum {
	struct visit visit;
	char user[USER_MAX];
};

static bool is_of(const struct sum *sum, struct slice user, const struct row *row)
{
	const struct visit *visit = &sum->visit;

	return visit->logins && visit->has_address == (row->address.length > 0) &&
		visit->is_hidden == row->is_hidden &&
		(!visit->has_address ||
	         memcmp(visit->address.bytes, row->address.data, sizeof(visit->address.bytes)) ==
	                 0) &&
		visit->country[0] == row->country[0] && visit->country[1] == row->country[1] &&
		slice_compare(visit->user, user) == 0;
}

static void begin_sum(struct sum *sum, struct slice user, const struct row *row)
{
	sum->visit = (struct visit){ .has_address = row->address.length > 0,
		                     .is_hidden = row->is_hidden,
		                     .since_sec = INT64_MAX };
	memcpy(sum->user, user.data, user.length);
	sum->visit.user = slice_make(sum->user, user.length);
	if (sum->visit.has_address)
		memcpy(sum->visit.address.bytes, row->address.data,
		       sizeof(sum->visit.address.bytes));
	memcpy(sum->visit.country, row->country, sizeof(sum->visit.country));
}

/* Rows come as ORDER BY has them, if the file isn't damaged: else a user could be counted as
 * two. */
static bool is_behind(const struct sum *sum, struct slice user, const struct row *row)
{
	const struct visit *before = &sum->visit;
	int order = slice_compare(before->user, user);

	if (order == 0 && before->has_address)
		order = row->address.length ? memcmp(before->address.bytes, row->address.data,
		                                     sizeof(before->address.bytes))
					    : 1;
	return order <= 0;
}

static int show_sum(const struct sum *sum, store_visit_fn *function, void *context)
{
	return sum->visit.logins ? function(context, &sum->visit) : 0;
}

static int add_row(struct store *store, sql_statement *statement, struct sum *sum,
                   store_visit_fn *function, void *context, struct strbuf *why)
{
	struct slice user;
	struct row row = { .country = "" };
	int64_t effective_sec;
	int result = 0;

	if (!read_row(statement, &row) ||
	    !sql_get_blob(statement, ROW_COLUMN_COUNT, USER_MAX, &user) ||
	    !sql_get_integer(statement, ROW_COLUMN_COUNT + 1, INT64_MIN, INT64_MAX, &effective_sec))
		return sql_fail_damaged(store, why, "a login that can't be");
	if (!is_of(sum, user, &row)) {
		if (!is_behind(sum, user, &row))
			return sql_fail_damaged(store, why, "its logins are in no order");
		result = show_sum(sum, function, context);
		begin_sum(sum, user, &row);
	}
	sum->visit.logins += row.count;
	if (effective_sec < sum->visit.since_sec)
		sum->visit.since_sec = effective_sec;
	return result;
}

/* One walk over the rows as they lie. */
int store_each_visit(struct store *store, store_visit_fn *function, void *context,
                     struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	struct sum sum = { .visit = { .logins = 0 } };
	int result = store_flush(store, why);
	int64_t begin_us = store_clock_us(), rows = 0;

	if (result >= 0)
		result = sql_prepare(store, &statement,
		                     "SELECT " ROW_COLUMNS
		                     ", user, effective_at FROM login ORDER BY user, address",
		                     why);
	for (; result >= 0 && (result = sql_step(store, statement, why)) > 0; rows++)
		result = add_row(store, statement, &sum, function, context, why);
	store->counted.amount = rows;
	store->counted.took_us += store_clock_us() - begin_us;
	return result < 0 ? result : show_sum(&sum, function, context);
}

/* -- the logins of one user -------------------------------------------------------------------- */

enum { SERVICE = ROW_COLUMN_COUNT, AT, PLACE };

static int show_login(struct store *store, sql_statement *statement, struct slice user,
                      store_login_fn *function, void *context, struct strbuf *why)
{
	struct login login = { .user = user };
	struct place place;
	struct row row;

	if (!read_row(statement, &row) ||
	    !sql_get_text(statement, SERVICE, SERVICE_MAX, &login.service) ||
	    !sql_get_integer(statement, AT, INT64_MIN, INT64_MAX, &login.at_sec) ||
	    !place_columns_read(statement, PLACE, &place))
		return sql_fail_damaged(store, why, "a login that can't be");
	login.count = row.count;
	login.has_address = row.address.length > 0;
	login.is_hidden = row.is_hidden;
	if (login.has_address)
		memcpy(login.address.bytes, row.address.data, sizeof(login.address.bytes));
	memcpy(place.country, row.country, sizeof(place.country));
	function(context, &login, &place);
	return 0;
}

int store_each_login(struct store *store, struct slice user, store_login_fn *function,
                     void *context, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	int result = store_flush(store, why);

	if (result >= 0)
		result = sql_prepare(store, &statement,
		                     "SELECT " ROW_COLUMNS ", service, at, " PLACE_COLUMNS
		                     " FROM login LEFT JOIN place ON place.id = login.place WHERE "
		                     "user = ? ORDER BY at DESC, effective_at DESC, address, "
		                     "service",
		                     why);
	if (result < 0)
		return result;
	sql_bind_blob(statement, 1, user, USER_MAX);
	while (result >= 0 && (result = sql_step(store, statement, why)) > 0)
		result = show_login(store, statement, user, function, context, why);
	return result;
}
