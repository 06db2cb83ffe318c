/* ranking.c - the worst users; see ranking.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/tally/ranking.h"

/* Negative if A comes before B. */
static int compare(const struct user_summary *a, const struct user_summary *b)
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
	return slice_compare(user_name_slice(&a->name), user_name_slice(&b->name));
}

bool ranking_has_room_for(const struct ranking *ranking, const struct user_summary *user)
{
	return ranking->count < RANKING_USERS_MOST ||
		compare(user, ranking->users[RANKING_USERS_MOST - 1]) <= 0;
}

void ranking_add(struct ranking *ranking, const struct user_summary *user)
{
	ranking->all++;
	if (!ranking_has_room_for(ranking, user))
		return;
	struct user_summary *kept = ranking->count == RANKING_USERS_MOST
		? ranking->users[--ranking->count]
		: xalloc_zero(1, sizeof *kept);
	*kept = *user;
	size_t at = ranking->count++;
	for (; at > 0 && compare(kept, ranking->users[at - 1]) < 0; at--)
		ranking->users[at] = ranking->users[at - 1];
	ranking->users[at] = kept;
}

void ranking_release(struct ranking *ranking)
{
	for (size_t i = 0; i < ranking->count; i++)
		free(ranking->users[i]);
	*ranking = (struct ranking){ .count = 0 };
}
