/* container.c - what container engines put in front of a line; see container.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/container.h"
#include "plugin/logformat/headtime.h"

#define NAME_MAX_BYTES 128
#define PADDING_MAX 128
#define CRI_TIME_LEAST 20 /* "2026-11-23T09:07:43Z" */
#define CRI_TIME_MOST 35  /* with nanoseconds and an offset */
#define CRI_TAGS_MAX 64

static bool is_name(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '-' || byte == '_' || byte == '.';
}

static bool is_blank(unsigned char byte)
{
	return byte == ' ';
}

static bool is_colour(unsigned char byte)
{
	return slice_is_digit(byte) || byte == ';';
}

/* "ESC [ 36 m" */
static bool take_colour(struct slice *line)
{
	struct slice rest = *line;
	if (!slice_take_string(&rest, "\033["))
		return false;
	slice_take_while(&rest, is_colour, 16);
	if (!slice_take_char(&rest, 'm'))
		return false;
	*line = rest;
	return true;
}

/* The colour ends before or behind the blank that follows the bar: that changed between releases. */
static bool take_compose(struct slice *line)
{
	struct slice rest = *line;
	bool is_coloured = take_colour(&rest);
	if (!slice_take_while(&rest, is_name, NAME_MAX_BYTES).length || !slice_take_while(&rest, is_blank, PADDING_MAX).length
	    || !slice_take_char(&rest, '|'))
		return false;
	bool has_blank = slice_take_char(&rest, ' ');
	if (is_coloured && !take_colour(&rest))
		return false;
	if (!has_blank && !slice_take_char(&rest, ' '))
		return false;
	*line = rest;
	return true;
}

/* Behind the time. */
static bool take_cri(struct container *ret, struct slice *line)
{
	struct slice rest = *line;
	ret->is_stderr = slice_take_string(&rest, "stderr ");
	if (!ret->is_stderr && !slice_take_string(&rest, "stdout "))
		return false;
	struct slice tags = slice_take_while(&rest, slice_is_not_blank, CRI_TAGS_MAX);
	struct slice first = slice_take_until(&tags, ':');
	ret->is_piece = slice_equals(first, "P");
	if ((!ret->is_piece && !slice_equals(first, "F")) || !slice_take_char(&rest, ' '))
		return false;
	*line = rest;
	return true;
}

/* Is the front of LINE a time of its own, maybe in a raw syslog packet? */
static bool has_own_time(struct slice line, int64_t now_sec)
{
	struct headtime ignored;
	if (slice_take_char(&line, '<')) {
		slice_take_while(&line, slice_is_digit, 3);
		if (!slice_take_char(&line, '>'))
			return false;
	}
	slice_take_string(&line, "1 ");
	return headtime_take(&ignored, &line, now_sec);
}

void container_take(struct container *ret, struct slice *line, int64_t now_sec)
{
	*ret = (struct container){ .kind = take_compose(line) ? CONTAINER_COMPOSE : CONTAINER_NONE };
	struct headtime time;
	struct slice rest = *line;
	if (!headtime_take(&time, &rest, now_sec) || time.kind != HEADTIME_RFC3339)
		return;
	struct container found = { .kind = CONTAINER_CRI, .has_time = true, .at_sec = time.at_sec };
	if (!take_cri(&found, &rest)) {
		if (!has_own_time(rest, now_sec))
			return;
		found.kind = ret->kind == CONTAINER_COMPOSE ? CONTAINER_COMPOSE : CONTAINER_DOCKER_TIME;
	}
	*ret = found;
	*line = rest;
}

bool container_may_be_cri(struct slice line)
{
	if (line.length < CRI_TIME_LEAST + sizeof " stdout F" || line.data[10] != 'T' || !slice_is_digit((unsigned char)line.data[0]))
		return false;
	struct slice rest = slice_skip(line, CRI_TIME_LEAST);
	size_t most = CRI_TIME_MOST + 1 - CRI_TIME_LEAST;
	const char *blank = memchr(rest.data, ' ', rest.length < most ? rest.length : most);
	return blank && slice_starts_with(slice_skip(rest, (size_t)(blank - rest.data)), " std");
}
