/* sendmail.c - Sendmail's server side of AUTH
 *
 * From srvrsmtp.c of Sendmail 8.12 to 8.18, written at LogLevel 9 (the default) and above:
 *
 *	(QID: )AUTH=server, relay=RELAY, authid=XTEXT, mech=MECHANISM, bits=N
 *	RELAY = (IDENT@)(HOST )[ADDRESS]( (may be forged))
 *
 * authid is in xtext (RFC 3461, section 4): blanks, "=" and the like are +HH, so it can't hold ",
 * mech=".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"
#include "plugin/logformat/grammar.h"

#define TOKEN_MAX 1000

/* The label of -L and the names that packages give it. */
static bool is_sendmail(struct slice program)
{
	static const char *const names[] = { "sendmail", "sm-mta", "sendmail-mta",
		                             "sm-acceptingconnections" };
	return slice_is_one_of(program, names, ARRAY_SIZE(names));
}

static void take_queue_id(struct slice *text)
{
	struct slice rest = *text;
	size_t length = slice_take_while(&rest, slice_is_alnum, 20).length;
	if (length >= 12 && slice_take_string(&rest, ": "))
		*text = rest;
}

static bool is_before_address(unsigned char byte)
{
	return byte >= ' ' && !strchr("[],=\"", byte);
}

static bool take_relay(struct login *ret, struct slice *text)
{
	slice_take_while(text, is_before_address, TOKEN_MAX);
	if (!grammar_take_address(ret, text))
		return false;
	slice_take_string(text, " (may be forged)");
	return true;
}

static int hex_digit(char byte)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *found = byte ? strchr(digits, byte) : NULL;
	return found ? (int)(found - digits) : -1;
}

/* Decodes XTEXT into ROOM, which may cut it; what isn't +HH stays. */
static struct slice decode(struct strbuf *room, struct slice xtext)
{
	strbuf_clear(room);
	for (size_t i = 0; i < xtext.length && !room->truncated; i++) {
		bool is_code = xtext.data[i] == '+' && i + 2 < xtext.length &&
			hex_digit(xtext.data[i + 1]) >= 0 && hex_digit(xtext.data[i + 2]) >= 0;
		strbuf_add_char(room,
		                is_code ? (char)(hex_digit(xtext.data[i + 1]) * 16 +
		                                 hex_digit(xtext.data[i + 2]))
		                        : xtext.data[i]);
		i += is_code ? 2 : 0;
	}
	return slice_make(strbuf_text(room), room->length);
}

static enum line_kind parse(struct login *ret, const struct header *line, const char **ret_why)
{
	struct slice text = line->message;
	if (!is_sendmail(line->program))
		return LINE_OTHER;
	take_queue_id(&text);
	*ret_why = slice_starts_with(text, "AUTH=client")
		? "AUTH=client: this server logged in elsewhere"
		: "a line of Sendmail, but not \"AUTH=server, relay=...\"";
	if (!slice_take_string(&text, "AUTH=server, relay="))
		return LINE_OTHER;
	*ret_why = "AUTH=server, but the relay names no address";
	if (!take_relay(ret, &text) || !slice_take_string(&text, ", authid="))
		return LINE_OTHER;
	size_t end = slice_find(text, SLICE_LITERAL(", mech="));
	struct slice mechanism = slice_skip(text, end);
	*ret_why = "AUTH=server, but cut off";
	if (!end || !slice_take_string(&mechanism, ", mech="))
		return LINE_OTHER;
	size_t length = slice_find(mechanism, SLICE_LITERAL(", bits="));
	if (length == mechanism.length)
		return LINE_OTHER;
	*ret_why = grammar_anonymous;
	if (grammar_is_anonymous(slice_make(mechanism.data, length)))
		return LINE_OTHER;
	ret->user = decode(line->room, slice_make(text.data, end));
	ret->service = SLICE_LITERAL("sendmail");
	return LINE_LOGIN;
}

const struct logformat logformat_sendmail = {
	.name = "sendmail",
	.programs = { "sendmail", "sm-" },
	.journal_identifiers = { "sendmail", "sm-mta" },
	.literals = { { "AUTH=server, relay=", 19 } },
	.telltales = { "AUTH=server" },
	.parse = parse,
};
