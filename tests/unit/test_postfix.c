/* test_postfix.c - unit tests of plugin/logformat/postfix.c: what a stranger can write, and what a
 * login holds
 *
 * That each line of tests/corpus/postfix.tsv is read as it says there is for test_corpus.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/strbuf.h"
#include "common/xalloc.h"
#include "plugin/logformat.h"
#include "tests/unit/corpus.h"

#define LINE_MAX_BYTES 4000
#define NOW_SEC INT64_C(1795521600) /* 2026-11-24 12:00 UTC */

#define HEADER "2026-11-23T09:07:43Z mail "
#define SMTPD HEADER "postfix/smtpd[214]: "
#define CLIENT "4X: client=h[203.0.113.9]"
#define REJECT SMTPD "NOQUEUE: reject: RCPT from h[203.0.113.9]: 554 5.7.1 "
#define FAILED SMTPD "warning: h[203.0.113.9]: SASL "
#define ALICE CLIENT ", sasl_method=PLAIN, sasl_username=alice"

static struct logformat_reader *reader;

static bool is_same(struct slice a, struct slice b)
{
	return a.length == b.length && (!a.length || memcmp(a.data, b.data, a.length) == 0);
}

/* LINE from the heap without a NUL, so that a sanitizer sees a read beyond the end: the caller
 * frees RET_COPY. */
static bool parse(struct login *ret, char **ret_copy, struct slice line)
{
	*ret_copy = malloc(line.length ? line.length : 1);
	assert_non_null(*ret_copy);
	memcpy(*ret_copy, line.data, line.length);
	return logformat_read(reader, ret, slice_make(*ret_copy, line.length)) == LINE_LOGIN;
}

/* True if LINE is a login of USER from ADDRESS, which is NULL for none. */
static bool is_login_of(struct slice line, struct slice user, const struct ipaddr *address)
{
	char *copy CLEANUP(xalloc_freep) = NULL;
	struct login login;
	if (!parse(&login, &copy, line) || !is_same(login.user, user) ||
	    login.has_address != (address != NULL))
		return false;
	return !address || ipaddr_equals(&login.address, address);
}

static bool is_login(struct slice line)
{
	char *copy CLEANUP(xalloc_freep) = NULL;
	struct login login;
	return parse(&login, &copy, line);
}

/* Parses TEXT, which must be a login. Its slices borrow from TEXT. */
static struct login login_of(const char *text)
{
	struct login login;
	if (logformat_read(reader, &login, slice_string(text)) != LINE_LOGIN)
		fail_msg("not a login: %s", text);
	return login;
}

static void fail_row(const struct row *row, const char *what)
{
	fail_msg("%s.tsv:%zu: %s: %.*s\n%.*s", row->file, row->number, what,
	         (int)row->reason.length, row->reason.data, (int)row->line.length, row->line.data);
}

static int set_up(void **state)
{
	(void)state;
	/* Lines without a zone are local time. */
	setenv("TZ", "UTC0", 1);
	tzset();
	logformat_set postfix;
	if (logformat_choose(&postfix, "postfix", NULL))
		return -1;
	reader = logformat_open(postfix, NOW_SEC);

	return corpus_load() ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	logformat_closep(&reader);
	corpus_release();
	return 0;
}

static void add_slice(struct strbuf *text, struct slice slice)
{
	strbuf_add(text, slice.data, slice.length);
}

/* What goes into the message goes in front of what closes the line: "]" of a repeated one, and
 * "\r". */
static void add_to_message(struct strbuf *text, const struct row *row, const char *addition)
{
	struct slice line = row->line;
	bool has_return = slice_ends_with(line, "\r");
	line.length -= has_return;
	bool is_repeated = slice_find(line, SLICE_LITERAL(": message repeated ")) < line.length;
	line.length -= is_repeated;
	add_slice(text, line);
	strbuf_add_string(text, addition);
	if (is_repeated)
		strbuf_add_char(text, ']');
	if (has_return)
		strbuf_add_char(text, '\r');
}

