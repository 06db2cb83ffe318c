/* seek.c - finding a time in a log without reading all of it; see seek.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/source/seek.h"

/* 2^63 bytes are halved 47 times until a block is left; the rest is for moved probes */
#define PROBES_MAX 64
#define BEGIN_MAX (16 * 1024 * 1024)
#define PROBE_BLOCKS_MAX 4 /* without a line with a time, before the probe is moved */

/* --- one block --- */

static bool has_time(const struct source_options *options, int64_t *ret_sec, const char *data,
                     size_t length)
{
	for (; length && *data == '\0'; data++) /* padding after a crash */
		length--;
	return options->line_time &&
		options->line_time(options->context, ret_sec, slice_make(data, length));
}

/* The first line with a time in BLOCK, whose first byte is the start of a line. -1: none. */
static ssize_t first_in_block(int64_t *ret_sec, struct slice block, bool is_file_start,
                              const struct source_options *options)
{
	size_t at = 0;
	while (at < block.length) {
		const char *newline = memchr(block.data + at, '\n', block.length - at);
		if (!newline && !(is_file_start && at == 0))
			break;
		size_t length = newline ? (size_t)(newline - (block.data + at)) : block.length;
		if (has_time(options, ret_sec, block.data + at, length))
			return (ssize_t)at;
		at += length + 1;
	}
	return -1;
}

/* Past the first newline; all of it if there is none. */
static size_t skip_line(const char *block, size_t length)
{
	const char *newline = memchr(block, '\n', length);
	return newline ? (size_t)(newline - block) + 1 : length;
}

int seek_first_time(int64_t *ret_sec, int64_t *ret_offset, struct stream *stream, int64_t from,
                    int64_t end, const struct source_options *options)
{
	/* The byte before tells whether a line begins at FROM itself. */
	int64_t base = from > 0 ? from - 1 : 0;
	if (end <= base)
		return 0;
	char *block CLEANUP(xalloc_freep) = xalloc_resize(NULL, SEEK_BLOCK, 1);
	size_t room = end - base < SEEK_BLOCK ? (size_t)(end - base) : SEEK_BLOCK;
	ssize_t length = stream_read(stream, block, room, base);
	if (length < 0)
		return (int)length;
	size_t skipped = from > 0 ? skip_line(block, (size_t)length) : 0;
	struct slice lines = slice_make(block + skipped, (size_t)length - skipped);
	ssize_t at = first_in_block(ret_sec, lines, from == 0, options);
	if (at < 0)
		return 0;
	if (ret_offset)
		*ret_offset = base + (int64_t)skipped + at;
	return 1;
}

/* The last complete line with a time; the first line of BLOCK counts only if it is whole. */
static int last_in_block(int64_t *ret_sec, struct slice block, bool is_file_start,
                         const struct source_options *options)
{
	const char *end = memrchr(block.data, '\n', block.length);
	while (end) {
		const char *before = memrchr(block.data, '\n', (size_t)(end - block.data));
		if (!before && !is_file_start)
			return 0;
		const char *line = before ? before + 1 : block.data;
		if (has_time(options, ret_sec, line, (size_t)(end - line)))
			return 1;
		end = before;
	}
	return 0;
}

int seek_last_time(int64_t *ret_sec, struct stream *stream, int64_t end,
                   const struct source_options *options)
{
	int64_t from = end > SEEK_BLOCK ? end - SEEK_BLOCK : 0;
	if (end <= from)
		return 0;
	char *block CLEANUP(xalloc_freep) = xalloc_resize(NULL, SEEK_BLOCK, 1);
	ssize_t length = stream_read(stream, block, (size_t)(end - from), from);
	if (length < 0)
		return (int)length;
	return last_in_block(ret_sec, slice_make(block, (size_t)length), from == 0, options);
}

/* --- the binary search --- */

/* As seek_first_time(), but goes on for some blocks. */
static int probe(int64_t *ret_sec, int64_t *ret_offset, struct stream *stream, int64_t from,
                 int64_t end, const struct source_options *options)
{
	int result = 0;
	for (int step = 0; step < PROBE_BLOCKS_MAX && result == 0; step++)
		result = seek_first_time(ret_sec, ret_offset, stream,
		                         from + step * (int64_t)SEEK_BLOCK, end, options);
	return result;
}

int seek_start_time(int64_t *ret_sec, struct stream *stream, const struct source_options *options)
{
	int64_t end = stream_is_compressed(stream) ? INT64_MAX : stream_size(stream);
	int64_t last = end < BEGIN_MAX ? end : BEGIN_MAX;
	int result = 0;
	for (int64_t from = 0; from < last && result == 0; from += SEEK_BLOCK)
		result = seek_first_time(ret_sec, NULL, stream, from, end, options);
	return result;
}

/* Clocks step back, and daemons write a little out of order: one block more covers it. A line
 * begins at FOUND, so the block that ends there holds a newline, at the least the one before
 * FOUND. */
static int step_back(int64_t *ret_offset, struct stream *stream, int64_t found)
{
	*ret_offset = 0;
	if (found <= SEEK_BLOCK)
		return 0;
	char *block CLEANUP(xalloc_freep) = xalloc_resize(NULL, SEEK_BLOCK, 1);
	int64_t base = found - SEEK_BLOCK;
	ssize_t length = stream_read(stream, block, SEEK_BLOCK, base);
	if (length < 0)
		return (int)length;
	*ret_offset = base + (int64_t)skip_line(block, (size_t)length);
	return 0;
}

int seek_cold_start(int64_t *ret_offset, struct stream *stream, int64_t size,
                    const struct source_options *options)
{
	/* A compressed one can only be read from its front. */
	if (stream_is_compressed(stream)) {
		*ret_offset = 0;
		return 0;
	}
	/* LOW is the start of a line that is too old, or 0; lines at or after HIGH are new enough,
	 * or the file ends. */
	int64_t low = 0, high = options->cold_start_sec == INT64_MIN ? 0 : size, middle = high / 2;
	for (int probes = 0; probes < PROBES_MAX && middle - low >= SEEK_BLOCK / 2; probes++) {
		int64_t sec, at;
		int result = probe(&sec, &at, stream, middle, high, options);
		if (result < 0)
			return result;
		if (result == 0) { /* no time for a long way: nearer to what is known */
			middle = low + (middle - low) / 2;
			continue;
		}
		if (sec < options->cold_start_sec)
			low = at;
		else
			high = middle;
		middle = low + (high - low) / 2;
	}
	return step_back(ret_offset, stream, low);
}
