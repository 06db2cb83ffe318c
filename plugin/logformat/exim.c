/* exim.c - Exim's main log
 *
 * From src/receive.c (receive_msg()) and src/smtp_in.c (host_and_ident(), smtp_log_no_mail()) of Exim 4.92 to 4.98. A
 * login is an accepted message whose protocol ends in "a", which Exim adds after a successful AUTH only:
 *
 *	([PID] )MSGID <= SENDER( R=..)( DS) H=HOST( I=..)( TFO)( U=..)( Ci=..) P=esmtpsa( L..)( X=..)( CV=..)( DN="..")( SNI=..)
 *		 A=AUTHENTICATOR(:ID)( PRDR)( PRX=..)( K) S=SIZE ...
 *	no MAIL in (TFO )SMTP connection from HOST D=.. A=AUTHENTICATOR(:ID)( X=..)( CV=..) C=EHLO,AUTH,QUIT
 *	HOST = (NAME )((HELO) )[ADDRESS](:PORT)
 *
 * in its own file behind the time, in syslog behind "exim: " and, unless syslog_timestamp is off, a time of its own.
 *
 * SENDER and HELO are a stranger's. A quoted sender may hold blanks, so its quotes are followed. HELO can't hold blanks or
 * brackets, unless helo_accept_junk_hosts lets it: then it can imitate all that is behind it, but the true " P=" still
 * follows. So a line with two of them outside of a subject is ambiguous.
 * ID may hold blanks; it ends where all the rest is a tail. With +smtp_mailauth it is ID:SENDER, which can't be told apart.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/timestamp.h"
#include "plugin/logformat/driver.h"
#include "plugin/logformat/exim_tail.h"

#define TOKEN_MAX 1000
#define FIELDS_MAX 12

static bool is_host_name(unsigned char byte)
{
	return slice_is_alnum(byte) || (byte && strchr("._-", byte));
}

static bool is_helo(unsigned char byte)
{
	return slice_is_not_blank(byte) && !strchr("()[]", byte);
}

static bool is_literal(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == ':' || byte == '.';
}

static bool is_name(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '_' || byte == '-';
}

/* --- the front --- */

/* 6-6-2 letters and digits, since 4.97 6-11-4. */
static bool take_message_id(struct slice *text)
{
	static const size_t lengths[][3] = { { 6, 6, 2 }, { 6, 11, 4 } };
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct slice rest = *text;
		if (slice_take_while(&rest, slice_is_alnum, lengths[i][0]).length == lengths[i][0] && slice_take_char(&rest, '-')
		    && slice_take_while(&rest, slice_is_alnum, lengths[i][1]).length == lengths[i][1] && slice_take_char(&rest, '-')
		    && slice_take_while(&rest, slice_is_alnum, lengths[i][2]).length == lengths[i][2] && slice_take_char(&rest, ' ')) {
			*text = rest;
			return true;
		}
	}
	return false;
}

static bool is_exim(struct slice program)
{
	return slice_equals(program, "exim") || slice_equals(program, "exim4");
}

/* To the message, from either kind of log. */
static struct slice message_of(const struct envelope *line)
{
	bool is_syslog = is_exim(line->program);
	struct slice text = is_syslog ? line->message : line->text;
	struct slice rest = text;
	int64_t ignored;
	if (is_syslog && timestamp_take(&ignored, &rest, line->at_sec) && slice_take_char(&rest, ' '))
		text = rest;
	rest = text;
	if (slice_take_char(&rest, '[') && slice_take_while(&rest, slice_is_digit, 10).length && slice_take_string(&rest, "] "))
		text = rest;
	return text;
}

static bool take_sender(struct slice *text)
{
	size_t length = 0, piece;
	while ((piece = exim_address_piece(slice_skip(*text, length))))
		length += piece;
	*text = slice_skip(*text, length);
	return length > 0;
}

/* --- fields --- */

/* A field of the table at the front: its name, and a value without blanks, or in quotes if the name ends in one. */
static bool take_field(struct slice *text, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct slice rest = *text;
		if (!slice_take_string(&rest, names[i]))
			continue;
		if (slice_ends_with(slice_string(names[i]), "\"")) {
			slice_take_until(&rest, '"');
		} else {
			slice_take_while(&rest, slice_is_not_blank, TOKEN_MAX);
		}
		*text = rest;
		return true;
	}
	return false;
}

static void take_fields(struct slice *text, const char *const *names, size_t count)
{
	for (int i = 0; i < FIELDS_MAX && take_field(text, names, count); i++)
		;
}

/* (HELO) or ([literal]) */
static bool take_helo(struct slice *text)
{
	struct slice rest = *text;
	if (!slice_take_char(&rest, '('))
		return false;
	if (slice_take_char(&rest, '[')) {
		slice_take_while(&rest, is_literal, TOKEN_MAX);
		if (!slice_take_char(&rest, ']'))
			return false;
	} else {
		slice_take_while(&rest, is_helo, TOKEN_MAX);
	}
	if (!slice_take_string(&rest, ") "))
		return false;
	*text = rest;
	return true;
}

static bool take_host(struct login *ret, struct slice *text)
{
	struct slice rest = *text;
	if (slice_take_while(&rest, is_host_name, TOKEN_MAX).length && !slice_take_char(&rest, ' '))
		return false;
	take_helo(&rest);
	if (!slice_take_char(&rest, '['))
		return false;
	if (slice_find(rest, SLICE_LITERAL("]")) == rest.length || !ipaddr_parse(&ret->address, slice_take_until(&rest, ']')))
		return false;
	ret->has_address = true;
	*text = rest;
	return !slice_take_char(text, ':') || slice_take_while(text, slice_is_digit, 5).length;
}

