/* policy.c - thresholds and states; see policy.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/likely.h"
#include "common/printable.h"
#include "plugin/policy.h"

static int set_range(struct threshold *threshold, bool is_critical, const char *text,
                     struct strbuf *why)
{
	struct nagiosplug_range *range = NULL;
	int result = nagiosplug_range_new(&range, text, why);
	if (result < 0)
		return result;
	struct nagiosplug_range **slot = is_critical ? &threshold->critical : &threshold->warning;
	nagiosplug_range_free(*slot);
	*slot = range;
	*(is_critical ? &threshold->critical_text : &threshold->warning_text) = text;
	return 0;
}

void policy_init(struct policy *policy)
{
	*policy = (struct policy){ 0 };
	for (size_t i = 0; i < METRIC_COUNT; i++) {
		const char *defaults[] = { metrics[i].default_warning,
			                   metrics[i].default_critical };
		for (int j = 0; j < 2; j++)
			if (defaults[j] &&
			    set_range(&policy->thresholds[i], j == 1, defaults[j], NULL) < 0)
				abort(); /* the table itself is wrong */
	}
}

void policy_release(struct policy *policy)
{
	for (size_t i = 0; i < METRIC_COUNT; i++) {
		nagiosplug_range_free(policy->thresholds[i].warning);
		nagiosplug_range_free(policy->thresholds[i].critical);
	}
	*policy = (struct policy){ 0 };
}

static int unknown_metric(struct slice name, struct strbuf *why)
{
	struct likely likely = likely_begin(name);
	for (size_t i = 0; i < METRIC_COUNT; i++)
		likely_try(&likely, metrics[i].name);
	strbuf_fail(why, 0, "there is no metric \"");
	printable_add(why, name, 40);
	strbuf_add_string(why, "\"");
	likely_tell(&likely, why, "");
	strbuf_add_string(why, "; known:");
	for (size_t i = 0; i < METRIC_COUNT; i++)
		strbuf_add_format(why, " %s", metrics[i].name);
	return -EINVAL;
}

static bool is_of_name(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '_' || byte == '-';
}

/* TEXT has no "=". What begins as a metric does was to be one: no range begins with a letter. */
static int metric_without_range(const char *text, struct strbuf *why)
{
	struct slice rest = slice_string(text);
	struct slice name = slice_take_while(&rest, is_of_name, SIZE_MAX);
	struct likely likely = likely_begin(name);
	for (size_t i = 0; i < METRIC_COUNT; i++)
		likely_try(&likely, metrics[i].name);
	if (!likely.word || slice_is_digit((unsigned char)*text))
		return 0;
	slice_take_char(&rest, ':');
	strbuf_fail(why, 0, "must be METRIC=RANGE: %s=", likely.is_tied ? "METRIC" : likely.word);
	if (rest.length)
		printable_add(why, rest, 40);
	else
		strbuf_add_string(why, "RANGE");
	return -EINVAL;
}

int policy_set(struct policy *policy, bool is_critical, const char *text, struct strbuf *why)
{
	const char *equals = strchr(text, '=');
	int result = equals ? 0 : metric_without_range(text, why);
	if (result < 0)
		return result;
	if (!equals)
		return set_range(&policy->thresholds[METRIC_FOREIGN_LOGINS], is_critical, text,
		                 why);
	struct slice name = slice_make(text, (size_t)(equals - text));
	for (size_t i = 0; i < METRIC_COUNT; i++)
		if (slice_equals(name, metrics[i].name))
			return set_range(&policy->thresholds[i], is_critical, equals + 1, why);
	return unknown_metric(name, why);
}

bool policy_was_set(const struct policy *policy, enum metric_id metric)
{
	const struct threshold *threshold = &policy->thresholds[metric];
	return threshold->warning_text != metrics[metric].default_warning ||
		threshold->critical_text != metrics[metric].default_critical;
}

bool policy_has_threshold(const struct policy *policy, enum metric_id metric)
{
	return policy->thresholds[metric].warning || policy->thresholds[metric].critical;
}

enum state policy_judge(const struct policy *policy, enum metric_id metric, int64_t value)
{
	const struct threshold *threshold = &policy->thresholds[metric];
	if (threshold->critical && nagiosplug_range_alerts(threshold->critical, (double)value))
		return STATE_CRITICAL;
	if (threshold->warning && nagiosplug_range_alerts(threshold->warning, (double)value))
		return STATE_WARNING;
	return STATE_OK;
}
