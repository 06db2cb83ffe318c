/* envelope.c - what a logging system puts in front of a message; see envelope.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/numparse.h"
#include "common/timestamp.h"
#include "plugin/logformat/envelope.h"

#define CONTAINER_NAME_MAX 128
#define TOKEN_MAX 255       /* RFC 5424 allows 255 bytes for a host and 48 for an APP-NAME */
#define FACILITY_MAX 24     /* "<authpriv.warning>" has 18; a tag that was cut has 32 */
#define REPEATED_MAX 100000 /* more copies of one line than any rate limit lets through */

static bool is_container_name(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '-' || byte == '_' || byte == '.';
}

/* "mailserver-1  | " of docker compose. */
static void take_compose_prefix(struct slice *line)
{
	struct slice rest = *line;
	if (!slice_take_while(&rest, is_container_name, CONTAINER_NAME_MAX).length || !slice_take_char(&rest, ' '))
		return;
	while (slice_take_char(&rest, ' '))
		;
	if (slice_take_string(&rest, "| "))
		*line = rest;
}

/* "<22>" of a raw syslog packet. */
static void take_priority(struct slice *line)
{
	struct slice rest = *line;
	if (slice_take_char(&rest, '<') && slice_take_while(&rest, slice_is_digit, 3).length
	    && slice_take_char(&rest, '>'))
		*line = rest;
}

static bool take_time(int64_t *ret_sec, struct slice *line, int64_t now_sec)
{
	struct slice rest = *line;
	take_compose_prefix(&rest);
	take_priority(&rest);
	slice_take_string(&rest, "1 "); /* RFC 5424's version; no other form has a digit and a blank here */
	if (!timestamp_take(ret_sec, &rest, now_sec))
		return false;

	/* "docker logs -t" puts its own time before the line; the daemon's is the one that counts. */
	struct slice inner = rest;
	int64_t inner_sec;
	if (slice_take_char(&inner, ' ') && timestamp_take(&inner_sec, &inner, now_sec)) {
		*ret_sec = inner_sec;
		rest = inner;
	}
	*line = rest;
	return true;
}

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

static bool is_facility_byte(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || slice_is_digit(byte) || byte == '.' || byte == '<' || byte == '>';
}

/* "mail.info" of busybox, "<mail.info>" of FreeBSD's syslogd -vv. */
static bool is_facility(struct slice token)
{
	size_t length = token.length;
	return slice_take_while(&token, is_facility_byte, FACILITY_MAX).length == length;
}

/* A name or an address with %zone. Everything else is text: of a log without tags, like Exim's own, where the second
 * word can be a stranger's. */
static bool is_host_byte(unsigned char byte)
{
	return slice_is_alnum(byte) || (byte && strchr("._-:%", byte));
}

static bool is_host(struct slice token)
{
	size_t length = token.length;
	return slice_take_while(&token, is_host_byte, TOKEN_MAX).length == length;
}

/* What a tag has and a host has not: a path, a pid, a colon at its end. (An IPv6 host has its colons inside.) */
static bool looks_like_tag(struct slice token)
{
	for (size_t i = 0; i < token.length; i++)
		if (strchr("/[]", token.data[i]) && token.data[i])
			return true;
	return slice_ends_with(token, ":");
}

/* NAME, NAME:, NAME[PID]:, and rsyslog's cut NAME[PID] and NAME[PI. */
static bool split_tag(struct slice *ret_program, struct slice token)
{
	size_t bracket = slice_find(token, SLICE_LITERAL("["));
	struct slice rest = slice_skip(token, bracket);
	*ret_program = slice_make(token.data, bracket);
	if (!rest.length) {
		if (slice_ends_with(*ret_program, ":"))
			ret_program->length--;
		return ret_program->length > 0;
	}
	slice_take_char(&rest, '[');
	slice_take_while(&rest, slice_is_digit, 20);
	if (slice_take_char(&rest, ']'))
		slice_take_char(&rest, ':');
	return rest.length == 0 && ret_program->length > 0;
}

