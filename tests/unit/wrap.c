/* wrap.c - a line of a log, as other logging systems would have it; see wrap.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <jansson.h>

#include "common/xalloc.h"
#include "tests/unit/wrap.h"

static void add_slice(struct strbuf *text, struct slice slice)
{
	if (slice.length)
		strbuf_add(text, slice.data, slice.length);
}

static bool add_behind(struct strbuf *text, const char *front, struct slice line)
{
	strbuf_add_string(text, front);
	add_slice(text, line);
	return true;
}

static bool write_compose(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)found;
	return add_behind(text, "mail-1  | ", line);
}

static bool write_coloured(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)found;
	return add_behind(text, "\033[36mmail-1  | \033[0m", line);
}

static bool write_docker_time(struct strbuf *text, struct slice line,
                              const struct explanation *found)
{
	(void)found;
	return add_behind(text, "2026-11-23T09:08:59.914250123Z ", line);
}

static bool write_compose_time(struct strbuf *text, struct slice line,
                               const struct explanation *found)
{
	(void)found;
	return add_behind(text, "mail-1  | 2026-11-23T09:08:59.914250123Z ", line);
}

static bool write_cri(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)found;
	return add_behind(text, "2026-11-23T09:08:59.91425Z stdout F ", line);
}

static bool write_service(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)found;
	return add_behind(text, "mail.1.kx2v9z8y7w6u@node    | ", line);
}

static bool write_kubectl(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)found;
	return add_behind(text, "[pod/mail-0/postfix] ", line);
}

static bool write_stern(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)found;
	return add_behind(text, "prod mail-0 postfix ", line);
}

static bool write_svlogd(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)found;
	return add_behind(text, "2026-11-23_09:08:59.91425 ", line);
}

static bool write_grep(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)found;
	return add_behind(text, "/var/log/mail.log.1:12:", line);
}

static bool write_context(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)found;
	return add_behind(text, "maillog-20261122-", line);
}

static bool write_named(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)found;
	return add_behind(text, "Nov 23 09:08:59 host mailserver[9]: ", line);
}

/* OBJECT in one line, as jansson writes it. */
static bool add_json(struct strbuf *text, json_t *object)
{
	char *dumped CLEANUP(xalloc_freep) = object ? json_dumps(object, JSON_COMPACT) : NULL;
	if (dumped)
		strbuf_add_string(text, dumped);
	json_decref(object);
	return dumped != NULL;
}

static bool write_docker_json(struct strbuf *text, struct slice line,
                              const struct explanation *found)
{
	(void)found;
	struct strbuf inner CLEANUP(strbuf_release) = STRBUF_INIT(100000);
	add_slice(&inner, line);
	strbuf_add_char(&inner, '\n');
	return add_json(text,
	                json_pack("{s:o*, s:s, s:{s:s}, s:s}", "log",
	                          json_stringn(strbuf_text(&inner), inner.length), "stream",
	                          "stdout", "attrs", "tag", "mail", "time",
	                          "2026-11-23T09:08:59.91425Z")) &&
		slice_find(slice_make(strbuf_text(text), text->length),
	                   SLICE_LITERAL("{\"log\":")) == 0;
}

static bool write_filebeat(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)found;
	return add_json(text,
	                json_pack("{s:s, s:{s:s}, s:o*}", "@timestamp", "2026-11-23T09:08:59.914Z",
	                          "input", "type", "filestream", "message",
	                          json_stringn(line.data, line.length))) &&
		slice_find(slice_make(strbuf_text(text), text->length),
	                   SLICE_LITERAL("\"message\"")) < text->length;
}

static bool write_syslog_ng(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)line;
	if (!found->program.length)
		return false;
	return add_json(text,
	                json_pack("{s:s, s:o*, s:o*}", "ISODATE", "2026-11-23T09:07:43Z", "PROGRAM",
	                          json_stringn(found->program.data, found->program.length),
	                          "MESSAGE",
	                          json_stringn(found->message.data, found->message.length))) &&
		slice_find(slice_make(strbuf_text(text), text->length),
	                   SLICE_LITERAL("\"MESSAGE\"")) < text->length;
}

static json_t *journal_entry(const struct explanation *found, json_t *message)
{
	json_t *program = json_stringn(found->program.data, found->program.length);
	if (!program || !message) {
		json_decref(program);
		json_decref(message);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:o, s:s, s:s, s:o}", "__CURSOR", "s=1;i=2",
	                 "__REALTIME_TIMESTAMP", "1795424863914250", "SYSLOG_IDENTIFIER", program,
	                 "SYSLOG_PID", "214", "_HOSTNAME", "mail", "MESSAGE", message);
}

static bool write_journal(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)line;
	if (!found->program.length)
		return false;
	return add_json(text,
	                journal_entry(found,
	                              json_stringn(found->message.data, found->message.length)));
}

static bool write_journal_bytes(struct strbuf *text, struct slice line,
                                const struct explanation *found)
{
	(void)line;
	if (!found->program.length)
		return false;
	json_t *bytes = json_array();
	for (size_t i = 0; i < found->message.length; i++)
		json_array_append_new(bytes, json_integer((unsigned char)found->message.data[i]));
	return add_json(text, journal_entry(found, bytes));
}

static bool write_rfc5424(struct strbuf *text, struct slice line, const struct explanation *found)
{
	(void)line;
	if (!found->program.length)
		return false;
	strbuf_add_string(text, "<22>1 2026-11-23T09:07:43.914250+00:00 mail ");
	add_slice(text, found->program);
	return add_behind(text, " 214 - [meta sequenceId=\"7\"] ", found->message);
}

const struct wrap wraps[] = {
	{ .name = "Docker Compose", .write = write_compose, .keeps_line = true },
	{ .name = "Docker Compose in colour", .write = write_coloured, .keeps_line = true },
	{ .name = "docker logs -t", .write = write_docker_time, .keeps_line = true },
	{ .name = "docker compose logs -t", .write = write_compose_time, .keeps_line = true },
	{ .name = "CRI", .write = write_cri, .keeps_line = true },
	{ .name = "docker service logs", .write = write_service, .keeps_line = true },
	{ .name = "kubectl logs --prefix", .write = write_kubectl, .keeps_line = true },
	{ .name = "stern", .write = write_stern, .keeps_line = true },
	{ .name = "svlogd", .write = write_svlogd, .keeps_line = true },
	{ .name = "grep -n", .write = write_grep, .keeps_line = true },
	{ .name = "grep -C", .write = write_context, .keeps_line = true },
	{ .name = "a container's name", .write = write_named, .keeps_line = true },
	{ .name = "Filebeat", .write = write_filebeat, .keeps_line = true },
	{ .name = "syslog-ng", .write = write_syslog_ng },
	{ .name = "Docker JSON", .write = write_docker_json, .keeps_line = true },
	{ .name = "journal JSON", .write = write_journal },
	{ .name = "journal JSON of bytes", .write = write_journal_bytes },
	{ .name = "RFC 5424", .write = write_rfc5424 },
};

const size_t wrap_count = ARRAY_SIZE(wraps);

bool wrap_is_plain(const struct explanation *found)
{
	static const char *const fronts[] = {
		"Docker", "docker",    "CRI",         "journal", "JSON",     "kubectl",
		"stern",  "svlogd or", "container's", "grep",    "Filebeat", "Vector",
		"GELF",   "rsyslog",   "syslog-ng",   "Fluent",  "Loki",
	};
	for (size_t i = 0; found->header && i < ARRAY_SIZE(fronts); i++)
		if (slice_starts_with(slice_string(found->header), fronts[i]))
			return false;
	return found->header != NULL;
}
