/* tally.c - counting the window's logins; see tally.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/keyset.h"
#include "common/strbuf.h"
#include "common/xalloc.h"
#include "plugin/tally.h"

#define COUNTRY_CODES (26 * 26)
#define UNLOCATED COUNTRY_CODES /* after all countries, as it is listed */
#define COUNTRIES_LISTED 40
#define COUNTRY_LIST_MAX 2000

#define COUNTRY_WORDS ((COUNTRY_CODES + 63) / 64)

struct user {
	int64_t logins, foreign_logins, countries;
	bool has_home;
	uint64_t abroad[COUNTRY_WORDS]; /* a bit for each foreign country */
};

/* What is kept of a visit for the few users that are shown. */
struct stay {
	size_t user;
	size_t place; /* 0 to UNLOCATED */
	int64_t logins;
	struct ipaddr address;
	bool has_address;
};

struct tally {
	bool is_home[COUNTRY_CODES];
	bool is_seen_abroad[COUNTRY_CODES];
	const struct ipprefix *trusted;
	size_t trusted_count;

	struct keyset *names;             /* of users: its indexes are those of users[] */
	struct keyset *foreign_addresses;
	struct user *users;
	size_t users_room;
	struct stay *stays;
	size_t stay_count, stays_room;
	struct totals totals;
};

/* 0 to COUNTRY_CODES - 1, or UNLOCATED for anything that isn't two upper-case letters. */
static size_t place_index(const char country[3])
{
	if (country[0] < 'A' || country[0] > 'Z' || country[1] < 'A' || country[1] > 'Z')
		return UNLOCATED;
	return (size_t)(country[0] - 'A') * 26 + (size_t)(country[1] - 'A');
}

struct tally *tally_new(const char (*home)[3], size_t home_count, const struct ipprefix *trusted, size_t trusted_count)
{
	struct tally *tally = xalloc_zero(1, sizeof *tally);
	for (size_t i = 0; i < home_count; i++)
		if (place_index(home[i]) != UNLOCATED)
			tally->is_home[place_index(home[i])] = true;
	tally->trusted = trusted;
	tally->trusted_count = trusted_count;
	tally->names = keyset_new();
	tally->foreign_addresses = keyset_new();
	return tally;
}

void tally_free(struct tally *tally)
{
	if (!tally)
		return;
	keyset_free(tally->names);
	keyset_free(tally->foreign_addresses);
	free(tally->users);
	free(tally->stays);
	free(tally);
}

void tally_freep(struct tally **tally)
{
	tally_free(*tally);
	*tally = NULL;
}

bool tally_is_foreign(const struct tally *tally, const char country[3])
{
	size_t place = place_index(country);
	return place != UNLOCATED && !tally->is_home[place];
}

bool tally_is_trusted(const struct tally *tally, const struct ipaddr *address)
{
	for (size_t i = 0; i < tally->trusted_count; i++)
		if (ipprefix_contains(&tally->trusted[i], address))
			return true;
	return false;
}

static struct slice address_key(const struct ipaddr *address)
{
	return slice_make((const char *)address->bytes, sizeof address->bytes);
}

/* Notes that USER was in PLACE; true if it is new. */
static bool is_new_abroad(struct user *user, size_t place)
{
	uint64_t bit = UINT64_C(1) << place % 64;
	bool is_new = !(user->abroad[place / 64] & bit);
	user->abroad[place / 64] |= bit;
	return is_new;
}

static size_t find_user(struct tally *tally, struct slice name)
{
	bool is_new;
	size_t index = keyset_add(tally->names, name, &is_new);
	if (!is_new)
		return index;
	if (index >= tally->users_room) {
		tally->users_room = tally->users_room ? tally->users_room * 2 : 64;
		tally->users = xalloc_resize(tally->users, tally->users_room, sizeof *tally->users);
	}
	tally->users[index] = (struct user){ 0 };
	return index;
}

static void keep_stay(struct tally *tally, size_t user, size_t place, const struct visit *visit)
{
	if (tally->stay_count == tally->stays_room) {
		tally->stays_room = tally->stays_room ? tally->stays_room * 2 : 256;
		tally->stays = xalloc_resize(tally->stays, tally->stays_room, sizeof *tally->stays);
	}
	tally->stays[tally->stay_count++] = (struct stay){
		.user = user, .place = place, .logins = visit->logins, .address = visit->address, .has_address = visit->has_address,
	};
}

static void add_foreign(struct tally *tally, size_t index, const struct visit *visit, size_t place)
{
	struct user *user = &tally->users[index];
	bool is_new;
	tally->totals.foreign_users += user->foreign_logins == 0;
	tally->totals.foreign_logins += visit->logins;
	user->foreign_logins += visit->logins;
	user->countries += is_new_abroad(user, place);
	keyset_add(tally->foreign_addresses, address_key(&visit->address), &is_new);
	tally->totals.foreign_addresses += is_new;
	tally->totals.foreign_countries += !tally->is_seen_abroad[place];
	tally->is_seen_abroad[place] = true;
}

