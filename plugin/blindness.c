/* blindness.c - a log that is read in vain; see blindness.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/timestamp.h"
#include "plugin/blindness.h"

/* Logins were found: what is strange beside them is a note. */
static enum blindness tell_beside(struct strbuf *text, const char *name,
                                  const struct log_history *history, const struct sight *sight)
{
	char since[TIMESTAMP_TEXT_ROOM];
	if (history->logins >= BLINDNESS_LOGINS_LEAST && history->public_logins == 0)
		strbuf_add_format(text,
		                  "none of the %" PRId64
		                  " logins in %s since %s came from a public address: does a proxy "
		                  "or NAT hide the clients?\n",
		                  history->logins, name,
		                  timestamp_format(history->since_sec, since));
	if (sight->unread)
		strbuf_add_format(text,
		                  "%" PRId64 " line%s of %s with the words of a login could not be "
		                  "read; --explain says why\n",
		                  sight->unread, sight->unread == 1 ? "" : "s", name);
	return BLIND_NOT;
}

enum blindness blindness_tell(struct strbuf *text, const char *name,
                              const struct log_history *history, const struct sight *sight)
{
	char since[TIMESTAMP_TEXT_ROOM];
	const char *shown = sight->is_input ? "standard input" : name;
	timestamp_format(history->since_sec, since);
	if (history->logins)
		return tell_beside(text, shown, history, sight);
	if (sight->lines && !sight->timed && sight->is_input)
		strbuf_add_format(text,
		                  "no line of %s begins with a time that is known, so none could "
		                  "be read: pipe whole lines of the log; --explain says how each "
		                  "is read",
		                  shown);
	else if (sight->unread)
		strbuf_add_format(text,
		                  "%" PRId64 " line%s of %s with the words of a login could not be "
		                  "read, and no login was; --explain says why",
		                  sight->unread, sight->unread == 1 ? "" : "s", shown);
	else if (sight->ambiguous)
		strbuf_add_format(text,
		                  "%" PRId64
		                  " line%s of %s may be logins, and no sure one was ever found",
		                  sight->ambiguous, sight->ambiguous == 1 ? "" : "s", shown);
	else if (history->lines >= BLINDNESS_LINES_LEAST)
		strbuf_add_format(text,
		                  "no login was ever found in %s (%" PRId64
		                  " lines since %s): is it the log of the logins, and in a format "
		                  "that --explain knows?",
		                  shown, history->lines, since);
	else if (sight->lines && !sight->known)
		strbuf_add_format(text,
		                  "none of %" PRId64
		                  " line%s of %s is of a mail server that is known",
		                  sight->lines, sight->lines == 1 ? "" : "s", shown);
	else if (sight->is_input && !history->lines)
		strbuf_add_format(text, "%s was empty", shown);
	bool is_blind = !sight->known &&
		(sight->unread || (sight->lines && !sight->timed && sight->is_input));
	return is_blind ? BLIND : text->length ? BLIND_MAYBE : BLIND_NOT;
}
