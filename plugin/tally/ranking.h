/* ranking.h - the worst users: what an administrator must see first
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TALLY_RANKING_H
#define TALLY_RANKING_H

#include <stdbool.h>

#include "plugin/user.h"

#define RANKING_USERS_MOST 20

/* The worst one first: most countries, then foreign logins, then hidden ones, then logins. All
 * zero: empty. */
struct ranking {
	struct user_summary *users[RANKING_USERS_MOST];
	size_t count;
	int64_t all; /* that were added */
};

/* A copy of USER; the last one makes room where there is none. */
void ranking_add(struct ranking *ranking, const struct user_summary *user);

/* Would it be among them? */
bool ranking_has_room_for(const struct ranking *ranking, const struct user_summary *user);

void ranking_release(struct ranking *ranking);

#endif
