/* test_source.c - unit tests of plugin/source.c and plugin/source/
 *
 * Each test has a directory of its own. The lines begin with a decimal number, which is their time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/xalloc.h"
#include "plugin/source.h"
#include "plugin/source/chain.h"
#include "plugin/source/identity.h"
#include "plugin/source/seek.h"

#define KIB 1024
#define MIB (1024 * KIB)
#define ROOM 4096

/* --- helpers --- */

static struct strbuf why = STRBUF_INIT(WHY_MAX);
/* what the last run() read, a "|" after each line */
static struct strbuf got = STRBUF_INIT(64 * KIB);
static struct strbuf notes = STRBUF_INIT(ROOM);
static int64_t gaps;             /* of the last run() */
static char directory[ROOM / 2]; /* below $TMPDIR */
static char path[ROOM], path_1[ROOM], path_2[ROOM];
static struct log_position position;

static bool number_time(void *context, int64_t *ret_sec, struct slice line)
{
	struct slice digits = slice_take_while(&line, slice_is_digit, 15);
	int64_t sec = 0;
	(void)context;
	for (size_t i = 0; i < digits.length; i++)
		sec = sec * 10 + (digits.data[i] - '0');
	if (digits.length > 0)
		*ret_sec = sec;
	return digits.length > 0;
}

static const struct source_options from_begin = { .cold_start_sec = INT64_MIN,
	                                          .line_time = number_time };

static int remove_one(const char *name, const struct stat *status, int type, struct FTW *at)
{
	(void)status;
	(void)type;
	(void)at;
	return remove(name);
}

static int set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	const char *temporary = getenv("TMPDIR");
	snprintf(directory, sizeof directory, "%s/test_source.XXXXXX",
	         temporary ? temporary : "/tmp");
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/mail.log", directory);
	snprintf(path_1, sizeof path_1, "%s/mail.log.1", directory);
	snprintf(path_2, sizeof path_2, "%s/mail.log.2", directory);
	memset(&position, 0, sizeof position);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	strbuf_release(&why);
	strbuf_release(&got);
	strbuf_release(&notes);
	return nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *name, int flags, const void *data, size_t length)
{
	int descriptor = open(name, O_WRONLY | O_CREAT | flags, 0644);
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, data, length), length);
	assert_int_equal(close(descriptor), 0);
}

static void append(const char *name, const char *text)
{
	put(name, O_APPEND, text, strlen(text));
}

static void overwrite(const char *name, const char *text)
{
	put(name, O_TRUNC, text, strlen(text));
}

/* COUNT bytes BYTE, appended. */
static void append_many(const char *name, int byte, size_t count)
{
	char *data CLEANUP(xalloc_freep) = xalloc_zero(count, 1);
	memset(data, byte, count);
	put(name, O_APPEND, data, count);
}

static void copy(const char *from, const char *to)
{
	char data[64 * KIB];
	int descriptor = open(from, O_RDONLY);
	ssize_t length = read(descriptor, data, sizeof data);
	assert_in_range(length, 0, sizeof data - 1);
	close(descriptor);
	put(to, O_TRUNC, data, (size_t)length);
}

static void add_line(struct slice line)
{
	for (size_t i = 0; i < line.length; i++)
		strbuf_add_char(&got, line.data[i] ? line.data[i] : '0');
	strbuf_add_char(&got, '|');
}

static struct source *open_with(const struct source_options *options)
{
	struct source *source = NULL;
	int error = source_open(&source, path, &position, options, &why);
	if (error < 0)
		fail_msg("%s", strbuf_text(&why));
	return source;
}

/* One sentence for each gap. */
static void expect_gaps_are_told(void)
{
	int64_t told = 0;
	for (const char *at = strbuf_text(&notes); (at = strstr(at, " could not be read")); at++)
		told++;
	assert_int_equal(gaps, told);
}

/* Reads at most MOST lines, and moves the position. */
static const char *run_some(int most)
{
	struct source *source CLEANUP(source_freep) = open_with(&from_begin);
	struct slice line;
	int result = 1;
	strbuf_clear(&got);
	for (int i = 0; i < most && (result = source_next(source, &line, &why)) > 0; i++)
		add_line(line);
	assert_true(result >= 0);
	strbuf_clear(&notes);
	strbuf_add_string(&notes, source_notes(source));
	gaps = source_gaps(source);
	expect_gaps_are_told();
	source_position(source, &position);
	return strbuf_text(&got);
}

static const char *run(void)
{
	return run_some(INT_MAX);
}

/* What the position says of the file that is read now. */
static struct file_position file_now(void)
{
	struct file_positions found = { 0 };
	assert_true(file_positions_read(&found, &position) >= 0);
	return found.now;
}

/* The same, and what it is to say. */
static void claim(const struct file_position *now)
{
	struct file_positions found;
	assert_int_equal(file_positions_read(&found, &position), 1);
	found.now = *now;
	file_positions_write(&position, &found);
}

static int refused(void)
{
	struct source *source = NULL;
	int error = source_open(&source, path, &position, &from_begin, &why);
	assert_null(source);
	return error;
}

static void assert_why(const char *part)
{
	if (!strstr(strbuf_text(&why), part))
		fail_msg("\"%s\" is not in: %s", part, strbuf_text(&why));
}

static void assert_notes(const char *expected)
{
	assert_string_equal(strbuf_text(&notes), expected);
}

/* --- growth --- */

static void test_only_new_lines_are_read_next_time(void **state)
{
	(void)state;
	append(path, "1 a\n2 b\n");
	assert_string_equal(run(), "1 a|2 b|");
	append(path, "3 c\n");
	assert_string_equal(run(), "3 c|");
	assert_string_equal(run(), "");
	assert_int_equal(position.newest_sec, 3);
	assert_notes("");
}

static void test_unfinished_line_waits_and_is_given_whole_once(void **state)
{
	(void)state;
	append(path, "1 a\n2 b");
	assert_string_equal(run(), "1 a|");
	assert_int_equal(file_now().offset, 4);
	assert_int_equal(position.newest_sec, 1);
	append(path, "bb");
	assert_string_equal(run(), "");
	append(path, "b\n");
	assert_string_equal(run(), "2 bbbb|");
	assert_string_equal(run(), "");
}

