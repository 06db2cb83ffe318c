/* test_worst.c - the longest lines, full of a format's own delimiters, are read, and as what they
 * are
 *
 * What they cost is measured by make bench.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/bench/worstline.h"

#define NOW_SEC INT64_C(1795521600) /* 2026-11-24 12:00 UTC */

static enum line_kind kind_of(const struct worstline *line, size_t length)
{
	struct logformat_reader *reader CLEANUP(logformat_closep) = logformat_open(LOGFORMAT_ALL,
	                                                                           NOW_SEC);
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(WORSTLINE_MOST + 1);
	struct login login;
	worstline_write(line, length, &text);
	assert_false(text.truncated);
	/* From the heap without a NUL, so that a sanitizer sees a read beyond the end. */
	char *copy CLEANUP(xalloc_freep) = malloc(text.length);
	assert_non_null(copy);
	memcpy(copy, strbuf_text(&text), text.length);
	return logformat_read(reader, &login, slice_make(copy, text.length));
}

static void each_is_read_as_what_it_is(void **state)
{
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i < worstline_count; i++) {
		const struct worstline *line = &worstlines[i];
		enum line_kind kind = kind_of(line, WORSTLINE_MOST);
		if (kind == line->kind)
			continue;
		print_error("%s: kind %d, not %d: %s%s...\n", line->format, (int)kind,
		            (int)line->kind, line->before, line->unit);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static bool has_lines(struct slice format)
{
	size_t found = 0;
	for (size_t i = 0; i < worstline_count; i++)
		found += slice_equals(format, worstlines[i].format);
	return found >= 3;
}

static void each_format_has_some(void **state)
{
	(void)state;
	struct strbuf names CLEANUP(strbuf_release) = STRBUF_INIT(1000);
	logformat_describe(LOGFORMAT_ALL, &names);
	struct slice rest = slice_make(strbuf_text(&names), names.length);
	while (rest.length) {
		struct slice format = slice_take_until(&rest, ',');
		if (!has_lines(format))
			fail_msg("%.*s: it has less than 3 lines in worstline.c",
			         (int)format.length, format.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_read_as_what_it_is),
		cmocka_unit_test(each_format_has_some),
	};
	setenv("TZ", "UTC0", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
