/* test_options.c - unit tests of plugin/options.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/numparse.h"
#include "plugin/options.h"
#include "plugin/report.h"

#define CLOCK_SEC INT64_C(1393323600) /* 2014-02-25T10:20:00Z */
#define ARGUMENTS_MAX 10

static char program_name[] = "check_mail_geo";

/* The arguments after the program's name, up to the first NULL. */
static int parse(struct options *options, const char *const *given, struct strbuf *why)
{
	static char copies[ARGUMENTS_MAX][200];
	static char *argv[ARGUMENTS_MAX + 2];
	int argc = 0;
	argv[argc++] = program_name;
	for (size_t i = 0; i < ARGUMENTS_MAX && given[i]; i++) {
		snprintf(copies[i], sizeof copies[i], "%s", given[i]);
		argv[argc++] = copies[i];
	}
	argv[argc] = NULL;
	return options_parse(options, argc, argv, CLOCK_SEC, why);
}

/* Arguments as in ARGUMENTS("-v", "x"). */
#define ARGUMENTS(...) ((const char *const[ARGUMENTS_MAX]){ __VA_ARGS__, NULL })

static struct options parsed(const char *const *given)
{
	struct options options;
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	assert_int_equal(parse(&options, given, &why), 0);
	assert_string_equal(strbuf_text(&why), "");
	return options;
}

static void assert_refused(const char *const *given, const char *reason)
{
	struct options options;
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	assert_int_equal(parse(&options, given, &why), -EINVAL);
	options_release(&options);
	if (!strstr(strbuf_text(&why), reason))
		fail_msg("\"%s\" is not in \"%s\"", reason, strbuf_text(&why));
}

static void only_home_is_needed(void **state)
{
	(void)state;
	struct options options = parsed(ARGUMENTS("--home=US"));
	assert_int_equal(country_set_count(&options.home), 1);
	assert_true(country_set_has(&options.home, "US"));
	assert_int_equal(options.log_count, 0);
	assert_int_equal(options.window_sec, 15 * 60);
	assert_true(options.formats == LOGFORMAT_ALL);
	assert_null(options.state);
	assert_false(options.no_state);
	assert_int_equal(options.now_sec, CLOCK_SEC);
	assert_int_equal(options.trusted_count, 0);
	assert_string_equal(options.geo, "auto");
	assert_int_equal(options.verbosity, 0);
	assert_int_equal(options.timeout_sec, 10);
	assert_int_equal(options.timeout_state, STATE_UNKNOWN);
	options_release(&options);
	assert_refused(ARGUMENTS(NULL), "--home is missing");
	assert_refused(ARGUMENTS("-v", "mail.log"), "--home is missing");
}

static void help_and_version_need_nothing(void **state)
{
	(void)state;
	static const char *const helps[] = { "-h", "--help", "--he" };
	static const char *const versions[] = { "-V", "--version" };
	for (size_t i = 0; i < ARRAY_SIZE(helps); i++) {
		struct options options = parsed(ARGUMENTS(helps[i]));
		assert_true(options.wants_help);
		options_release(&options);
	}
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		struct options options = parsed(ARGUMENTS(versions[i], "-v"));
		assert_true(options.wants_version);
		assert_int_equal(options.verbosity, 1);
		options_release(&options);
	}
}

static void homes_are_gathered_in_upper_case(void **state)
{
	(void)state;
	struct options options = parsed(ARGUMENTS("--home=us,De", "--home", "gb"));
	assert_int_equal(country_set_count(&options.home), 3);
	assert_true(country_set_has(&options.home, "US"));
	assert_true(country_set_has(&options.home, "DE"));
	assert_true(country_set_has(&options.home, "GB"));
	options_release(&options);
}

