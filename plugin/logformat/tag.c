/* tag.c - what stands between a line's time and its message; see tag.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/tag.h"

#define TOKEN_MAX 255     /* RFC 5424 allows 255 bytes for a host and 48 for an APP-NAME */
#define CUT_TAG_LENGTH 32 /* where rsyslog's templates for forwarding cut */
#define PID_DIGITS_MAX 20

/* A token of at most TOKEN_MAX bytes and the one blank after it. */
static bool take_token(struct slice *ret, struct slice *line)
{
	struct slice rest = *line;
	*ret = slice_take_while(&rest, slice_is_not_blank, TOKEN_MAX);
	if (!ret->length || !slice_take_char(&rest, ' '))
		return false;
	*line = rest;
	return true;
}

/* --- the parts --- */

static bool is_level(struct slice word)
{
	enum { LONGEST = 7 };
	static const char *const levels[] = {
		"emerg",   "panic", "alert",  "crit", "err",   "error",
		"warning", "warn",  "notice", "info", "debug",
	};
	return word.length <= LONGEST && slice_is_one_of(word, levels, ARRAY_SIZE(levels));
}

/* "mail.info", or "mail:info" */
static bool is_facility_and_level(struct slice word, char separator)
{
	static const char *const facilities[] = {
		"kern",   "user",   "mail",     "daemon",   "auth",   "syslog", "lpr",     "news",
		"uucp",   "cron",   "authpriv", "security", "ftp",    "ntp",    "console", "local0",
		"local1", "local2", "local3",   "local4",   "local5", "local6", "local7",
	};
	if (!memchr(word.data, separator, word.length)) /* most words are a host's, or a tag */
		return false;
	struct slice facility = slice_take_until(&word, separator);
	return is_level(word) && slice_is_one_of(facility, facilities, ARRAY_SIZE(facilities));
}

/* "2.6" */
static bool is_number_pair(struct slice token)
{
	return slice_take_while(&token, slice_is_digit, 2).length && slice_take_char(&token, '.') &&
		slice_take_while(&token, slice_is_digit, 1).length && !token.length;
}

static bool take_brackets(struct slice *token, char open, const char *close)
{
	if (token->length < 2 || token->data[0] != open || !slice_ends_with(*token, close))
		return false;
	*token = slice_make(token->data + 1, token->length - 2);
	return true;
}

/* "mail.info" of busybox, "<mail.info>" of FreeBSD's syslogd -vv and "<2.6>" of its -v. */
static bool is_facility(struct slice token)
{
	return is_facility_and_level(token, '.') ||
		(take_brackets(&token, '<', ">") &&
	         (is_facility_and_level(token, '.') || is_number_pair(token)));
}

/* What may stand for it behind a host. */
static bool is_facility_behind_host(struct slice token)
{
	bool has_brackets = take_brackets(&token, '<', ">") || take_brackets(&token, '[', "]");
	return is_facility_and_level(token, '.') || is_facility_and_level(token, ':') ||
		(has_brackets && is_level(token));
}

/* "<uid=1000>" */
static bool take_uid(struct slice *ret, struct slice token)
{
	if (!take_brackets(&token, '<', ">") || !slice_take_string(&token, "uid=") ||
	    !slice_is_all(token, slice_is_digit))
		return false;
	*ret = token;
	return true;
}

/* A name or an address with %zone. */
static bool is_host_byte(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '.' || byte == '_' || byte == '-' || byte == ':' ||
		byte == '%';
}

static bool is_host(struct slice token)
{
	return (slice_is_all(token, is_host_byte) && !slice_ends_with(token, ":")) ||
		slice_equals(token, "(none)");
}

/* Postfix' master.cf may bring "127.0.0.1:10025" into it. */
static bool is_program_byte(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '.' || byte == '_' || byte == '-' || byte == '/' ||
		byte == '+' || byte == '@' || byte == ':' || byte == '~';
}

/* NAME[PID]:, NAME:, and the cut NAME[PID] and NAME[PI and NAME. */
bool tag_split(struct slice *ret_program, struct slice token)
{
	size_t bracket = slice_find(token, SLICE_LITERAL("["));
	struct slice rest = slice_skip(token, bracket);
	bool is_whole = !rest.length && slice_ends_with(token, ":");
	*ret_program = slice_make(token.data, bracket - is_whole);
	if (!rest.length)
		return (is_whole || token.length == CUT_TAG_LENGTH) &&
			slice_is_all(*ret_program, is_program_byte);
	slice_take_char(&rest, '[');
	slice_take_while(&rest, slice_is_digit, PID_DIGITS_MAX);
	if (slice_take_char(&rest, ']'))
		slice_take_char(&rest, ':');
	return !rest.length && slice_is_all(*ret_program, is_program_byte);
}

/* --- syslog --- */

bool tag_take(struct tag *ret, struct slice *line)
{
	struct slice token;
	bool seen_host = false, seen_facility = false;
	*ret = (struct tag){ 0 };
	for (int i = 0; i < 3; i++) {
		if (!take_token(&token, line))
			return false;
		if (!seen_facility &&
		    (is_facility(token) ||
		     (seen_host && (is_facility_behind_host(token) || take_uid(&ret->uid, token)))))
			seen_facility = true;
		else if (tag_split(&ret->program, token))
			return true;
		else if (!seen_host && is_host(token))
			seen_host = true;
		else
			return false;
	}
	return false;
}

/* A level in brackets is none, and neither is a pid, which Exim can write there. */
bool tag_take_metalog(struct tag *ret, struct slice *line)
{
	struct slice token, rest = *line;
	if (!line->length || line->data[0] != '[' || !take_token(&token, &rest) ||
	    !take_brackets(&token, '[', "]") || !slice_is_all(token, is_program_byte) ||
	    is_level(token) || slice_is_all(token, slice_is_digit))
		return false;
	*ret = (struct tag){ .program = token };
	*line = rest;
	return true;
}

/* --- RFC 5424 --- */

/* Structured data: "-" or "[…]…", where "]" inside a quoted value is escaped by a backslash. */
static bool take_structured_data(struct slice *line)
{
	if (slice_take_char(line, '-'))
		return true;
	if (!line->length || line->data[0] != '[')
		return false;
	bool in_quotes = false;
	for (size_t i = 0; i < line->length; i++) {
		char byte = line->data[i];
		if (in_quotes && byte == '\\') {
			i++;
		} else if (byte == '"') {
			in_quotes = !in_quotes;
		} else if (byte == ']' && !in_quotes &&
		           (i + 1 == line->length || line->data[i + 1] != '[')) {
			*line = slice_skip(*line, i + 1);
			return true;
		}
	}
	return false;
}

bool tag_take_rfc5424(struct tag *ret, struct slice *line)
{
	struct slice host, pid, message_id;
	*ret = (struct tag){ 0 };
	if (!take_token(&host, line) || !take_token(&ret->program, line) ||
	    !take_token(&pid, line) || !take_token(&message_id, line) ||
	    !take_structured_data(line) || !slice_take_char(line, ' '))
		return false;
	slice_take_string(line, "\xef\xbb\xbf"); /* the BOM that says UTF-8 */
	return true;
}
