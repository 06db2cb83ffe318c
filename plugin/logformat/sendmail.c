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
	if (!slice_take_char(text, '[') || slice_find(*text, SLICE_LITERAL("]")) == text->length)
		return false;
	ret->has_address = ipaddr_parse(&ret->address, slice_take_until(text, ']'));
	slice_take_string(text, " (may be forged)");
	return ret->has_address;
}

static int hex_digit(char byte)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *found = byte ? strchr(digits, byte) : NULL;
	return found ? (int)(found - digits) : -1;
}

/* Decodes XTEXT; what isn't +HH stays. The result lives until the next call. */
static struct slice decode(struct slice xtext)
{
	static char user[USER_MAX];
	size_t length = 0;
	for (size_t i = 0; i < xtext.length && length < sizeof user; i++) {
		bool is_code = xtext.data[i] == '+' && i + 2 < xtext.length &&
			hex_digit(xtext.data[i + 1]) >= 0 && hex_digit(xtext.data[i + 2]) >= 0;
		user[length++] = is_code
			? (char)(hex_digit(xtext.data[i + 1]) * 16 + hex_digit(xtext.data[i + 2]))
			: xtext.data[i];
		i += is_code ? 2 : 0;
	}
	return slice_make(user, length);
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
	*ret_why = "the mechanism ANONYMOUS proves nobody";
	if (slice_equals(slice_make(mechanism.data, length), "ANONYMOUS"))
		return LINE_OTHER;
	ret->user = decode(slice_make(text.data, end));
	ret->service = SLICE_LITERAL("sendmail");
	return LINE_LOGIN;
}

const struct logformat logformat_sendmail = {
	.name = "sendmail",
	.literals = { { "AUTH=server, relay=", 19 } },
	.parse = parse,
};
