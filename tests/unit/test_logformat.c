/* test_logformat.c - unit tests of plugin/logformat.c: what holds for each log format
 *
 * Which lines are logins is in tests/corpus.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "plugin/logformat.h"

#define NOW_SEC INT64_C(1795521600) /* 2026-11-24 12:00 UTC */

/* A user that stands in the line in another form must be written somewhere. */
static void a_decoded_user_is_the_readers_own(void **state)
{
	(void)state;
#define SENDMAIL(user) \
	SLICE_LITERAL("Nov 23 09:16:24 mx1 sendmail[1]: AUTH=server, relay=[203.0.113.9], " \
	              "authid=" user ", mech=PLAIN, bits=0")
#define CYRUS(user) \
	SLICE_LITERAL("Nov 23 09:16:24 mx1 cyrus/imap[1]: event=login.good " \
	              "r.clienthost=\"h [203.0.113.9]\" u.username=\"" user "\" login.mech=PLAIN")
	const struct slice lines[] = { SENDMAIL("a+2Bb"), CYRUS("c\\\"d") };
	const char *const users[] = { "a+b", "c\"d" };
	struct logformat_reader *readers[ARRAY_SIZE(lines)];
	struct login logins[ARRAY_SIZE(lines)];
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		readers[i] = logformat_open(LOGFORMAT_ALL, NOW_SEC);
		assert_int_equal(logformat_read(readers[i], &logins[i], lines[i]), LINE_LOGIN);
	}
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_true(slice_equals(logins[i].user, users[i]));
	struct login again;
	assert_int_equal(logformat_read(readers[1], &again, SENDMAIL("e+3Df")), LINE_LOGIN);
	assert_true(slice_equals(again.user, "e=f"));
	assert_true(slice_equals(logins[0].user, users[0]));
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		logformat_close(readers[i]);
}

static void a_user_that_never_ends_is_cut_where_it_is_decoded(void **state)
{
	(void)state;
	char line[3000];
	struct logformat_reader *reader CLEANUP(logformat_closep) = logformat_open(LOGFORMAT_ALL,
	                                                                           NOW_SEC);
	struct login login;
	int length = snprintf(line, sizeof line,
	                      "Nov 23 09:16:24 mx1 sendmail[1]: AUTH=server, "
	                      "relay=[203.0.113.9], authid=%02000d+2B, mech=PLAIN, bits=0",
	                      0);
	assert_int_equal(logformat_read(reader, &login, slice_make(line, (size_t)length)),
	                 LINE_LOGIN);
	assert_int_equal(login.user.length, USER_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_decoded_user_is_the_readers_own),
		cmocka_unit_test(a_user_that_never_ends_is_cut_where_it_is_decoded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
