/* stalwart.c - Stalwart's text log
 *
 * From crates/trc of stalwartlabs/stalwart, 0.10 and later:
 *
 *	LEVEL Authentication successful (auth.success) KEY = VALUE, ..., remoteIp = ADDRESS, ..., accountName = "USER", accountId = N
 *
 * A quote in a value is not escaped. The keys before accountName are the server's own, so the first remoteIp counts and the
 * user ends at the last place that can be its end.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"

#define KEYS_MAX 30

static bool is_key(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '_' || byte == '.';
}

/* USER", accountId = N from the right. */
static bool read_user(struct slice *ret, struct slice text)
{
	static const struct slice end = { "\", accountId = ", 15 };
	size_t last = text.length;
	for (size_t at = slice_find(text, end); at < text.length; at += 1 + slice_find(slice_skip(text, at + 1), end))
		last = at;
	*ret = slice_make(text.data, last);
	return last < text.length && last > 0;
}

/* The pairs up to accountName. */
static bool read_pairs(struct login *ret, struct slice text)
{
	for (int i = 0; i < KEYS_MAX && text.length; i++) {
		struct slice key = slice_take_while(&text, is_key, 40);
		if (!slice_take_string(&text, " = "))
			return false;
		if (slice_equals(key, "accountName"))
			return slice_take_char(&text, '"') && read_user(&ret->user, text);
		struct slice value = slice_take_until(&text, ',');
		if (slice_equals(key, "remoteIp") && !ret->has_address)
			ret->has_address = ipaddr_parse(&ret->address, value);
		if (!slice_take_char(&text, ' '))
			return false;
	}
	return false;
}

static enum line_kind parse(struct login *ret, const struct envelope *line, const char **ret_why)
{
	struct slice text = line->text;
	if (!slice_take_string(&text, "INFO Authentication successful (auth.success) "))
		return LINE_OTHER;
	*ret_why = "a success, but not with remoteIp, accountName and accountId";
	ret->service = SLICE_LITERAL("stalwart");
	return read_pairs(ret, text) && ret->has_address ? LINE_LOGIN : LINE_OTHER;
}

const struct logformat logformat_stalwart = {
	.name = "stalwart",
	.literals = { { "auth.success", 12 } },
	.parse = parse,
};
