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
 * can hold all of this text. Therefore ", sasl_method=" must come directly behind the client.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"
#include "plugin/logformat/grammar.h"

#define QUEUE_ID_MAX 64
#define METHOD_MAX 64

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

/* QUEUEID: client=NAME[ADDRESS](:PORT) */
static bool take_client(struct login *ret, struct slice *text)
{
	return slice_take_while(text, slice_is_alnum, QUEUE_ID_MAX).length &&
		slice_take_string(text, ": client=") && grammar_take_postfix_client(ret, text);
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
	*ret_method = slice_take_while(text, grammar_is_mechanism, METHOD_MAX);
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
	/* Postfix' own permit_sasl_authenticated refuses it. */
	*ret_why = grammar_anonymous;
	if (grammar_is_anonymous(method))
		return LINE_OTHER;
	*ret_why = "it names no user";
	ret->user = take_user(text);
	return ret->user.length ? LINE_LOGIN : LINE_OTHER;
}

const struct logformat logformat_postfix = {
	.name = "postfix",
	.programs = { "postfix" },
	.literals = { { ", sasl_username=", 16 } },
	.telltales = { "sasl_username=" },
	.parse = parse,
};
