/* users.c - who logged in from how many places; see counter.h
 *
 * Users come one after the other, so only one is being counted at any time; of those who are done
 * the few worst are kept.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/country.h"
#include "common/xalloc.h"
#include "plugin/tally/counter.h"

#define UNLOCATED COUNTRY_NONE
#define PLACES (COUNTRY_NUMBERS + 1)

struct users {
	/* Who is being counted; what the summary tells of countries is made when it is wanted. */
	struct user_summary user;
	bool has_user, has_home;
	struct ipaddr address; /* that the user came from last, if from any */
	int64_t logins_in[PLACES];
	uint16_t places[PLACES]; /* those that aren't 0 there */
	size_t place_count;

	int64_t most_countries;
	struct ranking all, suspicious;
};

static void *begin(void)
{
	return xalloc_zero(1, sizeof(struct users));
}

/* --- a user --- */

static void tell_countries(struct users *self)
{
	struct user_summary *user = &self->user;
	user->unlocated_logins = self->logins_in[UNLOCATED];
	user->from_count = self->place_count - (user->unlocated_logins != 0);
	size_t told = 0;
	for (size_t place = 0; place < UNLOCATED && told < USER_COUNTRIES_MOST; place++) {
		if (!self->logins_in[place])
			continue;
		country_code(user->from[told].code, place);
		user->from[told++].logins = self->logins_in[place];
	}
}

static void end_user(struct users *self)
{
	const struct user_summary *user = &self->user;
	bool is_suspicious = user_is_suspicious(user);
	if (!self->has_user)
		return;
	if (ranking_has_room_for(&self->all, user) ||
	    (is_suspicious && ranking_has_room_for(&self->suspicious, user)))
		tell_countries(self);
	ranking_add(&self->all, user);
	if (is_suspicious)
		ranking_add(&self->suspicious, user);
}

/* Only what was set is set back: most users were in one place, and there may be a million of
 * them. */
static void begin_user(struct users *self, struct slice name)
{
	struct user_summary *user = &self->user;
	for (size_t i = 0; i < self->place_count; i++)
		self->logins_in[self->places[i]] = 0;
	self->place_count = 0;
	self->has_home = false;
	self->has_user = true;
	user->logins = user->foreign_logins = user->hidden_logins = user->unlocated_logins = 0;
	user->addresses = user->countries = 0;
	user_name_set(&user->name, name);
}

/* --- logins --- */

static void note_place(struct users *self, size_t place, int64_t logins)
{
	if (!self->logins_in[place])
		self->places[self->place_count++] = (uint16_t)place;
	self->logins_in[place] += logins;
}

static void note_address(struct users *self, const struct visit *visit)
{
	if (!visit->has_address ||
	    (self->user.addresses && ipaddr_equals(&self->address, &visit->address)))
		return;
	self->address = visit->address;
	self->user.addresses++;
}

/* Is PLACE one country more? All of home is one. Logins without a name can be of many users: their
 * countries say nothing of any one of them. */
static void count_country(struct users *self, enum standing standing, size_t place)
{
	struct user_summary *user = &self->user;
	if (standing == STANDING_UNLOCATED)
		return;
	if (standing == STANDING_HOME)
		user->countries += !self->has_home;
	else
		user->countries += self->logins_in[place] == 0;
	self->has_home = self->has_home || standing == STANDING_HOME;
	if (!user->name.length)
		user->countries = 1;
	if (user->countries > self->most_countries)
		self->most_countries = user->countries;
}

static void add(void *counter, const struct judged *login)
{
	struct users *self = counter;
	const struct visit *visit = login->visit;
	size_t place = country_number(visit->country);
	if (login->begins_user) {
		end_user(self);
		begin_user(self, visit->user);
	}
	note_address(self, visit);
	self->user.logins += visit->logins;
	self->user.hidden_logins += visit->is_hidden ? visit->logins : 0;
	self->user.foreign_logins += login->standing == STANDING_FOREIGN ? visit->logins : 0;
	count_country(self, login->standing, place);
	note_place(self, place, visit->logins);
}

static void end(void *counter, struct tally_result *ret)
{
	struct users *self = counter;
	end_user(self);
	counts_set(&ret->counts, METRIC_USER_COUNTRIES, self->most_countries);
	ret->users = self->all;
	ret->suspicious = self->suspicious;
	free(self);
}

const struct counter counter_users = {
	.begin = begin,
	.add = add,
	.end = end,
};
