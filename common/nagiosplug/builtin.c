/* builtin.c - ranges and --extra-opts with libnagiosplug's semantics, without it; see backend.h
 *
 * The files and their format are those of Monitoring Plugins: "[section]" lines, "option=value"
 * lines, comment lines that begin with "#" or ";". "x=1" gives -x=1, "long=1" gives --long=1,
 * "long=" gives --long. A section may occur several times; one without options counts as missing.
 * An option needs its "=", and none may precede the first section. Stricter than the library: a
 * section line must have its "]", and there are limits.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <math.h>

#include "common/nagiosplug/backend.h"
#include "common/nagiosplug/check.h"
#include "common/regularfile.h"
#include "common/slice.h"
#include "common/strbuf.h"
#include "common/xalloc.h"

#define FILE_MAX ((size_t)1 << 20)
#define OPTIONS_MAX 1000
#define QUOTE_MAX 200
#define EXTRA_OPTS "--extra-opts"

struct nagiosplug_range {
	double start; /* -HUGE_VAL for "~" */
	double end;   /* HUGE_VAL if there is none */
	bool is_inside;
};

/* Options from ini files, in the order in which they were found. */
struct options {
	char **items;
	size_t count;
};

/* Where we are in a file. */
struct ini {
	const char *file;
	const char *section;
	size_t line;
	bool is_before_sections;
	bool is_wanted; /* the lines belong to `section` */
	bool is_found;  /* an option was in it */
};

static const char *const file_names[] = { "monitoring-plugins.ini", "plugins.ini",
	                                  "nagios-plugins.ini" };

static const char *const standard_files[] = {
	"/usr/local/etc/monitoring-plugins/monitoring-plugins.ini",
	"/usr/local/etc/monitoring-plugins.ini",
	"/etc/monitoring-plugins/monitoring-plugins.ini",
	"/etc/monitoring-plugins.ini",
	"/etc/nagios/plugins.ini",
	"/usr/local/nagios/etc/plugins.ini",
	"/usr/local/etc/nagios/plugins.ini",
	"/etc/opt/nagios/plugins.ini",
	"/etc/nagios-plugins.ini",
	"/usr/local/etc/nagios-plugins.ini",
	"/etc/opt/nagios-plugins.ini",
};

/* The text was checked: strtod stops at the colon or the end, and can't overflow. */
struct nagiosplug_range *nagiosplug_backend_range_new(const char *text)
{
	struct nagiosplug_range *range = xalloc_zero(1, sizeof *range);
	range->is_inside = text[0] == '@';
	if (range->is_inside)
		text++;
	const char *colon = strchr(text, ':');
	if (colon)
		range->start = text[0] == '~' ? -HUGE_VAL : strtod(text, NULL);
	const char *end = colon ? colon + 1 : text;
	range->end = *end ? strtod(end, NULL) : HUGE_VAL;
	return range;
}

void nagiosplug_backend_range_free(struct nagiosplug_range *range)
{
	free(range);
}

bool nagiosplug_backend_range_alerts(const struct nagiosplug_range *range, double value)
{
	bool is_within = range->start <= value && value <= range->end;
	return is_within == range->is_inside;
}

static void options_release(struct options *options)
{
	for (size_t i = 0; i < options->count; i++)
		free(options->items[i]);
	free(options->items);
	*options = (struct options){ 0 };
}

