/* test_dirlist.c - unit tests of plugin/source/dirlist.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "plugin/source/dirlist.h"

static char directory[200];

static int remove_one(const char *name, const struct stat *status, int type, struct FTW *at)
{
	(void)status, (void)type, (void)at;
	return remove(name);
}

static void add_file(int number)
{
	char path[sizeof directory + 20];
	snprintf(path, sizeof path, "%sf%05d", directory, number);
	int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(descriptor >= 0);
	close(descriptor);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(directory, sizeof directory, "/tmp/test_dirlist.XXXXXX");
	assert_non_null(mkdtemp(directory));
	directory[strlen(directory) + 1] = '\0';
	directory[strlen(directory)] = '/';
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static size_t count(struct dirlists *lists, bool *ret_is_kept)
{
	struct dirlist list CLEANUP(dirlist_release) = { 0 };
	assert_int_equal(dirlists_get(lists, directory, &list), 0);
	*ret_is_kept = list.is_kept;
	return list.count;
}

/* As long ago as it takes for a change to have a time of its own. */
static void age(int64_t sec)
{
	const struct timespec times[2] = { { .tv_sec = (time_t)sec }, { .tv_sec = (time_t)sec } };
	assert_int_equal(utimensat(AT_FDCWD, directory, times, 0), 0);
}

static void a_large_directory_is_kept_until_it_changes(void **state)
{
	(void)state;
	bool is_kept;
	struct dirlists *lists CLEANUP(dirlists_freep) = dirlists_new();
	for (int i = 0; i < DIRLIST_KEPT_LEAST; i++)
		add_file(i);
	age(1000000);
	assert_int_equal(count(lists, &is_kept), DIRLIST_KEPT_LEAST);
	assert_true(is_kept);
	add_file(90000);
	/* with the same time nothing tells: so the next line shows that it was not listed again */
	age(1000000);
	assert_int_equal(count(lists, &is_kept), DIRLIST_KEPT_LEAST);
	age(1000001);
	assert_int_equal(count(lists, &is_kept), DIRLIST_KEPT_LEAST + 1);
}

static void one_that_changed_in_this_tick_is_listed_again(void **state)
{
	(void)state;
	bool is_kept;
	struct dirlists *lists CLEANUP(dirlists_freep) = dirlists_new();
	for (int i = 0; i < DIRLIST_KEPT_LEAST; i++)
		add_file(i);
	for (int i = 0; i < 100; i++) {
		add_file(1000 + i);
		assert_int_equal(count(lists, &is_kept), DIRLIST_KEPT_LEAST + i + 1);
	}
}

static void a_small_one_is_nobodys_but_the_callers(void **state)
{
	(void)state;
	bool is_kept;
	struct dirlists *lists CLEANUP(dirlists_freep) = dirlists_new();
	add_file(1);
	age(1000000);
	assert_int_equal(count(lists, &is_kept), 1);
	assert_false(is_kept);
	assert_int_equal(count(NULL, &is_kept), 1);
}

static void names_are_in_order_and_found(void **state)
{
	(void)state;
	struct dirlist list CLEANUP(dirlist_release) = { 0 };
	for (int i = 20; i > 0; i--)
		add_file(i);
	assert_int_equal(dirlists_get(NULL, directory, &list), 0);
	assert_int_equal(list.count, 20);
	for (size_t i = 0; i < list.count; i++)
		assert_int_equal(dirlist_find(&list, list.entries[i].name), i);
	assert_int_equal(dirlist_find(&list, ""), 0);
	assert_int_equal(dirlist_find(&list, "f00002x"), 2);
	assert_int_equal(dirlist_find(&list, "g"), 20);
	assert_true(list.entries[0].may_be_file);
}

static void one_that_is_not_there_is_empty_and_a_loop_of_links_is_an_error(void **state)
{
	(void)state;
	char path[sizeof directory + 20];
	struct dirlist list CLEANUP(dirlist_release) = { 0 };
	snprintf(path, sizeof path, "%snothing/", directory);
	assert_int_equal(dirlists_get(NULL, path, &list), 0);
	assert_int_equal(list.count, 0);
	snprintf(path, sizeof path, "%sloop", directory);
	assert_int_equal(symlink("loop", path), 0);
	assert_int_equal(dirlists_get(NULL, path, &list), -ELOOP);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_large_directory_is_kept_until_it_changes),
		TEST(one_that_changed_in_this_tick_is_listed_again),
		TEST(a_small_one_is_nobodys_but_the_callers),
		TEST(names_are_in_order_and_found),
		TEST(one_that_is_not_there_is_empty_and_a_loop_of_links_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
