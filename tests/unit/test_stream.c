/* test_stream.c - unit tests of plugin/source/stream.c, archive.c and common/lazylib.c
 *
 * The files are made by tests/fixtures/make-streams: 5000 lines, "line 1" to "line 5000".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <setjmp.h>

#include <cmocka.h>

#include "common/lazylib.h"
#include "plugin/source/stream.h"

#define LINES 5000
#define WHY_ROOM 1000

static struct strbuf plain = STRBUF_INIT(1000000);

static int make_plain(void **state)
{
	(void)state;
	for (int i = 1; i <= LINES; i++)
		strbuf_add_format(&plain, "line %d\n", i);
	return 0;
}

static int release_plain(void **state)
{
	(void)state;
	strbuf_release(&plain);
	return 0;
}

static int open_fixture(const char *name)
{
	char path[1000];
	const char *directory = getenv("srcdir");
	snprintf(path, sizeof path, "%s/tests/fixtures/streams/%s", directory ? directory : ".",
	         name);
	int descriptor = open(path, O_RDONLY);
	if (descriptor < 0)
		fail_msg("%s: %s", path, strerror(errno));
	return descriptor;
}

/* NULL where this build can't unpack. */
static struct stream *open_stream(const char *name, const struct deadline *deadline)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_ROOM);
	struct stream *stream = NULL;
	int descriptor = open_fixture(name);
	int error = stream_open(&stream, descriptor, deadline, &why);
	if (error == -ENOTSUP) {
		assert_true(why.length > 0);
		close(descriptor);
		return NULL;
	}
	assert_int_equal(error, 0);
	return stream;
}

static void expect_bytes(struct stream *stream, int64_t offset, size_t room, size_t wanted)
{
	static char bytes[100000];
	ssize_t got = stream_read(stream, bytes, room, offset);
	assert_int_equal(got, wanted);
	assert_memory_equal(bytes, strbuf_text(&plain) + offset, wanted);
}

static const char *const whole[] = { "lines.gz", "lines.bz2", "lines.xz", "lines.zst",
	                             "two-members.gz" };

static void all_kinds_read_as_the_plain_file_would(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(whole); i++) {
		struct stream *stream = open_stream(whole[i], NULL);
		if (!stream)
			skip();
		int64_t size = (int64_t)plain.length;
		assert_true(stream_is_compressed(stream));
		expect_bytes(stream, 0, 100, 100);
		expect_bytes(stream, 20000, 1000, 1000); /* forward over a gap */
		expect_bytes(stream, 50, 5000, 5000);    /* and back */
		expect_bytes(stream, size - 10, 100, 10);
		expect_bytes(stream, size, 100, 0);
		assert_int_equal(stream_read(stream, (char[10]){ 0 }, 10, size + 1000), 0);
		assert_int_equal(stream_size(stream), size);
		expect_bytes(stream, 0, plain.length, plain.length);
		stream_free(stream);
	}
}

static void what_lies_before_the_damage_is_read_and_then_it_is_told(void **state)
{
	(void)state;
	static const char *const broken[] = { "cut-off.gz", "cut-off.bz2", "cut-off.xz",
		                              "cut-off.zst", "damaged.gz" };
	static char bytes[100000];
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		struct stream *stream = open_stream(broken[i], NULL);
		if (!stream)
			skip();
		int64_t size = stream_size(stream);
		assert_true(size >= 0 && size < (int64_t)plain.length + 1000);
		if (size > 0)
			assert_int_equal(stream_read(stream, bytes, sizeof bytes, 0), size);
		if (strncmp(broken[i], "cut-off", 7) == 0)
			assert_memory_equal(bytes, strbuf_text(&plain), (size_t)size);
		if (stream_read(stream, bytes, sizeof bytes, size) != -EBADMSG)
			fail_msg("the damage of %s is not told", broken[i]);
		stream_free(stream);
	}
}

/* A file in /tmp, already unlinked: the first KEPT bytes of fixture NAME (all of it if that is
 * less), then TAIL. */
static int copy_of(const char *name, size_t kept, const char *tail)
{
	static char bytes[100000];
	char path[] = "/tmp/test_stream.XXXXXX";
	int from = open_fixture(name), to = mkstemp(path);
	assert_true(to >= 0);
	unlink(path);
	ssize_t length = read(from, bytes, kept < sizeof bytes ? kept : sizeof bytes);
	assert_true(length > 0);
	assert_int_equal(write(to, bytes, (size_t)length), length);
	assert_int_equal(write(to, tail, strlen(tail)), strlen(tail));
	close(from);
	return to;
}

/* NULL where this build can't unpack. */
static struct stream *open_copy(const char *name, size_t kept, const char *tail,
                                const struct deadline *deadline)
{
	struct stream *stream = NULL;
	int descriptor = copy_of(name, kept, tail);
	int error = stream_open(&stream, descriptor, deadline, NULL);
	if (error < 0)
		close(descriptor);
	assert_true(error == 0 || error == -ENOTSUP);
	return stream;
}

