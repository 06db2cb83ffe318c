/* header.c - what a logging system puts in front of a message; see header.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/numparse.h"
#include "plugin/logformat/container.h"
#include "plugin/logformat/header.h"
#include "plugin/logformat/grepped.h"
#include "plugin/logformat/headtime.h"
#include "plugin/logformat/jsonline.h"
#include "plugin/logformat/sender.h"
#include "plugin/logformat/tag.h"

#define REPEATED_MAX 100000 /* more copies of one line than any rate limit lets through */

/* --- the kinds' names --- */

#define RFC5424 HEADTIME_KINDS

/* ALONE: where the line has no time of its own. */
#define NAMES(alone, front) \
	{ \
		[HEADTIME_NONE] = (alone), [HEADTIME_RFC3164] = front "RFC 3164", \
		[HEADTIME_RFC3339] = front "RFC 3339", \
		[HEADTIME_ISO_BLANK] = front "RFC 3339 with a blank", \
		[HEADTIME_SVLOGD] = front "svlogd", [HEADTIME_ASCTIME] = front "asctime", \
		[HEADTIME_FULL] = front "journalctl -o short-full", \
		[HEADTIME_UNIX] = front "journalctl -o short-unix", \
		[HEADTIME_TAI64N] = front "TAI64N", [RFC5424] = front "RFC 5424", \
	}

static const char *const names[CONTAINER_KINDS][HEADTIME_KINDS + 1] = {
	[CONTAINER_NONE] = NAMES(NULL, ""),
	[CONTAINER_COMPOSE] = NAMES("Docker Compose", "Docker Compose, "),
	[CONTAINER_DOCKER_TIME] = NAMES("docker logs -t", "docker logs -t, "),
	[CONTAINER_CRI] = NAMES("CRI", "CRI, "),
	[CONTAINER_DOCKER_JSON] = NAMES("Docker JSON", "Docker JSON, "),
	[CONTAINER_JSON] = NAMES("JSON", "JSON, "),
	[CONTAINER_SERVICE] = NAMES("docker service logs", "docker service logs, "),
	[CONTAINER_KUBECTL] = NAMES("kubectl logs --prefix", "kubectl logs --prefix, "),
	[CONTAINER_STERN] = NAMES("stern", "stern, "),
	[CONTAINER_SUPERVISOR] = NAMES("svlogd or multilog", "svlogd or multilog, "),
	[CONTAINER_NAMED] = NAMES(NULL, "container's name, "),
	[CONTAINER_GREP] = NAMES(NULL, "grep, "),
};

/* --- why a login is doubted --- */

static const char of_user[] = "a user of this host sent it to the journal, no server (its _UID "
			      "says so)";
static const char of_any_container[] = "a container that has only a number may be any, not a mail "
				       "server: give it a name";
static const char in_the_middle[] = "blanks stand in front of its time, in a log of lines without: "
				    "it may be the rest of another line, a stranger's text";
static const char a_piece[] = "a piece of a line that the container's engine cut";

/* --- the parts --- */

/* "146 " before "<22>1 …" (RFC 6587): the length of what is behind it, with its newline or not. If
 * it is another, there is more than one message in the line, or a part of one. */
static void take_octet_count(struct slice *line)
{
	int64_t count;
	struct slice rest = *line;
	struct slice number = slice_take_while(&rest, slice_is_digit, 5);
	if (number.length && slice_take_char(&rest, ' ') && slice_starts_with(rest, "<") &&
	    numparse_int(&count, number, 1, HEADER_TEXT_MAX) && (size_t)count >= rest.length &&
	    (size_t)count <= rest.length + sizeof "\r\n" - 1)
		*line = rest;
}

/* "[ID 197553 mail.info] " of Solaris. */
static void take_message_id(struct slice *message)
{
	struct slice rest = *message;
	if (!slice_take_string(&rest, "[ID ") ||
	    !slice_take_while(&rest, slice_is_digit, 10).length || !slice_take_char(&rest, ' '))
		return;
	struct slice facility = slice_take_until(&rest, ' ');
	if (slice_ends_with(facility, "]"))
		*message = rest;
}

/* rsyslog's $RepeatedMsgReduction: "message repeated 3 times: [ TEXT]" stands for 3 more lines of
 * that text. */