void tally_add(struct tally *tally, const struct visit *visit)
{
	if (visit->has_address && tally_is_trusted(tally, &visit->address))
		return;
	size_t index = find_user(tally, visit->user);
	size_t place = place_index(visit->country);
	struct user *user = &tally->users[index];

	keep_stay(tally, index, place, visit);
	tally->totals.logins += visit->logins;
	user->logins += visit->logins;
	if (place == UNLOCATED) {
		tally->totals.unlocated += visit->logins;
	} else if (!tally->is_home[place]) {
		add_foreign(tally, index, visit, place);
	} else if (!user->has_home) {
		user->has_home = true;
		user->countries++;
	}
	/* Logins without a name can be of many users: their countries say nothing of any one of them. */
	if (!visit->user.length && user->countries > 1)
		user->countries = 1;
	if (user->countries > tally->totals.user_countries)
		tally->totals.user_countries = user->countries;
}

void tally_totals(const struct tally *tally, struct totals *ret)
{
	*ret = tally->totals;
}

size_t tally_foreign_addresses(const struct tally *tally, struct ipaddr *ret, size_t most)
{
	size_t count = keyset_count(tally->foreign_addresses);
	for (size_t i = 0; i < count && i < most; i++)
		memcpy(ret[i].bytes, keyset_get(tally->foreign_addresses, i).data, sizeof ret->bytes);
	return count;
}

/* Negative if A comes before B: what an administrator must see first. */
static int compare_users(const struct tally *tally, size_t a, size_t b)
{
	const struct user *left = &tally->users[a];
	const struct user *right = &tally->users[b];
	const int64_t order[][2] = {
		{ left->countries, right->countries },
		{ left->foreign_logins, right->foreign_logins },
		{ left->logins, right->logins },
	};
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (order[i][0] != order[i][1])
			return order[i][0] > order[i][1] ? -1 : 1;
	return slice_compare(keyset_get(tally->names, a), keyset_get(tally->names, b));
}

/* "BR 2, CN 4, unlocated 1" */
static void list_countries(const struct tally *tally, size_t user, struct strbuf *text)
{
	int64_t logins[COUNTRY_CODES + 1] = { 0 };
	int listed = 0;
	for (size_t i = 0; i < tally->stay_count; i++)
		if (tally->stays[i].user == user)
			logins[tally->stays[i].place] += tally->stays[i].logins;
	for (size_t place = 0; place < UNLOCATED && listed <= COUNTRIES_LISTED; place++) {
		if (!logins[place])
			continue;
		if (listed++ == COUNTRIES_LISTED)
			strbuf_add_string(text, ", ...");
		else
			strbuf_add_format(text, "%s%c%c %" PRId64, listed > 1 ? ", " : "", (char)('A' + place / 26),
			                  (char)('A' + place % 26), logins[place]);
	}
	if (logins[UNLOCATED])
		strbuf_add_format(text, "%sunlocated %" PRId64, listed ? ", " : "", logins[UNLOCATED]);
}

/* The best user of those that come after LAST (SIZE_MAX: of all), or SIZE_MAX. A scan for each is cheaper than sorting
 * all users when few are shown. */
static size_t next_user(const struct tally *tally, bool foreign_only, size_t last)
{
	size_t best = SIZE_MAX;
	for (size_t i = 0; i < keyset_count(tally->names); i++) {
		if ((foreign_only && !tally->users[i].foreign_logins) || (last != SIZE_MAX && compare_users(tally, i, last) <= 0))
			continue;
		if (best == SIZE_MAX || compare_users(tally, i, best) < 0)
			best = i;
	}
	return best;
}

static int64_t count_addresses(const struct tally *tally, size_t user)
{
	struct keyset *addresses = keyset_new();
	bool is_new;
	for (size_t i = 0; i < tally->stay_count; i++)
		if (tally->stays[i].user == user && tally->stays[i].has_address)
			keyset_add(addresses, address_key(&tally->stays[i].address), &is_new);
	int64_t count = (int64_t)keyset_count(addresses);
	keyset_free(addresses);
	return count;
}

static void show_user(const struct tally *tally, size_t index, tally_user_fn *function, void *context)
{
	struct strbuf countries CLEANUP(strbuf_release) = STRBUF_INIT(COUNTRY_LIST_MAX);
	const struct user *user = &tally->users[index];
	list_countries(tally, index, &countries);
	function(context, &(struct user_summary){
		.user = keyset_get(tally->names, index), .logins = user->logins, .foreign_logins = user->foreign_logins,
		.addresses = count_addresses(tally, index), .countries = user->countries, .country_list = strbuf_text(&countries),
	});
}

int64_t tally_each_user(const struct tally *tally, bool foreign_only, size_t limit, tally_user_fn *function, void *context)
{
	size_t last = SIZE_MAX;
	int64_t all = foreign_only ? tally->totals.foreign_users : (int64_t)keyset_count(tally->names);
	int64_t shown = 0;
	for (; (size_t)shown < limit; shown++) {
		last = next_user(tally, foreign_only, last);
		if (last == SIZE_MAX)
			break;
		show_user(tally, last, function, context);
	}
	return all - shown;
}