static void packed_bytes_are_never_given_out_as_lines(void **state)
{
	(void)state;
	/* Enough to be known for compressed, and still within the header. */
	static const struct {
		const char *name;
		size_t kept;
	} cases[] = {
		{ "lines.gz", 3 }, { "lines.gz", 9 },  { "lines.bz2", 10 }, { "lines.bz2", 13 },
		{ "lines.xz", 6 }, { "lines.xz", 11 }, { "lines.zst", 4 },  { "lines.zst", 8 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stream *stream = open_copy(cases[i].name, cases[i].kept, "", NULL);
		if (!stream)
			skip();
		char bytes[100];
		assert_true(stream_is_compressed(stream));
		if (stream_read(stream, bytes, sizeof bytes, 0) != -EBADMSG)
			fail_msg("%zu bytes of %s are not told to be damaged", cases[i].kept,
			         cases[i].name);
		assert_int_equal(stream_size(stream), 0);
		stream_free(stream);
	}
}

static void what_follows_the_packed_bytes_is_told(void **state)
{
	(void)state;
	static const char *const names[] = { "lines.gz", "lines.bz2", "lines.xz", "lines.zst",
		                             "empty.gz" };
	static char bytes[100000];
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct stream *stream = open_copy(names[i], SIZE_MAX, "this was never packed",
		                                  NULL);
		if (!stream)
			skip();
		int64_t size = stream_size(stream);
		assert_in_range(size, 0, plain.length);
		if (size > 0)
			expect_bytes(stream, 0, sizeof bytes, (size_t)size);
		if (stream_read(stream, bytes, sizeof bytes, size) != -EBADMSG)
			fail_msg("what follows %s is not told", names[i]);
		stream_free(stream);
	}
}

static void a_text_that_begins_like_bzip2_is_plain(void **state)
{
	(void)state;
	static const char text[] = "BZh9 is the name of a host\n";
	char path[] = "/tmp/test_stream.XXXXXX", bytes[100];
	int descriptor = mkstemp(path);
	struct stream *stream = NULL;
	unlink(path);
	assert_int_equal(write(descriptor, text, sizeof text - 1), sizeof text - 1);
	assert_int_equal(stream_open(&stream, descriptor, NULL, NULL), 0);
	assert_false(stream_is_compressed(stream));
	assert_int_equal(stream_read(stream, bytes, sizeof bytes, 0), sizeof text - 1);
	stream_free(stream);
}

/* An empty bzip2 file, stored in a gzip file. */
static const char packed_twice[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03"
				   "\x01\x0e\0\xf1\xff"
				   "BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0"
				   "\0\0\0\0\x0e\0\0\0";

static void another_kind_that_is_packed_inside_stays_packed(void **state)
{
	(void)state;
	char path[] = "/tmp/test_stream.XXXXXX", bytes[100];
	int descriptor = mkstemp(path);
	struct stream *stream = NULL;
	unlink(path);
	assert_int_equal(write(descriptor, packed_twice, sizeof packed_twice - 1),
	                 sizeof packed_twice - 1);
	if (stream_open(&stream, descriptor, NULL, NULL) == -ENOTSUP) {
		close(descriptor);
		skip();
	}
	assert_int_equal(stream_read(stream, bytes, sizeof bytes, 0), 14);
	assert_memory_equal(bytes, "BZh9", 4);
	stream_free(stream);
}

static void a_file_that_never_gives_a_byte_ends_with_the_deadline(void **state)
{
	(void)state;
	char path[] = "/tmp/test_stream.XXXXXX", bytes[10], member[100];
	int from = open_fixture("empty.gz"), to = mkstemp(path);
	unlink(path);
	ssize_t length = read(from, member, sizeof member);
	close(from);
	FILE *file = fdopen(dup(to), "w");
	for (int i = 0; i < 1500000; i++) /* 30 MB: not done in 10 ms */
		fwrite(member, 1, (size_t)length, file);
	fclose(file);
	struct deadline deadline = deadline_in(10);
	struct stream *stream = NULL;
	if (stream_open(&stream, to, &deadline, NULL) == -ENOTSUP) {
		close(to);
		skip();
	}
	assert_int_equal(stream_read(stream, bytes, sizeof bytes, 0), -ETIMEDOUT);
	stream_free(stream);
}

static void after_the_deadline_a_plain_file_is_still_read(void **state)
{
	(void)state;
	struct deadline over = deadline_in(0);
	char path[] = "/tmp/test_stream.XXXXXX", bytes[10];
	int descriptor = mkstemp(path);
	struct stream *stream = NULL;
	unlink(path);
	assert_int_equal(write(descriptor, "one\n", 4), 4);
	assert_int_equal(stream_open(&stream, descriptor, &over, NULL), 0);
	assert_int_equal(stream_read(stream, bytes, sizeof bytes, 0), 4);
	stream_free(stream);
}

static void an_empty_one_has_no_bytes(void **state)
{
	(void)state;
	struct stream *stream = open_stream("empty.gz", NULL);
	if (!stream)
		skip();
	assert_int_equal(stream_size(stream), 0);
	assert_int_equal(stream_read(stream, (char[10]){ 0 }, 10, 0), 0);
	stream_free(stream);
}

static void unpacking_ends_with_the_deadline(void **state)
{
	(void)state;
	struct deadline over = deadline_in(0);
	struct stream *stream = open_stream("lines.gz", &over);
	if (!stream)
		skip();
	assert_int_equal(stream_read(stream, (char[10]){ 0 }, 10, 0), -ETIMEDOUT);
	assert_int_equal(stream_size(stream), -ETIMEDOUT);
	stream_free(stream);
}

static void a_plain_file_has_the_size_of_when_it_was_opened(void **state)
{
	(void)state;
	char name[] = "/tmp/test_stream.XXXXXX";
	int descriptor = mkstemp(name);
	struct stream *stream = NULL;
	char bytes[10];
	unlink(name);
	assert_int_equal(write(descriptor, "one\n", 4), 4);
	assert_int_equal(stream_open(&stream, descriptor, NULL, NULL), 0);
	assert_int_equal(write(descriptor, "two\n", 4), 4);
	assert_false(stream_is_compressed(stream));
	assert_int_equal(stream_size(stream), 4);
	uint64_t before = stream_bytes_read();
	assert_int_equal(stream_read(stream, bytes, sizeof bytes, 2), 6);
	assert_memory_equal(bytes, "e\ntwo\n", 6);
	assert_int_equal(stream_bytes_read() - before, 6);
	stream_free(stream);
}

static void the_descriptors_own_offset_is_left_alone(void **state)
{
	(void)state;
	struct stream *stream = open_stream("lines.gz", NULL);
	if (!stream)
		skip();
	expect_bytes(stream, 0, 100, 100);
	assert_int_equal(lseek(stream_descriptor(stream), 0, SEEK_CUR), 0);
	stream_free(stream);
}

static void a_library_that_is_not_there_is_named_with_its_package(void **state)
{
	(void)state;
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_ROOM);
	assert_int_equal(lazylib_load("libnothing.so.99", "libnothing99", NULL, 0, &why), -ENOENT);
	assert_non_null(strstr(strbuf_text(&why), "libnothing.so.99"));
	assert_non_null(strstr(strbuf_text(&why), "package libnothing99"));
}