static void take_repeated(struct header *ret)
{
	struct slice rest = ret->message;
	if (!slice_take_string(&rest, "message repeated "))
		return;
	struct slice number = slice_take_while(&rest, slice_is_digit, 9);
	int64_t count;
	if (!slice_take_string(&rest, " times: [ ") || !slice_ends_with(rest, "]") ||
	    !numparse_int(&count, number, 1, REPEATED_MAX))
		return;
	rest.length--;
	ret->message = rest;
	ret->count = count;
}

/* --- a line of text --- */

/* [LENGTH ][<PRI>][1 ]TIME of the line itself, or else the container's. OWN: if it was taken
 * already. */
static bool take_time(struct headtime *own, bool *ret_is_rfc5424, struct slice *line,
                      const struct container *container, int64_t now_sec)
{
	struct slice rest = *line;
	*ret_is_rfc5424 = false;
	if (own->kind)
		return true;
	take_octet_count(&rest);
	headtime_take_priority(&rest);
	/* its version; no other form has a digit and a blank here */
	*ret_is_rfc5424 = slice_take_string(&rest, "1 ");
	if (headtime_take(own, &rest, now_sec)) {
		*line = rest;
		return true;
	}
	*ret_is_rfc5424 = false;
	*own = (struct headtime){ .kind = HEADTIME_NONE, .at_sec = container->at_sec };
	return container->has_time;
}

static bool take_tag(struct header *ret, bool is_rfc5424, enum headtime_kind kind,
                     struct slice *line)
{
	struct tag tag;
	if (is_rfc5424 ? !tag_take_rfc5424(&tag, line)
	               : !(kind == HEADTIME_RFC3164 && tag_take_metalog(&tag, line)) &&
	                    !tag_take(&tag, line))
		return false;
	ret->program = tag.program;
	if (tag.uid.length && !sender_is_server(tag.uid))
		ret->doubt = of_user;
	return true;
}

/* The own log of Dovecot 1.x has its name before the time. */
static void read_dovecot(struct header *ret, struct slice line)
{
	ret->text.length = 0;
	ret->program = SLICE_LITERAL("dovecot");
	slice_take_string(&line, "Info: ");
	ret->message = line;
}

static bool read_line(struct header *ret, const struct container *container, struct headtime time,
                      struct slice line, int64_t now_sec)
{
	const struct slice whole = line;
	bool is_rfc5424, is_dovecot = !time.kind && slice_take_string(&line, HEADTIME_DOVECOT);
	if (!take_time(&time, &is_rfc5424, &line, container, now_sec))
		return false;
	if (is_dovecot && !time.kind) { /* a tag, behind the engine's time */
		is_dovecot = false;
		line = whole;
	}
	ret->at_sec = time.at_sec;
	ret->kind = names[container->kind][is_rfc5424 ? RFC5424 : time.kind];
	ret->text = slice_make(line.data, time.kind == HEADTIME_NONE ? 0 : line.length);
	ret->program = ret->message = slice_make(line.data, 0);
	if (container->is_partial) {
		ret->text.length = 0;
		ret->why = a_piece;
		return true;
	}
	if (is_dovecot) {
		read_dovecot(ret, line);
		return true;
	}
	ret->has_short_app = is_rfc5424;
	if (!take_tag(ret, is_rfc5424, time.kind, &line))
		return true;
	while (slice_take_char(
		&line, ' ')) /* rsyslog keeps the blank of "TAG: MSG" in RFC 5424's message */
		;
	take_message_id(&line);
	ret->message = line;
	take_repeated(ret);
	return true;
}

/* If the program is a container, its message is a line that some program in it wrote: that one
 * counts, if it is a line of a log. But the time is the host's, as most containers live in UTC. */
static void read_contained(struct header *ret, int64_t now_sec)
{
	static const struct container container = { .kind = CONTAINER_NAMED };
	enum container_name name = ret->program.length && ret->message.length
		? container_name_of(ret->program)
		: CONTAINER_NAME_NONE;
	struct header inner = { .count = 1, .doubt = ret->doubt, .room = ret->room };
	if (!name ||
	    !read_line(&inner, &container, (struct headtime){ 0 }, ret->message, now_sec) ||
	    (!inner.program.length && !inner.text.length))
		return;
	if (name == CONTAINER_NAME_NUMBER && !inner.doubt)
		inner.doubt = of_any_container;
	inner.count = inner.count > ret->count ? inner.count : ret->count;
	inner.at_sec = ret->at_sec;
	*ret = inner;
}

