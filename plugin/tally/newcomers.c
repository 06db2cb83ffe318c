/* newcomers.c - whose foreign logins began last; see newcomers.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/tally/newcomers.h"

void newcomers_add(struct newcomers *newcomers, const struct newcomer *user)
{
	size_t at = newcomers->count;
	while (at > 0 && newcomers->users[at - 1].since_sec < user->since_sec)
		at--;
	if (at == NEWCOMERS_MOST)
		return;
	newcomers->count += newcomers->count < NEWCOMERS_MOST;
	memmove(&newcomers->users[at + 1], &newcomers->users[at],
	        (newcomers->count - at - 1) * sizeof *newcomers->users);
	newcomers->users[at] = *user;
}
