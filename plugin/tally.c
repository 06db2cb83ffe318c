/* tally.c - counting the window's logins; see tally.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/tally.h"
#include "plugin/tally/counter.h"
#include "plugin/user.h"

static const struct counter *const counters[] = {
	&counter_logins,
	&counter_foreign,
	&counter_users,
};

struct tally {
	const struct judgement *judgement;
	void *selves[ARRAY_SIZE(counters)];
	struct user_name user; /* who is being counted */
	bool has_user;
};

struct tally *tally_new(const struct judgement *judgement)
{
	struct tally *tally = xalloc_zero(1, sizeof *tally);
	tally->judgement = judgement;
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		tally->selves[i] = counters[i]->begin();
	return tally;
}

/* Is VISIT of another user than the one before? */
static bool begin_user(struct tally *tally, const struct visit *visit)
{
	if (tally->has_user && slice_compare(user_name_slice(&tally->user), visit->user) == 0)
		return false;
	user_name_set(&tally->user, visit->user);
	tally->has_user = true;
	return true;
}

void tally_add(struct tally *tally, const struct visit *visit)
{
	const struct ipaddr *address = visit->has_address ? &visit->address : NULL;
	struct judged login = {
		.visit = visit,
		.standing = judgement_of(tally->judgement, address, visit->country),
	};
	if (login.standing == STANDING_TRUSTED)
		return;
	login.begins_user = begin_user(tally, visit);
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		counters[i]->add(tally->selves[i], &login);
}

void tally_end(struct tally *tally, struct tally_result *ret)
{
	*ret = (struct tally_result){ .is_blind = false };
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		counters[i]->end(tally->selves[i], ret);
	free(tally);
}

void tally_result_release(struct tally_result *result)
{
	ranking_release(&result->users);
	ranking_release(&result->suspicious);
}
