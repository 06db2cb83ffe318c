/* courier.c - Courier's IMAP, POP3 and webmail servers, and its SMTP server
 *
 * From courier-imap's imap/imaplogin.c and pop3login.c, sqwebmail.c, and courier's module.esmtp and
 * courierd of the last twenty years:
 *
 *	LOGIN, user=USER, ip=[ADDRESS](, port=[PORT])(, protocol=NAME)(, starttls=1|, stls=1)
 *	newmsg,id=HEX.HEX.HEX, auth=USER: dns; HELO (NAME [ADDRESS])
 *		courierd: a message of a login over SMTP
 *
 * USER is raw, and only the server's words follow it: it ends at the last ", ip=[". In newmsg the
 * address is the last one; the parts are cut at 128 bytes, so a long HELO hides it: then the login
 * has no address.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"
#include "plugin/logformat/grammar.h"

/* What distributions make of the daemons' names: "courier" or "courier-" in front, and one of
 * these. */
static const struct grammar_service daemons[] = {
	{ "imapd", "courier/imap" },
	{ "imapd-ssl", "courier/imap" },
	{ "imaps", "courier/imap" },
	{ "imaplogin", "courier/imap" },
	{ "imaplogin-ssl", "courier/imap" },
	{ "pop3d", "courier/pop3" },
	{ "pop3d-ssl", "courier/pop3" },
	{ "pop3s", "courier/pop3" },
	{ "pop3login", "courier/pop3" },
	{ "pop3login-ssl", "courier/pop3" },
	{ "sqwebmaild", "courier/webmail" },
	{ "sqwebmail", "courier/webmail" },
	{ NULL, NULL },
};

static bool find_service(struct slice *ret, struct slice program)
{
	if (slice_take_string(&program, "courier"))
		slice_take_char(&program, '-');
	return grammar_find_service(ret, daemons, program);
}

/* Behind "LOGIN, user=". */
static enum line_kind read_login(struct login *ret, struct slice text)
{
	static const struct slice separator = { ", ip=[", 6 };
	size_t last = slice_find_last(text, separator);
	struct slice address = slice_skip(text, last + separator.length - 1);
	ret->user = slice_make(text.data, last);
	return last > 0 && grammar_take_address(ret, &address) ? LINE_LOGIN : LINE_OTHER;
}

static bool is_hex(unsigned char byte)
{
	return slice_is_digit(byte) || (byte >= 'A' && byte <= 'F') || byte == '.';
}

/* Behind "newmsg,id=". */
static enum line_kind read_message(struct login *ret, struct slice text)
{
	if (!slice_take_while(&text, is_hex, 100).length || !slice_take_string(&text, ", auth="))
		return LINE_OTHER;
	size_t end = slice_find(text, SLICE_LITERAL(": dns; "));
	if (!end || end == text.length)
		return LINE_OTHER;
	ret->user = slice_make(text.data, end);
	struct slice address = slice_skip(text, slice_find_last(text, SLICE_LITERAL("[")));
	if (!grammar_take_address(ret, &address) || !slice_equals(address, ")"))
		ret->has_address = false;
	ret->is_hidden = !ret->has_address;
	ret->service = SLICE_LITERAL("courier/esmtp");
	return LINE_LOGIN;
}

static enum line_kind parse(struct login *ret, const struct header *line, const char **ret_why)
{
	struct slice text = line->message;
	if (slice_equals(line->program, "courierd")) {
		*ret_why = "a message that was accepted without a login, or another line of "
			   "courierd";
		return slice_take_string(&text, "newmsg,id=") ? read_message(ret, text)
							      : LINE_OTHER;
	}
	if (!find_service(&ret->service, line->program))
		return LINE_OTHER;
	*ret_why = "a line of a Courier server, but not \"LOGIN, user=..., ip=[...]\"";
	slice_take_string(&text, "INFO: "); /* where courierlogger has not taken it off */
	return slice_take_string(&text, "LOGIN, user=") ? read_login(ret, text) : LINE_OTHER;
}

const struct logformat logformat_courier = {
	.name = "courier",
	.programs = { "courier", "imapd", "pop3", "sqwebmail" },
	.journal_identifiers = { "courierd", "imapd", "imapd-ssl", "imaplogin", "pop3d",
	                         "pop3d-ssl", "pop3login", "courierpop3login", "courierimaplogin",
	                         "sqwebmaild", "courier-imapd", "courier-imaps", "courier-pop3d",
	                         "courier-pop3s", "courierimapd", "courierpop3d" },
	.literals = { { "LOGIN, user=", 12 }, { "newmsg,id=", 10 } },
	.telltales = { "LOGIN, user=" },
	.parse = parse,
};
