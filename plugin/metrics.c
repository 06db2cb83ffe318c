/* metrics.c - what is counted: one row a metric; see metrics.h; how most are counted: tally/
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/metrics.h"

const struct metric metrics[METRIC_COUNT] = {
	[METRIC_LOGINS] = {
		.name = "logins",
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.help = "successful logins from public addresses (Postfix: one a message)",
	},
	[METRIC_FOREIGN_LOGINS] = {
		.name = "foreign_logins",
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.default_warning = "0",
		.help = "those placed outside --home",
	},
	[METRIC_FOREIGN_USERS] = {
		.name = "foreign_users",
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.help = "users with at least one foreign login",
	},
	[METRIC_FOREIGN_ADDRESSES] = {
		.name = "foreign_addresses",
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.help = "distinct addresses of foreign logins",
	},
	[METRIC_FOREIGN_COUNTRIES] = {
		.name = "foreign_countries",
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.help = "distinct countries of foreign logins",
	},
	[METRIC_USER_COUNTRIES] = {
		.name = "user_countries",
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.default_critical = "2",
		.help = "the most countries that one user logged in from (all of --home count as "
			"one)",
	},
	[METRIC_UNLOCATED] = {
		.name = "unlocated",
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.help = "logins whose address no database could place",
	},
	[METRIC_HIDDEN_ADDRESSES] = {
		.name = "hidden_addresses",
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.default_warning = "0",
		.help = "those without a sure address in their line, as the client could arrange",
	},
	[METRIC_LOG_AGE] = {
		.name = "log_age",
		.uom = "s",
		.group = METRIC_OF_LOGINS,
		.help = "seconds since the newest line in the log",
	},
	[METRIC_LOST_LINES] = {
		.name = "lost_lines",
		.uom = "",
		.group = METRIC_OF_LOGINS,
		.help = "lines that are missing in the log: gaps, what rate limits dropped",
	},
	[METRIC_DNSBL_LISTED] = {
		.name = "dnsbl_listed",
		.uom = "",
		.group = METRIC_OF_DNSBL,
		.default_critical = "0",
		.help = "pairs of an own address and a blocklist that has it (with --dnsbl)",
	},
	[METRIC_DNSBL_WEIGHT] = {
		.name = "dnsbl_weight",
		.uom = "",
		.group = METRIC_OF_DNSBL,
		.help = "of the address with the most: the weights of its lists (with --dnsbl)",
	},
	[METRIC_DNSBL_UNANSWERED] = {
		.name = "dnsbl_unanswered",
		.uom = "",
		.group = METRIC_OF_DNSBL,
		.help = "blocklists that gave no verdict (with --dnsbl)",
	},
	[METRIC_LISTED_CLIENTS] = {
		.name = "listed_clients",
		.uom = "",
		.group = METRIC_OF_CLIENTS,
		.help = "addresses of foreign logins that a blocklist has (with --dnsbl-clients)",
	},
};

void counts_set(struct counts *counts, enum metric_id id, int64_t value)
{
	counts->of[id].value = value;
	counts->of[id].is_known = true;
}