static void test_run_that_stops_early_goes_on_there(void **state)
{
	(void)state;
	append(path, "1 a\n2 b\n3 c\n");
	assert_string_equal(run_some(1), "1 a|");
	assert_string_equal(run_some(0), "");
	assert_string_equal(run_some(1), "2 b|");
	assert_string_equal(run(), "3 c|");
}

static void test_lines_appended_after_open_wait(void **state)
{
	(void)state;
	struct slice line;
	append(path, "1 a\n");
	struct source *source CLEANUP(source_freep) = open_with(&from_begin);
	append(path, "2 b\n");
	assert_int_equal(source_left_bytes(source), 4);
	assert_int_equal(source_next(source, &line, &why), 1);
	assert_int_equal(source_left_bytes(source), 0);
	assert_int_equal(source_next(source, &line, &why), 0);
	assert_int_equal(source_next(source, &line, &why), 0);
	source_position(source, &position);
	assert_string_equal(run(), "2 b|");
}

static void test_nothing_new_costs_few_bytes(void **state)
{
	(void)state;
	append(path, "1 first\n");
	for (int i = 0; i < 40; i++) {
		append_many(path, 'x', 50000);
		append(path, "\n");
	}
	append(path, "7 last\n");
	run();
	struct log_position before = position;
	uint64_t bytes = stream_bytes_read();
	assert_string_equal(run(), "");
	assert_in_range(stream_bytes_read() - bytes, 0, 4 * KIB);
	assert_memory_equal(&position, &before, sizeof before);
}

/* --- rotation --- */

static void write_big_log(int64_t size);

/* As if nobody had written to it for two days. */
static void leave_alone(const char *name)
{
	const struct timespec times[2] = { { .tv_sec = time(NULL) - 2 * 86400 },
		                           { .tv_sec = time(NULL) - 2 * 86400 } };
	assert_int_equal(utimensat(AT_FDCWD, name, times, 0), 0);
}

static void test_late_lines_of_the_renamed_file_are_read(void **state)
{
	(void)state;
	append(path, "1 a\n");
	run();
	rename(path, path_1);
	append(path, "3 c\n");
	assert_string_equal(run(), "3 c|");
	append(path_1, "2 late\n");
	assert_string_equal(run(), "2 late|");
	append(path_1, "2 la");
	append(path, "4 d\n");
	assert_string_equal(run(), "4 d|");
	append(path_1, "ter\n");
	assert_string_equal(run(), "2 later|");
	assert_string_equal(run(), "");
	assert_notes("");
}

static void test_late_lines_are_read_before_the_next_rotation_takes_the_watch_away(void **state)
{
	(void)state;
	append(path, "1 a\n");
	run();
	rename(path, path_1);
	append(path, "3 c\n");
	run();
	append(path_1, "2 late\n4 unfinished");
	rename(path_1, path_2);
	rename(path, path_1);
	append(path, "5 e\n");
	assert_string_equal(run(), "2 late|4 unfinished|5 e|");
	assert_string_equal(run(), "");
	append(path_1, "4 later\n");
	assert_string_equal(run(), "4 later|");
	assert_notes("");
}

static void test_an_unfinished_line_that_was_left_alone_for_a_day_is_given_out(void **state)
{
	(void)state;
	append(path, "1 a\n");
	run();
	append(path, "2 unfinished");
	rename(path, path_1);
	append(path, "3 c\n");
	assert_string_equal(run(), "3 c|");
	leave_alone(path_1);
	assert_string_equal(run(), "2 unfinished|");
	assert_string_equal(run(), "");
}

/* Packs NAME into NAME and an ending, as logrotate does. */
/* Without the library a compressed file is not read, which other tests are about. */
static void need_libarchive(void)
{
#ifndef LIBARCHIVE_SONAME
	skip();
#endif
}

