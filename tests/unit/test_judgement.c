/* test_judgement.c - what a login is to the administrator
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "plugin/judgement.h"

static void each_login_has_one_standing(void **state)
{
	(void)state;
	static const struct {
		const char *address; /* "" for none */
		char country[3];
		enum standing expected;
	} rows[] = {
		{ "8.8.8.8", "US", STANDING_HOME },
		{ "8.8.4.4", "CA", STANDING_HOME },
		{ "77.88.8.8", "RU", STANDING_FOREIGN },
		{ "9.9.9.9", "", STANDING_UNLOCATED },
		{ "9.9.9.9", "??", STANDING_UNLOCATED },
		{ "9.9.9.9", "us", STANDING_UNLOCATED },
		{ "", "", STANDING_UNLOCATED },
		/* wherever they are */
		{ "198.41.0.4", "RU", STANDING_TRUSTED },
		{ "198.41.0.4", "US", STANDING_TRUSTED },
		{ "198.41.0.4", "", STANDING_TRUSTED },
		{ "2001:500:200::b", "NL", STANDING_TRUSTED },
		{ "198.41.1.4", "NL", STANDING_FOREIGN },
	};
	struct ipprefix trusted[2];
	assert_true(ipprefix_parse(&trusted[0], SLICE_LITERAL("198.41.0.0/24")));
	assert_true(ipprefix_parse(&trusted[1], SLICE_LITERAL("2001:500:200::/48")));
	struct judgement judgement = { .trusted = trusted, .trusted_count = ARRAY_SIZE(trusted) };
	country_set_add(&judgement.home, "US");
	country_set_add(&judgement.home, "CA");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ipaddr address;
		bool has_address = ipaddr_parse(&address, slice_string(rows[i].address));
		enum standing standing = judgement_of(&judgement, has_address ? &address : NULL,
		                                      rows[i].country);
		if (standing != rows[i].expected)
			fail_msg("%s in \"%s\" is %d, not %d", rows[i].address, rows[i].country,
			         (int)standing, (int)rows[i].expected);
	}
}

static void without_a_home_everything_with_a_country_is_foreign(void **state)
{
	(void)state;
	const struct judgement judgement = { .trusted = NULL };
	const char nowhere[3] = "";
	assert_int_equal(judgement_of(&judgement, NULL, "US"), STANDING_FOREIGN);
	assert_int_equal(judgement_of(&judgement, NULL, nowhere), STANDING_UNLOCATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_login_has_one_standing),
		cmocka_unit_test(without_a_home_everything_with_a_country_is_foreign),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
