/* test_stdin.c - unit tests of plugin/source/stdin.c and common/progress.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "common/progress.h"
#include "common/xalloc.h"
#include "plugin/source/driver.h"
#include "plugin/source/stdin.h"

#define WHY_ROOM 1000

/* A pipe into which a child writes TEXT, COUNT times; returns the end to read from. */
static int pipe_with(const char *text, size_t length, int count)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		for (int i = 0; i < count; i++)
			for (size_t at = 0; at < length;) {
				ssize_t written = write(ends[1], text + at, length - at);
				if (written < 0)
					_exit(1);
				at += (size_t)written;
			}
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

/* A line's time is the number at its front, for these tests. */
static bool number_time(void *context, int64_t *ret_sec, struct slice line)
{
	(void)context;
	int64_t sec = 0;
	size_t i = 0;
	for (; i < line.length && line.data[i] >= '0' && line.data[i] <= '9'; i++)
		sec = sec * 10 + (line.data[i] - '0');
	if (i)
		*ret_sec = sec;
	return i > 0;
}

static void *open_on(int descriptor, struct deadline *deadline)
{
	void *source = NULL;
	struct source_options options = { .line_time = number_time, .deadline = deadline };
	assert_int_equal(stdin_source_open_on(&source, descriptor, &options, NULL), 0);
	return source;
}

static void finish(void *source, int descriptor)
{
	source_driver_stdin.free(source);
	close(descriptor);
	while (wait(NULL) > 0)
		;
}

static int64_t count_lines(void *source)
{
	struct slice line;
	int64_t count = 0;
	int result;
	while ((result = source_driver_stdin.next(source, &line, NULL)) > 0)
		count++;
	assert_int_equal(result, 0);
	return count;
}

static void all_lines_come_in_order_and_the_last_needs_no_newline(void **state)
{
	(void)state;
	static const char text[] = "1 one\n2 two\n\n3 three";
	int descriptor = pipe_with(text, sizeof text - 1, 1);
	void *source = open_on(descriptor, NULL);
	static const char *const wanted[] = { "1 one", "2 two", "", "3 three" };
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		struct slice line;
		assert_int_equal(source_driver_stdin.next(source, &line, NULL), 1);
		assert_true(slice_equals(line, wanted[i]));
	}
	struct log_position position;
	struct slice line;
	assert_int_equal(source_driver_stdin.next(source, &line, NULL), 0);
	source_driver_stdin.position(source, &position);
	assert_false(position.is_known);
	assert_int_equal(position.newest_sec, 3);
	finish(source, descriptor);
}

static void more_than_a_buffer_is_read(void **state)
{
	(void)state;
	static const char text[] = "17 a line that is not long\n";
	int descriptor = pipe_with(text, sizeof text - 1, 50000);
	void *source = open_on(descriptor, NULL);
	assert_int_equal(count_lines(source), 50000);
	assert_string_equal(source_driver_stdin.notes(source), "");
	finish(source, descriptor);
}

static void a_line_that_is_too_long_is_skipped_and_told(void **state)
{
	(void)state;
	size_t length = 10 * 1024 * 1024;
	char *text CLEANUP(xalloc_freep) = xalloc_resize(NULL, length, 1);
	memset(text, 'x', length);
	memcpy(text, "1 short\n", 8);
	memcpy(text + length - 9, "\n2 short\n", 9);
	int descriptor = pipe_with(text, length, 1);
	void *source = open_on(descriptor, NULL);
	assert_int_equal(count_lines(source), 2);
	assert_string_equal(source_driver_stdin.notes(source),
	                    "1 line of more than 65536 bytes skipped: standard input");
	finish(source, descriptor);
}

static void an_empty_input_has_no_lines(void **state)
{
	(void)state;
	int descriptor = open("/dev/null", O_RDONLY);
	void *source = open_on(descriptor, NULL);
	assert_int_equal(count_lines(source), 0);
	finish(source, descriptor);
}

static void what_comes_too_slowly_ends_with_the_deadline(void **state)
{
	(void)state;
	int ends[2];
	struct slice line;
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_ROOM);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "1 one\n2 tw", 10), 10);
	struct deadline deadline = deadline_in(2000);
	void *source = open_on(ends[0], &deadline);
	assert_int_equal(source_driver_stdin.next(source, &line, &why), 1);
	assert_int_equal(source_driver_stdin.next(source, &line, &why), -ETIMEDOUT);
	assert_non_null(strstr(strbuf_text(&why), "--timeout"));
	finish(source, ends[0]);
	close(ends[1]);
}

