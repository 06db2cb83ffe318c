/* logdefault.c - the log that is meant where none is named; see plugin/logs.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/source/journal.h"
#include "plugin/source/loglist.h"
#include "plugin/source.h"

/* Debian and Ubuntu; Red Hat, FreeBSD and macOS; SUSE. */
static const char *const usual_places[] = { "/var/log/mail.log", "/var/log/maillog",
	                                    "/var/log/mail" };

bool loglist_is_default(const char *known)
{
	for (size_t i = 0; i < ARRAY_SIZE(usual_places); i++)
		if (strcmp(known, usual_places[i]) == 0)
			return true;
	return strcmp(known, SOURCE_JOURNAL) == 0;
}

void loglist_add_known_default(struct loglist *logs, const char *known)
{
	if (!loglist_add(logs, known, LOG_OF_NO_GLOB))
		return;
	logs->logs[logs->count - 1].is_default = true;
	logs->logs[logs->count - 1].is_absent = loglist_is_path(known) && access(known, F_OK) < 0;
}

static bool is_gone(const struct keyset *gone, const char *name)
{
	size_t number;
	return gone && keyset_find(gone, slice_string(name), &number);
}

int loglist_add_default(struct loglist *logs, const struct keyset *gone, struct strbuf *why)
{
	const char *found = journal_source_is_here() && !is_gone(gone, SOURCE_JOURNAL)
		? SOURCE_JOURNAL
		: NULL;
	for (size_t i = ARRAY_SIZE(usual_places); i > 0; i--)
		if (access(usual_places[i - 1], F_OK) == 0 && !is_gone(gone, usual_places[i - 1]))
			found = usual_places[i - 1];
	if (found) {
		loglist_add_known_default(logs, found);
		return 0;
	}
	strbuf_fail(why, 0, "no mail log at any of the usual places (");
	for (size_t i = 0; i < ARRAY_SIZE(usual_places); i++)
		strbuf_add_format(why, "%s%s", i ? ", " : "", usual_places[i]);
	strbuf_add_string(why, "), and no journal: give it with --log=FILE");
	return -ENOENT;
}
