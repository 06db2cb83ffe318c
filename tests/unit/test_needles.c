/* test_needles.c - unit tests of common/needles.c, with memmem(3) as the truth
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/needles.h"
#include "common/xalloc.h"

#define RANDOM_CASES 100000
#define RANDOM_TEXTS_MOST 12
#define RANDOM_LENGTH_MOST 60

static const struct slice logins[] = {
	{ ", sasl_username=", 16 },    { "Login: user=", 12 }, { "Logged in: user=", 16 },
	{ "tarted proxying to ", 19 }, { " P=esmtpa", 9 },     { "AUTH=server, relay=", 19 },
	{ " User logged in", 15 },     { "newmsg,id=", 10 },   { "auth.success", 12 },
};

static void needles_freep(struct needles **needles)
{
	needles_free(*needles);
}

/* In a copy of exact size, so that a sanitizer sees a read beyond the end. */
static uint32_t find(const struct needles *needles, struct slice haystack, const uint32_t *marks)
{
	char *copy CLEANUP(xalloc_freep) = malloc(haystack.length ? haystack.length : 1);
	assert_non_null(copy);
	if (haystack.length)
		memcpy(copy, haystack.data, haystack.length);
	return needles_find(needles, slice_make(copy, haystack.length), marks);
}

/* Is any of the texts there? */
static bool matches(const struct needles *needles, struct slice haystack)
{
	uint32_t marks[NEEDLES_MAX];
	for (size_t i = 0; i < NEEDLES_MAX; i++)
		marks[i] = 1;
	return find(needles, haystack, marks);
}

static uint32_t find_slowly(const struct slice *texts, size_t count, struct slice haystack,
                            const uint32_t *marks)
{
	uint32_t found = 0;
	for (size_t i = 0; i < count; i++)
		if (memmem(haystack.data, haystack.length, texts[i].data, texts[i].length))
			found |= marks[i];
	return found;
}

/* A mark for each text, of which no test here has more but one. */
static const uint32_t bits[RANDOM_TEXTS_MOST] = {
	1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048
};

static void each_text_is_found_wherever_it_stands(void **state)
{
	(void)state;
	struct needles *needles CLEANUP(needles_freep) = needles_new(logins, ARRAY_SIZE(logins));
	for (size_t i = 0; i < ARRAY_SIZE(logins); i++) {
		for (size_t before = 0; before < 70; before++) {
			char line[200];
			memset(line, '.', sizeof line);
			memcpy(line + before, logins[i].data, logins[i].length);
			size_t end = before + logins[i].length;
			assert_true(matches(needles, slice_make(line, end)));
			assert_true(matches(needles, slice_make(line, end + 70)));
			assert_false(matches(needles, slice_make(line, end - 1)));
			line[end - 1] = '.';
			assert_false(matches(needles, slice_make(line, end + 70)));
		}
	}
}

static void beginnings_and_ends_do_not_make_a_text(void **state)
{
	(void)state;
	struct needles *needles CLEANUP(needles_freep) = needles_new(logins, ARRAY_SIZE(logins));
	for (size_t i = 0; i < ARRAY_SIZE(logins); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(logins); j++) {
			char line[100];
			memcpy(line, logins[i].data, logins[i].length - 1);
			memcpy(line + logins[i].length - 1, logins[j].data + 1,
			       logins[j].length - 1);
			struct slice text = slice_make(line,
			                               logins[i].length + logins[j].length - 2);
			assert_int_equal(find(needles, text, bits),
			                 find_slowly(logins, ARRAY_SIZE(logins), text, bits));
		}
	}
}

static void a_text_within_another_is_found(void **state)
{
	(void)state;
	static const struct slice texts[] = { { "abcabcabd", 9 }, { "bca", 3 }, { "abdab", 5 } };
	struct needles *needles CLEANUP(needles_freep) = needles_new(texts, ARRAY_SIZE(texts));
	assert_true(matches(needles, SLICE_LITERAL("abca")));
	assert_true(matches(needles, SLICE_LITERAL("ababdab")));
	assert_true(matches(needles, SLICE_LITERAL("aabcabcabd")));
	assert_int_equal(find(needles, SLICE_LITERAL("abcabcabdab"), bits), 7);
	assert_false(matches(needles, SLICE_LITERAL("abcbcbabdba")));
}

