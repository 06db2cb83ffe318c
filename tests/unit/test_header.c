/* test_header.c - unit tests of plugin/logformat/header.c and what it is made of
 *
 * Which lines are a login behind which header is in tests/corpus/header.tsv.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/begun.h"
#include "common/strbuf.h"
#include "common/timestamp.h"
#include "common/xalloc.h"
#include "plugin/logformat.h"
#include "plugin/logformat/container.h"
#include "plugin/logformat/header.h"
#include "plugin/logformat/sender.h"

#define NOW_SEC INT64_C(1795521600)  /* 2026-11-24 12:00 UTC */
#define NINE_SEC INT64_C(1795424863) /* 2026-11-23 09:07:43 UTC */
#define ZONE "CET-1CEST,M3.5.0,M10.5.0/3"

#define TEXT \
	"mail postfix/smtpd[1]: 4X: client=h[203.0.113.9], sasl_method=PLAIN, sasl_username=alice"
#define LOGIN "2026-11-23T09:07:43Z " TEXT
#define CRI(stream, tag) "2026-11-23T09:08:59.91425Z " stream " " tag " "
#define JOURNAL(message) \
	"{\"__REALTIME_TIMESTAMP\":\"1795424863914250\",\"SYSLOG_IDENTIFIER\":\"app\"," \
	"\"MESSAGE\":" message "}"
#define DOCKER(log) \
	"{\"log\":\"" log "\",\"stream\":\"stdout\",\"time\":\"2026-11-23T09:08:59.91425Z\"}"

static struct header_room room;

static int set_up(void **state)
{
	(void)state;
	setenv("TZ", ZONE, 1);
	tzset();
	header_room_init(&room);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	header_room_release(&room);
	return 0;
}

/* The result borrows from the room and a copy of LINE, which lives until the next call: of exact
 * size, for the sanitizer. */
static bool parse(struct header *ret, struct slice line)
{
	static char *copy;
	free(copy);
	copy = NULL;
	if (!line.data)
		return false;
	copy = malloc(line.length ? line.length : 1);
	assert_non_null(copy);
	memcpy(copy, line.data, line.length);
	return header_parse(ret, &room, slice_make(copy, line.length), NOW_SEC);
}

static struct header header_of(const char *line)
{
	struct header header;
	if (!parse(&header, slice_string(line)))
		fail_msg("no header: %s", line);
	return header;
}

static void assert_slice(struct slice slice, const char *text)
{
	if (!slice_equals(slice, text))
		fail_msg("\"%.*s\" is not \"%s\"", (int)slice.length, slice.data, text);
}

