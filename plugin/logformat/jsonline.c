/* jsonline.c - lines of JSON: the journal's and Docker's; see jsonline.h
 *
 * jansson's own limit of 2048 levels is what bounds the depth.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <jansson.h>

#include "common/numparse.h"
#include "common/timestamp.h"
#include "plugin/logformat/jsonline.h"

#define LAST_USEC INT64_C(253402300799999999) /* of the year 9999 */

/* What is no string is "". */
static struct slice string_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_string(value) ? slice_make(json_string_value(value), json_string_length(value)) : slice_make("", 0);
}

/* --- the journal --- */

static bool add_bytes(struct strbuf *text, const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *byte = json_array_get(array, i);
		if (!json_is_integer(byte) || json_integer_value(byte) < 0 || json_integer_value(byte) > UCHAR_MAX)
			return false;
		strbuf_add_char(text, (char)json_integer_value(byte));
	}
	return true;
}

static bool add_message(struct strbuf *text, const json_t *message, const char **ret_why)
{
	*ret_why = "a journal's line whose MESSAGE journalctl left out for its length: give it --all";
	if (json_is_null(message))
		return false;
	*ret_why = "a journal's line that has no MESSAGE, or more than one";
	if (json_is_string(message)) {
		strbuf_add(text, json_string_value(message), json_string_length(message));
		return true;
	}
	return json_is_array(message) && add_bytes(text, message);
}

static bool read_journal(struct jsonline *ret, struct strbuf *room, const json_t *object, const char **ret_why)
{
	int64_t at_usec;
	struct slice program = string_of(object, "SYSLOG_IDENTIFIER");
	*ret_why = "JSON that is neither the journal's nor Docker's";
	if (!numparse_int(&at_usec, string_of(object, "__REALTIME_TIMESTAMP"), 0, LAST_USEC))
		return false;
	strbuf_add(room, program.data, program.length);
	if (!add_message(room, json_object_get(object, "MESSAGE"), ret_why))
		return false;
	ret->at_sec = at_usec / 1000000;
	ret->program = slice_make(strbuf_text(room), program.length);
	ret->text = slice_skip(slice_make(strbuf_text(room), room->length), program.length);
	return true;
}

/* --- Docker --- */

static bool read_docker(struct jsonline *ret, struct strbuf *room, const json_t *object, const char **ret_why)
{
	struct slice line = string_of(object, "log"), time = string_of(object, "time");
	*ret_why = "a line of Docker's without its time";
	if (!timestamp_take(&ret->at_sec, &time, 0) || time.length)
		return false;
	ret->is_docker = true;
	ret->is_stderr = slice_equals(string_of(object, "stream"), "stderr");
	ret->is_piece = !slice_ends_with(line, "\n");
	line.length -= !ret->is_piece;
	strbuf_add(room, line.data, line.length);
	ret->text = slice_make(strbuf_text(room), room->length);
	ret->program = slice_make(ret->text.data, 0);
	return true;
}

/* --- both --- */

bool jsonline_read(struct jsonline *ret, struct strbuf *room, struct slice line, const char **ret_why)
{
	json_error_t ignored;
	struct jsonline found = { 0 };
	*ret_why = "it begins like JSON, but is none";
	if (line.length > JSONLINE_MAX)
		return false;
	json_t *object CLEANUP(json_decrefp) = json_loadb(line.data, line.length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &ignored);
	if (!json_is_object(object))
		return false;
	strbuf_clear(room);
	bool is_docker = json_is_string(json_object_get(object, "log"));
	if (!(is_docker ? read_docker : read_journal)(&found, room, object, ret_why))
		return false;
	*ret_why = "its message is too long";
	if (room->truncated)
		return false;
	*ret = found;
	return true;
}

bool jsonline_may_hide(struct slice line)
{
	static const struct slice key = { "\"MESSAGE\"", 9 };
	for (size_t at = slice_find(line, key); at < line.length; at = slice_find(line, key)) {
		line = slice_skip(line, at + key.length);
		while (slice_take_char(&line, ' ') || slice_take_char(&line, ':'))
			;
		if (slice_take_char(&line, '['))
			return true;
	}
	return false;
}