static void logs_come_from_anywhere_in_order(void **state)
{
	(void)state;
	struct options options = parsed(
		ARGUMENTS("c", "-l", "a", "--home=US", "d", "--log=b", "--", "-e"));
	static const char *const names[] = { "a", "b", "c", "d", "-e" };
	assert_int_equal(options.log_count, ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(options.logs[i], names[i]);
	options_release(&options);
}

static void networks_are_gathered(void **state)
{
	(void)state;
	struct options options = parsed(ARGUMENTS("--home=US", "--trust=192.0.2.0/24,2001:db8::/32",
	                                          "--trust=203.0.113.9"));
	static const char *const inside[] = { "192.0.2.77", "2001:db8::1", "203.0.113.9" };
	assert_int_equal(options.trusted_count, ARRAY_SIZE(inside));
	for (size_t i = 0; i < ARRAY_SIZE(inside); i++) {
		struct ipaddr address;
		assert_true(ipaddr_parse(&address, slice_string(inside[i])));
		assert_true(ipprefix_contains(&options.trusted[i], &address));
	}
	options_release(&options);
}

static void windows_are_durations(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t sec;
	} rows[] = {
		{ "1", 60 },    { "15", 900 },    { "90s", 90 },     { "15m", 900 },
		{ "2h", 7200 }, { "3d", 259200 }, { "4w", 2419200 }, { "all", NUMPARSE_ALL_SEC },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options options = parsed(ARGUMENTS("--home=US", "-m", rows[i].text));
		assert_int_equal(options.window_sec, rows[i].sec);
		options_release(&options);
	}
}

static void a_timeout_may_have_a_state(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t sec;
		enum state state;
	} rows[] = {
		{ "1", 1, STATE_UNKNOWN },
		{ "3600", 3600, STATE_UNKNOWN },
		{ "20:CRITICAL", 20, STATE_CRITICAL },
		{ "20:warning", 20, STATE_WARNING },
		{ "20:0", 20, STATE_OK },
		{ "20:3", 20, STATE_UNKNOWN },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options options = parsed(ARGUMENTS("--home=US", "-t", rows[i].text));
		assert_int_equal(options.timeout_sec, rows[i].sec);
		assert_int_equal(options.timeout_state, rows[i].state);
		options_release(&options);
	}
}

static void now_can_be_any_time(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"2014-02-25T10:20:01Z",
		"2014-02-25 10:20:01Z",
		"2014-02-25T11:20:01+01:00",
		"@1393323601",
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct options options = parsed(ARGUMENTS("--home=US", "--at", texts[i]));
		assert_int_equal(options.now_sec, CLOCK_SEC + 1);
		options_release(&options);
	}
}

/* The place of the metric called NAME in the table. */
static size_t find_metric(const char *name)
{
	size_t i = 0;
	while (i < METRIC_COUNT && strcmp(metrics[i].name, name) != 0)
		i++;
	assert_true(i < METRIC_COUNT);
	return i;
}

static void thresholds_reach_the_policy(void **state)
{
	(void)state;
	struct options options = parsed(
		ARGUMENTS("--home=US", "-w", "7", "-c", "logins=9", "--warning=log_age=600"));
	const struct threshold *thresholds = options.policy.thresholds;
	assert_string_equal(thresholds[find_metric("foreign_logins")].warning_text, "7");
	assert_string_equal(thresholds[find_metric("logins")].critical_text, "9");
	assert_string_equal(thresholds[find_metric("log_age")].warning_text, "600");
	assert_string_equal(thresholds[find_metric("user_countries")].critical_text, "2");
	options_release(&options);
}

static void verbosity_ends_at_three(void **state)
{
	(void)state;
	struct options options = parsed(ARGUMENTS("--home=US", "-vvvvv", "-v"));
	assert_int_equal(options.verbosity, 3);
	options_release(&options);
}

