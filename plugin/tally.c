/* tally.c - counting the window's logins; see tally.h
 *
 * Users come one after the other, so only one is being counted at any time; of those who are done
 * the few worst are kept.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/addrset.h"
#include "common/strbuf.h"
#include "common/xalloc.h"
#include "plugin/tally.h"

#define UNLOCATED COUNTRY_NONE /* after all countries, as it is listed */
#define PLACES (COUNTRY_NUMBERS + 1)
#define COUNTRIES_LISTED 40
#define COUNTRY_LIST_MAX 2000

struct user {
	char name[USER_MAX];
	size_t name_length;
	int64_t logins, foreign_logins, hidden_logins, countries, addresses;
	/* if there are foreign logins: from when on the first one counts */
	int64_t abroad_since_sec;
	bool has_home;
	int64_t logins_in[PLACES];
	uint16_t places[PLACES]; /* those that aren't 0 there */
	size_t place_count;
};

/* The worst users of those that were counted, the worst one first. */
struct ranking {
	struct user *users[TALLY_USERS_MOST];
	size_t count;
};

/* A user abroad. Kept apart from the ranking: a whole user is large, and anybody may be the newest
 * of those before him. */
struct newcomer {
	char name[USER_MAX];
	size_t name_length;
	int64_t since_sec;
};

/* The newest first. */
struct newcomers {
	struct newcomer users[TALLY_USERS_MOST];
	size_t count;
};

struct tally {
	const struct judgement *judgement;
	struct country_set seen_abroad;

	struct user *user; /* that is being counted */
	bool has_user;
	struct ipaddr address; /* that it came from last, if it has any */
	struct ranking all, foreign;
	struct newcomers newcomers;
	int64_t user_count; /* of those who are done */
	int64_t told_count; /* of those in the ranking "foreign" */
	struct addrset *foreign_addresses;
	struct ipaddr first_foreign[TALLY_ADDRESSES_MOST];
	/* an address with a country; one without; two different ones without */
	bool has_place, has_unplaced, has_many_unplaced;
	struct ipaddr unplaced;
	int64_t logins, unlocated, hidden, foreign_logins, foreign_users, foreign_address_count,
		foreign_countries, user_countries;
};

struct tally *tally_new(const struct judgement *judgement)
{
	struct tally *tally = xalloc_zero(1, sizeof *tally);
	tally->judgement = judgement;
	tally->user = xalloc_zero(1, sizeof *tally->user);
	tally->foreign_addresses = addrset_new();
	return tally;
}

static void ranking_release(struct ranking *ranking)
{
	for (size_t i = 0; i < ranking->count; i++)
		free(ranking->users[i]);
}

void tally_free(struct tally *tally)
{
	if (!tally)
		return;
	ranking_release(&tally->all);
	ranking_release(&tally->foreign);
	addrset_free(tally->foreign_addresses);
	free(tally->user);
	free(tally);
}

void tally_freep(struct tally **tally)
{
	tally_free(*tally);
	*tally = NULL;
}

/* --- the ranking --- */

static struct slice name_of(const struct user *user)
{
	return slice_make(user->name, user->name_length);
}

/* Negative if A comes before B: what an administrator must see first. */
static int compare_users(const struct user *a, const struct user *b)
{
	const int64_t order[][2] = {
		{ a->countries, b->countries },
		{ a->foreign_logins, b->foreign_logins },
		{ a->hidden_logins, b->hidden_logins },
		{ a->logins, b->logins },
	};
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (order[i][0] != order[i][1])
			return order[i][0] > order[i][1] ? -1 : 1;
	return slice_compare(name_of(a), name_of(b));
}

/* The last one makes room when there is none. */
static void rank(struct ranking *ranking, const struct user *user)
{
	bool is_full = ranking->count == TALLY_USERS_MOST;
	if (is_full && compare_users(user, ranking->users[ranking->count - 1]) > 0)
		return;
	struct user *kept = is_full ? ranking->users[--ranking->count]
				    : xalloc_zero(1, sizeof *kept);
	*kept = *user;
	size_t at = ranking->count++;
	for (; at > 0 && compare_users(kept, ranking->users[at - 1]) < 0; at--)
		ranking->users[at] = ranking->users[at - 1];
	ranking->users[at] = kept;
}

