/* grepped.c - the name of the file that grep(1) puts in front of a line; see grepped.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/grepped.h"
#include "plugin/logformat/headtime.h"

#define PATH_MOST 512
#define NUMBER_DIGITS 12

/* "" or ".1", "-20261123", "_old" */
static bool is_suffix(struct slice text)
{
	return !text.length || strchr(".-_", text.data[0]);
}

static bool is_log_name(struct slice name)
{
	static const char *const fronts[] = { "mail", "messages", "syslog" };
	if (memchr(name.data, '/', name.length))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(fronts); i++) {
		struct slice rest = name;
		if (slice_take_string(&rest, fronts[i]) && is_suffix(rest))
			return true;
	}
	size_t log = slice_find(name, SLICE_LITERAL("log"));
	return log < name.length && is_suffix(slice_skip(name, log + 3));
}

/* SEPARATOR, maybe a line's number and SEPARATOR again, and a line. */
static bool take_behind_name(struct slice *line, char separator, int64_t now_sec)
{
	struct slice rest = *line;
	if (!slice_take_char(&rest, separator))
		return false;
	*line = rest;
	if (headtime_is_next(rest, now_sec))
		return true;
	if (!slice_take_while(&rest, slice_is_digit, NUMBER_DIGITS).length ||
	    !slice_take_char(&rest, separator))
		return false;
	*line = rest;
	return headtime_is_next(rest, now_sec);
}

/* Each "-" can be the name's own or the one behind it. */
static bool take_context(struct slice *line, size_t most, int64_t now_sec)
{
	for (size_t i = 1; i < most; i++) {
		struct slice rest = slice_skip(*line, i);
		if (rest.data[0] != '-' || !is_log_name(slice_make(line->data, i)) ||
		    !take_behind_name(&rest, '-', now_sec))
			continue;
		*line = rest;
		return true;
	}
	return false;
}

static bool is_name_byte(unsigned char byte)
{
	return byte > ' ' && byte != ':' && byte != 0x7f;
}

bool grepped_take(struct slice *line, int64_t now_sec)
{
	struct slice rest = *line;
	bool is_stdin = slice_take_string(&rest, "(standard input)");
	struct slice name = slice_take_while(&rest, is_name_byte, PATH_MOST);
	if ((is_stdin ? !name.length : name.length && is_log_name(name)) &&
	    take_behind_name(&rest, ':', now_sec)) {
		*line = rest;
		return true;
	}
	return !is_stdin && take_context(line, name.length, now_sec);
}
