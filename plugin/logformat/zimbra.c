/* zimbra.c - the mailbox server of Zimbra: audit.log
 *
 * From ZimbraLog.encodeAttrs() and AuthProvider of ZimbraServer; SMTP logins are Postfix' own lines.
 *
 *	INFO  [THREAD] [KEY=VALUE;...] security - cmd=Auth; account=USER; protocol=NAME;
 *
 * The client is "oip" where a proxy is in front, else "ip". Both stand before the client's own words (via=..., ua=...): nothing
 * behind these is believed. They may hold brackets: therefore nothing may follow the protocol, where a failure (which
 * is a WARN) has "error=", and the account holds neither ";" nor blank.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"

#define TOKEN_MAX 4000
#define KEYS_MAX 30

static bool is_in_brackets(unsigned char byte)
{
	return byte != ']';
}

static bool is_account(unsigned char byte)
{
	return slice_is_not_blank(byte) && byte != ';' && byte != ']';
}

/* "INFO  [THREAD] [" */
static bool take_front(struct slice *text)
{
	if (!slice_take_string(text, "INFO "))
		return false;
	while (slice_take_char(text, ' '))
		;
	size_t end = slice_find(*text, SLICE_LITERAL("] ["));
	bool has_thread = slice_starts_with(*text, "[") && end < text->length;
	*text = slice_skip(*text, end + 3);
	return has_thread;
}

static bool is_clients(struct slice pair)
{
	return slice_starts_with(pair, "via=") || slice_starts_with(pair, "ua=");
}

static void find_address(struct login *ret, struct slice context)
{
	bool has_proxy = false;
	for (int i = 0; i < KEYS_MAX && context.length; i++) {
		struct slice pair = slice_take_until(&context, ';');
		if (is_clients(pair))
			return;
		bool is_proxied = slice_take_string(&pair, "oip=");
		if (is_proxied ? has_proxy : (ret->has_address || !slice_take_string(&pair, "ip=")))
			continue;
		has_proxy = has_proxy || is_proxied;
		ret->has_address = ipaddr_parse(&ret->address, pair);
	}
}

static enum line_kind parse(struct login *ret, const struct envelope *line, const char **ret_why)
{
	struct slice text = line->text;
	if (!take_front(&text))
		return LINE_OTHER;
	struct slice context = slice_take_while(&text, is_in_brackets, TOKEN_MAX);
	if (!slice_take_string(&text, "] security - cmd=Auth; account="))
		return LINE_OTHER;
	*ret_why = "a failed login, or one whose account or context holds what Zimbra's never do";
	ret->user = slice_take_while(&text, is_account, USER_MAX);
	if (!ret->user.length || !slice_take_string(&text, "; protocol="))
		return LINE_OTHER;
	struct slice protocol = slice_take_while(&text, slice_is_alnum, 20);
	find_address(ret, context);
	ret->service = slice_equals(protocol, "imap") ? SLICE_LITERAL("zimbra/imap")
		: slice_equals(protocol, "pop3") ? SLICE_LITERAL("zimbra/pop3")
		: slice_equals(protocol, "soap") ? SLICE_LITERAL("zimbra/soap") : SLICE_LITERAL("zimbra");
	return protocol.length && slice_equals(text, ";") && ret->has_address ? LINE_LOGIN : LINE_OTHER;
}

const struct logformat logformat_zimbra = {
	.name = "zimbra",
	.literals = { { " security - cmd=Auth", 20 } },
	.parse = parse,
};
