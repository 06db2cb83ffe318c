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

/* One row of the table of metrics. */
struct metric {
	const char *name;             /* also the perfdata label */
	const char *help;
	const char *uom;              /* "" or "s" */
	const char *default_warning;  /* or NULL */
	const char *default_critical;
	size_t total;                 /* offsetof its field in struct totals */
};

#define METRIC_COUNT 8

extern const struct metric metrics[METRIC_COUNT];

/* The value of a metric; false if it isn't known. */
bool metric_value(const struct metric *metric, const struct totals *totals, int64_t *ret);

/* The two ranges of one metric; either may be missing. */
struct threshold {
	const char *warning_text, *critical_text; /* NULL if there is none; borrowed from the arguments or the table */
	struct nagiosplug_range *warning, *critical;
};

/* The thresholds of all metrics, in the table's order. */
struct policy {
	struct threshold thresholds[METRIC_COUNT];
};

void policy_init(struct policy *policy); /* with the table's defaults */
void policy_release(struct policy *policy);

/* TEXT is [METRIC=]RANGE, foreign_logins without a name; it must live as long as POLICY. 0, or -EINVAL with WHY. */
int policy_set(struct policy *policy, bool is_critical, const char *text, struct strbuf *why);

bool policy_has_threshold(const struct policy *policy, size_t metric);
enum state policy_judge(const struct policy *policy, size_t metric, int64_t value);

#endif
