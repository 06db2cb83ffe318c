/* foreign.c - the logins from abroad: how many, whose, from where; see counter.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/addrset.h"
#include "common/country.h"
#include "common/xalloc.h"
#include "plugin/tally/counter.h"

struct foreign {
	int64_t logins, users, address_count, countries;
	struct country_set seen;
	struct addrset *addresses;
	struct ipaddr first[TALLY_ADDRESSES_MOST];
	struct newcomer user; /* who is being counted; if is_abroad */
	bool is_abroad;
	struct newcomers newcomers;
};

static void *begin(void)
{
	struct foreign *self = xalloc_zero(1, sizeof *self);
	self->addresses = addrset_new();
	return self;
}

static void end_user(struct foreign *self)
{
	if (self->is_abroad)
		newcomers_add(&self->newcomers, &self->user);
	self->is_abroad = false;
}

static void note_user(struct foreign *self, const struct visit *visit)
{
	if (!self->is_abroad) {
		self->users++;
		self->is_abroad = true;
		user_name_set(&self->user.name, visit->user);
		self->user.since_sec = visit->since_sec;
	} else if (visit->since_sec < self->user.since_sec) {
		self->user.since_sec = visit->since_sec;
	}
}

static void note_address(struct foreign *self, const struct ipaddr *address)
{
	if (!addrset_add(self->addresses, address))
		return;
	if (self->address_count < TALLY_ADDRESSES_MOST)
		self->first[self->address_count] = *address;
	self->address_count++;
}

static void add(void *counter, const struct judged *login)
{
	struct foreign *self = counter;
	const struct visit *visit = login->visit;
	if (login->begins_user)
		end_user(self);
	if (login->standing != STANDING_FOREIGN)
		return;
	self->logins += visit->logins;
	self->countries += country_set_add(&self->seen, visit->country);
	note_user(self, visit);
	note_address(self, &visit->address);
}

static void end(void *counter, struct tally_result *ret)
{
	struct foreign *self = counter;
	end_user(self);
	counts_set(&ret->counts, METRIC_FOREIGN_LOGINS, self->logins);
	counts_set(&ret->counts, METRIC_FOREIGN_USERS, self->users);
	counts_set(&ret->counts, METRIC_FOREIGN_ADDRESSES, self->address_count);
	counts_set(&ret->counts, METRIC_FOREIGN_COUNTRIES, self->countries);
	ret->newcomers = self->newcomers;
	memcpy(ret->foreign_addresses, self->first, sizeof self->first);
	addrset_free(self->addresses);
	free(self);
}

const struct counter counter_foreign = {
	.begin = begin,
	.add = add,
	.end = end,
};
