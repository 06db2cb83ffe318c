/* judgement.c - home, foreign, unlocated, trusted; see judgement.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/judgement.h"

bool judgement_trusts(const struct judgement *judgement, const struct ipaddr *address)
{
	for (size_t i = 0; i < judgement->trusted_count; i++)
		if (ipprefix_contains(&judgement->trusted[i], address))
			return true;
	return false;
}

enum standing judgement_of(const struct judgement *judgement, const struct ipaddr *address,
                           const char country[3])
{
	if (address && judgement_trusts(judgement, address))
		return STANDING_TRUSTED;
	if (country_number(country) == COUNTRY_NONE)
		return STANDING_UNLOCATED;
	return country_set_has(&judgement->home, country) ? STANDING_HOME : STANDING_FOREIGN;
}
