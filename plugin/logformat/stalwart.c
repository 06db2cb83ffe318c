/* stalwart.c - Stalwart's text log
 *
 * From crates/trc of stalwartlabs/stalwart, 0.10 and later:
 *
 *	INFO Authentication successful (auth.success) KEY = VALUE, ..., remoteIp = ADDRESS, ...,
 *		accountName = "USER", accountId = N
 *
 * By default in colours (ansi: true), of which only those are taken that it writes, and where it
 * writes them. A quote in a value is not escaped. The keys before accountName are the server's own,
 * so the first remoteIp counts and the user ends at the last place that can be its end. The
 * fallback administrator has no accountId: then the name is the last of the line.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"

#define KEYS_MAX 30

/* In black and white, and in colours. */
static const struct style {
	const char *front;
	const char *before_key, *behind_key;
	struct slice end; /* of the user */
} styles[] = {
	{ "INFO Authentication successful (auth.success) ", "", "", { "\", accountId = ", 15 } },
	{ "\033[32;1mINFO\033[0m \033[37;1mAuthentication successful\033[0m (auth.success) ",
	  "\033[36m",
	  "\033[0m",
	  { "\", \033[36maccountId\033[0m = ", 24 } },
};

static const struct style *take_front(struct slice *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(styles); i++)
		if (slice_take_string(text, styles[i].front))
			return &styles[i];
	return NULL;
}

static bool is_key(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '_' || byte == '.';
}

/* USER", accountId = N from the right; or USER" and nothing else. */
static bool read_user(struct slice *ret, const struct style *style, struct slice text)
{
	size_t last = slice_find_last(text, style->end);
	if (last == text.length && slice_ends_with(text, "\""))
		last--;
	*ret = slice_make(text.data, last);
	return last < text.length && last > 0;
}

/* "KEY = " */
static bool take_key(struct slice *ret, const struct style *style, struct slice *text)
{
	if (!slice_take_string(text, style->before_key))
		return false;
	*ret = slice_take_while(text, is_key, 40);
	return slice_take_string(text, style->behind_key) && slice_take_string(text, " = ");
}

/* The pairs up to accountName. */
static bool read_pairs(struct login *ret, const struct style *style, struct slice text)
{
	struct slice key;
	for (int i = 0; i < KEYS_MAX && take_key(&key, style, &text); i++) {
		if (slice_equals(key, "accountName"))
			return slice_take_char(&text, '"') && read_user(&ret->user, style, text);
		struct slice value = slice_take_until(&text, ',');
		if (slice_equals(key, "remoteIp") && !ret->has_address)
			ret->has_address = ipaddr_parse(&ret->address, value);
		if (!slice_take_char(&text, ' '))
			return false;
	}
	return false;
}

static enum line_kind parse(struct login *ret, const struct header *line, const char **ret_why)
{
	struct slice text = line->text;
	const struct style *style = take_front(&text);
	if (!style)
		return LINE_OTHER;
	*ret_why = "a success, but not with remoteIp and accountName in one line (multiline: true "
		   "can't be read)";
	ret->service = SLICE_LITERAL("stalwart");
	return read_pairs(ret, style, text) && ret->has_address ? LINE_LOGIN : LINE_OTHER;
}

const struct logformat logformat_stalwart = {
	.name = "stalwart",
	.programs = { "stalwart" },
	.journal_identifiers = { "stalwart" },
	.literals = { { "auth.success", 12 } },
	.telltales = { "auth.success" },
	.parse = parse,
};
