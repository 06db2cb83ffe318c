/* shellquote.c - file names in commands that a person may copy into a shell; see shellquote.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/shellquote.h"
#include "common/slice.h"

static bool is_plain(const char *path)
{
	if (!*path || *path == '-' || *path == '~')
		return false;
	for (; *path; path++)
		if (!slice_is_alnum((unsigned char)*path) && !strchr("/._-+:,@%=", *path))
			return false;
	return true;
}

static bool is_fit_for_double_quotes(const char *path)
{
	for (; *path; path++)
		if (*path < ' ' || *path > '~' || strchr("\"`$\\!", *path))
			return false;
	return true;
}

/* Never '\'': the backslash would become "?" on its way to the screen, and what follows would stand
 * outside of the quotes. */
void shellquote_add(struct strbuf *text, const char *path)
{
	if (is_plain(path))
		strbuf_add_string(text, path);
	else if (!strchr(path, '\''))
		strbuf_add_format(text, "'%s'", path);
	else if (is_fit_for_double_quotes(path))
		strbuf_add_format(text, "\"%s\"", path);
	else
		strbuf_add_string(text, "FILE");
}
