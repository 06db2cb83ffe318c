/* grammar.c - what the messages of several servers are made of; see grammar.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/grammar.h"

#define KEY_MAX 40
#define HOST_NAME_MAX_BYTES 255
#define PORT_DIGITS 5

/* --- names --- */

const char grammar_anonymous[] = "the mechanism ANONYMOUS proves nobody";

bool grammar_is_anonymous(struct slice mechanism)
{
	static const struct slice name = { "ANONYMOUS", 9 };
	return mechanism.length == name.length &&
		strncasecmp(mechanism.data, name.data, name.length) == 0;
}

bool grammar_take_key(struct slice *ret, struct slice *text)
{
	*ret = slice_take_while(text, grammar_is_name, KEY_MAX);
	return ret->length && slice_take_char(text, '=');
}

bool grammar_find_service(struct slice *ret, const struct grammar_service *services,
                          struct slice name)
{
	for (; services->name; services++) {
		if (slice_equals(name, services->name)) {
			*ret = slice_string(services->service);
			return true;
		}
	}
	return false;
}

/* --- the client --- */

bool grammar_set_address(struct login *login, struct slice address)
{
	login->has_address = ipaddr_parse(&login->address, address);
	return login->has_address;
}

bool grammar_take_brackets(struct slice *ret, struct slice *text)
{
	if (!slice_take_char(text, '['))
		return false;
	size_t end = slice_find(*text, SLICE_LITERAL("]"));
	if (end == text->length)
		return false;
	*ret = slice_make(text->data, end);
	*text = slice_skip(*text, end + 1);
	return true;
}

bool grammar_take_address(struct login *login, struct slice *text)
{
	struct slice address;
	return grammar_take_brackets(&address, text) && grammar_set_address(login, address);
}

/* ":4711" or ":unknown", with smtpd_client_port_logging = yes. */
static bool take_port(struct slice *text)
{
	if (!slice_take_char(text, ':'))
		return true;
	return slice_take_while(text, slice_is_digit, PORT_DIGITS).length ||
		slice_take_string(text, "unknown");
}

bool grammar_take_postfix_client(struct login *login, struct slice *text)
{
	struct slice address;
	if (!slice_take_while(text, grammar_is_name, HOST_NAME_MAX_BYTES).length ||
	    !grammar_take_brackets(&address, text))
		return false;
	if (!grammar_set_address(login, address) && !slice_equals(address, "unknown"))
		return false;
	login->is_hidden = !login->has_address;
	return take_port(text);
}
