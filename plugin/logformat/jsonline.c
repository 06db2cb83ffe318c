/* jsonline.c - lines of JSON: the journal's, Docker's, and those of log shippers; see jsonline.h
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
#include "plugin/logformat/tag.h"

#define LAST_USEC INT64_C(253402300799999999) /* of the year 9999 */
#define LAST_SEC 253402300799.0
#define KEY_MAX 64
#define KEYS_MAX 5

/* --- values --- */

/* PATH is "key", "key.key" or "key.key.key"; a key of that whole name comes first, as some shippers
 * flatten their objects. */
static const json_t *find(const json_t *object, const char *path)
{
	const json_t *value = json_object_get(object, path);
	for (const char *dot = strchr(path, '.'); !value && object && dot;
	     dot = strchr(path, '.')) {
		char key[KEY_MAX];
		(void)snprintf(key, sizeof key, "%.*s", (int)(dot - path), path);
		object = json_object_get(object, key);
		path = dot + 1;
		value = json_object_get(object, path);
	}
	return value;
}

/* What is no string is "". */
static struct slice string_of(const json_t *object, const char *path)
{
	const json_t *value = find(object, path);
	return json_is_string(value)
		? slice_make(json_string_value(value), json_string_length(value))
		: slice_make("", 0);
}

/* Takes LENGTH bytes from the front of what is in a room. */
static struct slice cut(struct slice *rest, size_t length)
{
	struct slice text = slice_make(rest->data, length);
	*rest = slice_skip(*rest, length);
	return text;
}

/* --- the journal --- */

static bool add_bytes(struct strbuf *text, const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *byte = json_array_get(array, i);
		if (!json_is_integer(byte) || json_integer_value(byte) < 0 ||
		    json_integer_value(byte) > UCHAR_MAX)
			return false;
		strbuf_add_char(text, (char)json_integer_value(byte));
	}
	return true;
}

static bool add_message(struct strbuf *text, const json_t *message, const char **ret_why)
{
	*ret_why = "a journal's line whose MESSAGE journalctl left out for its length: give it "
		   "--all";
	if (json_is_null(message))
		return false;
	*ret_why = "a journal's line that has no MESSAGE, or more than one";
	if (json_is_string(message)) {
		strbuf_add(text, json_string_value(message), json_string_length(message));
		return true;
	}
	return json_is_array(message) && add_bytes(text, message);
}

static bool read_journal(struct jsonline *ret, struct strbuf *room, const json_t *object,
                         const char **ret_why)
{
	int64_t at_usec;
	struct slice program = string_of(object, "CONTAINER_NAME"), uid = string_of(object, "_UID");
	struct slice container = program.length ? string_of(object, "CONTAINER_ID") : program;
	if (!program.length)
		program = string_of(object, "SYSLOG_IDENTIFIER");
	*ret_why = "JSON of the journal without its time";
	if (!numparse_int(&at_usec, string_of(object, "__REALTIME_TIMESTAMP"), 0, LAST_USEC))
		return false;
	strbuf_add(room, program.data, program.length);
	strbuf_add(room, uid.data, uid.length);
	strbuf_add(room, container.data, container.length);
	if (!add_message(room, json_object_get(object, "MESSAGE"), ret_why))
		return false;
	ret->name = "journal JSON";
	ret->has_time = true;
	ret->at_sec = at_usec / 1000000;
	ret->is_partial = json_object_get(object, "CONTAINER_PARTIAL_MESSAGE") ||
		json_object_get(object, "CONTAINER_PARTIAL_ID");
	if (room->truncated)
		return true;
	ret->text = slice_make(strbuf_text(room), room->length);
	ret->program = cut(&ret->text, program.length);
	ret->uid = cut(&ret->text, uid.length);
	ret->container = cut(&ret->text, container.length);
	return true;
}

/* --- Docker --- */

static bool read_docker(struct jsonline *ret, struct strbuf *room, const json_t *object,
                        const char **ret_why)
{
	struct slice line = string_of(object, "log"), time = string_of(object, "time");
	*ret_why = "a line of Docker's without its time";
	if (!timestamp_take(&ret->at_sec, &time, 0) || time.length)
		return false;
	ret->name = "Docker JSON";
	ret->is_docker = ret->is_line = ret->has_time = true;
	ret->is_stderr = slice_equals(string_of(object, "stream"), "stderr");
	ret->is_partial = !slice_ends_with(line, "\n");
	line.length -= !ret->is_partial;
	strbuf_add(room, line.data, line.length);
	ret->text = slice_make(strbuf_text(room), room->length);
	ret->program = slice_make(ret->text.data, 0);
	return true;
}

/* --- log shippers --- */

/* How a shipper writes a line. It is known by MARK, whose value is VALUE (NULL: any), and by its
 * MESSAGE; of the times and programs the first that is there counts. IS_LINE: if no program is
 * said, the message is a whole line that was read from a file. */
