/* needles.c - is any of several texts in a line? see needles.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/needles.h"
#include "common/xalloc.h"

#define PAIRS 65536

/* A window of WIDTH bytes, the length of the shortest text, moves over the haystack. Its last two bytes say how far it may
 * move on without passing by the begin of a text; 0: look closer, at the texts whose bytes at that place are these. */
struct needles {
	unsigned char jump[PAIRS];
	size_t width;
	size_t count;
	struct slice texts[NEEDLES_MAX];
};

static size_t pair_at(const char *bytes)
{
	return (size_t)(unsigned char)bytes[0] << 8 | (unsigned char)bytes[1];
}

static void note_jumps(struct needles *needles, const char *text)
{
	for (size_t i = 0; i + 2 <= needles->width; i++) {
		size_t jump = needles->width - 2 - i;
		unsigned char *known = &needles->jump[pair_at(text + i)];
		if (jump < *known)
			*known = (unsigned char)jump;
	}
}

struct needles *needles_new(const struct slice *texts, size_t count)
{
	struct needles *needles = xalloc_zero(1, sizeof *needles);
	if (count > NEEDLES_MAX)
		abort();
	needles->width = UCHAR_MAX;
	needles->count = count;
	for (size_t i = 0; i < count; i++) {
		if (texts[i].length < NEEDLES_LENGTH_LEAST)
			abort();
		needles->texts[i] = texts[i];
		if (texts[i].length < needles->width)
			needles->width = texts[i].length;
	}
	memset(needles->jump, (int)needles->width - 1, sizeof needles->jump);
	for (size_t i = 0; i < count; i++)
		note_jumps(needles, texts[i].data);
	return needles;
}

void needles_free(struct needles *needles)
{
	free(needles);
}

static bool is_one_at(const struct needles *needles, const char *at, size_t left)
{
	for (size_t i = 0; i < needles->count; i++) {
		struct slice text = needles->texts[i];
		if (text.length <= left && memcmp(at, text.data, text.length) == 0)
			return true;
	}
	return false;
}

bool needles_match(const struct needles *needles, struct slice haystack)
{
	size_t at = 0;
	if (!needles->count)
		return false;
	while (at + needles->width <= haystack.length) {
		unsigned char jump = needles->jump[pair_at(haystack.data + at + needles->width - 2)];
		if (!jump && is_one_at(needles, haystack.data + at, haystack.length - at))
			return true;
		at += jump ? jump : 1;
	}
	return false;
}