/* Those who began in the same second stay in the order of their names, in which they come. */
static void rank_newcomer(struct newcomers *newcomers, const struct user *user)
{
	size_t at = newcomers->count;
	while (at > 0 && newcomers->users[at - 1].since_sec < user->abroad_since_sec)
		at--;
	if (at == TALLY_USERS_MOST)
		return;
	newcomers->count += newcomers->count < TALLY_USERS_MOST;
	memmove(&newcomers->users[at + 1], &newcomers->users[at],
	        (newcomers->count - at - 1) * sizeof *newcomers->users);
	newcomers->users[at].since_sec = user->abroad_since_sec;
	newcomers->users[at].name_length = user->name_length;
	memcpy(newcomers->users[at].name, user->name, user->name_length);
}

/* The user that was counted is done. */
static void end_user(struct tally *tally)
{
	if (!tally->has_user)
		return;
	rank(&tally->all, tally->user);
	if (tally->user->foreign_logins || tally->user->hidden_logins) {
		rank(&tally->foreign, tally->user);
		tally->told_count++;
	}
	if (tally->user->foreign_logins)
		rank_newcomer(&tally->newcomers, tally->user);
	tally->user_count++;
	tally->has_user = false;
}

/* --- counting --- */

/* Only what was set is set back: most users were in one place, and there may be a million of
 * them. */
static void begin_user(struct tally *tally, struct slice name)
{
	struct user *user = tally->user;
	end_user(tally);
	for (size_t i = 0; i < user->place_count; i++)
		user->logins_in[user->places[i]] = 0;
	user->logins = user->foreign_logins = user->hidden_logins = user->countries =
		user->addresses = 0;
	user->has_home = false;
	user->place_count = 0;
	user->name_length = name.length < USER_MAX ? name.length : USER_MAX;
	if (name.length)
		memcpy(user->name, name.data, user->name_length);
	tally->has_user = true;
}

static void note_place(struct user *user, size_t place, int64_t logins)
{
	if (!user->logins_in[place])
		user->places[user->place_count++] = (uint16_t)place;
	user->logins_in[place] += logins;
}

static void note_address(struct tally *tally, const struct visit *visit)
{
	if (!visit->has_address ||
	    (tally->user->addresses && ipaddr_equals(&tally->address, &visit->address)))
		return;
	tally->address = visit->address;
	tally->user->addresses++;
}

static void note_placing(struct tally *tally, const struct visit *visit, bool is_placed)
{
	if (is_placed)
		tally->has_place = true;
	else if (!visit->has_address)
		return;
	else if (tally->has_unplaced)
		tally->has_many_unplaced = tally->has_many_unplaced ||
			!ipaddr_equals(&tally->unplaced, &visit->address);
	else
		tally->unplaced = visit->address;
	tally->has_unplaced = tally->has_unplaced || !is_placed;
}

bool tally_is_blind(const struct tally *tally)
{
	return tally->has_many_unplaced && !tally->has_place;
}

static void note_foreign_address(struct tally *tally, const struct ipaddr *address)
{
	size_t count = (size_t)tally->foreign_address_count;
	if (!addrset_add(tally->foreign_addresses, address))
		return;
	if (count < TALLY_ADDRESSES_MOST)
		tally->first_foreign[count] = *address;
	tally->foreign_address_count++;
}

static void add_foreign(struct tally *tally, const struct visit *visit, size_t place)
{
	struct user *user = tally->user;
	tally->foreign_users += user->foreign_logins == 0;
	tally->foreign_logins += visit->logins;
	if (!user->foreign_logins || visit->since_sec < user->abroad_since_sec)
		user->abroad_since_sec = visit->since_sec;
	user->foreign_logins += visit->logins;
	user->countries += user->logins_in[place] == 0;
	note_foreign_address(tally, &visit->address);
	tally->foreign_countries += country_set_add(&tally->seen_abroad, visit->country);
}

