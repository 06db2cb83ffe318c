/* postfix.c - Postfix' smtpd
 *
 * One line is a login: that of mail_open_stream() in Postfix' smtpd/smtpd.c (2.2 to 3.12), printed
 * when the first recipient of a message is accepted:
 *
 *	QUEUEID: client=NAME[ADDRESS](:PORT), sasl_method=M, sasl_username=U
 *		(, sasl_sender=S)(, orig_queue_id=I)(, orig_client=C)
 *
 * sasl_method and sasl_username are only there after a successful AUTH. sasl_sender is MAIL FROM's
 * AUTH= parameter, raw and from anyone: without a login it stands directly behind the client, and
 * can hold all of this text. Therefore ", sasl_method=" must come directly behind the client. NAME
 * is a verified host name or "unknown", so it can't hold a bracket.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"

#define QUEUE_ID_MAX 64
#define HOST_NAME_MAX_BYTES 255
#define METHOD_MAX 64

static bool is_host_name(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '.' || byte == '_' || byte == '-';
}

static bool is_mechanism(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '_' || byte == '-';
}

/* "postfix/submission/smtpd" to "postfix/submission"; false if it isn't an smtpd of Postfix. A bare
 * "smtpd" is OpenSMTPD's. */
static bool take_service(struct slice *ret, const struct header *line)
{
	*ret = line->program;
	if (slice_ends_with(line->program, "/smtpd")) {
		ret->length -= sizeof "/smtpd" - 1;
		return true;
	}
	return line->has_short_app && slice_equals(line->program, "postfix");
}

/* ":4711" or ":unknown", with smtpd_client_port_logging = yes. */
static bool take_port(struct slice *text)
{
	if (!slice_take_char(text, ':'))
		return true;
	return slice_take_while(text, slice_is_digit, 5).length ||
		slice_take_string(text, "unknown");
}

/* QUEUEID: client=NAME[ADDRESS](:PORT) */
static bool take_client(struct login *ret, struct slice *text)
{
	if (!slice_take_while(text, slice_is_alnum, QUEUE_ID_MAX).length ||
	    !slice_take_string(text, ": client="))
		return false;
	if (!slice_take_while(text, is_host_name, HOST_NAME_MAX_BYTES).length ||
	    !slice_take_char(text, '['))
		return false;
	if (slice_find(*text, SLICE_LITERAL("]")) == text->length)
		return false;
	struct slice address = slice_take_until(text, ']');
	ret->has_address = ipaddr_parse(&ret->address, address);
	if (!ret->has_address && !slice_equals(address, "unknown"))
		return false;
	ret->is_hidden = !ret->has_address; /* it was gone before it could be asked for */
	return take_port(text);
}

/* Up to the first of the fields that can follow: a name that holds such text is cut short, never
 * lengthened. */
static struct slice take_user(struct slice text)
{
	static const struct slice ends[] = {
		{ ", sasl_sender=", 14 },
		{ ", orig_queue_id=", 16 },
		{ ", orig_client=", 14 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		text.length = slice_find(text, ends[i]);
	return text;
}

/* Why a line of an smtpd is no login; for --explain only. */
static const char *why_not(struct slice text)
{
	static const struct {
		const char *begin, *why;
	} reasons[] = {
		{ "warning: ", "a warning, or a failed login, whose text is the client's" },
		{ "reject",
		  "a refused command: it may name a user, but what stands before him is the "
		  "client's" },
		{ "milter-",
		  "a milter's verdict: it may name a user, but what stands before him is the "
		  "client's" },
		{ "proxy-", "a proxy's verdict: it may name a user, but not the client's address" },
		{ "hold: ", "an action of a restriction, not the begin of a message" },
		{ "client=",
		  "a message that was accepted without a login: sasl_method= does not stand "
		  "directly behind the client" },
		{ "connect from ", "the begin of a connection" },
		{ "lost connection ", "the end of a connection" },
	};
	struct slice rest = text;
	if (slice_take_while(&rest, slice_is_alnum, QUEUE_ID_MAX).length &&
	    slice_take_string(&rest, ": ") && !slice_starts_with(text, "warning"))
		text = rest;
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (slice_starts_with(text, reasons[i].begin))
			return reasons[i].why;
	return "an smtpd's line, but not \"QUEUEID: client=NAME[ADDRESS], sasl_method=...\"";
}

/* QUEUEID: client=NAME[ADDRESS](:PORT), sasl_method=M, sasl_username= */
static bool take_front(struct login *ret, struct slice *ret_method, struct slice *text)
{
	if (!take_client(ret, text) || !slice_take_string(text, ", sasl_method="))
		return false;
	*ret_method = slice_take_while(text, is_mechanism, METHOD_MAX);
	return ret_method->length && slice_take_string(text, ", sasl_username=");
}

static enum line_kind parse(struct login *ret, const struct header *line, const char **ret_why)
{
	struct slice text = line->message, method;
	if (!take_service(&ret->service, line))
		return LINE_OTHER;
	if (!take_front(ret, &method, &text)) {
		*ret_why = why_not(line->message);
		return LINE_OTHER;
	}
	/* RFC 4505's ANONYMOUS proves nobody: Postfix' own permit_sasl_authenticated refuses it. */
	*ret_why = "the mechanism ANONYMOUS proves nobody";
	if (method.length == 9 && strncasecmp(method.data, "ANONYMOUS", 9) == 0)
		return LINE_OTHER;
	*ret_why = "it names no user";
	ret->user = take_user(text);
	return ret->user.length ? LINE_LOGIN : LINE_OTHER;
}

const struct logformat logformat_postfix = {
	.name = "postfix",
	.literals = { { ", sasl_username=", 16 } },
	.parse = parse,
};
