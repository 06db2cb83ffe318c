/* test_corpus.c - the lines of tests/corpus, all formats being on, as they are, cut, and as other
 * logging systems have them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/strbuf.h"
#include "common/xalloc.h"
#include "tests/unit/corpus.h"
#include "tests/unit/wrap.h"

#define ROWS_LEAST 400
#define LINE_MAX_BYTES 300000
#define NOW_SEC INT64_C(1795521600) /* 2026-11-24 12:00 UTC */

static struct logformat_reader *reader;

static int set_up(void **state)
{
	(void)state;
	/* Lines without a zone are local time. */
	setenv("TZ", "UTC0", 1);
	tzset();
	reader = logformat_open(LOGFORMAT_ALL, NOW_SEC);
	return corpus_load() && corpus_count() >= ROWS_LEAST ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	logformat_closep(&reader);
	corpus_release();
	return 0;
}

static struct slice slice_of(const struct strbuf *text)
{
	assert_false(text->truncated);
	return slice_make(strbuf_text(text), text->length);
}

static void fail_row(const struct row *row, const char *what, struct slice line)
{
	fail_msg("%s.tsv:%zu: %s: %.*s\n%.*s", row->file, row->number, what,
	         (int)row->reason.length, row->reason.data, (int)line.length, line.data);
}

/* From the heap without a NUL, so that a sanitizer sees a read beyond the end. The caller frees
 * what it returns. */
static char *copy_of(struct slice line)
{
	char *copy = malloc(line.length ? line.length : 1);
	assert_non_null(copy);
	memcpy(copy, line.data, line.length);
	return copy;
}

static bool is_same_text(struct slice a, struct slice b)
{
	return a.length == b.length && (!a.length || memcmp(a.data, b.data, a.length) == 0);
}

static bool has_address_of(const struct login *login, const struct row *row)
{
	return login->has_address == row->has_address &&
		(!row->has_address || ipaddr_equals(&login->address, &row->address));
}

/* Nothing but the kind of an ambiguous line is told by the corpus. */
static bool is_login_of_row(const struct login *login, const struct row *row)
{
	return row->kind == LINE_OTHER || row->kind == LINE_AMBIGUOUS ||
		(is_same_text(login->user, row->user) && has_address_of(login, row));
}

static void check_row(const struct row *row, struct slice line, const char *what)
{
	char *copy CLEANUP(xalloc_freep) = copy_of(line);
	struct login login;
	struct explanation found;
	struct slice same = slice_make(copy, line.length);
	if (logformat_read(reader, &login, same) != row->kind || !is_login_of_row(&login, row))
		fail_row(row, what, line);
	logformat_explain(reader, &found, same);
	if (found.kind != row->kind || !is_login_of_row(&found.login, row) ||
	    (found.kind != LINE_LOGIN && !found.why && found.kind != LINE_SESSION))
		fail_row(row, "--explain sees it in another way", line);
	if (row->kind != LINE_OTHER && !slice_equals(row->format, found.format ? found.format : ""))
		fail_row(row, "another format has read it", line);
}

static bool is_login(struct slice line)
{
	char *copy CLEANUP(xalloc_freep) = copy_of(line);
	struct login login;
	return logformat_read(reader, &login, slice_make(copy, line.length)) == LINE_LOGIN;
}

/* --- the rows --- */

static void every_line_is_read_as_its_row_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < corpus_count(); i++)
		check_row(corpus_row(i), corpus_row(i)->line, "is not what its row says");
}

static void a_carriage_return_at_the_end_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < corpus_count(); i++) {
		const struct row *row = corpus_row(i);
		struct strbuf line CLEANUP(strbuf_release) = STRBUF_INIT(LINE_MAX_BYTES);
		strbuf_add(&line, row->line.data, row->line.length);
		strbuf_add_char(&line, '\r');
		if (!slice_ends_with(row->line, "\r"))
			check_row(row, slice_of(&line), "is another with a carriage return");
	}
}

/* --- cut lines --- */

static void no_beginning_of_a_line_that_is_no_login_is_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < corpus_count(); i++) {
		const struct row *row = corpus_row(i);
		bool is_plain = row->kind == LINE_OTHER || row->kind == LINE_SESSION;
		for (size_t length = 0; is_plain && length < row->line.length; length++)
			if (is_login(slice_make(row->line.data, length)))
				fail_row(row, "is a login, so cut",
				         slice_make(row->line.data, length));
	}
}

