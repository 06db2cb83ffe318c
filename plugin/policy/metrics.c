/* metrics.c - what is counted: one row a metric; see policy.h; how it is counted: tally.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/policy.h"

const struct metric metrics[METRIC_COUNT] = {
	{
		.name = "logins", .total = offsetof(struct totals, logins), .uom = "",
		.help = "successful logins from public addresses (Postfix: one a message)",
	}, {
		.name = "foreign_logins", .total = offsetof(struct totals, foreign_logins), .uom = "", .default_warning = "0",
		.help = "those placed outside --home",
	}, {
		.name = "foreign_users", .total = offsetof(struct totals, foreign_users), .uom = "",
		.help = "users with at least one foreign login",
	}, {
		.name = "foreign_addresses", .total = offsetof(struct totals, foreign_addresses), .uom = "",
		.help = "distinct addresses of foreign logins",
	}, {
		.name = "foreign_countries", .total = offsetof(struct totals, foreign_countries), .uom = "",
		.help = "distinct countries of foreign logins",
	}, {
		.name = "user_countries", .total = offsetof(struct totals, user_countries), .uom = "", .default_critical = "2",
		.help = "the most countries that one user logged in from (all of --home count as one)",
	}, {
		.name = "unlocated", .total = offsetof(struct totals, unlocated), .uom = "",
		.help = "logins whose address no database could place",
	}, {
		.name = "log_age", .total = offsetof(struct totals, log_age), .uom = "s",
		.help = "seconds since the newest line in the log",
	},
};

bool metric_value(const struct metric *metric, const struct totals *totals, int64_t *ret)
{
	if (metric->total == offsetof(struct totals, log_age) && !totals->has_log_age)
		return false;
	memcpy(ret, (const char *)totals + metric->total, sizeof *ret);
	return true;
}
