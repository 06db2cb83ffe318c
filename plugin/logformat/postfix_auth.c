/* postfix_auth.c - logins at Postfix' smtpd that submit nothing
 *
 * Whoever only tries a stolen password, and quits, leaves no line with a user. Since 3.0 the end of
 * a session says how often each command was given and went well (smtpd_proto() and
 * smtpd_format_cmd_stats() in smtpd/smtpd.c):
 *
 *	disconnect from NAME[ADDRESS](:PORT) helo=1 auth=1/3 quit=1 commands=3/5
 *
 * where N means N of N, and N/M that N of M went well. Nothing of it is text of the client. A
 * session in which a recipient was accepted has been counted by its own lines (postfix.c), so only
 * those without one are logins here: nothing is counted twice. The user is unknown: it is "". What
 * is not seen: a session that had a recipient accepted before it logged in.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/numparse.h"
#include "plugin/logformat/driver.h"
#include "plugin/logformat/grammar.h"

#define COMMANDS_MAX 40 /* Postfix has 20 */

/* " NAME=N" or " NAME=N/M": N into RET_SUCCESSES. */
static bool take_command(struct slice *ret_name, int64_t *ret_successes, struct slice *text)
{
	if (!slice_take_char(text, ' ') || !grammar_take_key(ret_name, text))
		return false;
	if (!numparse_int(ret_successes, slice_take_while(text, slice_is_digit, 9), 0, INT32_MAX))
		return false;
	return !slice_take_char(text, '/') || slice_take_while(text, slice_is_digit, 9).length;
}

static enum line_kind parse(struct login *ret, const struct header *line, const char **ret_why)
{
	struct slice text = line->message, name;
	int64_t successes, logins = 0, recipients = 0;
	bool is_whole = false; /* the sum comes last: without it a count may have been cut off */
	ret->service = line->program;
	if (!slice_ends_with(ret->service, "/smtpd") ||
	    !slice_take_string(&text, "disconnect from ") ||
	    !grammar_take_postfix_client(ret, &text))
		return LINE_OTHER;
	ret->service.length -= sizeof "/smtpd" - 1;
	for (int i = 0; i < COMMANDS_MAX && !is_whole && take_command(&name, &successes, &text);
	     i++) {
		is_whole = slice_equals(name, "commands");
		logins += slice_equals(name, "auth") ? successes : 0;
		recipients += slice_equals(name, "rcpt") ? successes : 0;
	}
	*ret_why = logins ? "the end of a session whose messages have lines of their own"
			  : "the end of a session without a successful AUTH";
	return is_whole && logins && !recipients ? LINE_LOGIN : LINE_OTHER;
}

const struct logformat logformat_postfix_auth = {
	.name = "postfix-auth",
	.programs = { "postfix" },
	.literals = { { "disconnect from ", 16 } },
	.parse = parse,
};