/* Behind the address nothing but the user may change by a cut: a line without its newline has to
 * wait for its end. */
static void a_cut_login_of_postfix_has_the_same_address_or_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < corpus_count(); i++) {
		const struct row *row = corpus_row(i);
		bool is_postfix = slice_equals(row->format, "postfix") ||
			slice_equals(row->format, "postfix-auth");
		for (size_t length = 0;
		     is_postfix && row->kind == LINE_LOGIN && length < row->line.length; length++) {
			char *copy CLEANUP(xalloc_freep) = copy_of(
				slice_make(row->line.data, length));
			struct login login;
			if (logformat_read(reader, &login, slice_make(copy, length)) ==
			            LINE_LOGIN &&
			    !has_address_of(&login, row))
				fail_row(row, "has another address, so cut",
				         slice_make(row->line.data, length));
		}
	}
}

/* --- a line within another program's --- */

static const struct {
	const char *before, *after;
} others[] = {
	{ "2026-11-23T09:07:43Z mail sshd[99]: ", "" },
	{ "2026-11-23T09:07:43Z mail sshd[99]: Invalid user ", " from 203.0.113.9 port 4711" },
	{ "2026-11-23T09:07:43Z mail app: ", "" },
	{ "2026-11-23T09:07:43Z mail app ", "" },
	{ "2026-11-23T09:07:43Z mail mail.info app: ", "" },
	{ "Nov 23 09:07:43 mail app[7]: message repeated 3 times: [ ", "]" },
	{ "Nov 23 09:07:43 mail app[7]: [ID 1 mail.info] ", "" },
	{ "<13>1 2026-11-23T09:07:43Z mail app 99 - - ", "" },
	{ "<13>1 2026-11-23T09:07:43Z mail app 99 - [a b=\"", "\"] x" },
	{ "2026-11-23T09:07:43Z mail postfix/cleanup[219]: 4X: message-id=", "" },
	{ "2026-11-23T09:07:43Z mail postfix/smtpd[219]: warning: h[203.0.113.9]: ", "" },
	{ "2026-11-23T09:07:43Z mail postfix/smtpd[219]: < h[203.0.113.9]: ", "" },
	{ "2026-11-23T09:07:43Z mail dovecot: imap-login: Disconnected: user=<",
	  ">, method=PLAIN, rip=203.0.113.9" },
	{ "Nov 23 09:07:43 imap-login: Info: Disconnected: user=<",
	  ">, method=PLAIN, rip=203.0.113.9" },
	{ "Nov 23 09:07:43 lmtp(", "): Info: msgid=<x>: saved mail to INBOX" },
	{ "2026-11-23 09:07:43 H=(", ") [203.0.113.9] rejected RCPT <a@b>: relay not permitted" },
	{ "2026-11-23 09:07:43 1vN8AB-0000000001x-2abc H=(",
	  ") [203.0.113.9] F=<> rejected after DATA" },
	{ "2026-11-23 09:07:43 1vN8AB-0000000001x-2abc <= \"",
	  "\"@b H=h [203.0.113.9] P=esmtp S=1" },
	{ "2026-11-23 09:07:43 plain authenticator failed for (h) [203.0.113.9]: 535 Incorrect "
	  "(set_id=",
	  ")" },
	{ "2026-11-23 09:07:43,123 WARN  [ImapServer-1] [ip=203.0.113.9;ua=", ";] imap - x" },
	{ "2026-11-23T09:07:43Z INFO SMTP EHLO command (smtp.ehlo) listenerId = \"smtp\", domain = "
	  "\"",
	  "\"" },
	{ "2026-11-23T09:07:43Z mail imapd: LOGIN FAILED, user=", ", ip=[203.0.113.9]" },
	{ "2026-11-23T09:07:43Z mail cyrus/imap[1]: badlogin: [203.0.113.9] plaintext ",
	  " invalid user" },
	{ "2026-11-23T09:07:43Z mail sm-mta[1]: 0ANHXHYB005133: from=<", ">, size=1" },
	{ "2026-11-23T09:07:43Z mail smtpd[1]: f7a2e6aa567530c9 smtp failed-command command=\"",
	  "\" result=\"500\"" },
	{ "x: ", "" },
	{ "x:", "" },
	{ "login:", "" },
	{ "invalid user ", "" },
	{ "[x] ", "" },
	{ "203.0.113.9 - - ", "" },
	{ "Nov 23 09:07:43 [app] ", "" },
	{ "Nov 23 09:07:43 mail <info> app[1]: ", "" },
	{ "Nov 23 09:07:43 host mailserver[99]: Nov 23 09:07:43 mail sshd[99]: ", "" },
	{ "Nov 23 09:07:43 host mailserver[99]: x ", "" },
	{ "mail.log:Nov 23 09:07:43 mail app: ", "" },
	{ "mail-0 postfix Nov 23 09:07:43 mail app: ", "" },
	{ "[pod/mail-0/postfix] Nov 23 09:07:43 mail app: ", "" },
	{ "2026-11-23_09:07:43.5 app: ", "" },
	{ "{\"MESSAGE\":\"", "\"}" },
};

