/* postfixconf.c - a parameter of Postfix's main.cf; see postfixconf.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/privilege.h"
#include "common/regularfile.h"
#include "common/slice.h"
#include "plugin/dnsbl/postfixconf.h"

#define LINE_ROOM 1000
#define LINES_MOST 20000

void postfixconf_path(struct strbuf *path)
{
	const char *directory = privilege_getenv("MAIL_CONFIG");
	strbuf_add_format(path, "%s/main.cf", directory ? directory : "/etc/postfix");
}

static bool is_blank(unsigned char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static struct slice trim(struct slice text)
{
	(void)slice_take_while(&text, is_blank, text.length);
	while (text.length && is_blank((unsigned char)text.data[text.length - 1]))
		text.length--;
	return text;
}

static void add_piece(struct strbuf *value, struct slice piece)
{
	if (value->length && piece.length)
		strbuf_add_char(value, ' ');
	strbuf_add(value, piece.data, piece.length);
}

/* A line that isn't of the one before. True if it sets NAME. */
static bool begin_value(struct strbuf *value, struct slice line, const char *name)
{
	struct slice rest = line;
	struct slice found = trim(slice_take_until(&rest, '='));
	if (!slice_equals(found, name))
		return false;
	strbuf_clear(value);
	add_piece(value, trim(rest));
	return true;
}

static bool read_file(struct strbuf *value, FILE *file, const char *name)
{
	char line[LINE_ROOM];
	bool is_ours = false, is_found = false;
	for (int i = 0; i < LINES_MOST && fgets(line, sizeof line, file); i++) {
		struct slice text = trim(slice_string(line));
		if (!text.length || text.data[0] == '#')
			continue;
		if (!is_blank((unsigned char)line[0]))
			is_ours = begin_value(value, text, name);
		else if (is_ours)
			add_piece(value, text);
		is_found = is_found || is_ours;
	}
	return is_found;
}

bool postfixconf_get(struct strbuf *ret, const char *path, const char *name)
{
	int descriptor = regularfile_open(path);
	FILE *file = descriptor >= 0 ? fdopen(descriptor, "r") : NULL;
	if (!file && descriptor >= 0)
		close(descriptor);
	if (!file)
		return false;
	strbuf_clear(ret);
	bool is_found = read_file(ret, file, name);
	fclose(file);
	return is_found;
}
