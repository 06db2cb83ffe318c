/* test_country.c - unit tests of common/country.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/country.h"

#define COUNTRIES 250 /* 249 in ISO 3166-1, and XK */

static void an_everyday_name_is_found(void **state)
{
	(void)state;
	static const char *const names[][2] = {
		{ "AD", "Andorra" },        { "ZW", "Zimbabwe" }, { "DE", "Germany" },
		{ "RU", "Russia" },         { "TR", "Turkey" },   { "CI", "Ivory Coast" },
		{ "KR", "South Korea" },    { "CZ", "Czechia" },  { "US", "United States" },
		{ "GB", "United Kingdom" }, { "XK", "Kosovo" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char code[3] = { names[i][0][0], names[i][0][1], '\0' };
		assert_string_equal(country_name(code), names[i][1]);
		assert_true(country_is_code(code));
	}
}

/* A binary search finds each of the rows (their number is asserted where the table is) only if they
 * are sorted. */
static void every_row_is_found_so_the_table_is_sorted(void **state)
{
	(void)state;
	size_t found = 0;
	for (char first = 'A'; first <= 'Z'; first++) {
		for (char second = 'A'; second <= 'Z'; second++) {
			const char code[3] = { first, second, '\0' };
			found += country_name(code) != NULL;
		}
	}
	assert_int_equal(found, COUNTRIES);
}

static void names_are_plain_ascii_and_not_empty(void **state)
{
	(void)state;
	for (int i = 0; i < 26 * 26; i++) {
		const char code[3] = { (char)('A' + i / 26), (char)('A' + i % 26), '\0' };
		const char *name = country_name(code);
		assert_true(!name || strlen(name) > 1);
		for (; name && *name; name++)
			assert_true(*name >= ' ' && *name < 0x7f);
	}
}

static void what_is_no_country_has_no_name(void **state)
{
	(void)state;
	static const char codes[][3] = {
		"EU", "AP", "A1", "A2", "A3", "XX", "ZZ", "??", "de",
		"De", "AA", "UK", "SU", "AN", "",   "D",  "  ",
	};
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		assert_null(country_name(codes[i]));
		assert_false(country_is_code(codes[i]));
	}
}

static void a_text_of_another_length_is_no_code(void **state)
{
	(void)state;
	assert_false(country_is_code(NULL));
	assert_false(country_is_code("DEU"));
	assert_false(country_is_code("DE "));
	assert_false(country_is_code(" DE"));
	assert_false(country_is_code("DE,FR"));
}

static void any_two_upper_case_letters_have_a_number(void **state)
{
	(void)state;
	char code[3];
	for (size_t number = 0; number < COUNTRY_NUMBERS; number++) {
		country_code(code, number);
		assert_int_equal(country_number(code), number);
	}
	assert_string_equal(code, "ZZ");
	static const char others[][3] = { "", "D", "de", "D1", "[A", "A@" };
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_int_equal(country_number(others[i]), COUNTRY_NONE);
}

static void a_set_holds_what_was_added_and_nothing_else(void **state)
{
	(void)state;
	struct country_set set = { 0 };
	const char nowhere[3] = "";
	assert_int_equal(country_set_count(&set), 0);
	assert_true(country_set_add(&set, "AA"));
	assert_true(country_set_add(&set, "ZZ"));
	assert_false(country_set_add(&set, "ZZ"));
	assert_false(country_set_add(&set, nowhere));
	assert_int_equal(country_set_count(&set), 2);
	char code[3];
	for (size_t number = 0; number < COUNTRY_NUMBERS; number++) {
		country_code(code, number);
		assert_int_equal(country_set_has(&set, code),
		                 number == 0 || number == COUNTRY_NUMBERS - 1);
	}
	assert_false(country_set_has(&set, nowhere));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_everyday_name_is_found),
		cmocka_unit_test(every_row_is_found_so_the_table_is_sorted),
		cmocka_unit_test(names_are_plain_ascii_and_not_empty),
		cmocka_unit_test(what_is_no_country_has_no_name),
		cmocka_unit_test(a_text_of_another_length_is_no_code),
		cmocka_unit_test(any_two_upper_case_letters_have_a_number),
		cmocka_unit_test(a_set_holds_what_was_added_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
