/* vpopmail.c - vchkpw of vpopmail, which qmail's SMTP, POP3 and IMAP servers ask
 *
 * From vchkpw.c of vpopmail 5.4 to 5.6, built with --enable-logging=y or v (the default logs errors
 * only):
 *
 *	vchkpw-PORT: (MECHANISM) login success USER@DOMAIN:ADDRESS
 *	vchkpw-PORT: system password login success USER:ADDRESS  an account of /etc/passwd
 *
 * PORT is smtp, pop3, imaps, submission, webmail, … or a number. Before that USER and DOMAIN were
 * found to hold none but some ASCII characters, and no ":". A failure may hold a name or a password
 * as the client sent it, but begins in another way.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"
#include "plugin/logformat/grammar.h"

#define MECHANISM_MAX 20
#define PORT_MAX 20

static bool is_port(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || slice_is_digit(byte);
}

static bool is_user(unsigned char byte)
{
	return slice_is_not_blank(byte) && byte != ':' && byte < 0x7f;
}

/* "vchkpw-smtp: " */
static bool take_service(struct slice *ret, struct slice *text)
{
	struct slice rest = *text;
	if (!slice_take_string(&rest, "vchkpw-") ||
	    !slice_take_while(&rest, is_port, PORT_MAX).length)
		return false;
	*ret = slice_make(text->data, text->length - rest.length);
	*text = rest;
	return slice_take_string(text, ": ");
}

static bool take_success(struct slice *text)
{
	if (slice_take_string(text, "system password login success "))
		return true;
	return slice_take_char(text, '(') &&
		slice_take_while(text, grammar_is_mechanism, MECHANISM_MAX).length &&
		slice_take_string(text, ") login success ");
}

static enum line_kind parse(struct login *ret, const struct header *line, const char **ret_why)
{
	struct slice text = line->message;
	if (!slice_equals(line->program, "vpopmail"))
		return LINE_OTHER;
	*ret_why = "a line of vpopmail, but not \"vchkpw-...: (...) login success\"";
	if (!take_service(&ret->service, &text) || !take_success(&text))
		return LINE_OTHER;
	*ret_why = "a success, but not with USER@DOMAIN:ADDRESS behind it";
	ret->user = slice_take_while(&text, is_user, USER_MAX);
	if (!ret->user.length || !slice_take_char(&text, ':'))
		return LINE_OTHER;
	grammar_set_address(ret, text);
	return LINE_LOGIN;
}

const struct logformat logformat_vpopmail = {
	.name = "vpopmail",
	.programs = { "vpopmail", "vchkpw" },
	.journal_identifiers = { "vpopmail" },
	.literals = { { " login success ", 15 } },
	.telltales = { ") login success " },
	.parse = parse,
};
