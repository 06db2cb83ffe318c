/* test_policy.c - unit tests of plugin/policy.c and the table of metrics
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "plugin/policy.h"

/* What was given on the command line, in order. */
struct setting {
	bool is_critical;
	const char *text;
};

#define SETTINGS_MAX 4

/* The place of the metric called NAME in the table. */
static enum metric_id find_metric(const char *name)
{
	enum metric_id i = 0;
	while (i < METRIC_COUNT && strcmp(metrics[i].name, name) != 0)
		i++;
	assert_true(i < METRIC_COUNT);
	return i;
}

static void apply(struct policy *policy, const struct setting *settings)
{
	for (size_t i = 0; i < SETTINGS_MAX && settings[i].text; i++)
		assert_int_equal(policy_set(policy, settings[i].is_critical, settings[i].text,
		                            NULL),
		                 0);
}

static void every_metric_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (enum metric_id i = 0; i < METRIC_COUNT; i++) {
		assert_int_equal(find_metric(metrics[i].name), i);
		assert_non_null(metrics[i].help);
		assert_non_null(metrics[i].uom);
	}
}

static void a_metric_name_is_a_safe_perfdata_label(void **state)
{
	(void)state;
	for (enum metric_id i = 0; i < METRIC_COUNT; i++) {
		assert_true(strlen(metrics[i].name) <= 19); /* RRD's limit */
		assert_int_equal(strspn(metrics[i].name, "abcdefghijklmnopqrstuvwxyz_"),
		                 strlen(metrics[i].name));
	}
}

static void what_nobody_counted_is_unknown(void **state)
{
	(void)state;
	struct counts counts = { 0 };
	counts_set(&counts, METRIC_LOGINS, 0);
	for (enum metric_id i = 0; i < METRIC_COUNT; i++)
		assert_int_equal(counts.of[i].is_known, i == METRIC_LOGINS);
}

static void a_threshold_that_was_given_is_told_from_the_default(void **state)
{
	(void)state;
	struct policy policy;
	policy_init(&policy);
	for (enum metric_id i = 0; i < METRIC_COUNT; i++)
		assert_false(policy_was_set(&policy, i));
	apply(&policy,
	      (struct setting[SETTINGS_MAX]){ { true, "dnsbl_listed=0" }, { false, "logins=5" } });
	for (enum metric_id i = 0; i < METRIC_COUNT; i++)
		assert_int_equal(policy_was_set(&policy, i),
		                 i == METRIC_DNSBL_LISTED || i == METRIC_LOGINS);
	policy_release(&policy);
}

static void only_the_defaults_of_the_design_alert(void **state)
{
	(void)state;
	static const struct {
		const char *metric, *warning, *critical;
	} rows[METRIC_COUNT] = {
		{ "logins", NULL, NULL },
		{ "foreign_logins", "0", NULL },
		{ "foreign_users", NULL, NULL },
		{ "foreign_addresses", NULL, NULL },
		{ "foreign_countries", NULL, NULL },
		{ "user_countries", NULL, "2" },
		{ "unlocated", NULL, NULL },
		{ "hidden_addresses", "0", NULL },
		{ "log_age", NULL, NULL },
		{ "lost_lines", NULL, NULL },
		{ "dnsbl_listed", NULL, "0" },
		{ "dnsbl_weight", NULL, NULL },
		{ "dnsbl_unanswered", NULL, NULL },
		{ "listed_clients", NULL, NULL },
	};
	struct policy policy;
	policy_init(&policy);
	for (enum metric_id i = 0; i < METRIC_COUNT; i++) {
		assert_string_equal(metrics[i].name, rows[i].metric);
		const struct threshold *threshold = &policy.thresholds[i];
		assert_int_equal(!threshold->warning_text, !rows[i].warning);
		assert_int_equal(!threshold->critical_text, !rows[i].critical);
		if (rows[i].warning)
			assert_string_equal(threshold->warning_text, rows[i].warning);
		if (rows[i].critical)
			assert_string_equal(threshold->critical_text, rows[i].critical);
		assert_int_equal(policy_has_threshold(&policy, i),
		                 rows[i].warning || rows[i].critical);
	}
	policy_release(&policy);
}

