/* policy.h - what is counted, and when it alerts
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/nagiosplug.h"
#include "common/state.h"
#include "common/strbuf.h"
#include "plugin/login.h"

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
	size_t total; /* offsetof its field in struct totals */
	/* offsetof the field that tells whether that is known; 0: it always is */
	size_t known;
};

#define METRIC_COUNT 14

extern const struct metric metrics[METRIC_COUNT];

/* The index of the metric NAME, which there must be. */
size_t policy_find(const char *name);

/* The value of a metric; false if it isn't known. */
bool metric_value(const struct metric *metric, const struct totals *totals, int64_t *ret);

/* The two ranges of one metric; either may be missing. */
struct threshold {
	/* NULL if there is none; borrowed from the arguments or the table */
	const char *warning_text, *critical_text;
	struct nagiosplug_range *warning, *critical;
};

/* The thresholds of all metrics, in the table's order. */
struct policy {
	struct threshold thresholds[METRIC_COUNT];
};

void policy_init(struct policy *policy); /* with the table's defaults */
void policy_release(struct policy *policy);

/* TEXT is [METRIC=]RANGE, foreign_logins without a name; it must live as long as POLICY. 0, or
 * -EINVAL with WHY. */
int policy_set(struct policy *policy, bool is_critical, const char *text, struct strbuf *why);

/* Was a threshold given for METRIC, beside the default one? */
bool policy_was_set(const struct policy *policy, size_t metric);
bool policy_has_threshold(const struct policy *policy, size_t metric);
enum state policy_judge(const struct policy *policy, size_t metric, int64_t value);

#endif
