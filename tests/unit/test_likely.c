/* test_likely.c - unit tests of common/likely.c, and of common/country.c's country_meant()
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/country.h"
#include "common/likely.h"

static void the_nearest_word_is_told(void **state)
{
	(void)state;
	static const char *const known[] = { "logins",  "foreign_logins", "foreign_users",
		                             "log_age", "user",           "use" };
	static const struct {
		const char *typed, *told;
	} rows[] = {
		{ "login", "; did you mean logins?" },
		{ "LOGINS", "; did you mean logins?" },
		{ "lgoins", "; did you mean logins?" },
		{ "foreign_login", "; did you mean foreign_logins?" },
		{ "foreign-logins", "; did you mean foreign_logins?" },
		{ "foreignlogins", "; did you mean foreign_logins?" },
		{ "foreign_usesr", "; did you mean foreign_users?" },
		{ "logage", "; did you mean log_age?" },
		{ "foreign", "" },
		{ "used", "" }, /* as near to "user" as to "use" */
		{ "nope", "" },
		{ "", "" },
		{ "a", "" },
		{ "foreign_loginsforeign_loginsforeign_loginsforeign_logins", "" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		struct likely likely = likely_begin(slice_string(rows[i].typed));
		for (size_t j = 0; j < ARRAY_SIZE(known); j++)
			likely_try(&likely, known[j]);
		likely_tell(&likely, &why, "");
		if (strcmp(strbuf_text(&why), rows[i].told) != 0)
			fail_msg("\"%s\": \"%s\" and not \"%s\"", rows[i].typed, strbuf_text(&why),
			         rows[i].told);
	}
}

static void the_country_that_was_meant_is_known(void **state)
{
	(void)state;
	static const struct {
		const char *text, *code;
	} rows[] = {
		{ "USA", "US" },
		{ "usa", "US" },
		{ "DEU", "DE" },
		{ "GBR", "GB" },
		{ "uk", "GB" },
		{ "UK", "GB" },
		{ "U.K.", "GB" },
		{ "Germany", "DE" },
		{ "germany", "DE" },
		{ "united-states", "US" },
		{ "South Korea", "KR" },
		{ "Czech Republic", "CZ" },
		{ "Guinea-Bissau", "GW" },
		{ "XKX", "XK" },
		{ "Nederland", NULL },
		{ "", NULL },
		{ "XX", NULL },
		{ "EU", NULL },
		{ "U", NULL },
		{ "\xc3\x9c", NULL },
		{ "AND", "AD" },
		{ "ZWE", "ZW" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *code = country_meant(slice_string(rows[i].text));
		if (rows[i].code ? !code || strcmp(code, rows[i].code) != 0 : code != NULL)
			fail_msg("\"%s\" is %s", rows[i].text, code ? code : "none");
	}
	assert_null(country_meant(slice_make("US\0A", 4)));
	assert_null(country_meant((struct slice){ NULL, 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_word_is_told),
		cmocka_unit_test(the_country_that_was_meant_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
