/* test_nagiosplug.c - unit tests of common/nagiosplug.c with whichever backend it is linked to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include <sys/wait.h>

#include "common/nagiosplug.h"
#include "common/nagiosplug/check.h"
#include "common/xalloc.h"

#define PLUGIN "check_test"
#define EXIT_UNKNOWN 3
#define ARGUMENTS_MAX 16
#define NOBODY 65534

/* Arguments, as in ARGUMENTS("-v", "x"), NULL-terminated and without the program's name. */
#define ARGUMENTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static char directory[] = "/tmp/test_nagiosplug.XXXXXX";

/* ---- Ranges ---------------------------------------------------------------------------------- */

struct verdict {
	const char *range;
	double value;
	bool alerts;
};

static const struct verdict verdicts[] = {
	/* An end alone: outside of 0 to it. */
	{ "10", -0.1, true },
	{ "10", 0, false },
	{ "10", 10, false },
	{ "10", 10.1, true },
	{ "6", 6, false },
	{ "6", 7, true },
	{ "0", 0, false },
	{ "0", 1, true },
	{ "0", -1, true },
	/* A missing start is 0, a missing end is infinity. */
	{ "10:", 9.9, true },
	{ "10:", 10, false },
	{ "10:", 1e300, false },
	{ "10:", -1, true },
	{ "5:", 5, false },
	{ "0:", 0, false },
	{ "0:", -0.5, true },
	{ ":10", -1, true },
	{ ":10", 0, false },
	{ ":10", 10, false },
	{ ":10", 11, true },
	{ ":5.75", 5.75, false },
	{ ":5.75", 5.76, true },
	/* Minus infinity. */
	{ "~:10", -1e300, false },
	{ "~:10", 10, false },
	{ "~:10", 10.5, true },
	{ "~:0", 0.5, true },
	{ "~:0", -10, false },
	{ "~:0", 0, false },
	{ "~:-95.99", -95.99, false },
	{ "~:-95.99", -95.98, true },
	{ "~:-95.99", -96, false },
	{ "~:", 0, false },
	{ "~:", -1e300, false },
	{ "~:", 1e300, false },
	/* Both ends are inside. */
	{ "10:20", 9.99, true },
	{ "10:20", 10, false },
	{ "10:20", 20, false },
	{ "10:20", 20.01, true },
	{ "1:1", 0.5, true },
	{ "1:1", 1, false },
	{ "1:1", 5.2, true },
	{ "-7:23", -7.1, true },
	{ "-7:23", -7, false },
	{ "-7:23", 23, false },
	{ "-7:23", 23.1, true },
	{ "-10:-2", -11, true },
	{ "-10:-2", -10, false },
	{ "-10:-2", -2, false },
	{ "-10:-2", -1, true },
	{ "-10.5:-5.5", -7, false },
	{ "-10.5:-5.5", -5.4, true },
	{ "-30:20", 19, false },
	{ "-5:", -5, false },
	/* Inside instead of outside. */
	{ "@10:20", 9.99, false },
	{ "@10:20", 10, true },
	{ "@10:20", 20, true },
	{ "@10:20", 20.01, false },
	{ "@1:1", 0.5, false },
	{ "@1:1", 1, true },
	{ "@1:1", 5.2, false },
	{ "@0:657.8210567", 32.88, true },
	{ "@0:657.8210567", -2, false },
	{ "@0:657.8210567", 657.8210567, true },
	{ "@0:657.8210567", 0, true },
	{ "@5", 0, true },
	{ "@5", 5, true },
	{ "@5", 6, false },
	{ "@5:", 4, false },
	{ "@5:", 5, true },
	{ "@~:", 0, true },
	{ "@~:5", 6, false },
	{ "@~:5", -1e300, true },
	/* Decimals, a leading zero that is not octal, a number that no integer holds. */
	{ "0.5", 0.5, false },
	{ "0.5", 0.51, true },
	{ "010", 10, false },
	{ "010", 9, false },
	{ "010", 10.5, true },
	{ "12345678901234567890:", 12345678901234567890.0 / 1.1, true },
	{ "12345678901234567890:", 12345678901234567890.0, false },
	{ "12345678901234567890:", 12345678901234567890.0 * 2, false },
	{ "-0:0", 0, false },
	{ "-0", 0, false },
};