static void each_kind_of_header_has_its_name_and_time(void **state)
{
	(void)state;
	static const struct {
		const char *line, *header;
	} lines[] = {
		{ "Nov 23 10:07:43 " TEXT, "RFC 3164" },
		{ "Nov 23 10:07:43.914250 " TEXT, "RFC 3164" },
		{ LOGIN, "RFC 3339" },
		{ "2026-11-23T10:07:43+0100 " TEXT, "RFC 3339" },
		{ "2026-11-23T10:07:43 " TEXT, "RFC 3339" },
		{ "2026-11-23 10:07:43 " TEXT, "RFC 3339 with a blank" },
		{ "2026-11-23 10:07:43,914 +0100 " TEXT, "RFC 3339 with a blank" },
		{ "<22>Nov 23 10:07:43 " TEXT, "RFC 3164" },
		{ "<22>1 2026-11-23T10:07:43.914250+01:00 mail postfix/smtpd 1 - - x", "RFC 5424" },
		{ "1 2026-11-23T09:07:43Z mail postfix/smtpd 1 - - x", "RFC 5424" },
		{ "Mon 2026-11-23 09:07:43 UTC " TEXT, "journalctl -o short-full" },
		{ "Mon 2026-11-23 09:07:43 GMT " TEXT, "journalctl -o short-full" },
		{ "Mon 2026-11-23 10:07:43 CET " TEXT, "journalctl -o short-full" },
		{ "Mon 2026-11-23 10:07:43.914250 CET " TEXT, "journalctl -o short-full" },
		{ "Mon 2026-11-23 06:07:43 -03 " TEXT, "journalctl -o short-full" },
		{ "Mon 2026-11-23 14:37:43 +0530 " TEXT, "journalctl -o short-full" },
		{ "1795424863.914250 " TEXT, "journalctl -o short-unix" },
		{ "@400000006b0402693680c4dc " TEXT, "TAI64N" },
		{ JOURNAL("\"x\""), "journal JSON" },
		{ JOURNAL("[120]"), "journal JSON" },
		{ DOCKER("Nov 23 10:07:43 x: y\\n"), "Docker JSON, RFC 3164" },
		{ DOCKER("<22>1 2026-11-23T09:07:43Z mail x 1 - - y\\n"), "Docker JSON, RFC 5424" },
		{ CRI("stdout", "F") LOGIN, "CRI, RFC 3339" },
		{ CRI("stderr", "F") "Nov 23 10:07:43 " TEXT, "CRI, RFC 3164" },
		{ "2026-11-23T09:08:59.91425Z " LOGIN, "docker logs -t, RFC 3339" },
		{ "2026-11-23T09:08:59.91425Z <22>Nov 23 10:07:43 " TEXT,
		  "docker logs -t, RFC 3164" },
		{ "Nov 23 2026 10:07:43 " TEXT, "RFC 3164" },
		{ "nov. 23 10:07:43 " TEXT, "RFC 3164" },
		{ "Mon Nov 23 10:07:43 2026 " TEXT, "asctime" },
		{ "Mon Nov 23 09:07:43 UTC 2026 " TEXT, "asctime" },
		{ "2026-11-23_09:07:43.91425 " TEXT, "svlogd" },
		{ "2026-11-23_09:08:59.91425 Nov 23 10:07:43 " TEXT,
		  "svlogd or multilog, RFC 3164" },
		{ "@400000006b0402693680c4dc " LOGIN, "svlogd or multilog, RFC 3339" },
		{ "53 <22>1 2026-11-23T09:07:43Z mail postfix/smtpd 1 - - x", "RFC 5424" },
		{ "a.1.kx2v9z8y7w6u@n    | " LOGIN, "docker service logs, RFC 3339" },
		{ "2026-11-23T09:08:59.91425Z a.1.kx2v9z8y7w6u@n    | " LOGIN,
		  "docker service logs, RFC 3339" },
		{ "[pod/a-0/b] " LOGIN, "kubectl logs --prefix, RFC 3339" },
		{ "[pod/a-0/b] 2026-11-23T09:08:59Z " LOGIN, "kubectl logs --prefix, RFC 3339" },
		{ "a-0 b " LOGIN, "stern, RFC 3339" },
		{ "mail.log:" LOGIN, "grep, RFC 3339" },
		{ "Nov 23 10:07:43 host mail[7]: Nov 23 09:07:40 " TEXT,
		  "container's name, RFC 3164" },
		{ "\xef\xbb\xbf" LOGIN, "RFC 3339" },
		{ "{\"source_type\":\"file\",\"timestamp\":\"2026-11-23T09:08:59Z\",\"message\":"
		  "\"" LOGIN "\"}",
		  "JSON, RFC 3339" },
		{ "{\"date\":1795424863.5,\"ident\":\"x\",\"message\":\"y\"}", "Fluent Bit" },
		{ "mail-1  | " LOGIN, "Docker Compose, RFC 3339" },
		{ "mail-1  | 2026-11-23T09:08:59.91425Z Nov 23 10:07:43 " TEXT,
		  "Docker Compose, RFC 3164" },
		{ "\033[36mmail-1  | \033[0m" LOGIN, "Docker Compose, RFC 3339" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct header header = header_of(lines[i].line);
		int64_t at_sec = 0;
		assert_true(header_line_time(&room, &at_sec, slice_string(lines[i].line), NOW_SEC));
		if (header.at_sec != NINE_SEC || at_sec != NINE_SEC)
			fail_msg("%" PRId64 " is not the time of: %s", header.at_sec,
			         lines[i].line);
		assert_string_equal(header.kind, lines[i].header);
	}
}

static void without_a_time_of_its_own_a_line_has_the_containers(void **state)
{
	(void)state;
	static const struct {
		const char *line, *header;
	} lines[] = {
		{ CRI("stdout", "F") "app: x", "CRI" },
		{ DOCKER("app: x\\n"), "Docker JSON" },
		{ "2026-11-23T09:08:59.91425Z app: x", "RFC 3339" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct header header = header_of(lines[i].line);
		assert_int_equal(header.at_sec, NINE_SEC + 76);
		assert_string_equal(header.kind, lines[i].header);
		assert_slice(header.program, "app");
		assert_slice(header.message, "x");
	}
}

static void tai64n_is_the_one_of_daemontools(void **state)
{
	(void)state;
	struct slice line = SLICE_LITERAL("@400000004c91b044077a9e94 x");
	int64_t at_sec = 0;
	assert_true(timestamp_take(&at_sec, &line, NOW_SEC));
	assert_int_equal(at_sec, 1284616250); /* 2010-09-16 05:50:50 UTC */
	assert_slice(line, " x");
}

static void logs_without_tags_have_their_text_behind_their_own_time_only(void **state)
{
	(void)state;
	static const struct {
		const char *line, *text;
	} lines[] = {
		{ "2026-11-23 09:07:43 1vN <= a b", "1vN <= a b" },
		{ "mail-1  | 2026-11-23 09:07:43 1vN <= a b", "1vN <= a b" },
		{ "2026-11-23T09:08:59Z 2026-11-23 09:07:43 1vN <= a b", "1vN <= a b" },
		{ CRI("stdout", "F") "2026-11-23 09:07:43 1vN <= a b", "1vN <= a b" },
		{ DOCKER("2026-11-23 09:07:43 1vN <= a b\\n"), "1vN <= a b" },
		{ CRI("stdout", "F") "1vN <= a b", "" },
		{ DOCKER("1vN <= a b\\n"), "" },
		{ JOURNAL("\"1vN <= a b\""), "" },
		{ JOURNAL("\"2026-11-23 09:07:43 1vN <= a b\""), "" },
		{ DOCKER("2026-11-23 09:07:43 1vN <= a b"), "" },
		{ CRI("stdout", "P") "2026-11-23 09:07:43 1vN <= a b", "" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct header header = header_of(lines[i].line);
		assert_slice(header.text, lines[i].text);
		if (header.text.length)
			assert_slice(header.program, "");
	}
}

static void a_line_without_a_header_has_none(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"",
		" ",
		"\r",
		"x",
		TEXT,
		" " TEXT,
		"\xef\xbb\xbf",
		"\xef\xbb\xbf ",
		"2026-11-23T09:07:43Z",
		"2026-11-23T09:07:43Z\t" TEXT,
		"<22>",
		"<22>1",
		"<22>1 ",
		"1 ",
		"@",
		"Mon",
		"Mon ",
		"Mon 2026-11-23 09:07:43",
		"Mon 2026-11-23 09:07:43 UTC",
		"Mon 2026-11-23 09:07:43 ",
		"1795424863.914250",
		"mail-1  |",
		"mail-1  | ",
		"\033[36mmail-1  | \033[0m",
		"{",
		"{}",
		"{\"log\":\"x\"}",
		"[]",
		JOURNAL("\"x\"") " x",
	};
	struct header header;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (parse(&header, slice_string(lines[i])))
			fail_msg("has a header: %s", lines[i]);
	assert_true(parse(&header, SLICE_LITERAL(JOURNAL("\"x\"") "\r")));
}

/* --- JSON --- */

static void the_journals_message_is_text_or_bytes(void **state)
{
	(void)state;
	static const char *const messages[] = { "\"a b\"", "[97,32,98]", "[ 97, 32, 98 ]",
		                                "\"\\u0061\\u0020b\"" };
	for (size_t i = 0; i < ARRAY_SIZE(messages); i++) {
		struct strbuf line CLEANUP(strbuf_release) = STRBUF_INIT(1000);
		strbuf_add_format(&line,
		                  "{\"MESSAGE\":%s,\"SYSLOG_IDENTIFIER\":\"app\",\"__REALTIME_"
		                  "TIMESTAMP\":\"1795424863914250\"}",
		                  messages[i]);
		struct header header = header_of(strbuf_text(&line));
		assert_slice(header.program, "app");
		assert_slice(header.message, "a b");
	}
	struct header header = header_of(JOURNAL("[97,0,255]"));
	assert_int_equal(header.message.length, 3);
	assert_memory_equal(header.message.data, "a\0\xff", 3);
	assert_slice(header_of(JOURNAL("[]")).message, "");
}

static void only_an_array_can_hide_a_message(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		bool may_hide;
	} lines[] = {
		{ JOURNAL("[97]"), true },
		{ JOURNAL(" [ 97 ]"), true },
		{ "{\"MESSAGE\" : [97]}", true },
		{ "{\"X\":\"MESSAGE\",\"MESSAGE\":[97]}", true },
		{ JOURNAL("\"x\""), false },
		{ JOURNAL("\"\\\"MESSAGE\\\":[97]\""), false },
		{ "{\"X\":[97]}", false },
		{ LOGIN " \"MESSAGE\":[", false },
		{ "", false },
	};
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (header_may_hide(slice_string(lines[i].line)) != lines[i].may_hide)
			fail_msg("%s", lines[i].line);
}

static void a_message_that_is_too_long_is_not_cut_but_refused(void **state)
{
	(void)state;
	struct strbuf line CLEANUP(strbuf_release) = STRBUF_INIT(HEADER_TEXT_MAX + 1000);
	strbuf_add_string(&line,
	                  "{\"__REALTIME_TIMESTAMP\":\"1795424863914250\",\"SYSLOG_IDENTIFIER\":"
	                  "\"app\",\"MESSAGE\":\"");
	for (size_t i = 0; i <= HEADER_TEXT_MAX; i++)
		strbuf_add_char(&line, 'x');
	strbuf_add_string(&line, "\"}");
	struct header header;
	assert_false(parse(&header, slice_make(strbuf_text(&line), line.length)));
	assert_string_equal(header.why, "its message is too long");
}

/* --- pieces --- */

static struct logformat_reader *open_reader(void)
{
	return logformat_open(LOGFORMAT_ALL, NOW_SEC);
}

static bool is_login(struct logformat_reader *reader, const char *line)
{
	struct login login;
	return logformat_read(reader, &login, slice_string(line)) == LINE_LOGIN;
}

static void what_follows_a_piece_of_a_line_is_no_line(void **state)
{
	(void)state;
	struct logformat_reader *reader CLEANUP(logformat_closep) = open_reader();
	assert_true(is_login(reader, CRI("stdout", "F") LOGIN));
	assert_false(is_login(reader, CRI("stdout", "P") LOGIN));
	assert_true(is_login(reader, CRI("stderr", "F") LOGIN));
	assert_false(is_login(reader, CRI("stdout", "P") "x"));
	assert_false(is_login(reader, CRI("stdout", "F") LOGIN));
	assert_true(is_login(reader, CRI("stdout", "F") LOGIN));
	assert_false(is_login(reader, CRI("stderr", "P:x") "x"));
	assert_true(is_login(reader, CRI("stdout", "F") LOGIN));
	assert_false(is_login(reader, CRI("stderr", "F") "the end"));
	assert_true(is_login(reader, CRI("stderr", "F") LOGIN));
}

static void the_shortest_piece_is_seen(void **state)
{
	(void)state;
	struct logformat_reader *reader CLEANUP(logformat_closep) = open_reader();
	assert_false(is_login(reader, "2026-11-23T09:08:59Z stdout P x"));
	assert_false(is_login(reader, CRI("stdout", "F") LOGIN));
	assert_true(is_login(reader, CRI("stdout", "F") LOGIN));
	assert_false(is_login(reader, "2026-11-23T09:08:59.123456789+01:00 stdout P "));
	assert_false(is_login(reader, CRI("stdout", "F") LOGIN));
}

static void what_follows_a_long_piece_of_dockers_is_no_line(void **state)
{
	(void)state;
	struct logformat_reader *reader CLEANUP(logformat_closep) = open_reader();
	struct strbuf piece CLEANUP(strbuf_release) = STRBUF_INIT(20000);
	strbuf_add_string(&piece, "{\"log\":\"");
	for (size_t i = 0; i < 16384; i++)
		strbuf_add_char(&piece, 'x');
	strbuf_add_string(&piece, "\",\"stream\":\"stdout\",\"time\":\"2026-11-23T09:08:59Z\"}");
	assert_true(is_login(reader, DOCKER(LOGIN "\\n")));
	assert_false(is_login(reader, strbuf_text(&piece)));
	assert_false(is_login(reader, DOCKER(LOGIN "\\n")));
	assert_true(is_login(reader, DOCKER(LOGIN "\\n")));
	assert_false(is_login(reader, strbuf_text(&piece)));
	assert_false(is_login(reader, DOCKER("the end\\n")));
	assert_true(is_login(reader, DOCKER(LOGIN "\\n")));
}

static void the_rest_of_a_piece_of_kubernetes_is_no_line_in_a_shippers_json_either(void **state)
{
	(void)state;
	struct logformat_reader *reader CLEANUP(logformat_closep) = open_reader();
#define SHIPPED(mark, log) \
	"{\"date\":1795424863.5,\"stream\":\"stdout\"," mark ",\"log\":\"" log "\"}"
	assert_true(is_login(reader, SHIPPED("\"logtag\":\"F\"", LOGIN)));
	assert_false(is_login(reader, SHIPPED("\"logtag\":\"P\"", LOGIN)));
	assert_false(is_login(reader, SHIPPED("\"logtag\":\"F\"", LOGIN)));
	assert_true(is_login(reader, SHIPPED("\"logtag\":\"F\"", LOGIN)));
	assert_false(is_login(reader, SHIPPED("\"_p\":\"P\"", "x")));
	assert_false(is_login(reader, SHIPPED("\"_p\":\"F\"", LOGIN)));
	assert_true(is_login(reader, SHIPPED("\"_p\":\"F\"", LOGIN)));
}

static void the_rest_of_a_piece_of_podmans_is_no_line_in_the_journals_json(void **state)
{
	(void)state;
	struct logformat_reader *reader CLEANUP(logformat_closep) = open_reader();
#define CONTAINED(id, mark, message) \
	"{\"__REALTIME_TIMESTAMP\":\"1795424863914250\",\"CONTAINER_NAME\":\"mail\",\"CONTAINER_" \
	"ID\":\"" id "\"," mark "\"MESSAGE\":\"" message "\"}"
#define PARTIAL "\"CONTAINER_PARTIAL_MESSAGE\":\"true\","
	assert_true(is_login(reader, CONTAINED("a", "", LOGIN)));
	assert_false(is_login(reader, CONTAINED("a", PARTIAL, LOGIN)));
	assert_true(is_login(reader, CONTAINED("b", "", LOGIN)));
	assert_false(is_login(reader, CONTAINED("a", PARTIAL, LOGIN)));
	assert_false(is_login(reader, CONTAINED("b", PARTIAL, LOGIN)));
	assert_false(is_login(reader, CONTAINED("a", "", LOGIN)));
	assert_true(is_login(reader, CONTAINED("a", "", LOGIN)));
	assert_false(is_login(reader, CONTAINED("b", "", LOGIN)));
	assert_true(is_login(reader, CONTAINED("b", "", LOGIN)));
}

static void more_begun_lines_than_there_is_room_for_do_no_harm(void **state)
{
	(void)state;
	static struct begun begun;
	char name[BEGUN_NAME_MAX + 10];
	memset(name, 'x', sizeof name);
	assert_true(begun_follow(&begun, slice_make(name, sizeof name), true));
	assert_true(begun_follow(&begun, slice_make(name, sizeof name), false));
	assert_false(begun_follow(&begun, slice_make(name, sizeof name), false));
	for (int i = 0; i < 3 * BEGUN_MAX; i++) {
		(void)snprintf(name, sizeof name, "%d", i);
		assert_true(begun_follow(&begun, slice_string(name), true));
	}
	assert_int_equal(begun.count, BEGUN_MAX);
	assert_false(begun_follow(&begun, slice_string("0"), false));
	for (int i = 2 * BEGUN_MAX; i < 3 * BEGUN_MAX; i++) {
		(void)snprintf(name, sizeof name, "%d", i);
		assert_true(begun_follow(&begun, slice_string(name), false));
	}
	assert_int_equal(begun.count, 0);
}

/* --- blanks --- */

static enum line_kind kind_of(struct logformat_reader *reader, const char *line)
{
	struct login login;
	return logformat_read(reader, &login, slice_string(line));
}

static void indented_lines_count_where_all_are_indented(void **state)
{
	(void)state;
	struct logformat_reader *reader CLEANUP(logformat_closep) = open_reader();
	assert_int_equal(kind_of(reader, "    " LOGIN), LINE_LOGIN);
	assert_int_equal(kind_of(reader, ""), LINE_OTHER);
	assert_int_equal(kind_of(reader, "\t" LOGIN), LINE_LOGIN);
	assert_int_equal(kind_of(reader, " mail.log:" LOGIN), LINE_LOGIN);
	assert_int_equal(kind_of(reader, " Nov 23 10:08:59 host mail[7]: " LOGIN), LINE_LOGIN);
	assert_int_equal(kind_of(reader, " mail-1  | " LOGIN), LINE_OTHER);
	assert_int_equal(kind_of(reader, " " DOCKER(LOGIN "\\n")), LINE_OTHER);
}

/* Exim's reject log has the headers of a refused message, a stranger's folded lines among them. */
static void an_indented_line_among_others_may_be_a_strangers(void **state)
{
	(void)state;
	struct logformat_reader *reader CLEANUP(logformat_closep) = open_reader();
	assert_int_equal(kind_of(reader,
	                         "2026-11-23 09:07:43 1vN8AB-0000000001x-2abc H=(h) [203.0.113.9] "
	                         "F=<a@b> rejected after DATA"),
	                 LINE_OTHER);
	assert_int_equal(kind_of(reader, "  Subject: x"), LINE_OTHER);
	assert_int_equal(kind_of(reader, "\t" LOGIN), LINE_AMBIGUOUS);
	assert_int_equal(kind_of(reader, " " LOGIN), LINE_AMBIGUOUS);
	assert_int_equal(kind_of(reader, LOGIN), LINE_LOGIN);
	assert_int_equal(kind_of(reader, "\xef\xbb\xbf " LOGIN), LINE_AMBIGUOUS);
}

/* The search for where to begin has seen other lines, though none was read. */
static void an_indented_line_has_no_time_and_begins_no_log(void **state)
{
	(void)state;
	struct logformat_reader *reader CLEANUP(logformat_closep) = open_reader();
	int64_t at_sec;
	assert_false(logformat_line_time(reader, &at_sec, slice_string(" " LOGIN)));
	assert_int_equal(kind_of(reader, " " LOGIN), LINE_LOGIN);
	assert_true(logformat_line_time(reader, &at_sec, slice_string(LOGIN)));
	assert_int_equal(kind_of(reader, " " LOGIN), LINE_AMBIGUOUS);
}

/* --- names --- */

static void only_servers_may_send_to_the_journal(void **state)
{
	(void)state;
	static const char *const servers[] = { "0", "1", "33", "999", "61184", "65519" };
	static const char *const others[] = { "1000",  "1001",  "60000",  "61183",      "65520",
		                              "65534", "65535", "100000", "4294967295", "",
		                              "-1",    "x",     "0x" };
	for (size_t i = 0; i < ARRAY_SIZE(servers); i++)
		assert_true(sender_is_server(slice_string(servers[i])));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (sender_is_server(slice_string(others[i])))
			fail_msg("%s", others[i]);
}

static void a_containers_name_speaks_of_mail_or_not(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum container_name kind;
	} names[] = {
		{ "mail", CONTAINER_NAME_MAIL },
		{ "mailserver", CONTAINER_NAME_MAIL },
		{ "mx2", CONTAINER_NAME_MAIL },
		{ "prod_mailserver_1", CONTAINER_NAME_MAIL },
		{ "mailu-imap-1", CONTAINER_NAME_MAIL },
		{ "imap-1", CONTAINER_NAME_MAIL },
		{ "imap", CONTAINER_NAME_NONE },
		{ "imap4", CONTAINER_NAME_NONE },
		{ "pop3", CONTAINER_NAME_NONE },
		{ "exim4", CONTAINER_NAME_NONE },
		{ "mailman", CONTAINER_NAME_NONE },
		{ "webmail-1", CONTAINER_NAME_NONE },
		{ "Mail", CONTAINER_NAME_NONE },
		{ "postfix/smtpd", CONTAINER_NAME_NONE },
		{ "postfix/smtp", CONTAINER_NAME_NONE },
		{ "", CONTAINER_NAME_NONE },
		{ "-", CONTAINER_NAME_NONE },
		{ "4f1c2d3e5a6b", CONTAINER_NAME_NUMBER },
		{ "4F1C2D3E5A6B", CONTAINER_NAME_NONE },
		{ "4f1c2d3e5a6", CONTAINER_NAME_NONE },
	};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (container_name_of(slice_string(names[i].name)) != names[i].kind)
			fail_msg("%s", names[i].name);
}

