/* needles.c - which of several texts are in a line? see needles.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/needles.h"
#include "common/xalloc.h"

#define PAIRS 65536
#define CHAIN 128 /* CHAIN + i in the table is no jump, but the first of the texts to look at */
#define NONE 255

_Static_assert(CHAIN + NEEDLES_MAX <= NONE, "a text's number fits behind CHAIN");

/* A window of WIDTH bytes, the length of the shortest text, moves over the haystack. Its last two
 * bytes say how far it may move on without passing by the begin of a text; or which texts have
 * these two at that place: those are compared. */
struct needles {
	unsigned char jump[PAIRS];
	size_t width;
	size_t count;
	struct slice texts[NEEDLES_MAX];
	unsigned char next[NEEDLES_MAX]; /* the next text with the same two bytes, or NONE */
};

static size_t pair_at(const char *bytes)
{
	return (size_t)(unsigned char)bytes[0] << 8 | (unsigned char)bytes[1];
}

static void note_jumps(struct needles *needles, const char *text)
{
	for (size_t i = 0; i + 2 < needles->width; i++) {
		size_t jump = needles->width - 2 - i;
		unsigned char *known = &needles->jump[pair_at(text + i)];
		if (jump < *known)
			*known = (unsigned char)jump;
	}
}

/* After all jumps, which it replaces. */
static void note_text(struct needles *needles, size_t index)
{
	unsigned char
		*known = &needles->jump[pair_at(needles->texts[index].data + needles->width - 2)];
	needles->next[index] = *known < CHAIN ? NONE : (unsigned char)(*known - CHAIN);
	*known = (unsigned char)(CHAIN + index);
}

struct needles *needles_new(const struct slice *texts, size_t count)
{
	struct needles *needles = xalloc_zero(1, sizeof *needles);
	if (count > NEEDLES_MAX)
		abort();
	needles->width = CHAIN;
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
	for (size_t i = 0; i < count; i++)
		note_text(needles, i);
	return needles;
}

void needles_free(struct needles *needles)
{
	free(needles);
}

static uint32_t marks_at(const struct needles *needles, size_t first, const char *at, size_t left,
                         const uint32_t *marks)
{
	uint32_t found = 0;
	for (size_t i = first; i != NONE; i = needles->next[i]) {
		struct slice text = needles->texts[i];
		if (text.length <= left && memcmp(at, text.data, text.length) == 0)
			found |= marks[i];
	}
	return found;
}

uint32_t needles_find(const struct needles *needles, struct slice haystack, const uint32_t *marks)
{
	uint32_t found = 0;
	size_t at = 0;
	if (!needles->count)
		return 0;
	while (at + needles->width <= haystack.length) {
		unsigned char
			jump = needles->jump[pair_at(haystack.data + at + needles->width - 2)];
		if (jump >= CHAIN)
			found |= marks_at(needles, jump - CHAIN, haystack.data + at,
			                  haystack.length - at, marks);
		at += jump < CHAIN ? jump : 1;
	}
	return found;
}
