/* xalloc.c - memory that is there, or the run ends; see xalloc.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"

#define EXIT_UNKNOWN 3

static const char *last_words = "out of memory\n";

void xalloc_set_last_words(const char *text)
{
	last_words = text;
}

/* No stdio: it may want memory itself. */
static _Noreturn void out_of_memory(void)
{
	if (write(STDOUT_FILENO, last_words, strlen(last_words)) < 0)
		_exit(EXIT_UNKNOWN);
	_exit(EXIT_UNKNOWN);
}

void *xalloc_zero(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size ? size : 1);
	if (!memory)
		out_of_memory();
	return memory;
}

void *xalloc_resize(void *memory, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		out_of_memory();
	size_t bytes = count * size;
	void *resized = realloc(memory, bytes ? bytes : 1);
	if (!resized)
		out_of_memory();
	return resized;
}

char *xalloc_copy(const void *data, size_t length)
{
	if (length == SIZE_MAX)
		out_of_memory();
	char *copy = xalloc_zero(length + 1, 1);
	if (length)
		memcpy(copy, data, length);
	return copy;
}

char *xalloc_string(const char *text)
{
	return text ? xalloc_copy(text, strlen(text)) : NULL;
}

void xalloc_freep(char **pointer)
{
	free(*pointer);
	*pointer = NULL;
}