static void without_texts_or_bytes_nothing_is_found(void **state)
{
	(void)state;
	static const struct slice pair[] = { { "ab", 2 } };
	struct needles *none CLEANUP(needles_freep) = needles_new(NULL, 0);
	struct needles *one CLEANUP(needles_freep) = needles_new(pair, 1);
	assert_false(needles_find(none, SLICE_LITERAL("abc"), NULL));
	assert_false(needles_find(none, (struct slice){ 0 }, NULL));
	assert_false(needles_find(one, (struct slice){ 0 }, bits));
	assert_false(matches(one, SLICE_LITERAL("")));
	assert_false(matches(one, SLICE_LITERAL("a")));
	assert_false(matches(one, SLICE_LITERAL("b")));
	assert_true(matches(one, SLICE_LITERAL("ab")));
}

static void every_byte_can_be_in_a_text(void **state)
{
	(void)state;
	for (int byte = 0; byte <= UCHAR_MAX; byte++) {
		const char bytes[3] = { (char)byte, (char)(UCHAR_MAX - byte), (char)byte };
		const struct slice text = { bytes, 3 };
		struct needles *needles CLEANUP(needles_freep) = needles_new(&text, 1);
		char line[9] = { 1, 2, 3, bytes[0], bytes[1], bytes[2], 4, 5, 6 };
		assert_true(matches(needles, slice_make(line, sizeof line)));
		assert_true(matches(needles, slice_make(line, 6)));
		assert_false(matches(needles, slice_make(line, 5)));
	}
}

static void the_longest_texts_and_the_most_of_them_are_found(void **state)
{
	(void)state;
	static char bytes[NEEDLES_MAX][1000];
	struct slice texts[NEEDLES_MAX];
	for (size_t i = 0; i < NEEDLES_MAX; i++) {
		memset(bytes[i], 'a', sizeof bytes[i]);
		bytes[i][sizeof bytes[i] - 1] = (char)(128 + i);
		texts[i] = slice_make(bytes[i], sizeof bytes[i]);
	}
	struct needles *needles CLEANUP(needles_freep) = needles_new(texts, NEEDLES_MAX);
	for (size_t i = 0; i < NEEDLES_MAX; i++)
		assert_true(matches(needles, texts[i]));
	char other[1000];
	memset(other, 'a', sizeof other);
	assert_false(matches(needles, slice_make(other, sizeof other)));
}

/* xorshift, so that each run has the same cases. */
static uint64_t next_random(void)
{
	static uint64_t value = UINT64_C(0x2545f4914f6cdd1d);
	value ^= value << 13;
	value ^= value >> 7;
	value ^= value << 17;
	return value;
}

/* Few letters, so that a lot is found, and nearly found. */
static struct slice random_text(char *room, size_t least, size_t most)
{
	size_t length = least + next_random() % (most - least + 1);
	for (size_t i = 0; i < length; i++)
		room[i] = (char)('a' + next_random() % 3);
	return slice_make(room, length);
}

static void random_texts_are_found_as_memmem_finds_them(void **state)
{
	(void)state;
	char rooms[RANDOM_TEXTS_MOST][12], line[RANDOM_LENGTH_MOST];
	struct slice texts[RANDOM_TEXTS_MOST];
	int found = 0;
	for (int i = 0; i < RANDOM_CASES / 100; i++) {
		size_t count = 1 + next_random() % RANDOM_TEXTS_MOST;
		for (size_t j = 0; j < count; j++)
			texts[j] = random_text(rooms[j], 4, sizeof rooms[j]);
		struct needles *needles CLEANUP(needles_freep) = needles_new(texts, count);
		for (int j = 0; j < 100; j++) {
			struct slice haystack = random_text(line, 0, sizeof line);
			uint32_t there = find_slowly(texts, count, haystack, bits);
			assert_int_equal(find(needles, haystack, bits), there);
			found += there != 0;
		}
	}
	assert_in_range(found, RANDOM_CASES / 10, RANDOM_CASES - RANDOM_CASES / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_text_is_found_wherever_it_stands),
		cmocka_unit_test(beginnings_and_ends_do_not_make_a_text),
		cmocka_unit_test(a_text_within_another_is_found),
		cmocka_unit_test(without_texts_or_bytes_nothing_is_found),
		cmocka_unit_test(every_byte_can_be_in_a_text),
		cmocka_unit_test(the_longest_texts_and_the_most_of_them_are_found),
		cmocka_unit_test(random_texts_are_found_as_memmem_finds_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