static void a_range_alerts_where_the_guidelines_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++) {
		struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		struct nagiosplug_range *range = NULL;
		if (nagiosplug_range_new(&range, verdicts[i].range, &why) != 0)
			fail_msg("%s: %s", verdicts[i].range, strbuf_text(&why));
		if (nagiosplug_range_alerts(range, verdicts[i].value) != verdicts[i].alerts)
			fail_msg("%s at %g", verdicts[i].range, verdicts[i].value);
		nagiosplug_range_free(range);
	}
	nagiosplug_range_free(NULL);
}

static const struct {
	const char *text;
	const char *reason;
} mistyped[] = {
	{ "", "it is empty" },
	{ ":", "it has neither a start nor an end" },
	{ "@:", "it has neither a start nor an end" },
	{ "@", "there is nothing after \"@\"" },
	{ "~", "\"~\" is a start, a \":\" must follow" },
	{ "@~", "\"~\" is a start, a \":\" must follow" },
	{ "10:~", "unexpected \"~\" after 10:: minus infinity can only be the start" },
	{ "20:10", "its start 20 is above its end 10" },
	{ "2:1", "its start 2 is above its end 1" },
	{ "@@5", "unexpected \"@\" after @: it can only come first, once" },
	{ "5%", "unexpected \"%\" after 5: a range has no unit" },
	{ "1:12%%", "unexpected \"%\" after 1:12: a range has no unit" },
	{ "1,5", "unexpected \",\" after 1: the decimal sign is a point" },
	{ "-5", "its start 0 is above its end -5" },
	{ ":-5", "its start 0 is above its end -5" },
	{ "-5:-5.1", "its start -5 is above its end -5.1" },
	{ "10x", "unexpected \"x\" after 10" },
	{ "x", "unexpected \"x\" at its start" },
	{ "~5", "unexpected \"5\" after ~" },
	{ "~~:5", "unexpected \"~\" after ~: minus infinity can only be the start" },
	{ "1:2:3", "unexpected \":\" after 1:2: there is one colon between start and end" },
	{ "+5", "unexpected \"+\" at its start: a number has no plus sign" },
	{ "1e3", "unexpected \"e\" after 1" },
	{ "0x10", "unexpected \"x\" after 0" },
	{ "inf", "unexpected \"i\" at its start" },
	{ "nan", "unexpected \"n\" at its start" },
	{ " 5", "unexpected \" \" at its start: a range has no blanks" },
	{ "5 ", "unexpected \" \" after 5: a range has no blanks" },
	{ "5: 6", "unexpected \" \" after 5:: a range has no blanks" },
	{ "5\n", "unexpected \"?\" after 5" },
	{ "-", "there are no digits after \"-\"" },
	{ "--5", "there are no digits after \"-\"" },
	{ "1:-", "there are no digits after \"-\"" },
	{ "5.", "there are no digits after the decimal point" },
	{ "5.:6", "there are no digits after the decimal point" },
	{ ".5", "unexpected \".\" at its start: a number begins with a digit and has one point" },
	{ "1.2.3", "unexpected \".\" after 1.2: a number begins with a digit and has one point" },
};

static void a_mistyped_range_is_refused_with_the_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mistyped); i++) {
		struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		struct nagiosplug_range *range = NULL;
		if (nagiosplug_range_new(&range, mistyped[i].text, &why) != -EINVAL)
			fail_msg("\"%s\" was taken", mistyped[i].text);
		assert_null(range);
		const char *reason = strstr(strbuf_text(&why), " is not a range: ");
		assert_non_null(reason);
		assert_string_equal(reason + strlen(" is not a range: "), mistyped[i].reason);
	}
}

static void the_reason_quotes_safely_and_briefly(void **state)
{
	(void)state;
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	assert_int_equal(nagiosplug_range_check("10x", &why), -EINVAL);
	assert_string_equal(strbuf_text(&why), "\"10x\" is not a range: unexpected \"x\" after 10");
	assert_int_equal(nagiosplug_range_check("1\033[2J\xc3\xa4%n", &why), -EINVAL);
	assert_string_equal(strbuf_text(&why),
	                    "\"1?[2J??%n\" is not a range: unexpected \"?\" after 1");
	assert_int_equal(nagiosplug_range_check("10x", NULL), -EINVAL);

	char text[NAGIOSPLUG_RANGE_TEXT_MAX + 2] = "";
	memset(text, '7', NAGIOSPLUG_RANGE_TEXT_MAX - 1);
	text[NAGIOSPLUG_RANGE_TEXT_MAX - 1] = 'x';
	assert_int_equal(nagiosplug_range_check(text, &why), -EINVAL);
	assert_non_null(strstr(strbuf_text(&why),
	                       "7777...\" is not a range: unexpected \"x\" after ...7777"));
	assert_true(why.length < 250);
}

