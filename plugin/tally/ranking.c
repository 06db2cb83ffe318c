/* ranking.c - the worst users; see ranking.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/tally/ranking.h"

static int more_first(int64_t a, int64_t b)
{
	return (a < b) - (a > b);
}

/* Negative if A comes before B. Of a million users each is compared, so nothing is prepared for
 * what isn't asked. */
static int compare(const struct user_summary *a, const struct user_summary *b)
{
	int order = more_first(a->countries, b->countries);
	if (order == 0)
		order = more_first(a->foreign_logins, b->foreign_logins);
	if (order == 0)
		order = more_first(a->hidden_logins, b->hidden_logins);
	if (order == 0)
		order = more_first(a->logins, b->logins);
	return order ? order : slice_compare(user_name_slice(&a->name), user_name_slice(&b->name));
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
