/* logins.c - how many logins there are, and how many of them nobody can place; see counter.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/tally/counter.h"

struct logins {
	int64_t all, unlocated, hidden;
	/* an address with a country; one without; two different ones without */
	bool has_placed, has_unplaced, has_many_unplaced;
	struct ipaddr unplaced;
};

static void *begin(void)
{
	return xalloc_zero(1, sizeof(struct logins));
}

static void note_unplaced(struct logins *self, const struct ipaddr *address)
{
	if (!self->has_unplaced)
		self->unplaced = *address;
	else if (!ipaddr_equals(&self->unplaced, address))
		self->has_many_unplaced = true;
	self->has_unplaced = true;
}

static void add(void *counter, const struct judged *login)
{
	struct logins *self = counter;
	const struct visit *visit = login->visit;
	bool is_unlocated = login->standing == STANDING_UNLOCATED;
	self->all += visit->logins;
	self->hidden += visit->is_hidden ? visit->logins : 0;
	self->unlocated += is_unlocated ? visit->logins : 0;
	if (!is_unlocated)
		self->has_placed = true;
	else if (visit->has_address)
		note_unplaced(self, &visit->address);
}

static void end(void *counter, struct tally_result *ret)
{
	struct logins *self = counter;
	counts_set(&ret->counts, METRIC_LOGINS, self->all);
	counts_set(&ret->counts, METRIC_UNLOCATED, self->unlocated);
	counts_set(&ret->counts, METRIC_HIDDEN_ADDRESSES, self->hidden);
	ret->is_blind = self->has_many_unplaced && !self->has_placed;
	free(self);
}

const struct counter counter_logins = {
	.begin = begin,
	.add = add,
	.end = end,
};
