/* metrics.c - what is counted: one row a metric; see policy.h; how it is counted: tally.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/policy.h"

const struct metric metrics[METRIC_COUNT] = {
	{
		.name = "logins",
		.total = offsetof(struct totals, logins),
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.help = "successful logins from public addresses (Postfix: one a message)",
	},
	{
		.name = "foreign_logins",
		.total = offsetof(struct totals, foreign_logins),
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.default_warning = "0",
		.help = "those placed outside --home",
	},
	{
		.name = "foreign_users",
		.total = offsetof(struct totals, foreign_users),
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.help = "users with at least one foreign login",
	},
	{
		.name = "foreign_addresses",
		.total = offsetof(struct totals, foreign_addresses),
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.help = "distinct addresses of foreign logins",
	},
	{
		.name = "foreign_countries",
		.total = offsetof(struct totals, foreign_countries),
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.help = "distinct countries of foreign logins",
	},
	{
		.name = "user_countries",
		.total = offsetof(struct totals, user_countries),
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.default_critical = "2",
		.help = "the most countries that one user logged in from (all of --home count as "
			"one)",
	},
	{
		.name = "unlocated",
		.total = offsetof(struct totals, unlocated),
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.help = "logins whose address no database could place",
	},
	{
		.name = "hidden_addresses",
		.total = offsetof(struct totals, hidden_addresses),
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.default_warning = "0",
		.help = "those without a sure address in their line, as the client could arrange",
	},
	{
		.name = "log_age",
		.total = offsetof(struct totals, log_age),
		.uom = "s",
		.group = METRIC_OF_LOGINS,
		.known = offsetof(struct totals, has_log_age),
		.help = "seconds since the newest line in the log",
	},
	{
		.name = "lost_lines",
		.total = offsetof(struct totals, lost_lines),
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.help = "lines that are missing in the log: gaps, what rate limits dropped",
	},
	{
		.name = "dnsbl_listed",
		.total = offsetof(struct totals, dnsbl_listed),
		.uom = "",
		.group = METRIC_OF_DNSBL,
		.known = offsetof(struct totals, has_dnsbl),
		.default_critical = "0",
		.help = "pairs of an own address and a blocklist that has it (with --dnsbl)",
	},
	{
		.name = "dnsbl_weight",
		.total = offsetof(struct totals, dnsbl_weight),
		.uom = "",
		.group = METRIC_OF_DNSBL,
		.known = offsetof(struct totals, has_dnsbl),
		.help = "of the address with the most: the weights of its lists (with --dnsbl)",
	},
	{
		.name = "dnsbl_unanswered",
		.total = offsetof(struct totals, dnsbl_unanswered),
		.uom = "",
		.group = METRIC_OF_DNSBL,
		.help = "blocklists that gave no verdict (with --dnsbl)",
	},
	{
		.name = "listed_clients",
		.total = offsetof(struct totals, listed_clients),
		.uom = "",
		.group = METRIC_OF_CLIENTS,
		.known = offsetof(struct totals, has_listed_clients),
		.help = "addresses of foreign logins that a blocklist has (with --dnsbl-clients)",
	},
};

bool metric_value(const struct metric *metric, const struct totals *totals, int64_t *ret)
{
	bool is_known = true;
	if (metric->known)
		memcpy(&is_known, (const char *)totals + metric->known, sizeof is_known);
	if (!is_known)
		return false;
	memcpy(ret, (const char *)totals + metric->total, sizeof *ret);
	return true;
}
