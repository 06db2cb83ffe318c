/* test_file_position.c - unit tests of plugin/source/file_position.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/slice.h"
#include "plugin/source/file_position.h"

static const struct file_position small = {
	.is_known = true, .device = 0xfd00, .inode = 1, .read_sec = -5, .path = "/var/log/mail.log"
};

static struct file_position largest(void)
{
	struct file_position position = { .is_known = true,
		                          .device = UINT64_MAX,
		                          .inode = UINT64_MAX,
		                          .head_hash = UINT64_MAX,
		                          .head_length = FILE_HASHED_BYTES,
		                          .tail_hash = UINT64_MAX,
		                          .tail_length = FILE_HASHED_BYTES,
		                          .offset = INT64_MAX,
		                          .read_sec = -INT64_MAX / 4 };
	memset(position.path, '\n', sizeof position.path - 1);
	return position;
}

static void expect_same(const struct file_position *a, const struct file_position *b)
{
	assert_true(a->is_known == b->is_known && a->device == b->device && a->inode == b->inode);
	assert_true(a->head_hash == b->head_hash && a->head_length == b->head_length);
	assert_true(a->tail_hash == b->tail_hash && a->tail_length == b->tail_length);
	assert_true(a->offset == b->offset && a->read_sec == b->read_sec);
	assert_string_equal(a->path, b->path);
}

static void expect_kept(const struct file_positions *positions)
{
	struct log_position text;
	struct file_positions found;
	file_positions_write(&text, positions);
	assert_true(text.is_known);
	assert_int_equal(text.newest_sec, positions->now.newest_sec);
	assert_int_equal(text.read_sec, positions->now.read_sec);
	assert_int_equal(file_positions_read(&found, &text), 1);
	expect_same(&found.now, &positions->now);
	assert_int_equal(found.now.newest_sec, positions->now.newest_sec);
	expect_same(&found.before, &positions->before);
}

static void what_is_written_is_read_again(void **state)
{
	(void)state;
	expect_kept(&(struct file_positions){ .now = small });
	expect_kept(&(struct file_positions){ .now = small, .before = small });
	expect_kept(&(struct file_positions){ .now = largest() });
	expect_kept(&(struct file_positions){ .now = largest(), .before = largest() });
	struct file_positions timed = { .now = small, .before = largest() };
	timed.now.newest_sec = 17;
	timed.now.path[0] = '\0';
	expect_kept(&timed);
}

static void never_read_is_no_text(void **state)
{
	(void)state;
	struct log_position text;
	struct file_positions found = { .now = small };
	file_positions_write(&text, &(struct file_positions){ .before = small });
	assert_false(text.is_known);
	assert_int_equal(text.length, 0);
	assert_int_equal(file_positions_read(&found, &text), 0);
	assert_true(found.now.is_known);
}

static struct log_position position_of(const char *text, size_t length)
{
	struct log_position position = { .is_known = true, .length = length };
	memcpy(position.text, text, length);
	return position;
}

#define LINE "fd00 1 3 a 2 b 9 -5 2 /a\n"

static void other_texts_are_refused(void **state)
{
	const struct slice texts[] = {
		SLICE_LITERAL(""),
		SLICE_LITERAL("\n"),
		SLICE_LITERAL("fd00"),
		SLICE_LITERAL("fd00 1 3 a 2 b 9 -5 2 /a"),     /* no end */
		SLICE_LITERAL("fd00 1 3 a 2 b 9 -5 2 /a\n\n"), /* more behind it */
		SLICE_LITERAL(LINE LINE LINE),                 /* one file too many */
		SLICE_LITERAL(LINE "fd00"),                    /* the second isn't whole */
		SLICE_LITERAL(" fd00 1 3 a 2 b 9 -5 2 /a\n"),  /* blanks */
		SLICE_LITERAL("fd00  1 3 a 2 b 9 -5 2 /a\n"),
		SLICE_LITERAL("fd00 1 3 a 2 b 9 -5\t2 /a\n"),
		SLICE_LITERAL("FD00 1 3 a 2 b 9 -5 2 /a\n"), /* digits */
		SLICE_LITERAL("0fd00 1 3 a 2 b 9 -5 2 /a\n"),
		SLICE_LITERAL("fd00 1 03 a 2 b 9 -5 2 /a\n"),
		SLICE_LITERAL("fd00 1 a a 2 b 9 -5 2 /a\n"),
		SLICE_LITERAL("0xfd00 1 3 a 2 b 9 -5 2 /a\n"),
		SLICE_LITERAL("fd00 1 3 a 2 b +9 -5 2 /a\n"),
		SLICE_LITERAL("fd00 1 3 a 2 b 9 -0 2 /a\n"),
		SLICE_LITERAL("fd00 1 3 a 2 b 9 --5 2 /a\n"),
		SLICE_LITERAL("-fd00 1 3 a 2 b 9 -5 2 /a\n"), /* ranges */
		SLICE_LITERAL("10000000000000000 1 3 a 2 b 9 -5 2 /a\n"),
		SLICE_LITERAL("fd00 1 257 a 2 b 9 -5 2 /a\n"),
		SLICE_LITERAL("fd00 1 3 a -2 b 9 -5 2 /a\n"),
		SLICE_LITERAL("fd00 1 3 a 2 b 9223372036854775808 -5 2 /a\n"),
		SLICE_LITERAL("fd00 1 3 a 2 b 9 2305843009213693952 2 /a\n"),
		SLICE_LITERAL("fd00 1 3 a 2 b 9 99999999999999999999999 2 /a\n"),
		SLICE_LITERAL("fd00 1 3 a 2 b 9 -5 1024 /a\n"), /* paths */
		SLICE_LITERAL("fd00 1 3 a 2 b 9 -5 3 /a\n"),
		SLICE_LITERAL("fd00 1 3 a 2 b 9 -5 1 /a\n"),
		SLICE_LITERAL("fd00 1 3 a 2 b 9 -5 2 /\0\n"),
		SLICE_LITERAL("fd00 1 3 a 2 b 9 -5  /a\n"),
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct log_position position = position_of(texts[i].data, texts[i].length);
		struct file_positions found = { .now = { .inode = 4711 } };
		if (file_positions_read(&found, &position) != -EILSEQ || found.now.inode != 4711)
			fail_msg("not refused: %s", texts[i].data);
	}
	struct log_position whole = position_of(LINE LINE, strlen(LINE LINE));
	struct file_positions found;
	assert_int_equal(file_positions_read(&found, &whole), 1);
}

/* No front of a text, and none with one byte changed, is read as another text's. */
static void damage_of_a_text_is_refused_or_written_again(void **state)
{
	(void)state;
	struct log_position whole;
	file_positions_write(&whole, &(struct file_positions){ .now = small, .before = small });
	for (size_t i = 0; i < whole.length; i++) {
		struct log_position damaged = whole, again;
		struct file_positions found;
		damaged.length = i;
		if (file_positions_read(&found, &damaged) > 0)
			assert_int_equal(i, whole.length / 2); /* the first line alone */
		for (int byte = 0; byte < 256; byte++) {
			damaged = whole;
			damaged.text[i] = (char)byte;
			if (file_positions_read(&found, &damaged) <= 0)
				continue;
			file_positions_write(&again, &found);
			assert_int_equal(again.length, damaged.length);
			assert_memory_equal(again.text, damaged.text, again.length);
		}
	}
	whole.length = sizeof whole.text + 1;
	struct file_positions found;
	assert_int_equal(file_positions_read(&found, &whole), -EILSEQ);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(never_read_is_no_text),
		cmocka_unit_test(other_texts_are_refused),
		cmocka_unit_test(damage_of_a_text_is_refused_or_written_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