static void what_is_doubted_is_said(void **state)
{
	(void)state;
	static const struct {
		const char *line, *why;
	} lines[] = {
		{ "2026-11-23T09:07:43Z mail <uid=1000> postfix/smtpd[1]: 4X: "
		  "client=h[203.0.113.9], sasl_method=PLAIN, sasl_username=alice",
		  "a user of this host sent it" },
		{ "2026-11-23T09:07:43Z host 4f1c2d3e5a6b[7]: " LOGIN,
		  "a container that has only a number" },
		{ " " LOGIN, "blanks stand in front of its time" },
	};
	struct logformat_reader *reader CLEANUP(logformat_closep) = open_reader();
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct explanation found;
		logformat_explain(reader, &found, slice_string(lines[i].line));
		assert_int_equal(found.kind, LINE_AMBIGUOUS);
		assert_true(slice_starts_with(slice_string(found.why), lines[i].why));
	}
}

static void it_is_said_why_nothing_is_read(void **state)
{
	(void)state;
	static const struct {
		const char *line, *why;
	} lines[] = {
		{ "x", "no time that I know is at its front" },
		{ "{x", "it begins like JSON, but is none" },
		{ "{}", "JSON of no kind that I know" },
		{ "{\"source_type\":\"syslog\",\"message\":\"x\"}",
		  "JSON that does not say the program, or not the time" },
		{ JOURNAL("null"),
		  "a journal's line whose MESSAGE journalctl left out for its length: give it "
		  "--all" },
		{ JOURNAL("[\"a\",\"b\"]"),
		  "a journal's line that has no MESSAGE, or more than one" },
		{ "{\"log\":\"x\\n\",\"stream\":\"stdout\"}",
		  "a line of Docker's without its time" },
		{ DOCKER(LOGIN), "a piece of a line that the container's engine cut" },
		{ CRI("stdout", "P") LOGIN, "a piece of a line that the container's engine cut" },
		{ CRI("stdout", "F") LOGIN,
		  "the rest of a line that the container's engine cut: its front may be a "
		  "stranger's" },
		{ CRI("stdout", "F") LOGIN, NULL },
	};
	struct logformat_reader *reader CLEANUP(logformat_closep) = open_reader();
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct explanation found;
		logformat_explain(reader, &found, slice_string(lines[i].line));
		if (lines[i].why)
			assert_string_equal(found.why, lines[i].why);
		else
			assert_int_equal(found.kind, LINE_LOGIN);
	}
}