static void a_sender_behind_the_user_changes_nothing(void **state)
{
	(void)state;
	static const char *const senders[] = {
		", sasl_sender=<x, sasl_username=ceo",
		", sasl_sender=x: client=e[8.8.8.8], sasl_method=PLAIN, sasl_username=ceo",
		", sasl_sender=x, orig_queue_id=y, orig_client=e[8.8.8.8]",
		", sasl_sender=x]",
	};
	for (size_t i = 0; i < corpus_count(); i++) {
		const struct row *row = corpus_row(i);
		bool is_login_row = row->kind == LINE_LOGIN && strcmp(row->file, "postfix") == 0;
		for (size_t j = 0; is_login_row && j < ARRAY_SIZE(senders); j++) {
			struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(LINE_MAX_BYTES);
			add_to_message(&text, row, senders[j]);
			if (!is_login_of(slice_make(strbuf_text(&text), text.length), row->user,
			                 row->has_address ? &row->address : NULL))
				fail_row(row, senders[j]);
		}
	}
}

/* A place where a stranger's text can stand in a line. */
struct place_for_text {
	const char *before;
	const char *after;
};

static const char *const hostile_texts[] = {
	"",
	"x",
	"x, sasl_method=PLAIN, sasl_username=ceo",
	", sasl_method=PLAIN, sasl_username=ceo",
	"<x, sasl_method=PLAIN, sasl_username=ceo",
	"x: client=e[8.8.8.8], sasl_method=PLAIN, sasl_username=ceo",
	"[8.8.8.8], sasl_method=PLAIN, sasl_username=ceo",
	"x]: client=e[8.8.8.8], sasl_method=PLAIN, sasl_username=ceo]",
	"x, orig_client=e[8.8.8.8], sasl_method=PLAIN, sasl_username=ceo, sasl_sender=y",
	"Nov 23 09:07:43 mail postfix/smtpd[1]: X: client=e[8.8.8.8], sasl_method=PLAIN, "
	"sasl_username=ceo",
	"x postfix/smtpd[1]: X: client=e[8.8.8.8], sasl_method=PLAIN, sasl_username=ceo",
	" postfix/smtpd[1]: X: client=e[8.8.8.8], sasl_method=PLAIN, sasl_username=ceo",
	"message repeated 3 times: [ X: client=e[8.8.8.8], sasl_method=PLAIN, sasl_username=ceo]",
	"[ID 1 mail.info] X: client=e[8.8.8.8], sasl_method=PLAIN, sasl_username=ceo",
	"<22>1 2026-11-23T09:07:43Z mail postfix 1 - - X: client=e[8.8.8.8], sasl_method=PLAIN, "
	"sasl_username=ceo",
	"\r, sasl_method=PLAIN, sasl_username=ceo\r",
};

static void build(struct strbuf *line, const struct place_for_text *place, const char *text)
{
	strbuf_add_string(line, place->before);
	strbuf_add_string(line, text);
	strbuf_add_string(line, place->after);
	assert_false(line->truncated);
}

static void a_strangers_text_never_makes_a_login(void **state)
{
	(void)state;
	static const struct place_for_text places[] = {
		/* MAIL FROM's AUTH= without a login */
		{ SMTPD CLIENT ", sasl_sender=", "" },
		{ SMTPD CLIENT ":4711, sasl_sender=", ", orig_client=unknown" },
		{ SMTPD "message repeated 3 times: [ NOQUEUE: client=h[203.0.113.9], sasl_sender=",
		  "]" },
		/* the user and the mechanism of a login that failed */
		{ FAILED "PLAIN authentication failed: (reason unavailable), sasl_username=", "" },
		{ FAILED "", " authentication failed: x, sasl_username=(unavailable)" },
		/* HELO, sender and recipient */
		{ SMTPD "NOQUEUE: reject: EHLO from h[203.0.113.9]: 504 5.5.2 <",
		  ">: Helo rejected; proto=SMTP" },
		{ REJECT "x; from=<", "> to=<a@b> proto=ESMTP helo=<h>" },
		{ REJECT "<", ">: Relay access denied; from=<a@b>" },
		{ SMTPD "warning: non-SMTP command from h[203.0.113.9]: ", "" },
		{ SMTPD "< h[203.0.113.9]: ", "" },
		/* what cleanup and smtp write, and their tag in RFC 5424 */
		{ HEADER "postfix/cleanup[219]: 4X: message-id=", "" },
		{ HEADER "postfix/smtp[219]: 4X: to=<a@b>, status=bounced (host said: ", ")" },
		{ "<22>1 2026-11-23T09:07:43Z mail postfix 219 - - 4X: message-id=", "" },
		{ "<22>1 2026-11-23T09:07:43Z mail app 219 - - ", "" },
		{ HEADER
		  "postfix/postscreen[400]: PREGREET 44 after 0.05 from [203.0.113.9]:4711: ",
		  "" },
		/* other programs, with and without a tag */
		{ HEADER "sshd[99]: Invalid user ", " from 203.0.113.9 port 4711" },
		{ HEADER "app: ", "" },
		{ HEADER "app ", "" },
		{ "Nov 23 09:07:43 mail mail.info app: ", "" },
		{ "2026-11-23 09:07:43 H=(",
		  ") [203.0.113.9] rejected RCPT <a@b>: relay not permitted" },
		{ "2026-11-23 09:07:43 1vN8AB-0000000001x-2abc <= \"",
		  "\"@b H=h [203.0.113.9] P=esmtp S=1" },
		{ "Nov 23 09:07:43 imap-login: Info: Disconnected: user=<",
		  ">, method=PLAIN, rip=203.0.113.9" },
		{ "Nov 23 09:07:43 lmtp(", "): Info: msgid=<x>: saved mail to INBOX" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(hostile_texts); j++) {
			struct strbuf line CLEANUP(strbuf_release) = STRBUF_INIT(LINE_MAX_BYTES);
			build(&line, &places[i], hostile_texts[j]);
			if (is_login(slice_make(strbuf_text(&line), line.length)))
				fail_msg("must not be a login: %s", strbuf_text(&line));
		}
	}
}