static void the_longest_range_is_100_bytes(void **state)
{
	(void)state;
	char text[NAGIOSPLUG_RANGE_TEXT_MAX + 2] = "";
	memset(text, '9', NAGIOSPLUG_RANGE_TEXT_MAX);
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	assert_int_equal(nagiosplug_range_check(text, &why), 0);
	text[NAGIOSPLUG_RANGE_TEXT_MAX] = '9';
	assert_int_equal(nagiosplug_range_check(text, &why), -EINVAL);
	assert_non_null(strstr(strbuf_text(&why), "it has more than 100 bytes"));
}

/* ---- extra-opts ------------------------------------------------------------------------------ */

static bool is_builtin(void)
{
	return strcmp(nagiosplug_backend(), "builtin") == 0;
}

/* The path of NAME in the directory of the test; for the caller to free. */
static char *path_of(const char *name)
{
	struct strbuf path = STRBUF_INIT(PATH_MAX);
	strbuf_add_format(&path, "%s/%s", directory, name);
	return strbuf_detach(&path);
}

static void write_file(const char *name, const char *text, size_t length)
{
	char *path CLEANUP(xalloc_freep) = path_of(name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void write_ini(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

/* PREFIX followed by the path of NAME. */
static char *locator(const char *prefix, const char *name)
{
	struct strbuf text = STRBUF_INIT(PATH_MAX);
	strbuf_add_format(&text, "%s%s/%s", prefix, directory, name);
	return strbuf_detach(&text);
}

static int expand(int *ret_argc, char ***ret_argv, const char *const *arguments, struct strbuf *why)
{
	static char program[] = "program"; /* the caller reads argv[0] when we have returned */
	char *argv[ARGUMENTS_MAX] = { program };
	int argc = 1;
	for (; arguments[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)arguments[argc - 1];
	return nagiosplug_extra_opts(ret_argc, ret_argv, argc, argv, PLUGIN, why);
}

static void assert_expands(const char *const *arguments, const char *const *expected)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	int argc = -1;
	char **argv = NULL;
	if (expand(&argc, &argv, arguments, &why) != 0)
		fail_msg("%s", strbuf_text(&why));
	assert_string_equal(argv[0], "program");
	int i = 1;
	for (; expected[i - 1]; i++) {
		assert_true(i < argc);
		assert_string_equal(argv[i], expected[i - 1]);
	}
	assert_int_equal(argc, i);
	assert_null(argv[argc]);
}

/* The library ends the process, so a child tries: its exit status is 3 then, or an errno of the
 * builtin. Of the builtin REASON (unless NULL) is looked for too. */
static int failure_of(const char *const *arguments, const char *reason)
{
	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct strbuf why = STRBUF_INIT(WHY_MAX);
		int argc;
		char **argv;
		if (!freopen("/dev/null", "w", stdout))
			_exit(99);
		int error = expand(&argc, &argv, arguments, &why);
		_exit(error < 0 && reason && !strstr(strbuf_text(&why), reason) ? 98 : -error);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void assert_fails(const char *const *arguments, int error, const char *reason)
{
	assert_int_equal(failure_of(arguments, reason), is_builtin() ? error : EXIT_UNKNOWN);
}

/* 2.3.x frees the name of a file that the command line doesn't give, though it is no heap memory,
 * and aborts. */
static void skip_if_default_file_aborts(void)
{
	if (strncmp(nagiosplug_backend(), "libmonitoringplug 2.3",
	            strlen("libmonitoringplug 2.3")) == 0)
		skip();
}

static int make_directory(void **state)
{
	(void)state;
	unsetenv("MP_CONFIG_FILE");
	unsetenv("NAGIOS_CONFIG_PATH");
	return mkdtemp(directory) ? 0 : -1;
}

static int forget_environment(void **state)
{
	(void)state;
	unsetenv("MP_CONFIG_FILE");
	unsetenv("NAGIOS_CONFIG_PATH");
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	static const char *const names[] = { "a.ini", "b.ini", "plugins.ini" };
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *path CLEANUP(xalloc_freep) = path_of(names[i]);
		unlink(path);
	}
	return rmdir(directory);
}

static const char sample[] = "# a comment\n"
			     "; another\n"
			     "\n"
			     "[other]\n"
			     "not for us\n"
			     "warning=1\n"
			     "[" PLUGIN "]\n"
			     "  warning = 10:20  \n"
			     "# between\n"
			     "x=7\n"
			     "v=\n"
			     "flag =\n"
			     "text=two words = one value # all of it\n"
			     "[ named ]\r\n"
			     "critical=5\r\n";

static const char *const sample_options[] = {
	"--warning=10:20", "-x=7", "-v", "--flag", "--text=two words = one value # all of it", NULL
};

static void without_extra_opts_nothing_changes(void **state)
{
	(void)state;
	assert_expands(ARGUMENTS("-w", "5", "--extra-optsx", "file"),
	               ARGUMENTS("-w", "5", "--extra-optsx", "file"));
	assert_expands((const char *const[]){ NULL }, (const char *const[]){ NULL });
}

static void the_default_section_is_the_plugins_name(void **state)
{
	(void)state;
	write_ini("a.ini", sample);
	char *argument CLEANUP(xalloc_freep) = locator("--extra-opts=@", "a.ini");
	assert_expands(ARGUMENTS(argument), sample_options);
}

static void a_section_can_be_named(void **state)
{
	(void)state;
	write_ini("a.ini", sample);
	char *argument CLEANUP(xalloc_freep) = locator("--extra-opts=named@", "a.ini");
	assert_expands(ARGUMENTS(argument), ARGUMENTS("--critical=5"));
}

static void the_locator_can_be_an_argument_of_its_own(void **state)
{
	(void)state;
	write_ini("a.ini", sample);
	char *argument CLEANUP(xalloc_freep) = locator("named@", "a.ini");
	assert_expands(ARGUMENTS("--extra-opts", argument, "-v"), ARGUMENTS("--critical=5", "-v"));
}

static void an_option_is_no_locator(void **state)
{
	(void)state;
	skip_if_default_file_aborts();
	write_ini("a.ini", "[" PLUGIN "]\nx=1\n");
	char *path CLEANUP(xalloc_freep) = path_of("a.ini");
	setenv("MP_CONFIG_FILE", path, 1);
	assert_expands(ARGUMENTS("--extra-opts", "-v"), ARGUMENTS("-x=1", "-v"));
	assert_expands(ARGUMENTS("--extra-opts", "--verbose"), ARGUMENTS("-x=1", "--verbose"));
	assert_expands(ARGUMENTS("-v", "--extra-opts"), ARGUMENTS("-x=1", "-v"));
	assert_expands(ARGUMENTS("--extra-opts="), ARGUMENTS("-x=1"));
}

static void the_options_of_the_files_come_first_in_their_order(void **state)
{
	(void)state;
	write_ini("a.ini", sample);
	write_ini("b.ini", "[named]\nlast=1\n[" PLUGIN "]\nbeta=2\n[named]\nagain=3\n");
	char *first CLEANUP(xalloc_freep) = locator("--extra-opts=named@", "a.ini");
	char *second CLEANUP(xalloc_freep) = locator("--extra-opts=@", "b.ini");
	char *third CLEANUP(xalloc_freep) = locator("named@", "b.ini");
	assert_expands(ARGUMENTS("-w", "1", first, "-c", second, "2", "--extra-opts", third, "end"),
	               ARGUMENTS("--critical=5", "--beta=2", "--last=1", "--again=3", "-w", "1",
	                         "-c", "2", "end"));
}

static void behind_two_dashes_nothing_is_expanded(void **state)
{
	(void)state;
	write_ini("a.ini", sample);
	char *argument CLEANUP(xalloc_freep) = locator("--extra-opts=named@", "a.ini");
	assert_expands(ARGUMENTS(argument, "--", argument),
	               ARGUMENTS("--critical=5", "--", argument));
	assert_expands(ARGUMENTS("--", "--extra-opts=nowhere"),
	               ARGUMENTS("--", "--extra-opts=nowhere"));
}

static void the_file_comes_from_the_environment(void **state)
{
	(void)state;
	skip_if_default_file_aborts();
	write_ini("a.ini", sample);
	write_ini("plugins.ini", "[named]\nfrom=path\n");
	char *file CLEANUP(xalloc_freep) = path_of("a.ini");
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	strbuf_add_format(&path, ":/nonexistent::%s", directory);
	setenv("NAGIOS_CONFIG_PATH", strbuf_text(&path), 1);
	assert_expands(ARGUMENTS("--extra-opts=named"), ARGUMENTS("--from=path"));
	setenv("MP_CONFIG_FILE", file, 1);
	assert_expands(ARGUMENTS("--extra-opts=named"), ARGUMENTS("--critical=5"));
	assert_expands(ARGUMENTS("--extra-opts"), sample_options);
}

static void a_dash_is_the_standard_input(void **state)
{
	(void)state;
	write_ini("a.ini", sample);
	char *path CLEANUP(xalloc_freep) = path_of("a.ini");
	int saved = dup(STDIN_FILENO);
	assert_non_null(freopen(path, "r", stdin));
	assert_expands(ARGUMENTS("--extra-opts=named@-"), ARGUMENTS("--critical=5"));
	if (saved >= 0) {
		dup2(saved, STDIN_FILENO);
		close(saved);
	}
}

static void what_follows_the_bracket_belongs_to_the_section(void **state)
{
	(void)state;
	write_ini("a.ini", "[" PLUGIN "] # mine\nx=1\n[named] y=2\n");
	char *mine CLEANUP(xalloc_freep) = locator("--extra-opts=@", "a.ini");
	char *named CLEANUP(xalloc_freep) = locator("--extra-opts=named@", "a.ini");
	assert_expands(ARGUMENTS(mine, named), ARGUMENTS("-x=1", "-y=2"));
}

static void the_last_line_needs_no_newline(void **state)
{
	(void)state;
	write_ini("a.ini", "[" PLUGIN "]\nlast=1");
	char *argument CLEANUP(xalloc_freep) = locator("--extra-opts=@", "a.ini");
	assert_expands(ARGUMENTS(argument), ARGUMENTS("--last=1"));
}

static void a_missing_section_or_file_is_an_error(void **state)
{
	(void)state;
	write_ini("a.ini", "[" PLUGIN "x]\nx=1\n[empty]\n# nothing\n[other]\ny=1\n");
	char *section CLEANUP(xalloc_freep) = locator("--extra-opts=@", "a.ini");
	char *empty CLEANUP(xalloc_freep) = locator("--extra-opts=empty@", "a.ini");
	char *file CLEANUP(xalloc_freep) = locator("--extra-opts=@", "missing.ini");
	char *expected CLEANUP(xalloc_freep) = locator("section [" PLUGIN "] of \"",
	                                               "missing.ini\": No such file");
	assert_fails(ARGUMENTS(section), ENOENT, "section [" PLUGIN "] of \"");
	assert_fails(ARGUMENTS(empty), ENOENT, "there is no such section, or it has no options");
	assert_fails(ARGUMENTS(file), ENOENT, expected);
	assert_fails(ARGUMENTS("--extra-opts=named@"), ENOENT, "no configuration file");
	setenv("MP_CONFIG_FILE", "/nonexistent/file", 1);
	assert_fails(ARGUMENTS("--extra-opts"), ENOENT, "/nonexistent/file");
}

static void assert_ini_fails(const char *text, const char *reason)
{
	write_ini("a.ini", text);
	char *argument CLEANUP(xalloc_freep) = locator("--extra-opts=@", "a.ini");
	assert_fails(ARGUMENTS(argument), EINVAL, reason);
}

static void a_broken_file_is_an_error(void **state)
{
	(void)state;
	assert_ini_fails("x=1\n[" PLUGIN "]\ny=1\n", "line 1: an option before the first section");
	assert_ini_fails("[" PLUGIN "]\ny=1\nflag\n", "line 3: there is no \"=\"");
	assert_ini_fails("[" PLUGIN "]\n =5\n", "line 2: there is no option before \"=\"");
	assert_ini_fails("[" PLUGIN, "line 1: there is no \"]\"");
}

/* The library has no limits, and no opinion on NUL bytes or directories. */
static void the_builtin_has_limits(void **state)
{
	(void)state;
	if (!is_builtin())
		skip();
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT((1 << 20) + 1);
	char *argument CLEANUP(xalloc_freep) = locator("--extra-opts=@", "a.ini");
	strbuf_add_string(&text, "[" PLUGIN "]\nx=1\n");
	while (text.length < 1 << 20)
		strbuf_add_char(&text, '\n');
	write_file("a.ini", strbuf_text(&text), text.length);
	assert_expands(ARGUMENTS(argument), ARGUMENTS("-x=1"));
	strbuf_add_char(&text, '\n');
	write_file("a.ini", strbuf_text(&text), text.length);
	assert_fails(ARGUMENTS(argument), EFBIG, "the file is larger than 1 MiB");

	write_file("a.ini", "[" PLUGIN "]\nx=1\0\n", sizeof "[" PLUGIN "]\nx=1\0\n" - 1);
	assert_fails(ARGUMENTS(argument), EINVAL, "NUL");
	assert_fails(ARGUMENTS("--extra-opts=@/"), EISDIR, "Is a directory");
}

static void the_builtin_takes_1000_options(void **state)
{
	(void)state;
	if (!is_builtin())
		skip();
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(10000);
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	char *argument CLEANUP(xalloc_freep) = locator("--extra-opts=@", "a.ini");
	int argc = 0;
	char **argv = NULL;
	strbuf_add_string(&text, "[" PLUGIN "]\n");
	for (int i = 0; i < 500; i++)
		strbuf_add_string(&text, "x=1\n");
	write_file("a.ini", strbuf_text(&text), text.length);
	assert_int_equal(expand(&argc, &argv, ARGUMENTS(argument, argument), &why), 0);
	assert_int_equal(argc, 1001);

	write_ini("b.ini", "[" PLUGIN "]\none=more\n");
	char *another CLEANUP(xalloc_freep) = locator("--extra-opts=@", "b.ini");
	assert_fails(ARGUMENTS(argument, argument, another), E2BIG, "more than 1000 options");
}

/* Only root can become a process with two identities; the others can't make the file that matters
 * either. */
static void a_setuid_program_reads_as_its_real_user(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	write_ini("a.ini", sample);
	char *argument CLEANUP(xalloc_freep) = locator("--extra-opts=named@", "a.ini");
	assert_int_equal(setresuid(NOBODY, 0, 0), 0);
	int failure = failure_of(ARGUMENTS(argument), "Permission denied");
	uid_t effective = geteuid();
	assert_int_equal(setresuid(0, 0, 0), 0);
	assert_int_equal(effective, 0);
	assert_int_equal(failure, is_builtin() ? EACCES : EXIT_UNKNOWN);
}

static void the_backend_has_a_name(void **state)
{
	(void)state;
	print_message("# backend: %s\n", nagiosplug_backend());
	assert_true(is_builtin() || strncmp(nagiosplug_backend(), "libmonitoringplug ", 18) == 0);
}

#define EXTRA_OPTS_TEST(test) cmocka_unit_test_teardown(test, forget_environment)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_backend_has_a_name),
		cmocka_unit_test(a_range_alerts_where_the_guidelines_say),
		cmocka_unit_test(a_mistyped_range_is_refused_with_the_reason),
		cmocka_unit_test(the_reason_quotes_safely_and_briefly),
		cmocka_unit_test(the_longest_range_is_100_bytes),
		EXTRA_OPTS_TEST(without_extra_opts_nothing_changes),
		EXTRA_OPTS_TEST(the_default_section_is_the_plugins_name),
		EXTRA_OPTS_TEST(a_section_can_be_named),
		EXTRA_OPTS_TEST(the_locator_can_be_an_argument_of_its_own),
		EXTRA_OPTS_TEST(an_option_is_no_locator),
		EXTRA_OPTS_TEST(the_options_of_the_files_come_first_in_their_order),
		EXTRA_OPTS_TEST(behind_two_dashes_nothing_is_expanded),
		EXTRA_OPTS_TEST(the_file_comes_from_the_environment),
		EXTRA_OPTS_TEST(a_dash_is_the_standard_input),
		EXTRA_OPTS_TEST(what_follows_the_bracket_belongs_to_the_section),
		EXTRA_OPTS_TEST(the_last_line_needs_no_newline),
		EXTRA_OPTS_TEST(a_missing_section_or_file_is_an_error),
		EXTRA_OPTS_TEST(a_broken_file_is_an_error),
		EXTRA_OPTS_TEST(the_builtin_has_limits),
		EXTRA_OPTS_TEST(the_builtin_takes_1000_options),
		EXTRA_OPTS_TEST(a_setuid_program_reads_as_its_real_user),
	};
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
