/* metrics.h - what is counted: the noun that counters, policy and report share
 *
 * A metric is one line in the enum, one row in the table, and one line in whatever counts it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef METRICS_H
#define METRICS_H

#include <stdbool.h>
#include <stdint.h>

/* In the order in which they are told. */
enum metric_id {
	METRIC_LOGINS,
	METRIC_FOREIGN_LOGINS,
	METRIC_FOREIGN_USERS,
	METRIC_FOREIGN_ADDRESSES,
	METRIC_FOREIGN_COUNTRIES,
	METRIC_USER_COUNTRIES,
	METRIC_UNLOCATED,
	METRIC_HIDDEN_ADDRESSES,
	METRIC_LOG_AGE,
	METRIC_LOST_LINES,
	METRIC_DNSBL_LISTED,
	METRIC_DNSBL_WEIGHT,
	METRIC_DNSBL_UNANSWERED,
	METRIC_LISTED_CLIENTS,
	METRIC_COUNT
};

/* What a run must do for a metric to be counted. A set of bits. */
enum metric_group {
	METRIC_OF_LOGINS = 1,
	METRIC_OF_DNSBL = 2,   /* --dnsbl */
	METRIC_OF_CLIENTS = 4, /* --dnsbl-clients */
};

/* One row of the table of metrics. */
struct metric {
	const char *name; /* also the perfdata label */
	const char *help;
	const char *uom;             /* "" or "s" */
	const char *default_warning; /* or NULL */
	const char *default_critical;
	enum metric_group group;
};

extern const struct metric metrics[METRIC_COUNT];

/* What was counted. All zero: nothing is known. */
struct counts {
	struct {
		int64_t value;
		bool is_known;
	} of[METRIC_COUNT];
};

/* VALUE of ID is known from now on. */
void counts_set(struct counts *counts, enum metric_id id, int64_t value);

#endif