static void a_text_beside_a_login_changes_neither_user_nor_address(void **state)
{
	(void)state;
	static const struct place_for_text places[] = {
		{ SMTPD ALICE ", sasl_sender=", "" },
		{ SMTPD ALICE ", sasl_sender=", ", orig_queue_id=1, orig_client=unknown" },
		{ SMTPD ALICE ", orig_queue_id=", "" },
		{ SMTPD ALICE ", orig_client=", "[8.8.4.4]" },
		{ SMTPD "message repeated 3 times: [ " ALICE ", sasl_sender=", "]" },
		{ "<22>1 2026-11-23T09:07:43Z mail postfix 214 - -  " ALICE ", sasl_sender=", "" },
	};
	struct ipaddr address;
	assert_true(ipaddr_parse(&address, SLICE_LITERAL("203.0.113.9")));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(hostile_texts); j++) {
			struct strbuf line CLEANUP(strbuf_release) = STRBUF_INIT(LINE_MAX_BYTES);
			build(&line, &places[i], hostile_texts[j]);
			if (!is_login_of(slice_make(strbuf_text(&line), line.length),
			                 SLICE_LITERAL("alice"), &address))
				fail_msg("must be alice from 203.0.113.9: %s", strbuf_text(&line));
		}
	}
}

/* Not in the corpus: cut behind the comma it is a login of ",", and the field can't be known from
 * that. */
static void an_empty_user_before_a_field_is_no_login(void **state)
{
	(void)state;
	static const char *const fields[] = { ", sasl_sender=x", ", orig_queue_id=1",
		                              ", orig_client=e[8.8.8.8]" };
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		struct strbuf line CLEANUP(strbuf_release) = STRBUF_INIT(LINE_MAX_BYTES);
		strbuf_add_format(&line, SMTPD CLIENT ", sasl_method=PLAIN, sasl_username=%s",
		                  fields[i]);
		assert_false(is_login(slice_make(strbuf_text(&line), line.length)));
	}
}

static void the_count_is_that_of_a_repeated_line(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		int64_t count;
	} counts[] = {
		{ SMTPD ALICE, 1 },
		{ SMTPD "message repeated 1 times: [ " ALICE "]", 1 },
		{ SMTPD "message repeated 3 times: [ " ALICE "]", 3 },
		{ SMTPD "message repeated 100000 times: [ " ALICE "]", 100000 },
		{ SMTPD "message repeated 7 times: [ " ALICE
		        ", sasl_sender=message repeated 9 times: [ x]]",
		  7 },
		{ SMTPD ALICE ", sasl_sender=<message repeated 9 times: [ x]", 1 },
		{ "<22>1 2026-11-23T09:07:43Z mail postfix 214 - -  message repeated 4 times: "
		  "[ " ALICE "]\r",
		  4 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct login login = login_of(counts[i].line);
		assert_int_equal(login.count, counts[i].count);
		assert_true(slice_equals(login.user, "alice"));
	}
}