static void pack(const char *command, const char *name)
{
	need_libarchive();
	char line[3 * ROOM];
	snprintf(line, sizeof line, "command -v %s >/dev/null || exit 77; %s '%s'", command,
	         command, name);
	int status = system(line);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

static void test_a_file_that_was_packed_at_once_is_read_on(void **state)
{
	(void)state;
	append(path, "1000 a line that is long enough for a head\n");
	run();
	append(path, "1001 b\n1002 c\n");
	rename(path, path_1);
	pack("gzip", path_1);
	append(path, "1003 d\n");
	assert_string_equal(run(), "1001 b|1002 c|1003 d|");
	assert_notes("");
	assert_string_equal(run(), "");
}

static void test_several_packed_rotations_are_read_in_order_from_where_we_stopped(void **state)
{
	char third[ROOM + 10];
	(void)state;
	snprintf(third, sizeof third, "%s.3", path);
	append(path, "1000 a line that is long enough for a head\n");
	run();
	append(path, "1001 the rest of the first\n");
	rename(path, third);
	pack("xz", third);
	append(path_2, "1002 the second, long enough for a head\n");
	pack("gzip", path_2);
	append(path_1, "1003 the third, long enough for a head\n");
	append(path, "1004 the last, long enough for a head\n");
	assert_string_equal(run(),
	                    "1001 the rest of the first|1002 the second, long enough for a "
	                    "head|1003 the third, long enough for a head|1004 the last, long "
	                    "enough for a head|");
	assert_notes("");
	assert_string_equal(run(), "");
}

static void test_a_half_packed_copy_beside_the_plain_file_is_not_read(void **state)
{
	char compressed[8 * ROOM];
	(void)state;
	append(path, "1000 a line that is long enough for a head\n");
	run();
	append(path, "1001 b\n");
	rename(path, path_2);
	append(path_1, "1002 the second, long enough for a head\n");
	append(path, "1003 c\n");
	snprintf(compressed, sizeof compressed,
	         "gzip -c %s | head -c 40 >%s.gz; gzip -c %s | head -c 45 >%s.gz", path_2, path_2,
	         path_1, path_1);
	assert_int_equal(system(compressed), 0);
	assert_string_equal(run(), "1001 b|1002 the second, long enough for a head|1003 c|");
	assert_notes("");
}

static void test_names_tell_the_order_when_the_clock_stepped_back(void **state)
{
	(void)state;
	append(path, "1000 a\n");
	run();
	rename(path, path_2);
	append(path_1, "900 the clock was set back\n");
	append(path, "950 c\n");
	assert_string_equal(run(), "900 the clock was set back|950 c|");
	assert_notes("");
}

static void test_what_was_packed_while_it_was_watched_is_read_to_its_end(void **state)
{
	(void)state;
	append(path, "1000 a line that is long enough for a head\n");
	run();
	rename(path, path_1);
	append(path, "1002 c\n");
	assert_string_equal(run(), "1002 c|");
	append(path_1, "1001 late\n");
	pack("gzip", path_1);
	assert_string_equal(run(), "1001 late|");
	assert_string_equal(run(), "");
	assert_notes("");
}

static void test_a_damaged_rotation_is_told(void **state)
{
	char command[3 * ROOM];
	(void)state;
	need_libarchive();
	append(path, "1000 a line that is long enough for a head\n");
	run();
	rename(path, path_2);
	write_big_log(MIB);
	rename(path, path_1);
	snprintf(command, sizeof command, "gzip %s && truncate -s 50000 %s.gz", path_1, path_1);
	assert_int_equal(system(command), 0);
	append(path, "2000000 c\n");
	run();
	assert_non_null(strstr(strbuf_text(&notes), "could not be read: it is damaged or cut off"));
	assert_int_equal(file_now().offset, strlen("2000000 c\n"));
}

static void test_a_cold_start_reaches_back_into_rotated_files(void **state)
{
	struct source_options recent = { .cold_start_sec = 1002, .line_time = number_time };
	(void)state;
	need_libarchive();
	append(path_2, "990 long ago, long enough for a head\n");
	append(path_1, "1000 too old, and long enough for a head\n1002 b\n");
	pack("gzip", path_1);
	append(path, "1003 c\n");
	struct source *source CLEANUP(source_freep) = open_with(&recent);
	struct slice line;
	strbuf_clear(&got);
	while (source_next(source, &line, &why) > 0)
		add_line(line);
	assert_string_equal(strbuf_text(&got),
	                    "1000 too old, and long enough for a head|1002 b|1003 c|");
}

static void test_a_link_that_moves_into_another_directory_is_followed(void **state)
{
	char old_directory[ROOM], new_directory[ROOM], old_log[ROOM + 20], new_log[ROOM + 20];
	(void)state;
	snprintf(old_directory, sizeof old_directory, "%s/2026-11", directory);
	snprintf(new_directory, sizeof new_directory, "%s/2026-12", directory);
	snprintf(old_log, sizeof old_log, "%s/mail.log", old_directory);
	snprintf(new_log, sizeof new_log, "%s/mail.log", new_directory);
	assert_int_equal(mkdir(old_directory, 0755), 0);
	assert_int_equal(mkdir(new_directory, 0755), 0);
	append(old_log, "1 a\n");
	assert_int_equal(symlink(old_log, path), 0);
	run();
	append(old_log, "2 b\n");
	append(new_log, "3 c\n");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(new_log, path), 0);
	assert_string_equal(run(), "2 b|3 c|");
	append(old_log, "2 late\n");
	assert_string_equal(run(), "2 late|");
	assert_notes("");
}

static void test_padding_of_nuls_after_a_crash_is_skipped(void **state)
{
	(void)state;
	append(path, "1 a\n");
	append_many(path, 0, 100000);
	assert_string_equal(run(), "1 a|");
	append(path, "2 b\n");
	assert_string_equal(run(), "2 b|");
	append_many(path, 0, 10);
	append(path, "3 c\n");
	assert_string_equal(run(), "3 c|");
	assert_notes("");
}

static void test_rename_and_create_reads_rest_then_new(void **state)
{
	(void)state;
	append(path, "1 a\n");
	run();
	append(path, "2 b\n3 unfinished");
	rename(path, path_1);
	append(path, "4 d\n");
	assert_string_equal(run(), "2 b|4 d|");
	assert_string_equal(run(), "");
	append(path, "5 e\n");
	assert_string_equal(run(), "5 e|");
	assert_notes("");
}

static void test_stop_in_the_rest_goes_on_there(void **state)
{
	(void)state;
	append(path, "1 a\n");
	run();
	append(path, "2 b\n3 c\n");
	rename(path, path_1);
	append(path, "4 d\n");
	struct source *source CLEANUP(source_freep) = open_with(&from_begin);
	assert_int_equal(source_left_bytes(source), 12);
	assert_string_equal(run_some(1), "2 b|");
	assert_string_equal(run_some(1), "3 c|");
	assert_string_equal(run(), "4 d|");
}

static void test_old_file_is_the_log_while_the_new_one_is_empty(void **state)
{
	(void)state;
	append(path, "1 a\n");
	run();
	rename(path, path_1);
	append(path, "");
	append(path_1, "2 b\n3 unfin");
	assert_string_equal(run(), "2 b|");
	append(path_1, "ished\n");
	append(path, "4 d\n");
	assert_string_equal(run(), "3 unfinished|4 d|");
	assert_notes("");
}

static void test_renamed_without_a_new_file_is_followed(void **state)
{
	(void)state;
	append(path, "1 a\n");
	run();
	append(path, "2 b\n3 unf");
	rename(path, path_1);
	assert_string_equal(run(), "2 b|");
	append(path, "4 d\n");
	append(path_1, "inished\n");
	assert_string_equal(run(), "3 unfinished|4 d|");
	assert_notes("");
}

static void test_several_rotations_are_read_in_order(void **state)
{
	char other[ROOM + 10], errors[ROOM + 10];
	(void)state;
	append(path, "1 a\n");
	run();
	append(path, "2 b\n");
	snprintf(other, sizeof other, "%s.3", path);
	snprintf(errors, sizeof errors, "%s.err", path);
	rename(path, other);
	append(path_2, "2 c\n");
	append(path_1, "3 d\n");
	append(errors, "3 another log\n");
	append(path, "4 e\n");
	assert_string_equal(run(), "2 b|2 c|3 d|4 e|");
	assert_string_equal(run(), "");
	assert_notes("");
}

static void test_more_rotations_than_the_limit_are_noted(void **state)
{
	char rotated[ROOM + 20];
	(void)state;
	append(path, "100 a\n");
	run();
	for (int i = 0; i < CHAIN_MAX + 5; i++) {
		char line[40];
		snprintf(rotated, sizeof rotated, "%s-%d", path, 20260100 + i);
		snprintf(line, sizeof line, "%d\n", 200 + i);
		append(rotated, line);
	}
	snprintf(rotated, sizeof rotated, "%s.99", path);
	rename(path, rotated);
	append(path, "900 z\n");
	const char *text = run();
	assert_int_equal(strncmp(text, "205|206|", 8), 0);
	assert_non_null(strstr(text, "|603|604|900 z|"));
	assert_non_null(
		strstr(strbuf_text(&notes), "has more than 400 rotated files that were not read"));
}

