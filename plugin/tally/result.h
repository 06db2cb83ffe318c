/* result.h - what was counted: the noun that the counters fill
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TALLY_RESULT_H
#define TALLY_RESULT_H

#include <stdbool.h>

#include "common/ipaddr.h"
#include "plugin/metrics.h"
#include "plugin/tally/newcomers.h"
#include "plugin/tally/ranking.h"

#define TALLY_ADDRESSES_MOST 500

/* What was counted. All zero: nothing was. */
struct tally_result {
	struct counts counts; /* the metrics of logins that the counters know */
	/* those with the most countries, then foreign logins, then hidden addresses, then logins,
	 * first: of all users, and of those with foreign logins or hidden addresses */
	struct ranking users, suspicious;
	struct newcomers newcomers; /* users with foreign logins */
	/* of foreign logins, each once; METRIC_FOREIGN_ADDRESSES says how many there are in all */
	struct ipaddr foreign_addresses[TALLY_ADDRESSES_MOST];
	/* there were several addresses, and none of them could be placed: then the database is none
	 * of countries, or not of these */
	bool is_blind;
};

#endif
