/* visibility.c - whether logins can be seen in a log at all; see visibility.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/timestamp.h"
#include "plugin/run/visibility.h"

/* Logins were found: what is strange beside them is a note. */
static enum visibility tell_beside(struct strbuf *text, const char *name,
                                   const struct log_history *history, const struct sample *sample)
{
	char since[TIMESTAMP_TEXT_ROOM];
	if (history->logins >= VISIBILITY_LOGINS_LEAST && history->public_logins == 0)
		strbuf_add_format(text,
		                  "none of the %" PRId64
		                  " logins in %s since %s came from a public address: does a proxy "
		                  "or NAT hide the clients?\n",
		                  history->logins, name,
		                  timestamp_format(history->since_sec, since));
	if (sample->unread)
		strbuf_add_format(text,
		                  "%" PRId64 " line%s of %s with the words of a login could not be "
		                  "read; --explain says why\n",
		                  sample->unread, sample->unread == 1 ? "" : "s", name);
	return VISIBILITY_GOOD;
}

enum visibility visibility_tell(struct strbuf *text, const char *name,
                                const struct log_history *history, const struct sample *sample)
{
	char since[TIMESTAMP_TEXT_ROOM];
	const char *shown = sample->is_input ? "standard input" : name;
	timestamp_format(history->since_sec, since);
	if (history->logins)
		return tell_beside(text, shown, history, sample);
	if (sample->lines && !sample->timed && sample->is_input)
		strbuf_add_format(text,
		                  "no line of %s begins with a time that is known, so none could "
		                  "be read: pipe whole lines of the log; --explain says how each "
		                  "is read",
		                  shown);
	else if (sample->unread)
		strbuf_add_format(text,
		                  "%" PRId64 " line%s of %s with the words of a login could not be "
		                  "read, and no login was; --explain says why",
		                  sample->unread, sample->unread == 1 ? "" : "s", shown);
	else if (sample->ambiguous)
		strbuf_add_format(text,
		                  "%" PRId64
		                  " line%s of %s may be logins, and no sure one was ever found",
		                  sample->ambiguous, sample->ambiguous == 1 ? "" : "s", shown);
	else if (history->lines >= VISIBILITY_LINES_LEAST)
		strbuf_add_format(text,
		                  "no login was ever found in %s (%" PRId64
		                  " lines since %s): is it the log of the logins, and in a format "
		                  "that --explain knows?",
		                  shown, history->lines, since);
	else if (sample->lines && !sample->known)
		strbuf_add_format(text,
		                  "none of %" PRId64
		                  " line%s of %s is of a mail server that is known",
		                  sample->lines, sample->lines == 1 ? "" : "s", shown);
	else if (sample->is_input && !history->lines)
		strbuf_add_format(text, "%s was empty", shown);
	bool sees_nothing = !sample->known &&
		(sample->unread || (sample->lines && !sample->timed && sample->is_input));
	return sees_nothing    ? VISIBILITY_NONE
		: text->length ? VISIBILITY_DOUBTFUL
			       : VISIBILITY_GOOD;
}