static void test_dateext_and_symbolic_link_are_followed(void **state)
{
	char real[ROOM], rotated[ROOM];
	(void)state;
	snprintf(real, sizeof real, "%s/data", directory);
	mkdir(real, 0755);
	snprintf(rotated, sizeof rotated, "%s/data/mail.log-20260101", directory);
	snprintf(real, sizeof real, "%s/data/mail.log", directory);
	assert_int_equal(symlink(real, path), 0);
	append(real, "1 a\n");
	run();
	append(real, "2 b\n");
	rename(real, rotated);
	append(real, "3 c\n");
	assert_string_equal(run(), "2 b|3 c|");
	assert_notes("");
}

static void test_copytruncate_reads_rest_from_the_copy(void **state)
{
	(void)state;
	append(path, "1 a\n");
	run();
	append(path, "2 b\n");
	copy(path, path_1);
	overwrite(path, "3 c\n");
	assert_string_equal(run(), "2 b|3 c|");
	assert_string_equal(run(), "");
	assert_notes("");
}

static void test_restored_from_backup_goes_on(void **state)
{
	(void)state;
	append(path, "1 a\n2 b\n");
	run();
	copy(path, path_1);
	append(path_1, "3 c\n");
	unlink(path);
	rename(path_1, path);
	assert_string_equal(run(), "3 c|");
	assert_notes("");
}

/* --- gaps --- */

static void test_truncated_and_regrown_is_noticed(void **state)
{
	char expected[2 * ROOM];
	(void)state;
	append(path, "1000 a\n");
	run();
	overwrite(path, "2000 b is longer than what was there before\n");
	assert_string_equal(run(), "2000 b is longer than what was there before|");
	snprintf(expected, sizeof expected,
	         "lines between 1970-01-01T00:16:40 and 1970-01-01T00:33:20 could not be read: %s "
	         "was truncated, or removed and made anew",
	         path);
	assert_notes(expected);
	assert_string_equal(run(), "");
	assert_notes("");
}

static void test_same_head_with_another_tail_is_noticed(void **state)
{
	(void)state;
	append_many(path, 'h', 300);
	append(path, "\n1000 a\n");
	run();
	overwrite(path, "");
	append_many(path, 'h', 300);
	append(path, "\n1001 b\n1002 c\n");
	assert_non_null(strstr(run(), "|1001 b|1002 c|"));
	assert_non_null(strstr(strbuf_text(&notes), "was truncated, or removed and made anew"));
}

static void test_truncated_to_nothing_then_grown(void **state)
{
	(void)state;
	append(path, "1000 a\n");
	run();
	overwrite(path, "");
	assert_string_equal(run(), "");
	assert_non_null(strstr(strbuf_text(&notes), "lines after 1970-01-01T00:16:40 could"));
	assert_int_equal(position.newest_sec, 1000);
	append(path, "1001 b\n");
	assert_string_equal(run(), "1001 b|");
	assert_notes("");
}

static void test_each_note_has_its_line(void **state)
{
	(void)state;
	append(path, "1000 a\n");
	run();
	overwrite(path, "2000 b is longer\n");
	append_many(path, 'x', 100000);
	append(path, "\n");
	assert_string_equal(run(), "2000 b is longer|");
	assert_non_null(strstr(strbuf_text(&notes),
	                       "was truncated, or removed and made anew\n1 line of more than"));
}

static void test_inode_used_again_is_another_file(void **state)
{
	struct stat status;
	(void)state;
	append(path, "1000 a\n");
	run();
	unlink(path);
	append(path, "2000 b and more\n");
	assert_int_equal(stat(path, &status), 0);
	struct file_position now = file_now();
	now.inode = (uint64_t)status.st_ino; /* whether this file system did it or not */
	claim(&now);
	assert_string_equal(run(), "2000 b and more|");
	assert_non_null(strstr(strbuf_text(&notes), "could not be read"));
}

static void test_deleted_old_file_gives_a_note(void **state)
{
	(void)state;
	append(path, "1000 a\n");
	run();
	append(path_1, "2000 b\n"); /* so the inode is another one */
	unlink(path);
	rename(path_1, path);
	assert_string_equal(run(), "2000 b|");
	assert_non_null(
		strstr(strbuf_text(&notes),
	               "lines between 1970-01-01T00:16:40 and 1970-01-01T00:33:20 could not"));
	assert_non_null(strstr(strbuf_text(&notes), "its old file is gone"));
	assert_int_equal(gaps, 1);
	assert_string_equal(run(), "");
	assert_int_equal(gaps, 0);
}

/* Its numbers can be, but not together. */
static void test_unsound_position_is_a_cold_start(void **state)
{
	(void)state;
	append(path, "1 a\n");
	run();
	struct file_position good = file_now(), bad = good;
	bad.tail_length = 5;
	claim(&bad);
	assert_string_equal(run(), "1 a|");
	bad = good;
	bad.head_length = 256;
	claim(&bad);
	assert_string_equal(run(), "1 a|");
	bad = good;
	bad.head_length = 0;
	claim(&bad);
	assert_string_equal(run(), "1 a|");
}

static void test_position_that_nobody_wrote_is_refused(void **state)
{
	(void)state;
	append(path, "1 a\n");
	run();
	position.text[position.length - 1] = ' ';
	assert_int_equal(refused(), -EILSEQ);
	position.length = 0;
	assert_int_equal(refused(), -EILSEQ);
}

/* --- cold start --- */

static void write_big_log(int64_t size)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	for (int64_t i = 0; i * 100 < size; i++)
		fprintf(file, "%-10jd %88s\n", (intmax_t)(1000000 + i), "x");
	assert_int_equal(fclose(file), 0);
}

static int64_t first_time(const struct source_options *options)
{
	struct source *source CLEANUP(source_freep) = open_with(options);
	struct slice line;
	int64_t sec = -1;
	while (source_next(source, &line, &why) > 0)
		if (number_time(NULL, &sec, line))
			return sec;
	return -1;
}

