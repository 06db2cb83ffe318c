/* check.c - is a text a threshold range; see check.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <math.h>

#include "common/nagiosplug/check.h"
#include "common/slice.h"

#define QUOTE_MAX 60
#define ELLIPSIS "..."

/* One end of the range. */
struct bound {
	bool is_given;
	double value;
	struct slice text;
};

/* What people type into ranges, and why it is wrong. */
static const struct {
	char byte;
	const char *advice;
} mistakes[] = {
	{ '%', ": a range has no unit" },
	{ ',', ": the decimal sign is a point" },
	{ '+', ": a number has no plus sign" },
	{ ' ', ": a range has no blanks" },
	{ '~', ": minus infinity can only be the start" },
	{ '@', ": it can only come first, once" },
	{ ':', ": there is one colon between start and end" },
	{ '.', ": a number begins with a digit and has one point" },
};

void nagiosplug_quote(struct strbuf *out, const char *text)
{
	for (; *text && !out->truncated; text++)
		strbuf_add_char(out, *text >= ' ' && *text <= '~' ? *text : '?');
	if (out->truncated && out->length >= strlen(ELLIPSIS))
		memcpy(out->data + out->length - strlen(ELLIPSIS), ELLIPSIS, strlen(ELLIPSIS));
}

static int PRINTF_LIKE(3, 4) refuse(struct strbuf *why, const char *text, const char *format, ...)
{
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct strbuf quoted CLEANUP(strbuf_release) = STRBUF_INIT(QUOTE_MAX);
	char sentence[2 * QUOTE_MAX + 200];

	va_list arguments;
	va_start(arguments, format);
	vsnprintf(sentence, sizeof sentence, format, arguments);
	va_end(arguments);

	nagiosplug_quote(&quoted, text);
	nagiosplug_quote(&reason, sentence);
	return strbuf_fail(why, -EINVAL, "\"%s\" is not a range: %s", strbuf_text(&quoted),
	                   strbuf_text(&reason));
}

static const char *advice_for(char byte)
{
	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++)
		if (mistakes[i].byte == byte)
			return mistakes[i].advice;
	return "";
}

/* REST is what could not be taken of TEXT. */
static int unexpected(struct strbuf *why, const char *text, struct slice rest)
{
	char byte = rest.data[0];
	int taken = (int)(rest.data - text);
	if (taken == 0)
		return refuse(why, text, "unexpected \"%c\" at its start%s", byte,
		              advice_for(byte));
	const char *dots = taken > QUOTE_MAX ? ELLIPSIS : "";
	const char *from = taken > QUOTE_MAX ? rest.data - QUOTE_MAX : text;
	return refuse(why, text, "unexpected \"%c\" after %s%.*s%s", byte, dots,
	              (int)(rest.data - from), from, advice_for(byte));
}

/* A number, if there is one at the front of REST. */
static int take_number(struct bound *bound, struct slice *rest, const char *text,
                       struct strbuf *why)
{
	const char *begin = rest->data;
	bool is_negative = slice_take_char(rest, '-');
	if (!slice_take_while(rest, slice_is_digit, SIZE_MAX).length)
		return is_negative ? refuse(why, text, "there are no digits after \"-\"") : 0;
	if (slice_take_char(rest, '.') && !slice_take_while(rest, slice_is_digit, SIZE_MAX).length)
		return refuse(why, text, "there are no digits after the decimal point");
	bound->is_given = true;
	bound->text = slice_make(begin, (size_t)(rest->data - begin));
	bound->value = strtod(begin, NULL);
	return 0;
}

static int take_start(struct bound *start, struct slice *rest, const char *text, struct strbuf *why)
{
	if (!slice_take_char(rest, '~'))
		return take_number(start, rest, text, why);
	start->is_given = true;
	start->value = -HUGE_VAL;
	if (!rest->length)
		return refuse(why, text, "\"~\" is a start, a \":\" must follow");
	return rest->data[0] == ':' ? 0 : unexpected(why, text, *rest);
}

static int check_order(const struct bound *start, const struct bound *end, const char *text,
                       struct strbuf *why)
{
	if (!end->is_given || start->value <= end->value)
		return 0;
	struct slice first = start->is_given ? start->text : slice_string("0");
	return refuse(why, text, "its start %.*s is above its end %.*s", (int)first.length,
	              first.data, (int)end->text.length, end->text.data);
}

/* Everything after the start: the colon and the end, or nothing, and then the start was the end. */
static int take_end(struct bound *start, struct bound *end, struct slice *rest, const char *text,
                    struct strbuf *why)
{
	if (!slice_take_char(rest, ':')) {
		*end = *start;
		*start = (struct bound){ 0 };
		return rest->length ? unexpected(why, text, *rest) : 0;
	}
	int error = take_number(end, rest, text, why);
	if (error < 0)
		return error;
	if (rest->length)
		return unexpected(why, text, *rest);
	if (!start->is_given && !end->is_given)
		return refuse(why, text, "it has neither a start nor an end");
	return 0;
}

int nagiosplug_range_check(const char *text, struct strbuf *why)
{
	struct slice rest = slice_string(text);
	struct bound start = { 0 };
	struct bound end = { 0 };

	if (!rest.length)
		return refuse(why, text, "it is empty");
	if (rest.length > NAGIOSPLUG_RANGE_TEXT_MAX)
		return refuse(why, text, "it has more than %d bytes", NAGIOSPLUG_RANGE_TEXT_MAX);
	if (slice_take_char(&rest, '@') && !rest.length)
		return refuse(why, text, "there is nothing after \"@\"");

	int error = take_start(&start, &rest, text, why);
	if (error >= 0)
		error = take_end(&start, &end, &rest, text, why);
	return error < 0 ? error : check_order(&start, &end, text, why);
}
