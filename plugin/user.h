/* user.h - what a user did in the window: the noun that counters and report share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef USER_H
#define USER_H

#include <stdint.h>
#include <string.h>

#include "plugin/login.h"

/* A copy of a user's name, cut at USER_MAX. A value; all zero: "". Hostile text. */
struct user_name {
	char bytes[USER_MAX];
	size_t length;
};

static inline void user_name_set(struct user_name *name, struct slice text)
{
	name->length = text.length < USER_MAX ? text.length : USER_MAX;
	if (name->length)
		memcpy(name->bytes, text.data, name->length);
}

/* Borrowed from NAME. */
static inline struct slice user_name_slice(const struct user_name *name)
{
	return slice_make(name->bytes, name->length);
}

#define USER_COUNTRIES_MOST 40 /* that are told, of one user */

/* A value. */
struct user_summary {
	struct user_name name;
	int64_t logins, foreign_logins, hidden_logins, unlocated_logins;
	int64_t addresses; /* distinct ones */
	/* distinct ones; those of home count as one, unlocated logins as none */
	int64_t countries;
	/* where the logins came from, home and abroad, by code */
	struct user_country {
		char code[3];
		int64_t logins;
	} from[USER_COUNTRIES_MOST];
	size_t from_count; /* of all; may be more than there is room for */
};

/* Is there anything that an administrator should look at? */
static inline bool user_is_suspicious(const struct user_summary *user)
{
	return user->foreign_logins || user->hidden_logins;
}

#endif