static bool read_text(struct header *ret, struct slice line, int64_t now_sec)
{
	struct container container;
	struct headtime own;
	container_take(&container, &own, &line, now_sec);
	if (!read_line(ret, &container, own, line, now_sec))
		return false;
	if (container.kind == CONTAINER_NONE)
		read_contained(ret, now_sec);
	return true;
}

/* --- what stands in front of few lines --- */

static bool is_indented(struct slice line)
{
	return line.length && (line.data[0] == ' ' || line.data[0] == '\t');
}

/* A byte order mark, blanks, the name that grep puts there. Behind these, a container's engine has
 * put nothing. */
static bool read_odd(struct header *ret, const struct header_room *room, struct slice line,
                     int64_t now_sec)
{
	struct container container = { .kind = CONTAINER_NONE };
	struct slice rest = line;
	slice_take_string(&rest, "\xef\xbb\xbf");
	if (is_indented(rest) && room->is_flush)
		ret->doubt = in_the_middle;
	while (is_indented(rest))
		rest = slice_skip(rest, 1);
	if (grepped_take(&rest, now_sec))
		container.kind = CONTAINER_GREP;
	if (rest.length == line.length ||
	    !read_line(ret, &container, (struct headtime){ 0 }, rest, now_sec))
		return false;
	if (container.kind == CONTAINER_NONE)
		read_contained(ret, now_sec);
	return true;
}

/* True, and it is remembered, if LINE begins at its first byte. */
static void note_indent(struct header_room *room, struct slice line)
{
	room->is_flush = room->is_flush || (line.length && !is_indented(line));
}

/* --- JSON --- */

static bool read_json_line(struct header *ret, const struct jsonline *found, int64_t now_sec)
{
	struct container container = {
		.kind = found->is_docker ? CONTAINER_DOCKER_JSON : CONTAINER_JSON,
		.has_time = found->has_time,
		.at_sec = found->at_sec,
		.is_partial = found->is_partial,
	};
	struct slice line = found->text;
	if (slice_ends_with(line, "\r"))
		line.length--;
	return read_line(ret, &container, (struct headtime){ 0 }, line, now_sec);
}

static bool read_json(struct header *ret, struct header_room *room, struct slice line,
                      int64_t now_sec)
{
	struct jsonline found;
	if (!jsonline_read(&found, &room->text, line, now_sec, &ret->why))
		return false;
	ret->why = NULL;
	if (found.is_line)
		return read_json_line(ret, &found, now_sec);
	ret->kind = found.name;
	ret->at_sec = found.at_sec;
	ret->program = found.program;
	ret->message = found.text;
	ret->text = slice_make(found.text.data, 0);
	ret->has_short_app = found.has_short_app;
	if (found.is_partial)
		ret->why = a_piece;
	if (found.uid.length && !sender_is_server(found.uid))
		ret->doubt = of_user;
	while (slice_take_char(&ret->message, ' '))
		;
	if (!ret->why)
		read_contained(ret, now_sec);
	return true;
}

/* --- the whole header --- */

void header_room_init(struct header_room *room)
{
	*room = (struct header_room){ 0 };
	strbuf_init(&room->text, HEADER_TEXT_MAX);
	strbuf_init(&room->decoded, USER_MAX);
}

void header_room_release(struct header_room *room)
{
	strbuf_release(&room->text);
	strbuf_release(&room->decoded);
}

bool header_is_continuation(struct header_room *room, struct slice line)
{
	note_indent(room, line);
	return partial_follow(&room->partial, &room->text, line);
}

bool header_may_hide(struct slice line)
{
	return line.length && line.data[0] == '{' && jsonline_may_hide(line);
}

bool header_line_time(struct header_room *room, int64_t *ret_sec, struct slice line,
                      int64_t now_sec)
{
	struct header header;
	note_indent(room, line);
	if (is_indented(line) || !header_parse(&header, room, line, now_sec))
		return false;
	*ret_sec = header.at_sec;
	return true;
}

bool header_parse(struct header *ret, struct header_room *room, struct slice line, int64_t now_sec)
{
	*ret = (struct header){ .count = 1, .room = &room->decoded };
	if (slice_ends_with(line, "\r"))
		line.length--;
	if (slice_starts_with(line, "{"))
		return read_json(ret, room, line, now_sec);
	return read_text(ret, line, now_sec) || read_odd(ret, room, line, now_sec);
}
