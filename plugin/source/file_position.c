/* file_position.c - where a file was read up to, and which file that was; see file_position.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/slice.h"
#include "plugin/source/file_position.h"

#define NUMBERS_ROOM 180 /* of one line, without its path */
/* so that adding to times and comparing them can't overflow */
#define TIME_MAX (INT64_MAX / 4)

_Static_assert(2 * (NUMBERS_ROOM + FILE_PATH_MAX) <= LOG_POSITION_MAX, "two lines have room");

/* --- writing --- */

static void add_bytes(struct log_position *ret, const char *data, size_t length)
{
	memcpy(ret->text + ret->length, data, length);
	ret->length += length;
}

static void add_line(struct log_position *ret, const struct file_position *position)
{
	char numbers[NUMBERS_ROOM];
	size_t path_length = strnlen(position->path, FILE_PATH_MAX - 1);
	int length = snprintf(numbers, sizeof numbers,
	                      "%" PRIx64 " %" PRIx64 " %" PRId64 " %" PRIx64 " %" PRId64 " %" PRIx64
	                      " %" PRId64 " %" PRId64 " %zu ",
	                      position->device, position->inode, position->head_length,
	                      position->head_hash, position->tail_length, position->tail_hash,
	                      position->offset, position->read_sec, path_length);
	add_bytes(ret, numbers, (size_t)length);
	add_bytes(ret, position->path, path_length);
	add_bytes(ret, "\n", 1);
}

void file_positions_write(struct log_position *ret, const struct file_positions *positions)
{
	const struct file_position *now = &positions->now;
	*ret = (struct log_position){ .is_known = now->is_known };
	if (!now->is_known)
		return;
	ret->newest_sec = now->newest_sec;
	ret->read_sec = now->read_sec;
	add_line(ret, now);
	if (positions->before.is_known)
		add_line(ret, &positions->before);
}

/* --- reading --- */

static int digit_value(char byte)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = memchr(digits, byte, sizeof digits - 1);
	return found ? (int)(found - digits) : INT_MAX;
}

/* The digits of BASE and the blank behind them. Without zeros in front, which nobody wrote. */
static bool take_number(struct slice *text, unsigned base, uint64_t most, uint64_t *ret)
{
	uint64_t value = 0;
	size_t length = 0;
	for (; length < text->length && text->data[length] != ' '; length++) {
		unsigned digit = (unsigned)digit_value(text->data[length]);
		if (digit >= base || (length && !value) || value > (most - digit) / base)
			return false;
		value = value * base + digit;
	}
	if (!length || length == text->length)
		return false;
	*text = slice_skip(*text, length + 1);
	*ret = value;
	return true;
}

static bool take_unsigned(struct slice *text, uint64_t *ret)
{
	return take_number(text, 16, UINT64_MAX, ret);
}

/* 0 to MOST. */
static bool take_count(struct slice *text, int64_t most, int64_t *ret)
{
	uint64_t value;
	if (!take_number(text, 10, (uint64_t)most, &value))
		return false;
	*ret = (int64_t)value;
	return true;
}

static bool take_time(struct slice *text, int64_t *ret)
{
	bool is_negative = slice_take_char(text, '-');
	int64_t value;
	if (!take_count(text, TIME_MAX, &value) || (is_negative && !value))
		return false;
	*ret = is_negative ? -value : value;
	return true;
}

static bool take_path(struct slice *text, char *path)
{
	int64_t length;
	if (!take_count(text, FILE_PATH_MAX - 1, &length) || (uint64_t)length >= text->length ||
	    memchr(text->data, '\0', (size_t)length) || text->data[length] != '\n')
		return false;
	memcpy(path, text->data, (size_t)length);
	path[length] = '\0';
	*text = slice_skip(*text, (size_t)length + 1);
	return true;
}

static bool take_line(struct slice *text, struct file_position *ret)
{
	ret->is_known = true;
	return take_unsigned(text, &ret->device) && take_unsigned(text, &ret->inode) &&
		take_count(text, FILE_HASHED_BYTES, &ret->head_length) &&
		take_unsigned(text, &ret->head_hash) &&
		take_count(text, FILE_HASHED_BYTES, &ret->tail_length) &&
		take_unsigned(text, &ret->tail_hash) && take_count(text, INT64_MAX, &ret->offset) &&
		take_time(text, &ret->read_sec) && take_path(text, ret->path);
}

int file_positions_read(struct file_positions *ret, const struct log_position *position)
{
	struct file_positions found = { 0 };
	struct slice text = slice_make(position->text, position->length);
	if (!position->is_known)
		return 0;
	if (position->length > sizeof position->text || !take_line(&text, &found.now) ||
	    (text.length && !take_line(&text, &found.before)) || text.length)
		return -EILSEQ;
	found.now.newest_sec = position->newest_sec;
	*ret = found;
	return 1;
}