/* HOST, FACILITY and TAG are all tokens; a host comes at most once, and before the tag. */
static bool take_tag(struct slice *ret_program, struct slice *line)
{
	struct slice token;
	bool seen_host = false;
	for (int i = 0; i < 3; i++) {
		if (!take_token(&token, line))
			return false;
		if (looks_like_tag(token) && !is_facility(token))
			return split_tag(ret_program, token);
		if (is_facility(token) && memchr(token.data, '.', token.length) && seen_host)
			continue;
		if (seen_host)
			return split_tag(ret_program, token);
		seen_host = token.data[0] != '<';
		if (seen_host ? !is_host(token) : !is_facility(token))
			return false;
	}
	return false;
}

/* RFC 5424 structured data: "-" or "[…]…", where "]" inside a quoted value is escaped by a backslash. */
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
		} else if (byte == ']' && !in_quotes && (i + 1 == line->length || line->data[i + 1] != '[')) {
			*line = slice_skip(*line, i + 1);
			return true;
		}
	}
	return false;
}

/* After RFC 5424's time: HOST APP PID MSGID SD MESSAGE. */
static bool take_rfc5424(struct envelope *ret, struct slice *line)
{
	struct slice host, pid, message_id;
	if (!take_token(&host, line) || !take_token(&ret->program, line) || !take_token(&pid, line)
	    || !take_token(&message_id, line) || !take_structured_data(line))
		return false;
	ret->has_short_app = true;
	if (!slice_take_char(line, ' '))
		return false;
	slice_take_string(line, "\xef\xbb\xbf"); /* the BOM that says UTF-8 */
	return true;
}

/* "[ID 197553 mail.info] " of Solaris. */
static void take_message_id(struct slice *message)
{
	struct slice rest = *message;
	struct slice ignored;
	if (slice_take_string(&rest, "[ID ") && slice_take_while(&rest, slice_is_digit, 10).length
	    && slice_take_char(&rest, ' ') && take_token(&ignored, &rest) && slice_ends_with(ignored, "]"))
		*message = rest;
}

/* rsyslog's $RepeatedMsgReduction: "message repeated 3 times: [ TEXT]" stands for 3 more lines of that text. */
static void take_repeated(struct envelope *ret)
{
	struct slice rest = ret->message;
	if (!slice_take_string(&rest, "message repeated "))
		return;
	struct slice number = slice_take_while(&rest, slice_is_digit, 9);
	int64_t count;
	if (!slice_take_string(&rest, " times: [ ") || !slice_ends_with(rest, "]")
	    || !numparse_int(&count, number, 1, REPEATED_MAX))
		return;
	rest.length--;
	ret->message = rest;
	ret->count = count;
}

/* --- the whole header --- */

void envelope_room_init(struct envelope_room *room)
{
	strbuf_init(&room->text, ENVELOPE_TEXT_MAX);
}

void envelope_room_release(struct envelope_room *room)
{
	strbuf_release(&room->text);
}

bool envelope_may_hide(struct slice line)
{
	(void)line;
	return false;
}

bool envelope_line_time(struct envelope_room *room, int64_t *ret_sec, struct slice line, int64_t now_sec)
{
	(void)room;
	return take_time(ret_sec, &line, now_sec);
}

bool envelope_parse(struct envelope *ret, struct envelope_room *room, struct slice line, int64_t now_sec)
{
	*ret = (struct envelope){ .count = 1, .header = "syslog" };
	(void)room;
	if (slice_ends_with(line, "\r"))
		line.length--;

	struct slice rest = line;
	take_compose_prefix(&rest);
	take_priority(&rest);
	bool is_rfc5424 = slice_starts_with(rest, "1 ");
	if (!take_time(&ret->at_sec, &line, now_sec) || !slice_take_char(&line, ' '))
		return false;
	ret->text = line;
	if (is_rfc5424 ? !take_rfc5424(ret, &line) : !take_tag(&ret->program, &line)) {
		ret->program = ret->message = slice_make(line.data, 0);
		return true;
	}

	while (slice_take_char(&line, ' ')) /* rsyslog keeps the blank of "TAG: MSG" in RFC 5424's message */
		;
	take_message_id(&line);
	ret->message = line;
	take_repeated(ret);
	return true;
}