#define TAI64N_TIME "@400000006b0402693680c4dc"

static void no_cut_of_a_header_reads_beyond_its_end(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"\033[36mmail-1  | \033[0m2026-11-23T09:08:59.91425Z <22>1 2026-11-23T09:07:43Z "
		"mail postfix 1 - [a b=\"\\\"]\"] [ID 1 mail.info] x",
		CRI("stdout", "F") "Mon 2026-11-23 10:07:43.914250 CET mail.info mail "
				   "postfix/smtpd[1]: message repeated 2 times: [ x]",
		JOURNAL("[97,32,98]"),
		DOCKER(LOGIN "\\n"),
		TAI64N_TIME " " TEXT,
		"1795424863.914250 mail <mail.info> x[1]: y",
		"Mon Nov 23 09:07:43 CEST 2026 mail [mail.info] x[1]: y",
		"\xef\xbb\xbf  /var/log/mail.log-12-de febr. 23 2026 09:07:43.5 UTC (none) "
		"<uid=12> mail-1[1]: M\xc3\xa4r 3 09:07:43 mail x[1]: y",
		"41 <22>1 2026-11-23T09:07:43Z mail x 1 - - y",
		"2026-11-23T09:08:59Z a.1.kx2v9z8y7w6u@n    | Nov 23 10:07:43 [x] y",
		"[pod/a-0/b] 2026-11-23T09:08:59Z Nov 23 10:07:43 mail x: y",
		"\033[36mns\033[0m \033[36ma-0\033[0m \033[36mb\033[0m Nov 23 10:07:43 mail x: y",
		"{\"date\":1795424863.5,\"log\":\"" LOGIN "\"}",
	};
	struct header header;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		for (size_t length = 0; length <= strlen(lines[i]); length++) {
			struct slice cut = slice_make(lines[i], length);
			char *copy CLEANUP(xalloc_freep) = malloc(length + 1);
			memcpy(copy, cut.data, length);
			(void)header_may_hide(slice_make(copy, length));
			(void)header_is_continuation(&room, slice_make(copy, length));
			assert_true(!parse(&header, cut) || header.kind);
		}
	(void)parse(&header, (struct slice){ 0 });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_header_has_its_name_and_time),
		cmocka_unit_test(without_a_time_of_its_own_a_line_has_the_containers),
		cmocka_unit_test(tai64n_is_the_one_of_daemontools),
		cmocka_unit_test(logs_without_tags_have_their_text_behind_their_own_time_only),
		cmocka_unit_test(a_line_without_a_header_has_none),
		cmocka_unit_test(the_journals_message_is_text_or_bytes),
		cmocka_unit_test(only_an_array_can_hide_a_message),
		cmocka_unit_test(a_message_that_is_too_long_is_not_cut_but_refused),
		cmocka_unit_test(what_follows_a_piece_of_a_line_is_no_line),
		cmocka_unit_test(the_shortest_piece_is_seen),
		cmocka_unit_test(what_follows_a_long_piece_of_dockers_is_no_line),
		cmocka_unit_test(
			the_rest_of_a_piece_of_kubernetes_is_no_line_in_a_shippers_json_either),
		cmocka_unit_test(the_rest_of_a_piece_of_podmans_is_no_line_in_the_journals_json),
		cmocka_unit_test(more_begun_lines_than_there_is_room_for_do_no_harm),
		cmocka_unit_test(indented_lines_count_where_all_are_indented),
		cmocka_unit_test(an_indented_line_among_others_may_be_a_strangers),
		cmocka_unit_test(an_indented_line_has_no_time_and_begins_no_log),
		cmocka_unit_test(only_servers_may_send_to_the_journal),
		cmocka_unit_test(a_containers_name_speaks_of_mail_or_not),
		cmocka_unit_test(what_is_doubted_is_said),
		cmocka_unit_test(it_is_said_why_nothing_is_read),
		cmocka_unit_test(no_cut_of_a_header_reads_beyond_its_end),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
