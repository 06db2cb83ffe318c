/* judgement.h - home, foreign, unlocated, trusted: the one place that knows what a login is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JUDGEMENT_H
#define JUDGEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/country.h"
#include "common/ipaddr.h"

/* Each login has one of them. */
enum standing {
	STANDING_HOME,
	STANDING_FOREIGN,
	/* no database knows its country, or it has no address: neither home nor foreign */
	STANDING_UNLOCATED,
	STANDING_TRUSTED, /* its network is never judged: it counts nothing */
	STANDING_EXCUSED, /* foreign, but expected: nothing excuses a login so far */
};

/* What the administrator has said. A value; the networks are borrowed. */
struct judgement {
	struct country_set home;
	const struct ipprefix *trusted;
	size_t trusted_count;
};

bool judgement_trusts(const struct judgement *judgement, const struct ipaddr *address);

/* ADDRESS may be NULL: the login has none. COUNTRY is "" if it is unknown; what is no country's
 * code is unknown, too. */
enum standing judgement_of(const struct judgement *judgement, const struct ipaddr *address,
                           const char country[3]);

#endif
