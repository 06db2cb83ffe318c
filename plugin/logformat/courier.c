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

/* What distributions make of the daemons' names: "courier" or "courier-" in front, and one of
 * these. */
static const struct {
	const char *name, *service;
} daemons[] = {
	{ "imapd", "courier/imap" },         { "imapd-ssl", "courier/imap" },
	{ "imaps", "courier/imap" },         { "imaplogin", "courier/imap" },
	{ "imaplogin-ssl", "courier/imap" }, { "pop3d", "courier/pop3" },
	{ "pop3d-ssl", "courier/pop3" },     { "pop3s", "courier/pop3" },
	{ "pop3login", "courier/pop3" },     { "pop3login-ssl", "courier/pop3" },
	{ "sqwebmaild", "courier/webmail" }, { "sqwebmail", "courier/webmail" },
};

static bool find_service(struct slice *ret, struct slice program)
{
	if (slice_take_string(&program, "courier"))
		slice_take_char(&program, '-');
	for (size_t i = 0; i < ARRAY_SIZE(daemons); i++) {
		if (slice_equals(program, daemons[i].name)) {
			*ret = slice_string(daemons[i].service);
			return true;
		}
	}
	return false;
}

/* Behind "LOGIN, user=". */
static enum line_kind read_login(struct login *ret, struct slice text)
{
	static const struct slice separator = { ", ip=[", 6 };
	size_t last = slice_find_last(text, separator);
	struct slice address = slice_skip(text, last + separator.length);
	if (last == text.length || slice_find(address, SLICE_LITERAL("]")) == address.length)
		return LINE_OTHER;
	ret->user = slice_make(text.data, last);
	ret->has_address = ipaddr_parse(&ret->address, slice_take_until(&address, ']'));
	return last > 0 && ret->has_address ? LINE_LOGIN : LINE_OTHER;
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
	size_t bracket = slice_find_last(text, SLICE_LITERAL("["));
	if (bracket < text.length && slice_ends_with(text, "])")) {
		struct slice address = slice_skip(text, bracket + 1);
		address.length -= 2;
		ret->has_address = ipaddr_parse(&ret->address, address);
	}
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
	.literals = { { "LOGIN, user=", 12 }, { "newmsg,id=", 10 } },
	.parse = parse,
};
