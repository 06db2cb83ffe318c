/* words.h - words that several parts of the text have
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "plugin/report/facts.h"

#define WORDS_NO_TEST_POINT " (it lacks its own test point)" /* behind a listing */

/* Appends the name; some lines prove a login and name nobody: "(unnamed)". */
void words_add_user(struct strbuf *text, const struct user_name *name);

/* "s", but "" for one. */
const char *words_plural(int64_t count);

/* The user that the first line names: the first one with foreign logins; NULL if there is none. */
const struct user_summary *words_worst_user(const struct report *report);

/* "zen.spamhaus.org (127.0.0.2 SBL)" */
void words_add_list(struct strbuf *text, const struct listing *listing);

#endif