static void what_is_wrong_is_refused_with_its_option(void **state)
{
	(void)state;
	static const struct {
		const char *arguments[ARGUMENTS_MAX];
		const char *reason;
	} rows[] = {
		{ { "--home=XX" }, "--home=XX: \"XX\" is no country code" },
		{ { "--home=" }, "is no country code" },
		{ { "--home=US," }, "is no country code" },
		{ { "--home=USA" }, "is no country code" },
		{ { "--home=\xc3\x9c" }, "is no country code" },
		{ { "-m", "0" }, "--window=0: " },
		{ { "-m", "3661d" }, "--window=3661d: " },
		{ { "-t", "3601" }, "--timeout=3601: " },
		{ { "-t", "5:" }, "--timeout=5:: " },
		{ { "-w", "x" }, "--warning=x: " },
		{ { "-c", "nope=1" }, "--critical=nope=1: there is no metric" },
		{ { "-f", "nope" }, "--format=nope: there is no log format" },
		{ { "-g", "nope" }, "--geo=nope: " },
		{ { "--at=now" }, "--at=now: " },
		{ { "--trust=10.0.0.1/8" }, "--trust=10.0.0.1/8: " },
		{ { "--state=" }, "--state=: " },
		{ { "" }, "the name of the log is empty" },
		{ { "--home=US", "--state=x", "--no-state" }, "contradict each other" },
		{ { "--nope" }, "\"--nope\"" },
		{ { "--nope=1" }, "\"--nope=1\"" },
		{ { "-v", "-Z" }, "\"-Z\"" },
		{ { "-vZ" }, "\"-Z\"" },
		{ { "-w" }, "--warning needs a value" },
		{ { "--state" }, "--state needs a value" },
		{ { "--verbose=2" }, "--verbose takes no value" },
		{ { "--h" }, "\"--h\"" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_refused(rows[i].arguments, rows[i].reason);
}

/* Whoever mistypes reads what must be, and what he likely meant. */
static void what_was_likely_meant_is_told(void **state)
{
	(void)state;
	static const struct {
		const char *arguments[ARGUMENTS_MAX];
		const char *why;
	} rows[] = {
		{ { "--home=USA" },
		  "--home=USA: \"USA\" is no country code of ISO 3166-1 (two letters: US, DE, GB); "
		  "United States is US" },
		{ { "--home=uk" },
		  "--home=uk: \"uk\" is no country code of ISO 3166-1 (two letters: US, DE, GB); "
		  "United Kingdom is GB" },
		{ { "--home=US,Germany" },
		  "--home=US,Germany: \"Germany\" is no country code of ISO 3166-1 (two letters: "
		  "US, DE, GB); Germany is DE" },
		{ { "-w", "foreign_login=3" },
		  "--warning=foreign_login=3: there is no metric \"foreign_login\"; did you mean "
		  "foreign_logins?; known: logins" },
		{ { "-w", "foreign_logins:5" },
		  "--warning=foreign_logins:5: must be METRIC=RANGE: foreign_logins=5" },
		{ { "-w", "foreign_logins:5:10" },
		  "--warning=foreign_logins:5:10: must be METRIC=RANGE: foreign_logins=5:10" },
		{ { "-c", "login:5" }, "--critical=login:5: must be METRIC=RANGE: logins=5" },
		{ { "-c", "logins" }, "--critical=logins: must be METRIC=RANGE: logins=RANGE" },
		{ { "-f", "postfx" },
		  "--format=postfx: there is no log format \"postfx\"; did you mean postfix?; "
		  "known: " },
		{ { "--windw=5" }, "there is no option \"--windw=5\"; did you mean --window?" },
		{ { "--no_state" }, "there is no option \"--no_state\"; did you mean --no-state?" },
		{ { "-H", "mail" }, "there is no option \"-H\"" },
		{ { "--h" },
		  "there is more than one option that begins with \"--h\": --home, --help" },
		{ { "--nope" }, "there is no option \"--nope\"" },
		{ { "-m", "0" },
		  "--window=0: must be a number of minutes, or 90s, 15m, 2h, 3d, 4w, all" },
		{ { "-t", "0" }, "--timeout=0: must be SECONDS or SECONDS:STATE" },
		{ { "--at=yesterday" },
		  "--at=yesterday: must be a time like 2014-02-25T10:20:00Z" },
		{ { "--resolver=localhost" }, "--resolver=localhost: must be an address" },
		{ { "--dnsbl-address=1" }, "--dnsbl-address=1: must be an address" },
		{ { "--dnsbl-interval=0" }, "--dnsbl-interval=0: must be a duration" },
		{ { "--geo-cache=1h" }, "--geo-cache=1h: must be a duration of a day or more" },
		{ { "-o", "xml" }, "--output=xml: must be text or json" },
		{ { "--log-timezone=Nowhere" },
		  "--log-timezone=Nowhere: must be a time zone that this machine knows" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options options;
		struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		assert_int_equal(parse(&options, rows[i].arguments, &why), -EINVAL);
		options_release(&options);
		if (strncmp(strbuf_text(&why), rows[i].why, strlen(rows[i].why)) != 0)
			fail_msg("\"%s\" and not \"%s\"", strbuf_text(&why), rows[i].why);
	}
}

/* A reason that ends with what was meant isn't one of something else. */
static void what_means_nothing_gets_no_guess(void **state)
{
	(void)state;
	static const char *const values[] = { "--home=XX",   "--home=EU",     "--warning=nope=1",
		                              "--warning=x", "--format=nope", "--nope",
		                              "--critical=:" };
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct options options;
		struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		assert_int_equal(parse(&options, ARGUMENTS(values[i]), &why), -EINVAL);
		options_release(&options);
		if (strstr(strbuf_text(&why), "did you mean") || strstr(strbuf_text(&why), "); "))
			fail_msg("\"%s\"", strbuf_text(&why));
	}
}

static void a_hostile_value_is_never_echoed_as_it_is(void **state)
{
	(void)state;
	static const char *const values[] = { "--home=<|",    "--window=<|",    "--at=<|",
		                              "--trust=<|",   "--format=<|",    "--geo=<|",
		                              "--timeout=<|", "--warning=<|=1", "--warning=<|",
		                              "--<|\x1b" };
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct options options;
		struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		assert_int_equal(parse(&options, ARGUMENTS(values[i]), &why), -EINVAL);
		options_release(&options);
		if (strpbrk(strbuf_text(&why), "<|\x1b"))
			fail_msg("\"%s\"", strbuf_text(&why));
	}
}

static void a_fault_is_told_in_the_form_that_was_asked_for_wherever_that_stands(void **state)
{
	(void)state;
	static const char *const rows[][5] = {
		{ "--output=json", "--home=XX" },
		{ "--home=XX", "--output=json" },
		{ "--nonsense", "-ojson" },
		{ "--home=XX", "log", "--output", "json" },
		{ "--output=json" }, /* --home is missing */
		{ "--output=xml", "--output=json" },
		{ "--extra-opts=none@/nonexistent", "--output=json" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options options;
		struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		assert_true(parse(&options,
		                  ARGUMENTS(rows[i][0], rows[i][1], rows[i][2], rows[i][3]),
		                  &why) < 0);
		if (options.writer != &report_writer_json)
			fail_msg("row %zu is told as text: %s", i, strbuf_text(&why));
		options_release(&options);
	}
}

static void no_list_grows_without_end(void **state)
{
	(void)state;
	static char logs[OPTIONS_LOGS_MAX + 1][4];
	static char *argv[OPTIONS_LOGS_MAX + 4];
	struct options options;
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	int argc = 0;
	argv[argc++] = program_name;
	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		snprintf(logs[i], sizeof logs[i], "log");
		argv[argc++] = logs[i];
	}
	assert_int_equal(options_parse(&options, argc, argv, CLOCK_SEC, &why), -EINVAL);
	assert_non_null(strstr(strbuf_text(&why), "more than 10000 logs"));
	options_release(&options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_home_is_needed),
		cmocka_unit_test(help_and_version_need_nothing),
		cmocka_unit_test(homes_are_gathered_in_upper_case),
		cmocka_unit_test(logs_come_from_anywhere_in_order),
		cmocka_unit_test(networks_are_gathered),
		cmocka_unit_test(windows_are_durations),
		cmocka_unit_test(a_timeout_may_have_a_state),
		cmocka_unit_test(now_can_be_any_time),
		cmocka_unit_test(thresholds_reach_the_policy),
		cmocka_unit_test(verbosity_ends_at_three),
		cmocka_unit_test(what_is_wrong_is_refused_with_its_option),
		cmocka_unit_test(what_was_likely_meant_is_told),
		cmocka_unit_test(what_means_nothing_gets_no_guess),
		cmocka_unit_test(a_hostile_value_is_never_echoed_as_it_is),
		cmocka_unit_test(
			a_fault_is_told_in_the_form_that_was_asked_for_wherever_that_stands),
		cmocka_unit_test(no_list_grows_without_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