static void test_cold_start_on_a_big_log_reads_little(void **state)
{
	(void)state;
	write_big_log(64 * MIB);
	for (int64_t wanted = 999000; wanted < 1000000 + 64 * MIB / 100; wanted += 123456) {
		struct source_options options = from_begin;
		options.cold_start_sec = wanted;
		uint64_t bytes = stream_bytes_read();
		int64_t first = first_time(&options);
		assert_in_range(stream_bytes_read() - bytes, 1, 2 * MIB - 1);
		int64_t least = wanted - 3 * SEEK_BLOCK / 100;
		assert_in_range(first, least > 1000000 ? least : 1000000,
		                wanted > 1000000 ? wanted : 1000000);
	}
}

static void test_cold_start_newer_than_all_reads_the_end_only(void **state)
{
	(void)state;
	write_big_log(4 * MIB);
	struct source_options options = from_begin;
	options.cold_start_sec = INT64_MAX;
	struct source *source CLEANUP(source_freep) = open_with(&options);
	assert_in_range(source_left_bytes(source), 1, 3 * SEEK_BLOCK);
}

static void test_cold_start_with_disordered_and_timeless_lines(void **state)
{
	(void)state;
	FILE *file = fopen(path, "w");
	for (int i = 0; i < 20000; i++) {
		fprintf(file, "%d %60s\n\tat a line without a time\n",
		        100000 + i + (i * 37) % 50 - 25, "x");
		for (int j = 0; i == 10000 && j < 20000; j++) /* about 1 MiB around the middle */
			fprintf(file, "no time in this line, nor in any one near it, %d\n", j);
	}
	assert_int_equal(fclose(file), 0);
	for (int wanted = 100000; wanted < 120000; wanted += 977) {
		struct source_options options = from_begin;
		options.cold_start_sec = wanted;
		int64_t first = first_time(&options);
		assert_in_range(first, 0, wanted + 25 - (wanted > 100100 ? 100 : 0));
	}
}

static void test_cold_start_of_one_endless_line_ends(void **state)
{
	(void)state;
	append(path, "5 a\n");
	append_many(path, 'x', 10 * MIB);
	struct source_options options = from_begin;
	options.cold_start_sec = 100;
	assert_int_equal(first_time(&options), 5);
}

static void test_empty_file_is_a_log(void **state)
{
	(void)state;
	append(path, "");
	assert_string_equal(run(), "");
	assert_true(position.is_known);
	append(path, "1 a\n");
	assert_string_equal(run(), "1 a|");
	assert_notes("");
}

static void test_empty_file_that_grew_and_was_rotated(void **state)
{
	(void)state;
	append(path, "");
	run();
	append(path, "1 a\n");
	rename(path, path_1);
	append(path, "2 b\n");
	assert_string_equal(run(), "1 a|2 b|");
	assert_notes("");
}

/* --- odd lines --- */

static void test_line_of_10_mib_is_skipped_and_counted(void **state)
{
	char expected[2 * ROOM];
	(void)state;
	append(path, "1 a\n");
	append_many(path, 'x', 10 * MIB);
	append(path, "\n2 b\n");
	assert_string_equal(run(), "1 a|2 b|");
	snprintf(expected, sizeof expected, "1 line of more than 65536 bytes skipped: %s", path);
	assert_notes(expected);
	append(path, "3 c\n");
	assert_string_equal(run(), "3 c|");
}

static void test_unfinished_long_line_goes_on_where_it_was_left(void **state)
{
	(void)state;
	append(path, "1 a\n");
	append_many(path, 'x', MIB);
	assert_string_equal(run(), "1 a|");
	assert_int_equal(file_now().offset, 4 + MIB);
	assert_non_null(strstr(strbuf_text(&notes), "1 line of"));
	append_many(path, 'x', MIB);
	uint64_t before = stream_bytes_read();
	assert_string_equal(run(), "");
	assert_in_range(stream_bytes_read() - before, MIB, MIB + 128 * KIB);
	assert_notes("");
	append(path, "1 x\n2 b\n");
	assert_string_equal(run(), "2 b|");
	assert_notes("");
}

static void test_a_copy_of_a_log_is_known_inside_of_a_long_line(void **state)
{
	(void)state;
	append(path, "1 a\n");
	append_many(path, 'x', MIB);
	run();
	append(path, "1 x\n2 b\n");
	assert_int_equal(rename(path, path_1), 0);
	append(path, "3 c\n");
	assert_string_equal(run(), "2 b|3 c|");
	assert_notes("");
}

static void test_unfinished_long_line_of_an_old_file_is_skipped(void **state)
{
	(void)state;
	append(path, "1 a\n");
	run();
	append_many(path, 'x', MIB);
	rename(path, path_1);
	leave_alone(path_1);
	append(path, "2 b\n");
	assert_string_equal(run(), "2 b|");
	assert_non_null(strstr(strbuf_text(&notes), "1 line of"));
}

static void test_longest_line_is_given_whole(void **state)
{
	(void)state;
	for (size_t length = SOURCE_LINE_MAX - 1; length <= SOURCE_LINE_MAX + 1; length++) {
		overwrite(path, "1 a\n");
		append_many(path, 'x', length);
		append(path, "\n2 b\n");
		memset(&position, 0, sizeof position);
		struct source *source CLEANUP(source_freep) = open_with(&from_begin);
		struct slice line;
		assert_int_equal(source_next(source, &line, &why), 1);
		assert_int_equal(source_next(source, &line, &why), 1);
		assert_int_equal(line.length, length <= SOURCE_LINE_MAX ? length : 3);
	}
}

static void test_lines_across_all_buffer_edges_are_whole(void **state)
{
	(void)state;
	FILE *file = fopen(path, "w");
	for (int i = 0; i < 30000; i++)
		fprintf(file, "%d %*d\n", i, 1 + i % 97, i);
	assert_int_equal(fclose(file), 0);
	struct source *source CLEANUP(source_freep) = open_with(&from_begin);
	struct slice line;
	for (int i = 0; i < 30000; i++) {
		char expected[200];
		int length = snprintf(expected, sizeof expected, "%d %*d", i, 1 + i % 97, i);
		assert_int_equal(source_next(source, &line, &why), 1);
		assert_int_equal(line.length, length);
		assert_memory_equal(line.data, expected, line.length);
		if (i % 1000 != 0)
			continue;
		source_position(source, &position);
		struct source *again CLEANUP(source_freep) = open_with(&from_begin);
		assert_int_equal(source_left_bytes(again), source_left_bytes(source));
		assert_string_equal(source_notes(again), "");
	}
	assert_int_equal(source_next(source, &line, &why), 0);
}