static void a_function_that_is_not_in_the_library_is_a_failure(void **state)
{
	(void)state;
	void (*function)(void) = NULL;
	const struct lazylib_symbol symbols[] = { { &function, "no_such_function_here" } };
	assert_int_equal(lazylib_load("libc.so.6", "libc6", symbols, 1, NULL), -ENOENT);
	assert_null(function);
}

static void a_library_that_lacks_one_function_leaves_none_behind(void **state)
{
	(void)state;
	__typeof__(strlen) *length = NULL;
	void (*nothing)(void) = NULL;
	const struct lazylib_symbol symbols[] = { { &length, "strlen" },
		                                  { &nothing, "no_such_function_here" } };
	assert_int_equal(lazylib_load("libc.so.6", "libc6", symbols, ARRAY_SIZE(symbols), NULL),
	                 -ENOENT);
	assert_null(length);
}

static void a_function_that_is_there_can_be_called(void **state)
{
	(void)state;
	__typeof__(strlen) *function = NULL;
	const struct lazylib_symbol symbols[] = { { &function, "strlen" } };
	assert_int_equal(lazylib_load("libc.so.6", "libc6", symbols, 1, NULL), 0);
	assert_int_equal(function("four"), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds_read_as_the_plain_file_would),
		cmocka_unit_test(what_lies_before_the_damage_is_read_and_then_it_is_told),
		cmocka_unit_test(packed_bytes_are_never_given_out_as_lines),
		cmocka_unit_test(what_follows_the_packed_bytes_is_told),
		cmocka_unit_test(a_text_that_begins_like_bzip2_is_plain),
		cmocka_unit_test(another_kind_that_is_packed_inside_stays_packed),
		cmocka_unit_test(a_file_that_never_gives_a_byte_ends_with_the_deadline),
		cmocka_unit_test(after_the_deadline_a_plain_file_is_still_read),
		cmocka_unit_test(an_empty_one_has_no_bytes),
		cmocka_unit_test(unpacking_ends_with_the_deadline),
		cmocka_unit_test(a_plain_file_has_the_size_of_when_it_was_opened),
		cmocka_unit_test(the_descriptors_own_offset_is_left_alone),
		cmocka_unit_test(a_library_that_is_not_there_is_named_with_its_package),
		cmocka_unit_test(a_function_that_is_not_in_the_library_is_a_failure),
		cmocka_unit_test(a_library_that_lacks_one_function_leaves_none_behind),
		cmocka_unit_test(a_function_that_is_there_can_be_called),
	};
	return cmocka_run_group_tests(tests, make_plain, release_plain);
}
