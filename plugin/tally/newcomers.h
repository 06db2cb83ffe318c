/* newcomers.h - whose foreign logins began last
 *
 * So who is new stands in front of those who log in again and again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TALLY_NEWCOMERS_H
#define TALLY_NEWCOMERS_H

#include "plugin/user.h"

#define NEWCOMERS_MOST 20

struct newcomer {
	struct user_name name;
	int64_t since_sec; /* from when on the first foreign login counts */
};

/* The newest first. A value; all zero: empty. Kept apart from the ranking: anybody may be the
 * newest of those before him. */
struct newcomers {
	struct newcomer users[NEWCOMERS_MOST];
	size_t count;
};

/* Those who began in the same second stay in the order in which they come. */
void newcomers_add(struct newcomers *newcomers, const struct newcomer *user);

#endif