static void test_nuls_in_a_line_and_carriage_returns_are_passed_on(void **state)
{
	static const char bytes[] = "1 a\r\n\0\0\0"
				    "2\0b\n\xff\xfe\n\n";
	(void)state;
	put(path, 0, bytes, sizeof bytes - 1);
	assert_string_equal(run(), "1 a\r|20b|\xff\xfe||");
}

static void test_log_that_shrinks_under_us_ends(void **state)
{
	(void)state;
	write_big_log(2 * MIB);
	struct source *source CLEANUP(source_freep) = open_with(&from_begin);
	struct slice line;
	assert_int_equal(source_next(source, &line, &why), 1);
	assert_int_equal(truncate(path, 1000), 0);
	int count = 1;
	while (source_next(source, &line, &why) > 0)
		count++;
	assert_in_range(count, 1, 2 * MIB / 100);
	source_position(source, &position);
	assert_non_null(strstr(source_notes(source), "was truncated, or removed and made anew"));
	assert_int_equal(truncate(path, 900), 0);
	append(path, "\n3000000 c\n");
	assert_non_null(strstr(run(), "|3000000 c|"));
}

static void test_log_that_shrinks_in_the_first_buffer(void **state)
{
	(void)state;
	append(path, "1 a\n2 b\n");
	struct source *source CLEANUP(source_freep) = open_with(&from_begin);
	assert_int_equal(truncate(path, 0), 0);
	struct slice line;
	while (source_next(source, &line, &why) > 0)
		;
	source_position(source, &position);
	append(path, "3 c\n4 d\n5 e\n");
	assert_string_equal(run(), "3 c|4 d|5 e|");
	assert_non_null(strstr(strbuf_text(&notes), "was truncated, or removed and made anew"));
}

/* --- rotations in the middle of a run --- */

/* What logrotate does in the middle of a run. */
static void copy_and_truncate(void)
{
	copy(path, path_1);
	overwrite(path, "");
}

static void rename_and_create(void)
{
	assert_int_equal(rename(path, path_1), 0);
	overwrite(path, "");
}

static void make_copy(void)
{
	copy(path, path_1);
}

static void truncate_only(void)
{
	overwrite(path, "");
}

static void grow(void)
{
	for (int i = 0; i < 40; i++)
		append(path, "2000 filler filler filler filler\n");
}

static void truncate_and_grow(void)
{
	truncate_only();
	grow();
}

static void copy_truncate_and_grow(void)
{
	make_copy();
	truncate_and_grow();
}

static void nothing(void)
{
}

/* What is done before the run, which changes the directory, and in the middle of it. */
static const struct rotation_kind {
	const char *name;
	void (*before)(void), (*inside)(void);
} rotations[] = {
	{ "copied and truncated", nothing, copy_and_truncate },
	{ "renamed and made anew", nothing, rename_and_create },
	{ "copied, truncated and grown", nothing, copy_truncate_and_grow },
	{ "copied before, truncated inside", make_copy, truncate_only },
	{ "copied before, truncated and grown inside", make_copy, truncate_and_grow },
};

static struct {
	void (*rotate)(void); /* NULL: done */
	int looks_before;
} plot;

/* Times are looked at while the run is planned and while it reads: at one of these looks the log is
 * rotated. */
static bool rotating_time(void *context, int64_t *ret_sec, struct slice line)
{
	if (plot.rotate && plot.looks_before-- == 0) {
		plot.rotate();
		plot.rotate = NULL;
	}
	return number_time(context, ret_sec, line);
}

static void count_lines(int *counts, struct source *source)
{
	struct slice line;
	int number, result;
	while ((result = source_next(source, &line, &why)) > 0)
		if (line.length > 6 && memcmp(line.data, "1000 u", 6) == 0 &&
		    sscanf(line.data, "1000 u%d", &number) == 1)
			counts[number]++;
	assert_true(result >= 0);
}

static void run_and_count(int *counts, const struct source_options *options)
{
	struct source *source CLEANUP(source_freep) = open_with(options);
	count_lines(counts, source);
	source_position(source, &position);
}

#define LINES 60

static void add_numbered(int from, int to)
{
	char line[40];
	for (int i = from; i < to; i++) {
		snprintf(line, sizeof line, "1000 u%d of the log\n", i);
		append(path, line);
	}
}

/* A log with BEFORE lines that were read (-1: it was never read) gets more, and is rotated at look
 * LOOK of the next run. */
static bool was_rotated_and_each_line_counts_once(const struct rotation_kind *kind, int before,
                                                  int look)
{
	const struct source_options rotating = { .cold_start_sec = INT64_MIN,
		                                 .line_time = rotating_time };
	int counts[LINES] = { 0 };
	assert_int_equal(tear_down(NULL), 0);
	assert_int_equal(set_up(NULL), 0);
	overwrite(path, "");
	add_numbered(0, before < 0 ? 0 : before);
	if (before >= 0)
		run_and_count(counts, &from_begin);
	add_numbered(before < 0 ? 0 : before, 40);
	kind->before();
	plot.rotate = kind->inside;
	plot.looks_before = look;
	run_and_count(counts, &rotating);
	bool was_rotated = !plot.rotate;
	plot.rotate = NULL;
	add_numbered(40, LINES);
	run_and_count(counts, &from_begin);
	run_and_count(counts, &from_begin);
	for (int i = 0; i < LINES; i++)
		if (counts[i] != 1)
			fail_msg("line %d counts %d times: %s, %d lines before, look %d", i,
			         counts[i], kind->name, before, look);
	return was_rotated;
}

static void test_a_rotation_at_any_look_of_a_run_loses_nothing_and_doubles_nothing(void **state)
{
	(void)state;
	static const int befores[] = { -1, 0, 1, 7, 39 };
	int tries = 0;
	for (size_t i = 0; i < ARRAY_SIZE(rotations); i++)
		for (size_t k = 0; k < ARRAY_SIZE(befores); k++)
			for (int look = 0;
			     was_rotated_and_each_line_counts_once(&rotations[i], befores[k], look);
			     look++)
				tries++;
	assert_in_range(tries, 20, 10000);
}

