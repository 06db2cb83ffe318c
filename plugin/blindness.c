/* blindness.c - a log that is read in vain; see blindness.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/timestamp.h"
#include "plugin/blindness.h"

void blindness_tell(struct strbuf *text, const char *name, const struct log_history *history)
{
	char since[TIMESTAMP_TEXT_ROOM];
	timestamp_format(history->since_sec, since);
	if (history->logins == 0 && history->lines >= BLINDNESS_LINES_LEAST)
		strbuf_add_format(text, "no login was ever found in %s (%" PRId64 " lines since %s): is it the log of the logins, and in "
		                  "a format that --explain knows?\n", name, history->lines, since);
	if (history->logins >= BLINDNESS_LOGINS_LEAST && history->public_logins == 0)
		strbuf_add_format(text, "none of the %" PRId64 " logins in %s since %s came from a public address: does a proxy or NAT "
		                  "hide the clients?\n", history->logins, name, since);
}
