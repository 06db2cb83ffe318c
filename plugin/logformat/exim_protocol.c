/* exim_protocol.c - the protocols that Exim names in " P=", which tell a login; see exim_protocol.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/exim_protocol.h"
#include "plugin/logformat/grammar.h"

static const struct {
	const char *field, *service;
} protocols[] = {
	{ " P=esmtpa", "exim/esmtpa" },       { " P=esmtpsa", "exim/esmtpsa" },
	{ " P=essmtpa", "exim/essmtpa" },     { " P=utf8esmtpa", "exim/esmtpa" },
	{ " P=utf8esmtpsa", "exim/esmtpsa" }, { " P=utf8essmtpa", "exim/essmtpa" },
};

#define FRONT 3 /* " P=" */

const char *exim_login_service(struct slice name)
{
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (slice_equals(name, protocols[i].field + FRONT))
			return protocols[i].service;
	return NULL;
}

bool exim_is_protocol(struct slice text, bool of_login)
{
	if (!slice_take_string(&text, " P="))
		return false;
	struct slice name = slice_take_while(&text, slice_is_not_blank, EXIM_TOKEN_MAX);
	struct slice rest = name;
	slice_take_while(&rest, grammar_is_mechanism, EXIM_TOKEN_MAX);
	return of_login ? exim_login_service(name) != NULL : !rest.length;
}

bool exim_has_protocol(struct slice text, bool of_login)
{
	static const struct slice protocol = { " P=", FRONT };
	for (size_t at = slice_find(text, protocol); at < text.length;
	     at = slice_find(text, protocol)) {
		text = slice_skip(text, at);
		if (exim_is_protocol(text, of_login))
			return true;
		text = slice_skip(text, protocol.length);
	}
	return false;
}

/* A blank alone doesn't count: the rest, which begins with "P=", is seen where it stands. */
bool exim_ends_in_protocol(struct slice text)
{
	size_t length = 0;
	while (length < text.length && text.data[text.length - 1 - length] != ' ')
		length++;
	if (!length || length == text.length)
		return false;
	struct slice end = slice_skip(text, text.length - length - 1); /* from the blank on */
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		struct slice field = slice_string(protocols[i].field);
		if (end.length <= field.length && slice_has_bytes(field.data, end.data, end.length))
			return true;
	}
	return false;
}
