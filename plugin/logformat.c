/* logformat.c - which line is a login; see logformat.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/printable.h"
#include "plugin/logformat.h"
#include "plugin/logformat/driver.h"

static const struct logformat *const formats[] = {
	&logformat_postfix,
};

void logformat_describe(logformat_set set, struct strbuf *text)
{
	const char *separator = "";
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (!(set & 1U << i))
			continue;
		strbuf_add_format(text, "%s%s", separator, formats[i]->name);
		separator = ",";
	}
}

static logformat_set find_format(struct slice name)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (slice_equals(name, formats[i]->name))
			return 1U << i;
	return 0;
}

int logformat_choose(logformat_set *ret, const char *text, struct strbuf *why)
{
	logformat_set chosen = 0;
	struct slice rest = slice_string(text);
	do {
		struct slice name = slice_take_until(&rest, ',');
		logformat_set found = find_format(name);
		if (!found) {
			strbuf_fail(why, 0, "there is no log format \"");
			printable_add(why, name, 40);
			strbuf_add_string(why, "\"; known: ");
			logformat_describe(LOGFORMAT_ALL, why);
			return -EINVAL;
		}
		chosen |= found;
	} while (rest.length);
	*ret = chosen;
	return 0;
}

bool logformat_line_time(int64_t *ret_sec, struct slice line, int64_t now_sec)
{
	return envelope_take_time(ret_sec, &line, now_sec);
}

int logformat_parse(struct login *ret, struct slice line, logformat_set set, int64_t now_sec)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (!(set & 1U << i) || slice_find(line, formats[i]->literal) == line.length)
			continue;
		struct envelope envelope;
		struct login login = { 0 };
		if (!envelope_parse(&envelope, line, now_sec))
			return 0;
		if (formats[i]->parse(&login, &envelope) > 0) {
			login.at_sec = envelope.at_sec;
			*ret = login;
			return 1;
		}
	}
	return 0;
}