static void a_value_gets_the_worst_state_that_its_thresholds_give(void **state)
{
	(void)state;
	static const struct {
		struct setting settings[SETTINGS_MAX];
		const char *metric;
		int64_t value;
		enum state state;
	} rows[] = {
		/* the defaults */
		{ { { 0 } }, "foreign_logins", 0, STATE_OK },
		{ { { 0 } }, "foreign_logins", 1, STATE_WARNING },
		{ { { 0 } }, "foreign_logins", 1000000, STATE_WARNING },
		{ { { 0 } }, "user_countries", 2, STATE_OK },
		{ { { 0 } }, "user_countries", 3, STATE_CRITICAL },
		{ { { 0 } }, "logins", 1000000, STATE_OK },
		{ { { 0 } }, "unlocated", 1000000, STATE_OK },
		/* without a name: foreign_logins */
		{ { { false, "5" } }, "foreign_logins", 5, STATE_OK },
		{ { { false, "5" } }, "foreign_logins", 6, STATE_WARNING },
		{ { { true, "5" } }, "foreign_logins", 5, STATE_WARNING },
		{ { { true, "5" } }, "foreign_logins", 6, STATE_CRITICAL },
		{ { { true, "5" } }, "logins", 6, STATE_OK },
		/* with a name */
		{ { { false, "log_age=600" } }, "log_age", 600, STATE_OK },
		{ { { false, "log_age=600" } }, "log_age", 601, STATE_WARNING },
		{ { { false, "log_age=600" }, { true, "log_age=3600" } },
		  "log_age",
		  3601,
		  STATE_CRITICAL },
		{ { { false, "foreign_logins=5" } }, "foreign_logins", 5, STATE_OK },
		{ { { false, "logins=1:" } }, "logins", 0, STATE_WARNING },
		/* only critical matches */
		{ { { false, "logins=10" }, { true, "logins=@3:4" } },
		  "logins",
		  3,
		  STATE_CRITICAL },
		{ { { false, "logins=10" }, { true, "logins=@3:4" } }, "logins", 5, STATE_OK },
		/* the last one holds */
		{ { { false, "5" }, { false, "1" } }, "foreign_logins", 2, STATE_WARNING },
		{ { { false, "1" }, { false, "5" } }, "foreign_logins", 2, STATE_OK },
		{ { { false, "~:" } }, "foreign_logins", 1000000, STATE_OK },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct policy policy;
		policy_init(&policy);
		apply(&policy, rows[i].settings);
		assert_int_equal(policy_judge(&policy, find_metric(rows[i].metric), rows[i].value),
		                 rows[i].state);
		policy_release(&policy);
	}
}

static void a_wrong_threshold_is_refused_with_a_reason(void **state)
{
	(void)state;
	static const struct {
		const char *text, *reason;
	} rows[] = {
		{ "", "is not a range" },
		{ "abc", "is not a range" },
		{ "5:1", "is not a range" },
		{ "logins=", "is not a range" },
		{ "logins=1=2", "is not a range" },
		{ "=5", "there is no metric \"\"" },
		{ "nope=5", "there is no metric \"nope\"; known: logins " },
		{ "LOGINS=5", "there is no metric" },
		{ "logins =5", "there is no metric" },
		{ "login=5", "there is no metric" },
		{ "loginss=5", "there is no metric" },
		{ "<b>\x1b=5", "there is no metric \"?b??\"" },
	};
	struct policy policy;
	policy_init(&policy);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
		struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		assert_int_equal(policy_set(&policy, i % 2, rows[i / 2].text, &why), -EINVAL);
		assert_non_null(strstr(strbuf_text(&why), rows[i / 2].reason));
	}
	policy_release(&policy);
}

static void a_refused_threshold_leaves_the_earlier_one(void **state)
{
	(void)state;
	struct policy policy;
	policy_init(&policy);
	assert_int_equal(policy_set(&policy, false, "7", NULL), 0);
	assert_int_equal(policy_set(&policy, false, "7x", NULL), -EINVAL);
	enum metric_id metric = find_metric("foreign_logins");
	assert_string_equal(policy.thresholds[metric].warning_text, "7");
	assert_int_equal(policy_judge(&policy, metric, 7), STATE_OK);
	assert_int_equal(policy_judge(&policy, metric, 8), STATE_WARNING);
	policy_release(&policy);
}

static void the_text_of_a_range_is_what_was_given(void **state)
{
	(void)state;
	struct policy policy;
	policy_init(&policy);
	assert_int_equal(policy_set(&policy, true, "log_age=@10:20", NULL), 0);
	assert_int_equal(policy_set(&policy, false, "03", NULL), 0);
	assert_string_equal(policy.thresholds[find_metric("log_age")].critical_text, "@10:20");
	assert_string_equal(policy.thresholds[find_metric("foreign_logins")].warning_text, "03");
	policy_release(&policy);
}

static void releasing_twice_is_harmless(void **state)
{
	(void)state;
	struct policy policy;
	policy_init(&policy);
	policy_release(&policy);
	policy_release(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_metric_has_a_name_of_its_own),
		cmocka_unit_test(a_metric_name_is_a_safe_perfdata_label),
		cmocka_unit_test(what_nobody_counted_is_unknown),
		cmocka_unit_test(a_threshold_that_was_given_is_told_from_the_default),
		cmocka_unit_test(only_the_defaults_of_the_design_alert),
		cmocka_unit_test(a_value_gets_the_worst_state_that_its_thresholds_give),
		cmocka_unit_test(a_wrong_threshold_is_refused_with_a_reason),
		cmocka_unit_test(a_refused_threshold_leaves_the_earlier_one),
		cmocka_unit_test(the_text_of_a_range_is_what_was_given),
		cmocka_unit_test(releasing_twice_is_harmless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