static void test_a_rotation_between_opening_and_reading_loses_nothing_and_doubles_nothing(
	void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rotations); i++)
		for (int before = -1; before < 40; before++) {
			int counts[LINES] = { 0 };
			assert_int_equal(tear_down(NULL), 0);
			assert_int_equal(set_up(NULL), 0);
			overwrite(path, "");
			add_numbered(0, before < 0 ? 0 : before);
			if (before >= 0)
				run_and_count(counts, &from_begin);
			add_numbered(before < 0 ? 0 : before, 40);
			rotations[i].before();
			struct source *source CLEANUP(source_freep) = open_with(&from_begin);
			rotations[i].inside();
			count_lines(counts, source);
			source_position(source, &position);
			add_numbered(40, LINES);
			run_and_count(counts, &from_begin);
			for (int k = 0; k < LINES; k++)
				assert_int_equal(counts[k], 1);
		}
}

/* --- refusals --- */

static void test_missing_file_is_refused(void **state)
{
	(void)state;
	assert_int_equal(refused(), -ENOENT);
	assert_why("does not exist");
	append(path, "1 a\n");
	run();
	unlink(path);
	assert_int_equal(refused(), -ENOENT);
}

static void test_directory_is_refused(void **state)
{
	(void)state;
	mkdir(path, 0755);
	assert_int_equal(refused(), -EISDIR);
	assert_why("is a directory");
}

static void test_pipe_and_device_are_refused_at_once(void **state)
{
	(void)state;
	alarm(10);
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_int_equal(refused(), -EINVAL);
	assert_why("is a device, pipe or socket");
	snprintf(path, sizeof path, "/dev/null");
	assert_int_equal(refused(), -EINVAL);
	alarm(0);
}

static void test_pipes_beside_the_log_do_not_hold(void **state)
{
	(void)state;
	append(path, "1 a\n");
	run();
	unlink(path);
	alarm(10);
	assert_int_equal(mkfifo(path_1, 0644), 0);
	assert_int_equal(symlink("/dev/zero", path_2), 0);
	append(path, "2 longer\n");
	assert_string_equal(run(), "2 longer|");
	alarm(0);
}

/* Bits of what was wrong; runs as a child without rights. */
static int refusal_as_nobody(const char *sentence, const char *advice)
{
	struct source *source = NULL;
	if (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0)
		return 1;
	int error = source_open(&source, path, &position, &from_begin, &why);
	return (error == -EACCES ? 0 : 2) | (strstr(strbuf_text(&why), sentence) ? 0 : 4) |
		(strstr(strbuf_text(&why), advice) ? 0 : 8);
}