static bool take_protocol(struct login *ret, struct slice *text)
{
	static const struct { const char *name, *service; } protocols[] = {
		{ "esmtpa", "exim/esmtpa" }, { "esmtpsa", "exim/esmtpsa" }, { "essmtpa", "exim/essmtpa" }, { "utf8esmtpa", "exim/esmtpa" },
		{ "utf8esmtpsa", "exim/esmtpsa" }, { "utf8essmtpa", "exim/essmtpa" },
	};
	struct slice name = slice_take_while(text, slice_is_not_blank, TOKEN_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		if (slice_equals(name, protocols[i].name)) {
			ret->service = slice_string(protocols[i].service);
			return true;
		}
	}
	return false;
}

/* Of "ID PRDR PRX=ip K" the ID. */
static void cut_flags(struct slice *id)
{
	if (slice_ends_with(*id, " K"))
		id->length -= 2;
	size_t proxy = slice_find(*id, SLICE_LITERAL(" PRX="));
	id->length = proxy;
	if (slice_ends_with(*id, " PRDR"))
		id->length -= 5;
}

/* AUTHENTICATOR(:ID), of LENGTH bytes in all. */
static bool take_user(struct login *ret, struct slice text, size_t length)
{
	bool is_cut = length == text.length;
	text.length = length;
	if (is_cut || !slice_take_while(&text, is_name, TOKEN_MAX).length)
		return false;
	cut_flags(&text);
	ret->user = text;
	return !text.length || slice_take_char(&ret->user, ':');
}

/* --- the two kinds of lines --- */

/* Behind "MSGID <= ". */
static enum line_kind read_message(struct login *ret, struct slice text, const char **ret_why)
{
	static const char *const before_host[] = { " R=", " DS" };
	static const char *const before_protocol[] = { " I=", " TFO", " U=", " Ci=" };
	static const char *const before_user[] = { " L", " X=", " CV=", " DN=\"", " SNI=" };

	*ret_why = "a message that was accepted, but its sender can't be read";
	if (!take_sender(&text))
		return LINE_OTHER;
	take_fields(&text, before_host, ARRAY_SIZE(before_host));
	*ret_why = "a message of this host itself, or its host can't be read";
	if (!slice_take_string(&text, " H=") || !take_host(ret, &text))
		return LINE_OTHER;
	take_fields(&text, before_protocol, ARRAY_SIZE(before_protocol));
	*ret_why = "a message that was accepted without a login";
	if (!slice_take_string(&text, " P=") || !take_protocol(ret, &text))
		return LINE_OTHER;
	*ret_why = "it says P= twice: HELO may have imitated a login (helo_accept_junk_hosts)";
	size_t end = exim_find_tail(text);
	if (slice_find(slice_make(text.data, end), SLICE_LITERAL(" P=")) < end
	    || exim_tail_has(slice_skip(text, end), SLICE_LITERAL(" P=")))
		return LINE_AMBIGUOUS;
	take_fields(&text, before_user, ARRAY_SIZE(before_user));
	*ret_why = "a login, but what stands before or behind its A= can't be read";
	if (!slice_take_string(&text, " A=") || !take_user(ret, text, exim_find_tail(text)))
		return LINE_AMBIGUOUS;
	return LINE_LOGIN;
}

/* The first of the fields that can follow a user here. */
static size_t find_end(struct slice text)
{
	static const char *const ends[] = { " X=", " CV=", " C=" };
	size_t end = text.length;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t at = slice_find(text, slice_string(ends[i]));
		end = at < end ? at : end;
	}
	return end;
}

/* Behind "no MAIL in SMTP connection from ": written with log_selector +smtp_no_mail. */
static enum line_kind read_no_mail(struct login *ret, struct slice text, const char **ret_why)
{
	static const char *const before_user[] = { " D=" };
	*ret_why = "a connection without a login";
	if (!take_host(ret, &text) || slice_find(text, SLICE_LITERAL(" D=")) != 0)
		return LINE_OTHER;
	take_fields(&text, before_user, ARRAY_SIZE(before_user));
	ret->service = SLICE_LITERAL("exim/no MAIL");
	if (!slice_take_string(&text, " A=") || !take_user(ret, text, find_end(text)))
		return LINE_OTHER;
	*ret_why = "it says D= twice: HELO may have imitated a login (helo_accept_junk_hosts)";
	return slice_find(text, SLICE_LITERAL(" D=")) < text.length ? LINE_AMBIGUOUS : LINE_LOGIN;
}

static enum line_kind parse(struct login *ret, const struct envelope *line, const char **ret_why)
{
	struct slice text = message_of(line);
	if (slice_take_string(&text, "no MAIL in ")) {
		slice_take_string(&text, "TFO ");
		return slice_take_string(&text, "SMTP connection from ") ? read_no_mail(ret, text, ret_why) : LINE_OTHER;
	}
	bool is_message = take_message_id(&text);
	if (is_exim(line->program) || is_message)
		*ret_why = "a line of Exim, but no message that was accepted";
	if (!is_message || (!slice_take_string(&text, "<= ") && !slice_take_string(&text, "(= ")))
		return LINE_OTHER;
	return read_message(ret, text, ret_why);
}

const struct logformat logformat_exim = {
	.name = "exim",
	.literals = {
		{ " P=esmtpa", 9 }, { " P=esmtpsa", 10 }, { " P=essmtpa", 10 }, { " P=utf8es", 9 }, { "no MAIL in ", 11 },
	},
	.parse = parse,
};