static const struct dialect {
	const char *name, *mark, *value, *message;
	const char *times[KEYS_MAX], *programs[KEYS_MAX];
	bool is_line;
	bool has_tags; /* the first of the programs is a tag: "postfix/smtpd[220]:" */
	bool needs_time;
} dialects[] = {
/* elastic.co: "Log input fields", Elastic Common Schema */
#define FILEBEAT(type, has_lines) \
	{ \
		"Filebeat", "input.type", (type), "message", { "@timestamp" }, \
			{ "process.name", "log.syslog.appname", "process.program" }, (has_lines), \
			false, true \
	}
	FILEBEAT("log", true),
	FILEBEAT("filestream", true),
	FILEBEAT("container", true),
	FILEBEAT("stdin", true),
	FILEBEAT("syslog", false),
	FILEBEAT("tcp", false),
	FILEBEAT("udp", false),
	FILEBEAT("unix", false),
	{ "Filebeat",
	  "input.type",
	  "journald",
	  "message",
	  { "@timestamp" },
	  { "log.syslog.appname", "syslog.identifier", "journald.custom.syslog_identifier" },
	  false,
	  false,
	  true },
/* vector.dev: sources file, docker_logs, kubernetes_logs, stdin, syslog, journald */
#define VECTOR(type, has_lines, program) \
	{ \
		"Vector", "source_type", (type), "message", { "timestamp" }, { program }, \
			(has_lines), false, true \
	}
	VECTOR("file", true, NULL),
	VECTOR("docker_logs", true, NULL),
	VECTOR("kubernetes_logs", true, NULL),
	VECTOR("stdin", true, NULL),
	VECTOR("syslog", false, "appname"),
	VECTOR("journald", false, "SYSLOG_IDENTIFIER"),
	/* docs.graylog.org: GELF 1.1; syslog-ng's format-gelf, Graylog's and Fluent Bit's names,
	 * Docker's gelf driver */
	{ "GELF",
	  "_container_id",
	  NULL,
	  "short_message",
	  { "timestamp" },
	  { NULL },
	  true,
	  false,
	  true },
	{ "GELF",
	  "version",
	  "1.1",
	  "short_message",
	  { "timestamp" },
	  { "_program", "_application_name", "_appname", "_ident", "_SYSLOG_IDENTIFIER" },
	  false,
	  false,
	  true },
	/* rsyslog: jsonmesg, and templates with the names of its properties */
	{ "rsyslog JSON",
	  "syslogtag",
	  NULL,
	  "msg",
	  { "timereported", "@timestamp", "timestamp", "timegenerated" },
	  { "syslogtag" },
	  false,
	  true,
	  true },
	{ "rsyslog JSON",
	  "syslogtag",
	  NULL,
	  "message",
	  { "timereported", "@timestamp", "timestamp", "timegenerated" },
	  { "syslogtag" },
	  false,
	  true,
	  true },
	{ "rsyslog JSON",
	  "programname",
	  NULL,
	  "message",
	  { "timereported", "@timestamp", "timestamp", "timegenerated" },
	  { "app-name", "programname" },
	  false,
	  false,
	  true },
	{ "rsyslog JSON",
	  "programname",
	  NULL,
	  "msg",
	  { "timereported", "@timestamp", "timestamp", "timegenerated" },
	  { "app-name", "programname" },
	  false,
	  false,
	  true },
	/* syslog-ng: $(format-json --scope rfc3164) or rfc5424 */
	{ "syslog-ng JSON",
	  "PROGRAM",
	  NULL,
	  "MESSAGE",
	  { "ISODATE", "R_ISODATE", "@timestamp", "DATE" },
	  { "PROGRAM" },
	  false,
	  false,
	  true },
	/* docs.fluentbit.io: json_date_key, its parsers syslog-rfc3164 and -rfc5424, the inputs
	 * systemd and tail */
	{ "Fluent Bit",
	  "ident",
	  NULL,
	  "message",
	  { "date", "@timestamp" },
	  { "ident" },
	  false,
	  false,
	  true },
	{ "Fluent Bit",
	  "SYSLOG_IDENTIFIER",
	  NULL,
	  "MESSAGE",
	  { "date", "@timestamp" },
	  { "SYSLOG_IDENTIFIER" },
	  false,
	  false,
	  true },
	{ "Fluent Bit", "date", NULL, "log", { "date" }, { NULL }, true, false, true },
	/* Loki's logcli -o jsonl; stern -o json */
	{ "Loki", "labels", NULL, "line", { "timestamp" }, { NULL }, true, false, true },
	{ "stern JSON", "podName", NULL, "message", { NULL }, { NULL }, true, false, false },
};

/* A text, or seconds since 1970. */
static bool read_time(int64_t *ret_sec, const json_t *value, int64_t now_sec)
{
	if (json_is_number(value)) {
		double sec = json_number_value(value);
		*ret_sec = sec >= 0 && sec <= LAST_SEC ? (int64_t)sec : -1;
		return *ret_sec >= 0;
	}
	struct slice text = json_is_string(value)
		? slice_make(json_string_value(value), json_string_length(value))
		: slice_make("", 0);
	return timestamp_take(ret_sec, &text, now_sec) && !text.length;
}

