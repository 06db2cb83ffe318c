/* counter.h - what counts the logins of the window: one row in the table of tally.c a counter
 *
 * A counter sees logins that are judged, and never the store. It counts a metric, or several that
 * are counted together, and may keep evidence; of neither more than a few users' worth.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TALLY_COUNTER_H
#define TALLY_COUNTER_H

#include "plugin/judgement.h"
#include "plugin/login.h"
#include "plugin/tally/result.h"

/* All logins of one user from one address in one country. */
struct judged {
	const struct visit *visit; /* borrowed for the call */
	enum standing standing;    /* STANDING_TRUSTED never comes */
	/* the first of its user; the last one of the user before has been seen */
	bool begins_user;
};

struct counter {
	void *(*begin)(void);
	/* The users come one after the other, and in them those from one address. */
	void (*add)(void *self, const struct judged *login);
	/* After the last one: sets the counter's metrics and its evidence in RET, and nothing else.
	 * Frees SELF. */
	void (*end)(void *self, struct tally_result *ret);
};

extern const struct counter counter_logins;  /* tally/logins.c */
extern const struct counter counter_foreign; /* tally/foreign.c */
extern const struct counter counter_users;   /* tally/users.c */

#endif
