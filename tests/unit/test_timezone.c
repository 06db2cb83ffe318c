/* test_timezone.c - unit tests of common/timezone.c, and of times in a log's own zone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/timestamp.h"
#include "common/timezone.h"

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
#define NOW_SEC INT64_C(1393322400) /* 2014-02-25 10:00 UTC */

static int64_t time_of(const char *line)
{
	struct slice text = slice_string(line);
	int64_t sec = 0;
	assert_true(timestamp_take(&sec, &text, NOW_SEC));
	return sec;
}

static int use_utc(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	timestamp_set_log_zone(NULL);
	return 0;
}

static void a_rule_is_known_without_a_database(void **state)
{
	(void)state;
	static const char *const known[] = { "UTC",  "UTC0",         "CET-1",
		                             BERLIN, "<+0330>-3:30", "EST5EDT,M3.2.0,M11.1.0",
		                             "EST+5" };
	setenv("TZDIR", "/nonexistent", 1);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!timezone_is_known(known[i]))
			fail_msg("%s is not known", known[i]);
	unsetenv("TZDIR");
}

static void what_the_c_library_would_take_for_utc_is_refused(void **state)
{
	(void)state;
	static const char *const unknown[] = {
		"",   "Berlin",          "Europe/Nowhere", "CET",     "C-1",  "<+1-1",
		"+1", "../zoneinfo/UTC", "/etc/localtime", "Europe/", ":UTC", ".",
	};
	setenv("TZDIR", "/nonexistent", 1);
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		if (timezone_is_known(unknown[i]))
			fail_msg("%s is known", unknown[i]);
	unsetenv("TZDIR");
}

static void a_name_is_looked_up_in_the_zone_database(void **state)
{
	(void)state;
	char directory[] = "/tmp/test_timezone.XXXXXX";
	char path[64], other[64];
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/Here", directory);
	snprintf(other, sizeof other, "%s/README", directory);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("TZif2", file);
	fclose(file);
	file = fopen(other, "w");
	assert_non_null(file);
	fputs("nothing", file);
	fclose(file);
	setenv("TZDIR", directory, 1);
	assert_true(timezone_is_known("Here"));
	assert_false(timezone_is_known("README"));
	assert_false(timezone_is_known("There"));
	unsetenv("TZDIR");
	unlink(path);
	unlink(other);
	rmdir(directory);
}

static void lines_without_a_zone_are_of_the_logs_own(void **state)
{
	(void)state;
	timestamp_set_log_zone(BERLIN);
	assert_int_equal(time_of("Feb 25 10:30:00"), NOW_SEC - 1800);
	assert_int_equal(time_of("2014-02-25 10:30:00"), NOW_SEC - 1800);
	assert_int_equal(time_of("2013-07-01 12:00:00"), INT64_C(1372672800)); /* summer time */
	assert_int_equal(time_of("2014-02-25T10:30:00Z"), NOW_SEC + 1800);
	assert_int_equal(time_of("2014-02-25 10:30:00 +0200"), NOW_SEC - 5400);
}

static void what_is_printed_stays_in_the_zone_of_this_machine(void **state)
{
	(void)state;
	char text[TIMESTAMP_TEXT_ROOM];
	timestamp_set_log_zone(BERLIN);
	(void)time_of("Feb 25 10:30:00");
	assert_string_equal(timestamp_format(NOW_SEC, text), "2014-02-25T10:00:00");
	assert_string_equal(getenv("TZ"), "UTC0");
	unsetenv("TZ");
	(void)time_of("Feb 24 10:30:00");
	assert_null(getenv("TZ"));
}

static void a_change_of_zone_holds_from_the_next_line_on(void **state)
{
	(void)state;
	int64_t here = time_of("Feb 25 10:30:00");
	timestamp_set_log_zone(BERLIN);
	assert_int_equal(time_of("Feb 25 10:30:00"), here - 3600);
	timestamp_set_log_zone(NULL);
	assert_int_equal(time_of("Feb 25 10:30:00"), here);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_is_known_without_a_database),
		cmocka_unit_test(what_the_c_library_would_take_for_utc_is_refused),
		cmocka_unit_test(a_name_is_looked_up_in_the_zone_database),
		cmocka_unit_test_setup(lines_without_a_zone_are_of_the_logs_own, use_utc),
		cmocka_unit_test_setup(what_is_printed_stays_in_the_zone_of_this_machine, use_utc),
		cmocka_unit_test_setup(a_change_of_zone_holds_from_the_next_line_on, use_utc),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
