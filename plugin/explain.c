/* explain.c - --explain: how each line of standard input is read, and why; see explain.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <jansson.h>

#include "common/jsontext.h"
#include "common/printable.h"
#include "common/timestamp.h"
#include "plugin/explain.h"
#include "plugin/logformat.h"
#include "plugin/report.h"
#include "plugin/source.h"

#define SHOWN_MAX 500
#define ANSWER_MAX 8192
/* no object is cut: a line has 64 KiB at the most, and one of its bytes takes six */
#define JSON_MAX (1 << 20)

/* In words, "" for a login that counts. */
static void add_why(struct strbuf *text, const struct explanation *found)
{
	if (found->telltale)
		strbuf_add_format(text, "has \"%s\", but: ", found->telltale);
	if (found->kind == LINE_AMBIGUOUS)
		strbuf_add_string(text, "may be a login, but is never counted: ");
	if (found->kind == LINE_SESSION)
		strbuf_add_format(text,
		                  "no login, but the %s of session %016" PRIx64
		                  ", whose login is in another line",
		                  found->login.has_address ? "begin" : "end", found->login.session);
	if (found->kind == LINE_LOGIN && found->login.has_address &&
	    !ipaddr_is_public(&found->login.address))
		strbuf_add_string(text,
		                  "a login, but from an address that is not public: not counted");
	if (found->kind == LINE_LOGIN && !found->login.has_address && found->login.session)
		strbuf_add_format(text, "the address is in the line that began session %016" PRIx64,
		                  found->login.session);
	if (found->kind == LINE_LOGIN && !found->login.has_address && !found->login.session)
		strbuf_add_format(text,
		                  "a login, but the line has no address that is sure%s: it counts "
		                  "as unlocated%s",
		                  found->login.is_hidden ? ", as the client may have wished" : "",
		                  found->login.is_hidden ? " and in hidden_addresses" : "");
	if (found->why && found->kind != LINE_LOGIN && found->kind != LINE_SESSION)
		strbuf_add_string(text, found->why);
}

static void add_row(struct strbuf *text, const char *name, struct slice value)
{
	if (!value.length)
		return;
	strbuf_add_format(text, "  %-8s ", name);
	printable_add_sentence(text, value, SHOWN_MAX);
	strbuf_add_char(text, '\n');
}

static void add_header(struct strbuf *text, const struct explanation *found)
{
	char at[TIMESTAMP_TEXT_ROOM];
	if (found->header)
		strbuf_add_format(text, "  header   %s, %s\n", found->header,
		                  timestamp_format(found->at_sec, at));
}

static void add_text(struct strbuf *text, int64_t number, const struct explanation *found)
{
	char address[IPADDR_TEXT_ROOM];
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(ANSWER_MAX);
	bool is_login = found->kind == LINE_LOGIN;
	add_why(&why, found);
	strbuf_add_format(text, "line %" PRId64 ": %s%s%s\n", number,
	                  is_login ? "login" : "not a login", why.length ? ": " : "",
	                  strbuf_text(&why));
	add_header(text, found);
	add_row(text, "program", found->program);
	add_row(text, "format", slice_string(found->format ? found->format : ""));
	if (is_login && !found->login.user.length)
		strbuf_add_string(text, "  user     (unnamed)\n");
	add_row(text, "user", is_login ? found->login.user : SLICE_LITERAL(""));
	if (found->login.has_address)
		add_row(text, "address",
		        slice_string(ipaddr_format(&found->login.address, address)));
	add_row(text, "service", is_login ? found->login.service : SLICE_LITERAL(""));
	if (found->login.count > 1)
		strbuf_add_format(text, "  count    %" PRId64 "\n", found->login.count);
	if (!is_login)
		add_row(text, "message", found->message);
}

static void add_json(struct strbuf *text, int64_t number, const struct explanation *found)
{
	char at[TIMESTAMP_TEXT_ROOM] = "", address[IPADDR_TEXT_ROOM] = "";
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(ANSWER_MAX);
	const struct slice nothing = SLICE_LITERAL("");
	bool is_login = found->kind == LINE_LOGIN;
	add_why(&why, found);
	if (found->header)
		timestamp_format_utc(found->at_sec, at);
	if (found->login.has_address)
		ipaddr_format(&found->login.address, address);
	json_t *object = json_pack("{s:I, s:b, s:s, s:s, s:o, s:s, s:o, s:s}", "line",
	                           (json_int_t)number, "login", is_login, "format",
	                           found->format ? found->format : "", "at", at, "user",
	                           jsontext(is_login ? found->login.user : nothing, SHOWN_MAX),
	                           "address", address, "service",
	                           jsontext(is_login ? found->login.service : nothing, SHOWN_MAX),
	                           "why", strbuf_text(&why));
	char *dumped = object ? json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
	strbuf_add_format(text, "%s\n", dumped ? dumped : "{}");
	free(dumped);
	json_decref(object);
}

static bool is_json(const struct options *options)
{
	return options->writer == &report_writer_json;
}

static bool put(const struct strbuf *text)
{
	return fwrite(strbuf_text(text), 1, text->length, stdout) == text->length;
}

static int explain_lines(const struct options *options, struct logformat_reader *reader,
                         struct source *source, struct strbuf *why)
{
	struct slice line;
	int result;
	for (int64_t number = 1; (result = source_next(source, &line, why)) > 0; number++) {
		struct strbuf answer CLEANUP(strbuf_release) = STRBUF_INIT(JSON_MAX);
		struct explanation found;
		logformat_explain(reader, &found, line);
		if (is_json(options))
			add_json(&answer, number, &found);
		else
			add_text(&answer, number, &found);
		if (!put(&answer))
			return strbuf_fail(why, -EIO, "the answer can't be written: %s",
			                   strerror(errno));
	}
	return result;
}

static void tell_failure(const struct options *options, const struct strbuf *why)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(options->writer->text_most);
	options->writer->write_failure(STATE_UNKNOWN, strbuf_text(why), &text);
	fputs(strbuf_text(&text), stderr);
}

enum state explain_input(const struct options *options)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct logformat_reader *reader CLEANUP(
		logformat_closep) = logformat_open(options->formats, options->now_sec);
	struct source *source CLEANUP(source_freep) = NULL;
	int result = source_open(&source, SOURCE_STDIN, NULL,
	                         &(struct source_options){ .line_time = NULL }, &why);
	if (result == 0)
		result = explain_lines(options, reader, source, &why);
	if (source && !is_json(options))
		printf("%s", source_notes(source));
	if (result < 0)
		tell_failure(options, &why);
	return result < 0 || fflush(stdout) != 0 ? STATE_UNKNOWN : STATE_OK;
}