static void compressed_bytes_are_refused_with_the_way_out(void **state)
{
	(void)state;
	static const struct slice packed[] = {
		{ "\x1f\x8b\x08\0", 4 },
		{ "BZh9", 4 },
		{ "\xfd"
		  "7zXZ\0",
		  6 },
		{ "\x28\xb5\x2f\xfd", 4 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(packed); i++) {
		struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_ROOM);
		struct source_options options = { .line_time = number_time };
		void *source = NULL;
		int descriptor = pipe_with(packed[i].data, packed[i].length, 1);
		assert_int_equal(stdin_source_open_on(&source, descriptor, &options, &why),
		                 -EINVAL);
		assert_non_null(strstr(strbuf_text(&why), "zcat"));
		finish(source, descriptor);
	}
}

static void the_bytes_that_are_left_are_known_of_a_file_only(void **state)
{
	(void)state;
	char name[] = "/tmp/test_stdin.XXXXXX";
	int descriptor = mkstemp(name);
	struct slice line;
	unlink(name);
	assert_int_equal(write(descriptor, "1 one\n2 two\n", 12), 12);
	assert_int_equal(lseek(descriptor, 0, SEEK_SET), 0);
	void *source = open_on(descriptor, NULL);
	assert_int_equal(source_driver_stdin.left_bytes(source), 12);
	assert_int_equal(source_driver_stdin.next(source, &line, NULL), 1);
	assert_int_equal(source_driver_stdin.left_bytes(source), 6);
	finish(source, descriptor);
}

static void progress_writes_nothing_where_there_is_no_terminal(void **state)
{
	(void)state;
	int ends[2];
	char bytes[10];
	struct progress progress;
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	progress_start(&progress, ends[1], "/var/log/mail.log", 100);
	progress.start_ms -= 5000;
	progress.shown_ms -= 5000;
	progress_show(&progress, 50);
	progress_end(&progress);
	assert_true(read(ends[0], bytes, sizeof bytes) < 0 && errno == EAGAIN);
	close(ends[0]);
	close(ends[1]);
}

/* The terminal's other end, and in RET the terminal. */
static int open_terminal(int *ret)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		return -1;
	*ret = open(ptsname(master), O_RDWR | O_NOCTTY);
	return *ret < 0 ? -1 : master;
}

static void a_bar_is_drawn_on_a_terminal_and_wiped_away(void **state)
{
	(void)state;
	char bytes[1000] = "";
	int terminal = -1;
	int master = open_terminal(&terminal);
	if (master < 0)
		skip();
	struct progress progress;
	progress_start(&progress, terminal, "/var/log/mail\033[2J.log", 100 * 1024 * 1024);
	progress.start_ms += 3600000;
	progress_show(&progress, 1); /* too early */
	progress.start_ms -= 3600000;
	assert_false(progress.is_shown);
	progress.start_ms -= 5000;
	progress.shown_ms -= 5000;
	progress_show(&progress, 50 * 1024 * 1024);
	progress.shown_ms += 3600000;               /* whatever the machine is doing meanwhile */
	progress_show(&progress, 51 * 1024 * 1024); /* too soon after the other */
	progress_end(&progress);
	static const char expected[] = "\rmail?[2J.log   50% [#############............] 50.0 "
				       "MiB\033[K\r\033[K";
	size_t filled = 0;
	while (filled < sizeof expected - 1) { /* a terminal gives it in pieces */
		ssize_t got = read(master, bytes + filled, sizeof bytes - 1 - filled);
		assert_true(got > 0);
		filled += (size_t)got;
	}
	assert_string_equal(bytes, expected);
	close(terminal);
	close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_lines_come_in_order_and_the_last_needs_no_newline),
		cmocka_unit_test(more_than_a_buffer_is_read),
		cmocka_unit_test(a_line_that_is_too_long_is_skipped_and_told),
		cmocka_unit_test(an_empty_input_has_no_lines),
		cmocka_unit_test(what_comes_too_slowly_ends_with_the_deadline),
		cmocka_unit_test(compressed_bytes_are_refused_with_the_way_out),
		cmocka_unit_test(the_bytes_that_are_left_are_known_of_a_file_only),
		cmocka_unit_test(progress_writes_nothing_where_there_is_no_terminal),
		cmocka_unit_test(a_bar_is_drawn_on_a_terminal_and_wiped_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
