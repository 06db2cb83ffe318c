/* test_location.c - unit tests of plugin/store/location.c: which directory is chosen for the states
 * of a user
 *
 * The place is compiled in; here it is one below a temporary directory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include <sys/stat.h>

static char directory[PATH_MAX], state_directory[PATH_MAX + 20];

#undef STATE_DIRECTORY
#define STATE_DIRECTORY state_directory
#include "plugin/store/location.c"

#define OTHER 12345 /* a user, when root tests */

static const char *below(const char *format, ...) PRINTF_LIKE(1, 2);

static const char *below(const char *format, ...)
{
	static char path[PATH_MAX + 100];
	int length = snprintf(path, sizeof path, "%s/", directory);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(path + length, sizeof path - (size_t)length, format, arguments);
	va_end(arguments);
	return path;
}

static void make(const char *path, mode_t mode)
{
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* A root's place without rights for others, and a home; the tests run as somebody else than its
 * owner. */
static int set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");
	(void)state;
	snprintf(directory, sizeof directory, "%s/test_location.XXXXXX",
	         tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(directory) || chmod(directory, 0755))
		return -1;
	snprintf(state_directory, sizeof state_directory, "%s/lib", directory);
	make(below("home"), 0700);
	if (geteuid() == 0 && chown(below("home"), OTHER, (gid_t)-1))
		return -1;
	setenv("HOME", below("home"), 1);
	unsetenv("XDG_STATE_HOME");
	unsetenv("MP_STATE_PATH");
	unsetenv("NAGIOS_PLUGIN_STATE_DIRECTORY");
	return 0;
}

static int tear_down(void **state)
{
	char command[PATH_MAX + 60];
	(void)state;
	snprintf(command, sizeof command, "cd '%s' && chmod -R u+rwX . && rm -rf \"$PWD\"",
	         directory);
	return system(command);
}

/* For root as OTHER, whose real uid is it too: else the environment would not count. */
static void assert_chosen(const char *expected)
{
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	char wanted[PATH_MAX + 100];
	bool is_root = geteuid() == 0;
	snprintf(wanted, sizeof wanted, "%s", expected);
	if (is_root)
		assert_int_equal(setresuid(OTHER, OTHER, 0), 0);
	location_add(&path);
	if (is_root)
		assert_int_equal(setresuid(0, 0, 0), 0);
	assert_string_equal(strbuf_text(&path), wanted);
}

static unsigned me(void)
{
	return geteuid() == 0 ? OTHER : (unsigned)geteuid();
}

static void without_a_directory_of_its_own_a_users_home_is_taken(void **state)
{
	(void)state;
	make(below("lib"), 0555);
	assert_chosen(below("home/.local/state/check_mail_geo"));
	assert_int_equal(rmdir(below("lib")), 0);
	assert_int_equal(chmod(directory, 0555), 0);
	assert_chosen(below("home/.local/state/check_mail_geo"));
	assert_int_equal(chmod(directory, 0755), 0);
}

static void xdg_state_home_goes_before_home_if_it_is_absolute(void **state)
{
	(void)state;
	make(below("lib"), 0555);
	setenv("XDG_STATE_HOME", below("home/x"), 1);
	assert_chosen(below("home/x/check_mail_geo"));
	setenv("XDG_STATE_HOME", "x", 1);
	assert_chosen(below("home/.local/state/check_mail_geo"));
	setenv("XDG_STATE_HOME", "", 1);
	setenv("HOME", ".", 1);
	assert_chosen(below("lib/%u", me()));
}

static void a_home_that_can_not_be_written_is_none(void **state)
{
	(void)state;
	make(below("lib"), 0555);
	assert_int_equal(chmod(below("home"), 0555), 0);
	assert_chosen(below("lib/%u", me()));
	setenv("HOME", "/nonexistent", 1);
	assert_chosen(below("lib/%u", me()));
	setenv("HOME", "/dev/null", 1);
	assert_chosen(below("lib/%u", me()));
	unsetenv("HOME");
	assert_chosen(below("lib/%u", me()));
}

static void the_directory_that_the_admin_made_goes_before_home(void **state)
{
	(void)state;
	make(below("lib"), 0755);
	make(below("lib/%u", me()), 0700);
	assert_int_equal(chmod(below("lib"), 0555), 0);
	assert_chosen(below("lib/%u", me()));
	/* then opening it says what is wrong */
	assert_int_equal(chmod(below("lib/%u", me()), 0), 0);
	assert_chosen(below("lib/%u", me()));
	assert_int_equal(chmod(below("lib"), 0755), 0);
}

/* As make install made it once. */
static void a_place_where_all_may_write_is_still_found(void **state)
{
	(void)state;
	make(below("lib"), 01777);
	assert_chosen(below("lib/%u", me()));
	make(below("lib/%u", me()), 0700);
	assert_chosen(below("lib/%u", me()));
}

static void the_environment_goes_before_all(void **state)
{
	(void)state;
	char wanted[100];
	make(below("lib"), 01777);
	setenv("NAGIOS_PLUGIN_STATE_DIRECTORY", "/second", 1);
	snprintf(wanted, sizeof wanted, "/second/%u", me());
	assert_chosen(wanted);
	setenv("MP_STATE_PATH", "/first", 1);
	snprintf(wanted, sizeof wanted, "/first/%u", me());
	assert_chosen(wanted);
}

static void with_rights_of_another_the_environment_says_nothing(void **state)
{
	(void)state;
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	if (geteuid() != 0)
		skip();
	setenv("MP_STATE_PATH", "/first", 1);
	make(below("lib"), 0555);
	assert_int_equal(setresuid(0, OTHER, 0), 0);
	location_add(&path);
	assert_int_equal(setresuid(0, 0, 0), 0);
	assert_string_equal(strbuf_text(&path), below("lib/%u", OTHER));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_directory_of_its_own_a_users_home_is_taken),
		TEST(xdg_state_home_goes_before_home_if_it_is_absolute),
		TEST(a_home_that_can_not_be_written_is_none),
		TEST(the_directory_that_the_admin_made_goes_before_home),
		TEST(a_place_where_all_may_write_is_still_found),
		TEST(the_environment_goes_before_all),
		TEST(with_rights_of_another_the_environment_says_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
