/* test_shellquote.c - unit tests of common/shellquote.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/printable.h"
#include "common/shellquote.h"

static void names_are_quoted_as_they_need_it(void **state)
{
	(void)state;
	static const struct {
		const char *path, *quoted;
	} rows[] = {
		{ "/var/log/mail.log", "/var/log/mail.log" },
		{ "/srv/a b", "'/srv/a b'" },
		{ "", "''" },
		{ "-x", "'-x'" },
		{ "~root/x", "'~root/x'" },
		{ "/srv/$(id)", "'/srv/$(id)'" },
		{ "/srv/*", "'/srv/*'" },
		{ "/srv/a;b", "'/srv/a;b'" },
		{ "/home/joe's/x", "\"/home/joe's/x\"" },
		{ "/home/joe/a';touch pwn;'b", "\"/home/joe/a';touch pwn;'b\"" },
		{ "/srv/'$(id)'", "FILE" },
		{ "/srv/'`id`", "FILE" },
		{ "/srv/'\\", "FILE" },
		{ "/srv/'\"", "FILE" },
		{ "/srv/'!x", "FILE" },
		{ "/srv/'\n", "FILE" },
		{ "/srv/\xc3\xa4", "'/srv/\xc3\xa4'" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(100);
		shellquote_add(&text, rows[i].path);
		assert_string_equal(strbuf_text(&text), rows[i].quoted);
	}
}

/* Names as a stranger would make them; then what becomes of the command on the screen is given to a
 * shell. */
static void no_name_runs_a_command(void **state)
{
	(void)state;
	static const char *const pieces[] = { "'",  "\"", ";exit 9;", "$(exit 9)", "`exit 9`",
		                              "\\", "&&", "|",        "\n",        "!",
		                              " ",  "a",  "\x01" };
	enum { PIECES = ARRAY_SIZE(pieces) };
	/* not all: a shell takes a millisecond */
	for (size_t n = 0; n < (size_t)PIECES * PIECES * PIECES; n += 7) {
		struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(100);
		struct strbuf command CLEANUP(strbuf_release) = STRBUF_INIT(200);
		struct strbuf shown CLEANUP(strbuf_release) = STRBUF_INIT(200);
		strbuf_add_format(&path, "/nonexistent/%s%s%s", pieces[n % PIECES],
		                  pieces[n / PIECES % PIECES], pieces[n / PIECES / PIECES]);
		strbuf_add_string(&command, "set -- ");
		shellquote_add(&command, strbuf_text(&path));
		strbuf_add_string(&command, "\nexit $#");
		printable_add_sentence(&shown,
		                       slice_make(strbuf_text(&command),
		                                  command.length - strlen("\nexit $#")),
		                       200);
		strbuf_add_string(&shown, "\nexit $#");
		int status = system(strbuf_text(&shown));
		if (status != 1 << 8)
			fail_msg("%d: %s", status, strbuf_text(&shown));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_quoted_as_they_need_it),
		cmocka_unit_test(no_name_runs_a_command),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
