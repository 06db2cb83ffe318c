/* zimbra.c - the mailbox server of Zimbra: audit.log
 *
 * From ZimbraLog, RemoteIP and LdapProvisioning of zm-mailbox, 8 to 10; SMTP logins are Postfix'
 * own lines.
 *
 *	INFO  [THREAD] [KEY=VALUE;...] security - cmd=Auth; account=USER; protocol=NAME;
 *		SSOAuth: by certificate or Kerberos
 *
 * A ";" in a value is doubled, so the keys and the end of the brackets are found by position,
 * whatever a client wrote in its own (via=..., ua=...). The client is "oip" where a proxy is in
 * front, else "ip"; without either it is this host, which Zimbra leaves out. Nothing behind the
 * client's own words is believed. oip may be a whole X-Forwarded-For: each proxy adds the address
 * that it saw at the end, what stands before that is the client's word, so the last public one
 * counts. Nothing may follow the protocol, where a failure (which is a WARN) has "error=", and the
 * account holds neither ";" nor blank.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"
#include "plugin/logformat/grammar.h"

#define KEYS_MAX 30

static bool is_account(unsigned char byte)
{
	return slice_is_not_blank(byte) && byte != ';' && byte != ']';
}

static const struct grammar_service protocols[] = {
	{ "imap", "zimbra/imap" },
	{ "pop3", "zimbra/pop3" },
	{ "soap", "zimbra/soap" },
	{ NULL, NULL },
};

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

/* --- the context in brackets --- */

/* VALUE; with each ";" in it doubled. */
static bool take_value(struct slice *ret, struct slice *text)
{
	for (size_t i = 0; i < text->length; i++) {
		if (text->data[i] != ';')
			continue;
		if (i + 1 < text->length && text->data[i + 1] == ';') {
			i++;
			continue;
		}
		*ret = slice_make(text->data, i);
		*text = slice_skip(*text, i + 1);
		return true;
	}
	return false;
}

static bool is_clients(struct slice key)
{
	return slice_equals(key, "via") || slice_equals(key, "ua");
}

/* Up to the "]". */
static bool take_context(struct slice *ret_oip, struct slice *ret_ip, bool *ret_is_hidden,
                         struct slice *text)
{
	bool is_believed = true;
	struct slice key, value;
	for (int i = 0; i < KEYS_MAX && !slice_take_char(text, ']'); i++) {
		if (!grammar_take_key(&key, text) || !take_value(&value, text))
			return false;
		is_believed = is_believed && !is_clients(key);
		struct slice *field = slice_equals(key, "oip") ? ret_oip
			: slice_equals(key, "ip")              ? ret_ip
							       : NULL;
		if (is_believed && field && !field->data)
			*field = value;
		*ret_is_hidden = *ret_is_hidden || (field && !is_believed);
	}
	return true;
}

/* --- the address --- */

/* The last one of "ADDRESS, ADDRESS", taken off. */
static struct slice take_last(struct slice *list)
{
	size_t comma = slice_find_last(*list, SLICE_LITERAL(","));
	bool is_only = comma == list->length;
	struct slice last = is_only ? *list : slice_skip(*list, comma + 1);
	list->length = is_only ? 0 : comma;
	while (slice_take_char(&last, ' '))
		;
	return last;
}

/* From the end: private ones are proxies', as long as another one stands before them. */
static bool find_proxied(struct ipaddr *ret, struct slice list)
{
	do {
		if (!ipaddr_parse(ret, take_last(&list)))
			return false;
	} while (list.length && !ipaddr_is_public(ret));
	return true;
}

/* IS_HIDDEN: there is one behind the client's own words. */
static void find_address(struct login *ret, struct slice oip, struct slice ip, bool is_hidden)
{
	bool is_local = !oip.data && !ip.data;
	if (is_local && is_hidden) {
		ret->is_hidden = true;
		return;
	}
	ret->has_address = is_local ? ipaddr_parse(&ret->address, SLICE_LITERAL("127.0.0.1"))
		: oip.data          ? find_proxied(&ret->address, oip)
				    : ipaddr_parse(&ret->address, ip);
	ret->is_hidden = !ret->has_address; /* the list of a proxy begins with the client's word */
}

static enum line_kind parse(struct login *ret, const struct header *line, const char **ret_why)
{
	struct slice text = line->text, oip = { 0 }, ip = { 0 };
	bool is_hidden = false;
	if (!take_front(&text) || !take_context(&oip, &ip, &is_hidden, &text) ||
	    !slice_take_string(&text, " security - cmd="))
		return LINE_OTHER;
	if (!slice_take_string(&text, "Auth; account=") &&
	    !slice_take_string(&text, "SSOAuth; account="))
		return LINE_OTHER;
	*ret_why = "a failed login, or one whose account holds what Zimbra's never do";
	ret->user = slice_take_while(&text, is_account, USER_MAX);
	if (!ret->user.length || !slice_take_string(&text, "; protocol="))
		return LINE_OTHER;
	struct slice protocol = slice_take_while(&text, grammar_is_name, 20);
	find_address(ret, oip, ip, is_hidden);
	if (!grammar_find_service(&ret->service, protocols, protocol))
		ret->service = SLICE_LITERAL("zimbra");
	return protocol.length && slice_equals(text, ";") ? LINE_LOGIN : LINE_OTHER;
}

const struct logformat logformat_zimbra = {
	.name = "zimbra",
	.programs = { "zimbra", "zmmailbox", "slapd" },
	.literals = { { " security - cmd=Auth", 20 }, { " security - cmd=SSOAuth", 23 } },
	.telltales = { "cmd=Auth" },
	.parse = parse,
};