static void assert_refused_to_nobody(const char *sentence, const char *advice)
{
	int status;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(refusal_as_nobody(sentence, advice));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_unreadable_file_says_who_may_read_it(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	append(path, "1 a\n");
	assert_int_equal(chmod(directory, 0755), 0);
	assert_int_equal(chmod(path, 0640), 0);
	assert_refused_to_nobody("belongs to root:root with mode 0640", "setfacl");
	assert_int_equal(chown(path, 0, 54321), 0);
	assert_refused_to_nobody("belongs to root:54321", "add the monitoring user to group 54321");
	assert_int_equal(chmod(directory, 0700), 0);
	assert_refused_to_nobody("a directory on the way", "namei");
}

/* Like refusal_as_nobody(), for the notes of a source that can be opened. */
static int refused_as_nobody(const char *part)
{
	struct source *source = NULL;
	if (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0)
		return 1;
	if (source_open(&source, path, &position, &from_begin, &why) != -EACCES)
		return 2;
	return strstr(strbuf_text(&why), part) ? 0 : 4;
}

static void test_unreadable_old_file_holds_the_log_up(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(directory, 0755), 0);
	append(path, "1000 a\n");
	run();
	rename(path, path_1);
	assert_int_equal(chmod(path_1, 0600), 0);
	append(path, "2000 b\n");
	assert_int_equal(chmod(path, 0644), 0);
	int status;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(refused_as_nobody("mail.log.1, which may hold lines that were not read yet, "
		                        "can't be read: Permission denied"));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_damaged_packed_file_is_refused(void **state)
{
	static const struct slice damaged = { "\x1f\x8b\x08\0\0\0\0\0\n", 9 };
	(void)state;
	need_libarchive();
	put(path, O_TRUNC, damaged.data, damaged.length);
	assert_int_equal(refused(), -EBADMSG);
	assert_why("can't be unpacked: it is damaged or cut off");
}

static void test_binary_file_is_refused(void **state)
{
	(void)state;
	append_many(path, '\n', 1000);
	append_many(path, 0xee, 200 * KIB);
	assert_int_equal(refused(), -EINVAL);
	assert_why("has no line that begins with a time I know: is it a mail log?");
	append(path, "\n12 a line at last\n");
	assert_non_null(strstr(run(), "12 a line at last|"));
}

static void test_hash_is_fnv_1a(void **state)
{
	(void)state;
	assert_true(identity_hash("", 0) == UINT64_C(0xcbf29ce484222325));
	assert_true(identity_hash("foobar", 6) == UINT64_C(0x85944171f73967e8));
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

/* --- an index of files --- */

#define INDEXED 3

static struct log_position indexed[INDEXED];
static int fetched;

static int fetch(void *context, size_t number, struct log_position *ret, struct strbuf *reason)
{
	(void)context, (void)reason;
	assert_in_range(number, 0, INDEXED - 1);
	fetched++;
	*ret = indexed[number];
	return ret->is_known;
}

static int fetch_fails(void *context, size_t number, struct log_position *ret,
                       struct strbuf *reason)
{
	(void)context, (void)number, (void)ret;
	return strbuf_fail(reason, -EIO, "no state");
}

/* Logs NAME.0, NAME.1, …, each with its TEXT, are read and put into an index. */
static struct source_index *index_of(const char *const texts[INDEXED])
{
	struct source_index *index = source_index_new();
	for (size_t i = 0; i < INDEXED; i++) {
		struct source_mark mark;
		snprintf(path, sizeof path, "%s/log%zu", directory, i);
		memset(&position, 0, sizeof position);
		append(path, texts[i]);
		run();
		indexed[i] = position;
		assert_true(source_mark(&mark, &position));
		source_index_add(index, &mark, i);
	}
	fetched = 0;
	return index;
}

static int find_in(const struct source_index *index, const char *name)
{
	size_t number;
	int result = source_index_find(index, name, NULL, fetch, NULL, &number, &why);
	assert_true(result >= 0);
	return result > 0 ? (int)number : -1;
}

static void test_index_finds_files_under_other_names(void **state)
{
	(void)state;
	static const char *const texts[INDEXED] = { "1 a\n2 b\n", "1 other\n", "3 c\n" };
	struct source_index *index CLEANUP(source_index_freep) = index_of(texts);
	char renamed[ROOM];
	snprintf(renamed, sizeof renamed, "%s/renamed", directory);
	snprintf(path, sizeof path, "%s/log1", directory);
	assert_int_equal(rename(path, renamed), 0);
	assert_int_equal(find_in(index, renamed), 1);
	snprintf(path, sizeof path, "%s/log2", directory);
	unlink(renamed);
	copy(path, renamed); /* another inode, the same bytes */
	append(renamed, "4 d\n");
	assert_int_equal(find_in(index, renamed), 2);
}

static void test_index_finds_nothing_else(void **state)
{
	(void)state;
	static const char *const texts[INDEXED] = { "1 a\n2 b\n", "1 other\n", "3 c\n" };
	struct source_index *index CLEANUP(source_index_freep) = index_of(texts);
	char other[ROOM];
	size_t number = 4711;
	snprintf(other, sizeof other, "%s/other", directory);
	append(other, "1 a\n2 B\n");
	assert_int_equal(find_in(index, other), -1);
	overwrite(other, "1 a\n"); /* less than was read */
	assert_int_equal(find_in(index, other), -1);
	unlink(other);
	assert_int_equal(find_in(index, other), -1);
	assert_int_equal(mkfifo(other, 0600), 0); /* is never opened: that would wait */
	assert_int_equal(find_in(index, other), -1);
	unlink(other);
	assert_int_equal(symlink("log0", other), 0);
	assert_int_equal(find_in(index, other), -1);
	assert_int_equal(find_in(index, directory), -1);
	assert_int_equal(fetched, 0);
	snprintf(path, sizeof path, "%s/log0", directory);
	assert_int_equal(source_index_find(index, path, NULL, fetch_fails, NULL, &number, &why),
	                 -EIO);
	assert_int_equal(number, 4711);
	indexed[0].text[0] = 'x';
	assert_int_equal(find_in(index, path), -1);
	struct source_index *empty CLEANUP(source_index_freep) = source_index_new();
	assert_int_equal(find_in(empty, path), -1);
}

static void test_index_takes_no_mark_of_what_is_no_file(void **state)
{
	(void)state;
	struct source_mark mark;
	struct log_position of_journal = { .is_known = true, .length = 7, .text = "s=1;i=2" };
	assert_false(source_mark(&mark, &of_journal));
	assert_false(source_mark(&mark, &(struct log_position){ .is_known = false }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_new_lines_are_read_next_time),
		TEST(late_lines_of_the_renamed_file_are_read),
		TEST(late_lines_are_read_before_the_next_rotation_takes_the_watch_away),
		TEST(an_unfinished_line_that_was_left_alone_for_a_day_is_given_out),
		TEST(a_file_that_was_packed_at_once_is_read_on),
		TEST(several_packed_rotations_are_read_in_order_from_where_we_stopped),
		TEST(a_half_packed_copy_beside_the_plain_file_is_not_read),
		TEST(names_tell_the_order_when_the_clock_stepped_back),
		TEST(what_was_packed_while_it_was_watched_is_read_to_its_end),
		TEST(a_damaged_rotation_is_told),
		TEST(a_cold_start_reaches_back_into_rotated_files),
		TEST(a_link_that_moves_into_another_directory_is_followed),
		TEST(padding_of_nuls_after_a_crash_is_skipped),
		TEST(unfinished_line_waits_and_is_given_whole_once),
		TEST(run_that_stops_early_goes_on_there),
		TEST(lines_appended_after_open_wait),
		TEST(nothing_new_costs_few_bytes),
		TEST(rename_and_create_reads_rest_then_new),
		TEST(stop_in_the_rest_goes_on_there),
		TEST(old_file_is_the_log_while_the_new_one_is_empty),
		TEST(renamed_without_a_new_file_is_followed),
		TEST(several_rotations_are_read_in_order),
		TEST(more_rotations_than_the_limit_are_noted),
		TEST(dateext_and_symbolic_link_are_followed),
		TEST(copytruncate_reads_rest_from_the_copy),
		TEST(restored_from_backup_goes_on),
		TEST(truncated_and_regrown_is_noticed),
		TEST(same_head_with_another_tail_is_noticed),
		TEST(truncated_to_nothing_then_grown),
		TEST(each_note_has_its_line),
		TEST(inode_used_again_is_another_file),
		TEST(deleted_old_file_gives_a_note),
		TEST(unsound_position_is_a_cold_start),
		TEST(position_that_nobody_wrote_is_refused),
		TEST(index_finds_files_under_other_names),
		TEST(index_finds_nothing_else),
		TEST(index_takes_no_mark_of_what_is_no_file),
		TEST(cold_start_on_a_big_log_reads_little),
		TEST(cold_start_newer_than_all_reads_the_end_only),
		TEST(cold_start_with_disordered_and_timeless_lines),
		TEST(cold_start_of_one_endless_line_ends),
		TEST(empty_file_is_a_log),
		TEST(empty_file_that_grew_and_was_rotated),
		TEST(line_of_10_mib_is_skipped_and_counted),
		TEST(unfinished_long_line_goes_on_where_it_was_left),
		TEST(a_copy_of_a_log_is_known_inside_of_a_long_line),
		TEST(unfinished_long_line_of_an_old_file_is_skipped),
		TEST(longest_line_is_given_whole),
		TEST(lines_across_all_buffer_edges_are_whole),
		TEST(nuls_in_a_line_and_carriage_returns_are_passed_on),
		TEST(log_that_shrinks_under_us_ends),
		TEST(log_that_shrinks_in_the_first_buffer),
		TEST(a_rotation_at_any_look_of_a_run_loses_nothing_and_doubles_nothing),
		TEST(a_rotation_between_opening_and_reading_loses_nothing_and_doubles_nothing),
		TEST(missing_file_is_refused),
		TEST(directory_is_refused),
		TEST(pipe_and_device_are_refused_at_once),
		TEST(pipes_beside_the_log_do_not_hold),
		TEST(unreadable_file_says_who_may_read_it),
		TEST(unreadable_old_file_holds_the_log_up),
		TEST(damaged_packed_file_is_refused),
		TEST(binary_file_is_refused),
		TEST(hash_is_fnv_1a),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
