/* policy.h - thresholds: when what is counted alerts
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
#include "plugin/metrics.h"

/* The two ranges of one metric; either may be missing. */
struct threshold {
	/* NULL if there is none; borrowed from the arguments or the table */
	const char *warning_text, *critical_text;
	struct nagiosplug_range *warning, *critical;
};

/* The thresholds of all metrics, by enum metric_id. */
struct policy {
	struct threshold thresholds[METRIC_COUNT];
};

void policy_init(struct policy *policy); /* with the table's defaults */
void policy_release(struct policy *policy);

/* TEXT is [METRIC=]RANGE, foreign_logins without a name; it must live as long as POLICY. 0, or
 * -EINVAL with WHY. */
int policy_set(struct policy *policy, bool is_critical, const char *text, struct strbuf *why);

/* Was a threshold given for METRIC, beside the default one? */
bool policy_was_set(const struct policy *policy, enum metric_id metric);
bool policy_has_threshold(const struct policy *policy, enum metric_id metric);
enum state policy_judge(const struct policy *policy, enum metric_id metric, int64_t value);

#endif
