/* strbuf.c - a growing string with a mandatory maximum; see strbuf.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/strbuf.h"
#include "common/xalloc.h"

#define SMALLEST_ROOM 64

void strbuf_init(struct strbuf *buf, size_t max)
{
	*buf = (struct strbuf)STRBUF_INIT(max);
}

void strbuf_release(struct strbuf *buf)
{
	free(buf->data);
	strbuf_init(buf, buf->max);
}

void strbuf_clear(struct strbuf *buf)
{
	buf->length = 0;
	buf->truncated = false;
	if (buf->data)
		buf->data[0] = '\0';
}

const char *strbuf_text(const struct strbuf *buf)
{
	return buf->data ? buf->data : "";
}

char *strbuf_detach(struct strbuf *buf)
{
	char *text = buf->data ? buf->data : xalloc_copy("", 0);
	strbuf_init(buf, buf->max);
	return text;
}

/* Makes room for LENGTH more bytes; returns how many of them are allowed. */
static size_t reserve(struct strbuf *buf, size_t length)
{
	size_t left = buf->max - buf->length;
	if (length > left) {
		buf->truncated = true;
		length = left;
	}
	size_t need = buf->length + length + 1;
	if (need > buf->room) {
		size_t room = buf->room * 2 > SMALLEST_ROOM ? buf->room * 2 : SMALLEST_ROOM;
		buf->room = room > need ? room : need;
		buf->data = xalloc_resize(buf->data, buf->room, 1);
	}
	return length;
}

void strbuf_add(struct strbuf *buf, const void *data, size_t length)
{
	length = reserve(buf, length);
	if (length)
		memcpy(buf->data + buf->length, data, length);
	buf->length += length;
	buf->data[buf->length] = '\0';
}

void strbuf_add_string(struct strbuf *buf, const char *text)
{
	strbuf_add(buf, text, strlen(text));
}

void strbuf_add_char(struct strbuf *buf, char byte)
{
	strbuf_add(buf, &byte, 1);
}

static void PRINTF_LIKE(2, 0) add_format(struct strbuf *buf, const char *format, va_list arguments)
{
	if (!format) /* never; gcc thinks of it where -fsanitize=undefined looks for it */
		return;
	va_list again;
	va_copy(again, arguments);
	int wanted = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (wanted < 0)
		return;
	size_t room = (size_t)wanted + 1;
	char *text CLEANUP(xalloc_freep) = xalloc_zero(room, 1);
	if (vsnprintf(text, room, format, arguments) == wanted)
		strbuf_add(buf, text, (size_t)wanted);
}

void strbuf_add_format(struct strbuf *buf, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	add_format(buf, format, arguments);
	va_end(arguments);
}

int strbuf_fail(struct strbuf *why, int error, const char *format, ...)
{
	if (!why)
		return error;
	strbuf_clear(why);
	va_list arguments;
	va_start(arguments, format);
	add_format(why, format, arguments);
	va_end(arguments);
	return error;
}