static bool is_of_dialect(const struct dialect *dialect, const json_t *object)
{
	const json_t *mark = find(object, dialect->mark);
	return mark &&
		(!dialect->value ||
	         slice_equals(string_of(object, dialect->mark), dialect->value)) &&
		json_is_string(find(object, dialect->message));
}

static bool find_time(struct jsonline *ret, const struct dialect *dialect, const json_t *object,
                      int64_t now_sec)
{
	for (size_t i = 0; i < KEYS_MAX && dialect->times[i] && !ret->has_time; i++)
		ret->has_time = read_time(&ret->at_sec, find(object, dialect->times[i]), now_sec);
	return ret->has_time || !dialect->needs_time;
}

static struct slice find_program(const struct dialect *dialect, const json_t *object)
{
	struct slice program = { 0 };
	for (size_t i = 0; i < KEYS_MAX && dialect->programs[i] && !program.length; i++)
		program = string_of(object, dialect->programs[i]);
	if (dialect->has_tags) {
		while (slice_ends_with(program, " "))
			program.length--;
		if (!tag_split(&program, program))
			program.length = 0;
	}
	return program.length ? program : slice_make("", 0);
}

/* GELF's short_message may be the front of full_message only. */
static struct slice find_message(const struct dialect *dialect, const json_t *object)
{
	struct slice message = string_of(object, dialect->message),
		     full = string_of(object, "full_message");
	bool is_front = strcmp(dialect->message, "short_message") == 0 &&
		full.length > message.length && message.length &&
		memcmp(full.data, message.data, message.length) == 0;
	return is_front ? full : message;
}

/* As the drivers of Docker and the parsers of CRI say it. */
static bool is_partial(const json_t *object)
{
	return json_object_get(object, "partial_message") || json_object_get(object, "_partial") ||
		slice_equals(string_of(object, "_p"), "P") ||
		slice_equals(string_of(object, "logtag"), "P");
}

/* The texts in ROOM, which may move while it grows. */
static void keep(struct jsonline *ret, struct strbuf *room, struct slice program, struct slice uid,
                 struct slice message)
{
	strbuf_add(room, program.data, program.length);
	strbuf_add(room, uid.data, uid.length);
	strbuf_add(room, message.data, message.length);
	if (room->truncated)
		return;
	ret->text = slice_make(strbuf_text(room), room->length);
	ret->program = cut(&ret->text, program.length);
	ret->uid = cut(&ret->text, uid.length);
}

static bool read_shipped(struct jsonline *ret, struct strbuf *room, const json_t *object,
                         int64_t now_sec, const char **ret_why)
{
	*ret_why = "JSON of no kind that I know";
	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++) {
		const struct dialect *dialect = &dialects[i];
		if (!is_of_dialect(dialect, object))
			continue;
		struct slice program = find_program(dialect, object),
			     message = find_message(dialect, object);
		*ret_why = "JSON that does not say the program, or not the time";
		if ((!program.length && !dialect->is_line) ||
		    !find_time(ret, dialect, object, now_sec))
			return false;
		if (slice_ends_with(message, "\n"))
			message.length--;
		ret->name = dialect->name;
		ret->is_line = !program.length;
		ret->is_stderr = slice_equals(string_of(object, "stream"), "stderr");
		ret->is_partial = is_partial(object);
		ret->has_short_app = strcmp(dialect->mark, "programname") == 0;
		keep(ret, room, program, string_of(object, "_UID"), message);
		return true;
	}
	return false;
}

/* --- all --- */

static bool read_object(struct jsonline *ret, struct strbuf *room, const json_t *object,
                        int64_t now_sec, const char **ret_why)
{
	if (json_is_string(json_object_get(object, "log")) && json_object_get(object, "stream") &&
	    !json_object_get(object, "date"))
		return read_docker(ret, room, object, ret_why);
	if (json_object_get(object, "__REALTIME_TIMESTAMP"))
		return read_journal(ret, room, object, ret_why);
	return read_shipped(ret, room, object, now_sec, ret_why);
}

bool jsonline_read(struct jsonline *ret, struct strbuf *room, struct slice line, int64_t now_sec,
                   const char **ret_why)
{
	json_error_t ignored;
	struct jsonline found = { 0 };
	*ret_why = "it begins like JSON, but is none";
	if (line.length > JSONLINE_MAX)
		return false;
	json_t *object CLEANUP(json_decrefp) = json_loadb(line.data, line.length,
	                                                  JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
	                                                  &ignored);
	if (!json_is_object(object))
		return false;
	strbuf_clear(room);
	if (!read_object(&found, room, object, now_sec, ret_why))
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

bool jsonline_may_be_partial(struct slice line)
{
	static const struct slice value = { "\"P\"", 3 }, key = { "\"CONTAINER_PARTIAL_", 19 };
	if (line.length >= JSONLINE_PARTIAL_MAX)
		return true;
	if (slice_starts_with(line, "{\"log\":")) /* Docker's own, whose pieces are long */
		return false;
	return slice_find(line, value) < line.length || slice_find(line, key) < line.length;
}