void tally_add(struct tally *tally, const struct visit *visit)
{
	enum standing standing = judgement_of(tally->judgement,
	                                      visit->has_address ? &visit->address : NULL,
	                                      visit->country);
	if (standing == STANDING_TRUSTED)
		return;
	if (!tally->has_user || slice_compare(name_of(tally->user), visit->user) != 0)
		begin_user(tally, visit->user);
	size_t place = country_number(visit->country);
	struct user *user = tally->user;

	note_address(tally, visit);
	note_placing(tally, visit, standing != STANDING_UNLOCATED);
	tally->logins += visit->logins;
	user->logins += visit->logins;
	if (visit->is_hidden) {
		tally->hidden += visit->logins;
		user->hidden_logins += visit->logins;
	}
	if (standing == STANDING_UNLOCATED) {
		tally->unlocated += visit->logins;
	} else if (standing == STANDING_FOREIGN) {
		add_foreign(tally, visit, place);
	} else if (!user->has_home) {
		user->has_home = true;
		user->countries++;
	}
	note_place(user, place, visit->logins);
	/* Logins without a name can be of many users: their countries say nothing of any one of
	 * them. */
	if (!visit->user.length && user->countries > 1)
		user->countries = 1;
	if (user->countries > tally->user_countries)
		tally->user_countries = user->countries;
}

void tally_counts(const struct tally *tally, struct counts *ret)
{
	counts_set(ret, METRIC_LOGINS, tally->logins);
	counts_set(ret, METRIC_UNLOCATED, tally->unlocated);
	counts_set(ret, METRIC_HIDDEN_ADDRESSES, tally->hidden);
	counts_set(ret, METRIC_FOREIGN_LOGINS, tally->foreign_logins);
	counts_set(ret, METRIC_FOREIGN_USERS, tally->foreign_users);
	counts_set(ret, METRIC_FOREIGN_ADDRESSES, tally->foreign_address_count);
	counts_set(ret, METRIC_FOREIGN_COUNTRIES, tally->foreign_countries);
	counts_set(ret, METRIC_USER_COUNTRIES, tally->user_countries);
}

size_t tally_foreign_addresses(const struct tally *tally, struct ipaddr *ret, size_t most)
{
	size_t count = (size_t)tally->foreign_address_count;
	for (size_t i = 0; i < count && i < most && i < TALLY_ADDRESSES_MOST; i++)
		ret[i] = tally->first_foreign[i];
	return count;
}

/* --- telling --- */

/* "BR 2, CN 4, unlocated 1" */
static void list_countries(const struct user *user, struct strbuf *text)
{
	const int64_t *logins = user->logins_in;
	int listed = 0;
	for (size_t place = 0; place < UNLOCATED && listed <= COUNTRIES_LISTED; place++) {
		if (!logins[place])
			continue;
		if (listed++ == COUNTRIES_LISTED)
			strbuf_add_string(text, ", ...");
		else
			strbuf_add_format(text, "%s%c%c %" PRId64, listed > 1 ? ", " : "",
			                  (char)('A' + place / 26), (char)('A' + place % 26),
			                  logins[place]);
	}
	if (logins[UNLOCATED])
		strbuf_add_format(text, "%sunlocated %" PRId64, listed ? ", " : "",
		                  logins[UNLOCATED]);
}

static void show_user(const struct user *user, tally_user_fn *function, void *context)
{
	struct strbuf countries CLEANUP(strbuf_release) = STRBUF_INIT(COUNTRY_LIST_MAX);
	list_countries(user, &countries);
	function(context,
	         &(struct user_summary){
			 .user = name_of(user),
			 .logins = user->logins,
			 .foreign_logins = user->foreign_logins,
			 .hidden_logins = user->hidden_logins,
			 .addresses = user->addresses,
			 .countries = user->countries,
			 .country_list = strbuf_text(&countries),
		 });
}

int64_t tally_each_user(struct tally *tally, bool foreign_only, size_t limit,
                        tally_user_fn *function, void *context)
{
	end_user(tally);
	const struct ranking *ranking = foreign_only ? &tally->foreign : &tally->all;
	int64_t all = foreign_only ? tally->told_count : tally->user_count;
	size_t shown = 0;
	for (; shown < limit && shown < ranking->count; shown++)
		show_user(ranking->users[shown], function, context);
	return all - (int64_t)shown;
}

void tally_each_newcomer(struct tally *tally, tally_name_fn *function, void *context)
{
	end_user(tally);
	for (size_t i = 0; i < tally->newcomers.count; i++)
		function(context,
		         slice_make(tally->newcomers.users[i].name,
		                    tally->newcomers.users[i].name_length));
}