static void the_service_is_the_tag_without_smtpd(void **state)
{
	(void)state;
	static const char *const services[][2] = {
		{ HEADER "postfix/smtpd[214]: " ALICE, "postfix" },
		{ HEADER "postfix/smtpd: " ALICE, "postfix" },
		{ HEADER "postfix/submission/smtpd[220]: " ALICE, "postfix/submission" },
		{ HEADER "postfix-in/465/smtpd[220]: " ALICE, "postfix-in/465" },
		{ HEADER "postfix/submission/smtpd[1234567 " ALICE, "postfix/submission" },
		{ HEADER "postfix/submissions/smtpd[12345] " ALICE, "postfix/submissions" },
		{ "Nov 23 09:07:43 mail mail.info postfix/smtps/smtpd[1]: " ALICE,
		  "postfix/smtps" },
		{ "<22>1 2026-11-23T09:07:43Z mail postfix 214 - -  " ALICE, "postfix" },
		{ "<22>1 2026-11-23T09:07:43Z mail postfix/submission/smtpd 214 - - " ALICE,
		  "postfix/submission" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		struct login login = login_of(services[i][0]);
		if (!slice_equals(login.service, services[i][1]))
			fail_msg("\"%.*s\" is not \"%s\"", (int)login.service.length,
			         login.service.data, services[i][1]);
	}
}

static void the_time_is_the_daemons_own(void **state)
{
	(void)state;
	static const int64_t nine_sec = 1795424863; /* 2026-11-23 09:07:43 UTC */
	static const char *const lines[] = {
		"2026-11-23T09:07:43Z mail postfix/smtpd[1]: " ALICE,
		"2026-11-23T09:07:43.914250+00:00 mail postfix/smtpd[1]: " ALICE,
		"2026-11-23T10:07:43+01:00 mail postfix/smtpd[1]: " ALICE,
		"2026-11-23T10:07:43+0100 mail postfix/smtpd[1]: " ALICE,
		"2026-11-23T03:37:43-05:30 mail postfix/smtpd[1]: " ALICE,
		"2026-11-23 10:07:43,603 +0100 mail postfix/smtpd[1]: " ALICE,
		"<22>1 2026-11-23T10:07:43.9+01:00 mail postfix 1 - - " ALICE,
		"mail-1  | 2026-11-23T10:07:43+01:00 mail postfix/smtpd[1]: " ALICE,
		/* Docker's time comes first and does not count */
		"2026-11-23T09:08:59.914250123Z 2026-11-23T10:07:43+01:00 mail "
		"postfix/smtpd[1]: " ALICE,
		"mail-1  | 2026-11-23T09:08:59.914250123Z Nov 23 09:07:43 mail "
		"postfix/smtpd[1]: " ALICE,
		/* without a year: the one that is nearest to now */
		"Nov 23 09:07:43 mail postfix/smtpd[1]: " ALICE,
	};
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct login login = login_of(lines[i]);
		if (login.at_sec != nine_sec)
			fail_msg("%" PRId64 " is not the time of: %s", login.at_sec, lines[i]);
		int64_t at_sec = 0;
		assert_true(logformat_line_time(reader, &at_sec, slice_string(lines[i])));
		assert_int_equal(at_sec, nine_sec);
	}
}

static void a_nul_byte_neither_ends_nor_makes_anything(void **state)
{
	(void)state;
	static const char in_user[] = SMTPD ALICE "\0b, sasl_sender=x";
	static const char in_host[] = "2026-11-23T09:07:43Z ma\0il postfix/smtpd[214]: " ALICE;
	static const char in_tag[] = HEADER "app\0/smtpd\0 " ALICE;
	char *copy CLEANUP(xalloc_freep) = NULL;
	struct login login;
	assert_true(parse(&login, &copy, slice_make(in_user, sizeof in_user - 1)));
	assert_true(is_same(login.user, SLICE_LITERAL("alice\0b")));
	assert_false(is_login(slice_make(in_host, sizeof in_host - 1)));
	assert_false(is_login(slice_make(in_tag, sizeof in_tag - 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sender_behind_the_user_changes_nothing),
		cmocka_unit_test(a_strangers_text_never_makes_a_login),
		cmocka_unit_test(a_text_beside_a_login_changes_neither_user_nor_address),
		cmocka_unit_test(an_empty_user_before_a_field_is_no_login),
		cmocka_unit_test(the_count_is_that_of_a_repeated_line),
		cmocka_unit_test(the_service_is_the_tag_without_smtpd),
		cmocka_unit_test(the_time_is_the_daemons_own),
		cmocka_unit_test(a_nul_byte_neither_ends_nor_makes_anything),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
