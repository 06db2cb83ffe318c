/* timezone.c - is this the name of a time zone that the C library knows? see timezone.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/privilege.h"
#include "common/regularfile.h"
#include "common/slice.h"
#include "common/strbuf.h"
#include "common/timezone.h"

#define NAME_MAX_BYTES 100
#define ABBREVIATION_LEAST 3 /* POSIX: TZNAME_MAX */

static bool is_letter(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_quoted_byte(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '+' || byte == '-';
}

/* "CET-1" or "<+01>-1"; what may follow, the rules of summer time, is left to the C library. */
static bool begins_as_posix(struct slice text)
{
	bool is_quoted = slice_take_char(&text, '<');
	struct slice name = slice_take_while(&text, is_quoted ? is_quoted_byte : is_letter,
	                                     NAME_MAX_BYTES);
	if (name.length < ABBREVIATION_LEAST || (is_quoted && !slice_take_char(&text, '>')))
		return false;
	if (!slice_take_char(&text, '-'))
		slice_take_char(&text, '+');
	return slice_take_while(&text, slice_is_digit, 2).length > 0;
}

/* A file of the database begins with "TZif". */
static bool is_in_database(const char *name)
{
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	char magic[4] = "";
	const char *directory = privilege_getenv("TZDIR");
	if (name[0] == '/' || name[0] == '.' || strstr(name, ".."))
		return false;
	strbuf_add_format(&path, "%s/%s", directory ? directory : "/usr/share/zoneinfo", name);
	int descriptor = regularfile_open(strbuf_text(&path));
	if (descriptor < 0)
		return false;
	ssize_t length = read(descriptor, magic, sizeof magic);
	close(descriptor);
	return length == (ssize_t)sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
}

bool timezone_is_known(const char *name)
{
	size_t length = strnlen(name, NAME_MAX_BYTES + 1);
	if (!length || length > NAME_MAX_BYTES)
		return false;
	return strcmp(name, "UTC") == 0 || begins_as_posix(slice_string(name)) ||
		is_in_database(name);
}