static void check_within(const struct row *row, struct slice text)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct strbuf line CLEANUP(strbuf_release) = STRBUF_INIT(LINE_MAX_BYTES);
		strbuf_add_string(&line, others[i].before);
		strbuf_add(&line, text.data, text.length);
		strbuf_add_string(&line, others[i].after);
		if (is_login(slice_of(&line)))
			fail_row(row, "is a login within another program's line", slice_of(&line));
	}
}

static void a_line_within_another_programs_line_is_no_login(void **state)
{
	(void)state;
	for (size_t i = 0; i < corpus_count(); i++) {
		const struct row *row = corpus_row(i);
		struct explanation found;
		logformat_explain(reader, &found, row->line);
		struct strbuf message CLEANUP(strbuf_release) = STRBUF_INIT(LINE_MAX_BYTES);
		if (found.message.length)
			strbuf_add(&message, found.message.data, found.message.length);
		check_within(row, row->line);
		/* What Postfix' own "warning: " stands before, and the like, is in the rows. */
		if (message.length)
			check_within(row, slice_of(&message));
	}
}

/* --- other logging systems --- */

/* In RFC 5424 "postfix" is what rsyslog leaves of "postfix/smtpd"; and of two wrappers the outer
 * one is gone in found.message. */
static bool changes_unwrapped(const struct explanation *found)
{
	return slice_equals(found->program, "postfix") ||
		slice_starts_with(found->message, "message repeated ") ||
		slice_starts_with(found->message, "[ID ");
}

static void check_wrapped(const struct row *row, const struct wrap *wrap)
{
	struct explanation found;
	logformat_explain(reader, &found, row->line);
	/* A header that makes doubts keeps them only where it is kept itself. */
	if (row->kind == LINE_AMBIGUOUS && !wrap->keeps_line && strcmp(row->file, "header") == 0)
		return;
	/* In front of these no container's engine has put anything. */
	bool is_odd = slice_starts_with(row->line, "\xef\xbb\xbf") ||
		slice_starts_with(row->reason, "counted octets");
	if (is_odd || !wrap_is_plain(&found) || (!wrap->keeps_line && changes_unwrapped(&found)))
		return;
	struct strbuf line CLEANUP(strbuf_release) = STRBUF_INIT(LINE_MAX_BYTES);
	if (wrap->write(&line, row->line, &found))
		check_row(row, slice_of(&line), wrap->name);
	else if (wrap->keeps_line &&
	         slice_find(row->line, SLICE_LITERAL("\xff")) == row->line.length)
		fail_row(row, "can't be wrapped", row->line);
}

static void a_line_as_another_logging_system_has_it_is_read_alike(void **state)
{
	(void)state;
	for (size_t i = 0; i < wrap_count; i++)
		for (size_t j = 0; j < corpus_count(); j++)
			check_wrapped(corpus_row(j), &wraps[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_read_as_its_row_says),
		cmocka_unit_test(a_carriage_return_at_the_end_changes_nothing),
		cmocka_unit_test(no_beginning_of_a_line_that_is_no_login_is_one),
		cmocka_unit_test(a_cut_login_of_postfix_has_the_same_address_or_is_none),
		cmocka_unit_test(a_line_within_another_programs_line_is_no_login),
		cmocka_unit_test(a_line_as_another_logging_system_has_it_is_read_alike),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