static bool is_blank(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Without blanks at both ends; a DOS line's \r is one. */
static struct slice trim(struct slice text)
{
	while (text.length && is_blank(text.data[0]))
		text = slice_skip(text, 1);
	while (text.length && is_blank(text.data[text.length - 1]))
		text.length--;
	return text;
}

static int ini_fail(const struct ini *ini, int error, const char *what, struct strbuf *why)
{
	struct strbuf file CLEANUP(strbuf_release) = STRBUF_INIT(QUOTE_MAX);
	struct strbuf section CLEANUP(strbuf_release) = STRBUF_INIT(QUOTE_MAX);
	nagiosplug_quote(&file, ini->file);
	nagiosplug_quote(&section, ini->section);
	if (!ini->line)
		return strbuf_fail(why, error, EXTRA_OPTS ": section [%s] of \"%s\": %s",
		                   strbuf_text(&section), strbuf_text(&file), what);
	return strbuf_fail(why, error, EXTRA_OPTS ": section [%s] of \"%s\": line %zu: %s",
	                   strbuf_text(&section), strbuf_text(&file), ini->line, what);
}

static char *option_make(struct slice key, struct slice value)
{
	struct strbuf option = STRBUF_INIT(FILE_MAX + sizeof "--=");
	strbuf_add_string(&option, key.length == 1 ? "-" : "--");
	strbuf_add(&option, key.data, key.length);
	if (value.length) {
		strbuf_add_char(&option, '=');
		strbuf_add(&option, value.data, value.length);
	}
	return strbuf_detach(&option);
}

static int add_option(struct options *options, struct ini *ini, struct slice line,
                      struct strbuf *why)
{
	struct slice value = line;
	struct slice key = trim(slice_take_until(&value, '='));
	if (slice_find(line, SLICE_LITERAL("=")) == line.length)
		return ini_fail(ini, -EINVAL,
		                "there is no \"=\" (an option without a value is \"option=\")",
		                why);
	if (!key.length)
		return ini_fail(ini, -EINVAL, "there is no option before \"=\"", why);
	if (options->count == OPTIONS_MAX)
		return ini_fail(ini, -E2BIG, "there are more than 1000 options", why);
	options->items = xalloc_resize(options->items, options->count + 1, sizeof *options->items);
	options->items[options->count++] = option_make(key, trim(value));
	ini->is_found = true;
	return 0;
}

/* LINE is past its "[": finds out whose lines follow, and leaves what is behind "]". */
static int enter_section(struct ini *ini, struct slice *line, struct strbuf *why)
{
	if (slice_find(*line, SLICE_LITERAL("]")) == line->length)
		return ini_fail(ini, -EINVAL, "there is no \"]\" after the name of a section", why);
	ini->is_before_sections = false;
	ini->is_wanted = slice_equals(trim(slice_take_until(line, ']')), ini->section);
	*line = trim(*line);
	return 0;
}

static int read_line(struct options *options, struct ini *ini, struct slice line,
                     struct strbuf *why)
{
	if (slice_take_char(&line, '[')) {
		int error = enter_section(ini, &line, why);
		if (error < 0)
			return error;
	}
	if (!line.length || line.data[0] == '#' || line.data[0] == ';')
		return 0;
	if (ini->is_before_sections)
		return ini_fail(ini, -EINVAL, "an option before the first section", why);
	return ini->is_wanted ? add_option(options, ini, line, why) : 0;
}

static int read_lines(struct options *options, struct ini *ini, struct slice text,
                      struct strbuf *why)
{
	if (memchr(text.data, '\0', text.length))
		return ini_fail(ini, -EINVAL, "the file has a NUL byte", why);
	while (text.length) {
		ini->line++;
		int error = read_line(options, ini, trim(slice_take_until(&text, '\n')), why);
		if (error < 0)
			return error;
	}
	ini->line = 0;
	return ini->is_found
		? 0
		: ini_fail(ini, -ENOENT, "there is no such section, or it has no options", why);
}

/* A descriptor or -errno. A setuid program must not read for a user what the user can't read: the
 * file is opened as the real user, as the library does it. The group goes first and comes back
 * last, while the privilege for it is there. */
static int open_as_real_user(const char *file)
{
	uid_t user = geteuid();
	gid_t group = getegid();
	if (user == getuid() && group == getgid())
		return regularfile_open(file);

	if (setegid(getgid()) < 0)
		return -errno;
	int fd = seteuid(getuid()) < 0 ? -errno : regularfile_open(file);
	if ((seteuid(user) < 0 || setegid(group) < 0) && fd >= 0) {
		close(fd);
		fd = -EPERM;
	}
	return fd;
}

/* 0, or -errno; a text that is cut is one that is too large. */
static int read_all(struct strbuf *text, int fd)
{
	char block[4096];
	ssize_t got;
	while ((got = read(fd, block, sizeof block)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		strbuf_add(text, block, (size_t)got);
		if (text->truncated)
			return -EFBIG;
	}
	return 0;
}

static int read_file(struct strbuf *text, const struct ini *ini, struct strbuf *why)
{
	bool is_stdin = strcmp(ini->file, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open_as_real_user(ini->file);
	int error = fd < 0 ? fd : read_all(text, fd);
	if (fd >= 0 && !is_stdin)
		close(fd);
	if (error == -EFBIG && text->truncated)
		return ini_fail(ini, error, "the file is larger than 1 MiB", why);
	return error < 0
		? ini_fail(ini, error, fd < 0 ? regularfile_reason(error) : strerror(-error), why)
		: 0;
}

static bool exists(const char *file)
{
	return access(file, F_OK) == 0;
}

/* The first file of a known name in the directories of NAGIOS_CONFIG_PATH, or NULL. */
static char *find_in_path(const char *path)
{
	struct slice rest = slice_string(path ? path : "");
	while (rest.length) {
		struct slice directory = slice_take_until(&rest, ':');
		for (size_t i = 0; directory.length && i < ARRAY_SIZE(file_names); i++) {
			struct strbuf file CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
			strbuf_add(&file, directory.data, directory.length);
			strbuf_add_format(&file, "/%s", file_names[i]);
			if (!file.truncated && exists(strbuf_text(&file)))
				return strbuf_detach(&file);
		}
	}
	return NULL;
}

/* The file when the command line names none; NULL if there is none. */
static char *default_file(void)
{
	const char *chosen = getenv("MP_CONFIG_FILE");
	if (chosen)
		return xalloc_string(chosen);
	char *found = find_in_path(getenv("NAGIOS_CONFIG_PATH"));
	for (size_t i = 0; !found && i < ARRAY_SIZE(standard_files); i++)
		if (exists(standard_files[i]))
			found = xalloc_string(standard_files[i]);
	return found;
}

/* Adds the options that LOCATOR, "[section][@file]" or NULL, stands for. */
static int read_locator(struct options *options, const char *locator, const char *plugin_name,
                        struct strbuf *why)
{
	struct slice rest = slice_string(locator ? locator : "");
	bool has_file = slice_find(rest, SLICE_LITERAL("@")) < rest.length;
	struct slice name = slice_take_until(&rest, '@');
	char *section CLEANUP(xalloc_freep) = name.length ? xalloc_copy(name.data, name.length)
							  : xalloc_string(plugin_name);
	char *file CLEANUP(xalloc_freep) = has_file ? xalloc_copy(rest.data, rest.length)
						    : default_file();
	struct ini ini = { .file = file ? file : "",
		           .section = section,
		           .is_before_sections = true };
	if (!*ini.file)
		return ini_fail(&ini, -ENOENT,
		                "there is no configuration file at any of its places", why);

	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(FILE_MAX);
	int error = read_file(&text, &ini, why);
	return error < 0
		? error
		: read_lines(options, &ini, slice_make(strbuf_text(&text), text.length), why);
}

/* As the library sees it: three dashes, or none, are a value. */
static bool is_option(const char *argument)
{
	size_t dashes = strspn(argument, "-");
	return dashes == 1 || dashes == 2;
}

/* How many arguments from ARGUMENT on are --extra-opts and its value: 0, 1 or 2. */
static int extra_opts_length(char **argument, const char **ret_locator)
{
	struct slice rest = slice_string(argument[0]);
	*ret_locator = NULL;
	if (!slice_take_string(&rest, EXTRA_OPTS))
		return 0;
	if (slice_take_char(&rest, '=')) {
		*ret_locator = rest.data;
		return 1;
	}
	if (rest.length)
		return 0;
	if (!argument[1] || is_option(argument[1]))
		return 1;
	*ret_locator = argument[1];
	return 2;
}

/* The program's name, the options of the files, then what is left of the command line. */
static char **join(const struct options *options, char **argv, size_t count)
{
	char **joined = xalloc_zero(count + options->count + 1, sizeof *joined);
	size_t at = 0;
	if (count)
		joined[at++] = argv[0];
	for (size_t i = 0; i < options->count; i++)
		joined[at++] = options->items[i];
	for (size_t i = 1; i < count; i++)
		joined[at++] = argv[i];
	return joined;
}

int nagiosplug_backend_extra_opts(int *argc, char ***argv, const char *plugin_name,
                                  struct strbuf *why)
{
	struct options options = { 0 };
	size_t left = 0;
	for (int i = 0; i < *argc;) {
		const char *locator = NULL;
		int length = i > 0 ? extra_opts_length(*argv + i, &locator) : 0;
		int error = length ? read_locator(&options, locator, plugin_name, why) : 0;
		if (error < 0) {
			options_release(&options);
			return error;
		}
		if (!length)
			(*argv)[left++] = (*argv)[i];
		i += length ? length : 1;
	}
	char **joined = join(&options, *argv, left);
	*argc = (int)(left + options.count);
	free(options.items);
	free(*argv);
	*argv = joined;
	return 0;
}

const char *nagiosplug_backend_name(void)
{
	return "builtin";
}
