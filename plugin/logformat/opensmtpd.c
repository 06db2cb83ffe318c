/* opensmtpd.c - OpenSMTPD, whose login and address stand in two lines
 *
 * From smtpd/smtp_session.c of OpenSMTPD 5.x (2016) to 7.8; ID is a session's 16 hexadecimal
 * digits:
 *
 *	ID smtp connected address=ADDRESS host=NAME                              6.4 and later
 *	ID smtp authentication user=USER( address=ADDRESS host=NAME) result=ok
 *	ID smtp disconnected reason=...
 *	ID smtp event=connected address=..., event=authentication..., event=closed      6.0 to 6.3
 *	smtp-in: New session ID from host NAME [ADDRESS]                         5.x
 *	smtp-in: Accepted authentication for user USER on session ID
 *	smtp-in: Closing session ID
 *
 * USER is encoded by strnvis(3) with VIS_WHITE, so it holds no blank; it is kept as it stands. A
 * failed-command line holds the client's own words, but begins with others.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"
#include "plugin/logformat/grammar.h"

#define TOKEN_MAX 1000
#define ID_DIGITS 16

static bool take_id(uint64_t *ret, struct slice *text)
{
	struct slice digits = slice_take_while(text, slice_is_lower_hex, ID_DIGITS);
	uint64_t id = 0;
	for (size_t i = 0; i < digits.length; i++)
		id = id * 16 +
			(uint64_t)(digits.data[i] <= '9' ? digits.data[i] - '0'
		                                         : digits.data[i] - 'a' + 10);
	*ret = id;
	return digits.length == ID_DIGITS && id != 0;
}

static struct slice take_word(struct slice *text)
{
	return slice_take_while(text, slice_is_not_blank, TOKEN_MAX);
}

/* 192.0.2.1 or [2001:db8::1]; "local" is none. */
static bool parse_address(struct login *ret, struct slice word)
{
	if (slice_ends_with(word, "]") && slice_take_char(&word, '['))
		word.length--;
	return grammar_set_address(ret, word);
}

/* Each reads what is behind its words. */
typedef enum line_kind read_fn(struct login *ret, struct slice text, const char **ret_why);

static enum line_kind read_connected(struct login *ret, struct slice text, const char **ret_why)
{
	*ret_why = "a session that begins on this host";
	return parse_address(ret, take_word(&text)) ? LINE_SESSION : LINE_OTHER;
}

static enum line_kind read_end(struct login *ret, struct slice text, const char **ret_why)
{
	(void)ret, (void)text, (void)ret_why;
	return LINE_SESSION;
}

/* USER( address=ADDRESS host=NAME) result=ok */
static enum line_kind read_login(struct login *ret, struct slice text, const char **ret_why)
{
	ret->user = take_word(&text);
	if (slice_take_string(&text, " address=")) {
		parse_address(ret, take_word(&text));
		if (slice_take_string(&text, " host="))
			take_word(&text);
	}
	*ret_why = "a failed login";
	return ret->user.length && slice_equals(text, " result=ok") ? LINE_LOGIN : LINE_OTHER;
}

static const struct {
	const char *words; /* behind "ID smtp " */
	read_fn *read;
} events[] = {
	{ "connected address=", read_connected },
	{ "event=connected address=", read_connected },
	{ "authentication user=", read_login },
	{ "event=authentication user=", read_login },
	{ "disconnected ", read_end },
	{ "event=closed ", read_end },
};

/* Behind "smtp-in: ", of 2016 and before. */
static enum line_kind read_old(struct login *ret, struct slice text, const char **ret_why)
{
	*ret_why = "a line of OpenSMTPD, but neither a session's begin nor a login";
	ret->user = slice_make(text.data, 0);
	if (slice_take_string(&text, "Accepted authentication for user ")) {
		ret->user = take_word(&text);
		return slice_take_string(&text, " on session ") && take_id(&ret->session, &text) &&
				!text.length
			? LINE_LOGIN
			: LINE_OTHER;
	}
	if (slice_take_string(&text, "Closing session "))
		return take_id(&ret->session, &text) ? LINE_SESSION : LINE_OTHER;
	if (!slice_take_string(&text, "New session ") || !take_id(&ret->session, &text) ||
	    !slice_take_string(&text, " from host "))
		return LINE_OTHER;
	take_word(&text);
	return slice_take_char(&text, ' ') ? read_connected(ret, text, ret_why) : LINE_OTHER;
}

static enum line_kind parse(struct login *ret, const struct header *line, const char **ret_why)
{
	struct slice text = line->message;
	if (!slice_equals(line->program, "smtpd"))
		return LINE_OTHER;
	ret->service = SLICE_LITERAL("opensmtpd");
	if (slice_take_string(&text, "smtp-in: "))
		return read_old(ret, text, ret_why);
	*ret_why = "a line of OpenSMTPD, but neither a session's begin nor a login";
	if (!take_id(&ret->session, &text) || !slice_take_string(&text, " smtp "))
		return LINE_OTHER;
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (slice_take_string(&text, events[i].words))
			return events[i].read(ret, text, ret_why);
	return LINE_OTHER;
}

const struct logformat logformat_opensmtpd = {
	.name = "opensmtpd",
	.programs = { "smtpd" },
	.journal_identifiers = { "smtpd" },
	.literals = {
		{ "authentication user=", 20 },
		{ "smtp connected address=", 23 },
		{ "smtp disconnected ", 18 },
		{ "smtp event=c", 12 },
		{ "smtp-in: Accepted authentication", 32 },
		{ "smtp-in: New session ", 21 },
		{ "smtp-in: Closing session ", 25 },
	},
	.telltales = { "smtp authentication" },
	.parse = parse,
};
