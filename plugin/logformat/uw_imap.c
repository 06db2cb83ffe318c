/* uw_imap.c - imapd of the University of Washington's IMAP toolkit, and of Panda IMAP
 *
 * From src/imapd/imapd.c and tcp_unix.c of IMAP 2007:
 *
 *	Login user=USER host=HOST
 *	Authenticated user=USER host=HOST mech=MECHANISM
 *	HOST = (NAME )[ADDRESS] | UNKNOWN
 *
 * USER is an account of this host, raw, and only the server's words follow it; a reverse NAME is of
 * letters, digits, "." and "-". Both are cut at 80 bytes, so a long NAME, which the owner of the
 * address chooses, hides the address: then the login has none. "Login failed user=" and "Login
 * anonymous=" begin in another way.
 *
 * ipop3d of the same toolkit writes "Login user=" as well, but it hands on to syslog, as they are,
 * what other IMAP servers say that a stranger can make it ask ("USER HOST:NAME"). Its successes are
 * told, never counted.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"
#include "plugin/logformat/grammar.h"

static bool is_imapd(struct slice program)
{
	static const char *const names[] = { "imapd", "uw-imapd", "in.imapd" };
	return slice_is_one_of(program, names, ARRAY_SIZE(names));
}

static bool is_popd(struct slice program)
{
	static const char *const names[] = { "ipop3d", "in.ipop3d", "ipop2d" };
	return slice_is_one_of(program, names, ARRAY_SIZE(names));
}

static bool is_name(unsigned char byte)
{
	return slice_is_not_blank(byte) && byte != '[';
}

/* "NAME [ADDRESS]": if it is cut there is no "]". */
static void find_address(struct login *ret, struct slice host)
{
	if (slice_take_while(&host, is_name, host.length).length)
		slice_take_char(&host, ' ');
	if (!grammar_take_address(ret, &host) || host.length)
		ret->has_address = false;
}

/* " mech=MECHANISM" */
static bool cut_mechanism(struct slice *text)
{
	static const struct slice separator = { " mech=", 6 };
	size_t last = slice_find_last(*text, separator);
	struct slice mechanism = slice_skip(*text, last + separator.length);
	text->length = last;
	return slice_is_all(mechanism, grammar_is_mechanism);
}

/* USER host=HOST */
static bool read_user(struct login *ret, struct slice text)
{
	static const struct slice separator = { " host=", 6 };
	size_t last = slice_find_last(text, separator);
	ret->user = slice_make(text.data, last);
	find_address(ret, slice_skip(text, last + separator.length));
	return last > 0 && last < text.length;
}

static enum line_kind parse_popd(struct slice text, const char **ret_why)
{
	*ret_why = "ipop3d also writes what a stranger's server says: such a line proves nothing";
	bool is_success = slice_take_string(&text, "Login user=") ||
		slice_take_string(&text, "Auth user=") || slice_take_string(&text, "APOP user=");
	return is_success ? LINE_AMBIGUOUS : LINE_OTHER;
}

static enum line_kind parse(struct login *ret, const struct header *line, const char **ret_why)
{
	struct slice text = line->message;
	if (is_popd(line->program))
		return parse_popd(text, ret_why);
	if (!is_imapd(line->program))
		return LINE_OTHER;
	ret->service = SLICE_LITERAL("uw-imap");
	if (slice_take_string(&text, "Login user="))
		return read_user(ret, text) ? LINE_LOGIN : LINE_OTHER;
	if (slice_take_string(&text, "Authenticated user="))
		return cut_mechanism(&text) && read_user(ret, text) ? LINE_LOGIN : LINE_OTHER;
	return LINE_OTHER;
}

const struct logformat logformat_uw_imap = {
	.name = "uw-imap",
	.programs = { "imapd", "ipop" },
	.journal_identifiers = { "uw-imapd", "imapd" },
	.literals = { { "Login user=", 11 },
	              { "Authenticated user=", 19 },
	              { "Auth user=", 10 },
	              { "APOP user=", 10 } },
	.telltales = { "Login user=", "Authenticated user=" },
	.parse = parse,
};
