/* envelope.c - what a logging system puts in front of a message; see envelope.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/numparse.h"
#include "plugin/logformat/container.h"
#include "plugin/logformat/envelope.h"
#include "plugin/logformat/headtime.h"
#include "plugin/logformat/jsonline.h"
#include "plugin/logformat/tag.h"

#define REPEATED_MAX 100000 /* more copies of one line than any rate limit lets through */

/* --- the kinds' names --- */

#define RFC5424 HEADTIME_KINDS

/* ALONE: where the line has no time of its own. */
#define NAMES(alone, front) { \
	[HEADTIME_NONE] = (alone), \
	[HEADTIME_RFC3164] = front "RFC 3164", \
	[HEADTIME_RFC3339] = front "RFC 3339", \
	[HEADTIME_ISO_BLANK] = front "RFC 3339 with a blank", \
	[HEADTIME_SVLOGD] = front "svlogd", \
	[HEADTIME_ASCTIME] = front "asctime", \
	[HEADTIME_FULL] = front "journalctl -o short-full", \
	[HEADTIME_UNIX] = front "journalctl -o short-unix", \
	[HEADTIME_TAI64N] = front "TAI64N", \
	[RFC5424] = front "RFC 5424", \
}

static const char *const names[CONTAINER_KINDS][HEADTIME_KINDS + 1] = {
	[CONTAINER_NONE] = NAMES(NULL, ""),
	[CONTAINER_COMPOSE] = NAMES("Docker Compose", "Docker Compose, "),
	[CONTAINER_DOCKER_TIME] = NAMES("docker logs -t", "docker logs -t, "),
	[CONTAINER_CRI] = NAMES("CRI", "CRI, "),
	[CONTAINER_DOCKER_JSON] = NAMES("Docker JSON", "Docker JSON, "),
};

/* --- the parts --- */

/* "<22>" of a raw syslog packet. */
static void take_priority(struct slice *line)
{
	struct slice rest = *line;
	if (slice_take_char(&rest, '<') && slice_take_while(&rest, slice_is_digit, 3).length
	    && slice_take_char(&rest, '>'))
		*line = rest;
}

/* "[ID 197553 mail.info] " of Solaris. */
static void take_message_id(struct slice *message)
{
	struct slice rest = *message;
	if (!slice_take_string(&rest, "[ID ") || !slice_take_while(&rest, slice_is_digit, 10).length || !slice_take_char(&rest, ' '))
		return;
	struct slice facility = slice_take_until(&rest, ' ');
	if (slice_ends_with(facility, "]"))
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

/* --- a line of text --- */

/* [<PRI>][1 ]TIME of the line itself, or else the container's. */
static bool take_time(struct headtime *ret, bool *ret_is_rfc5424, struct slice *line, const struct container *container,
                      int64_t now_sec)
{
	struct slice rest = *line;
	take_priority(&rest);
	*ret_is_rfc5424 = slice_take_string(&rest, "1 "); /* its version; no other form has a digit and a blank here */
	if (headtime_take(ret, &rest, now_sec)) {
		*line = rest;
		return true;
	}
	*ret_is_rfc5424 = false;
	*ret = (struct headtime){ .kind = HEADTIME_NONE, .at_sec = container->at_sec };
	return container->has_time;
}

static bool read_line(struct envelope *ret, const struct container *container, struct slice line, int64_t now_sec)
{
	struct headtime time;
	bool is_rfc5424;
	if (!take_time(&time, &is_rfc5424, &line, container, now_sec))
		return false;
	ret->at_sec = time.at_sec;
	ret->header = names[container->kind][is_rfc5424 ? RFC5424 : time.kind];
	ret->text = slice_make(line.data, time.kind == HEADTIME_NONE ? 0 : line.length);
	ret->program = ret->message = slice_make(line.data, 0);
	if (container->is_piece) {
		ret->text.length = 0;
		ret->why = "a piece of a line that the container's engine cut";
		return true;
	}
	ret->has_short_app = is_rfc5424;
	if (!(is_rfc5424 ? tag_take_rfc5424 : tag_take)(&ret->program, &line)) {
		ret->program.length = 0;
		return true;
	}
	while (slice_take_char(&line, ' ')) /* rsyslog keeps the blank of "TAG: MSG" in RFC 5424's message */
		;
	take_message_id(&line);
	ret->message = line;
	take_repeated(ret);
	return true;
}

/* --- JSON --- */

static bool read_json(struct envelope *ret, struct envelope_room *room, struct slice line, int64_t now_sec)
{
	struct jsonline found;
	if (!jsonline_read(&found, &room->text, line, &ret->why))
		return false;
	ret->why = NULL;
	if (found.is_docker) {
		struct container container = {
			.kind = CONTAINER_DOCKER_JSON, .has_time = true, .at_sec = found.at_sec, .is_piece = found.is_piece,
		};
		if (slice_ends_with(found.text, "\r"))
			found.text.length--;
		return read_line(ret, &container, found.text, now_sec);
	}
	ret->header = "journal JSON";
	ret->at_sec = found.at_sec;
	ret->program = found.program;
	ret->message = found.text;
	ret->text = slice_make(found.text.data, 0);
	return true;
}

/* --- the whole header --- */

void envelope_room_init(struct envelope_room *room)
{
	*room = (struct envelope_room){ 0 };
	strbuf_init(&room->text, ENVELOPE_TEXT_MAX);
}

void envelope_room_release(struct envelope_room *room)
{
	strbuf_release(&room->text);
}

bool envelope_is_continuation(struct envelope_room *room, struct slice line)
{
	return pieces_follow(&room->pieces, &room->text, line);
}

bool envelope_may_hide(struct slice line)
{
	return line.length && line.data[0] == '{' && jsonline_may_hide(line);
}

bool envelope_line_time(struct envelope_room *room, int64_t *ret_sec, struct slice line, int64_t now_sec)
{
	struct envelope envelope;
	if (!envelope_parse(&envelope, room, line, now_sec))
		return false;
	*ret_sec = envelope.at_sec;
	return true;
}

bool envelope_parse(struct envelope *ret, struct envelope_room *room, struct slice line, int64_t now_sec)
{
	*ret = (struct envelope){ .count = 1 };
	if (slice_ends_with(line, "\r"))
		line.length--;
	if (slice_starts_with(line, "{"))
		return read_json(ret, room, line, now_sec);
	struct container container;
	container_take(&container, &line, now_sec);
	return read_line(ret, &container, line, now_sec);
}
