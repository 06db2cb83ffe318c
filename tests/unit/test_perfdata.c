/* test_perfdata.c - unit tests of common/perfdata.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/perfdata.h"

static void an_item_has_its_fields_up_to_the_last_that_is_set(void **state)
{
	(void)state;
	static const struct {
		struct perfdata item;
		const char *text;
	} rows[] = {
		{ { "logins", true, 3, "", NULL, NULL, NULL }, "logins=3" },
		{ { "logins", true, 3, "", "5", "9", "0" }, "logins=3;5;9;0" },
		{ { "logins", true, 3, "", "5", NULL, NULL }, "logins=3;5" },
		{ { "logins", true, 3, "", NULL, "9", NULL }, "logins=3;;9" },
		{ { "logins", true, 3, "", NULL, NULL, "0" }, "logins=3;;;0" },
		{ { "logins", true, 3, "", "", "", "0" }, "logins=3;;;0" },
		{ { "logins", true, 3, "", "5", "", "" }, "logins=3;5" },
		{ { "logins", true, 3, "", "", "", "" }, "logins=3" },
		{ { "age", true, 90, "s", "~:60", "@10:20", NULL }, "age=90s;~:60;@10:20" },
		{ { "age", true, 90, "s", "~:", NULL, "0" }, "age=90s;;;0" },
		{ { "age", true, 90, "s", "~:", "5", NULL }, "age=90s;;5" },
		{ { "age", true, 90, "s", NULL, "~:", NULL }, "age=90s" },
		{ { "age", false, 90, "s", NULL, NULL, NULL }, "age=U" },
		{ { "age", false, 90, "s", "60", NULL, "0" }, "age=U;60;;0" },
		{ { "age", true, 0, "s", NULL, NULL, NULL }, "age=0s" },
		{ { "skew", true, -5, "s", NULL, NULL, NULL }, "skew=-5s" },
		{ { "most", true, INT64_MAX, "", NULL, NULL, NULL }, "most=9223372036854775807" },
		{ { "least", true, INT64_MIN, "", NULL, NULL, NULL },
		  "least=-9223372036854775808" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(200);
		perfdata_add(&text, &rows[i].item);
		assert_string_equal(strbuf_text(&text), rows[i].text);
	}
}

static void items_are_parted_by_one_blank(void **state)
{
	(void)state;
	static const struct perfdata items[] = {
		{ "logins", true, 3, "", "5", NULL, NULL },
		{ "age", false, 0, "s", NULL, NULL, NULL },
		{ "time", true, 12, "ms", NULL, NULL, "0" },
	};
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(200);
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		perfdata_add(&text, &items[i]);
	assert_string_equal(strbuf_text(&text), "logins=3;5 age=U time=12ms;;;0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_item_has_its_fields_up_to_the_last_that_is_set),
		cmocka_unit_test(items_are_parted_by_one_blank),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
