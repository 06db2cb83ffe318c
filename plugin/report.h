/* report.h - what the run found, as a monitoring system wants to read it
 *
 * Filled while the run goes on, printed once at its end. Everything that comes from a log, a file name or a database passes
 * printable here. The long output is bounded.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/state.h"
#include "common/strbuf.h"
#include "plugin/login.h"

#define REPORT_FINDINGS_MAX 32
#define REPORT_BODY_MAX 32768 /* NRPE v3 carries 64 KiB in all */

/* The value of one metric, judged. All text is borrowed from tables and options. */
struct finding {
	const char *name;
	const char *uom;
	bool is_known;
	int64_t value;
	enum state state;
	const char *warning, *critical; /* ranges as given, or NULL */
};

struct report {
	enum state state;
	int64_t window_sec;
	struct finding findings[REPORT_FINDINGS_MAX];
	size_t finding_count;
	struct strbuf problems;      /* what could not be done, joined by "; " */
	struct strbuf worst_user;    /* "bob logged in from 4 countries (BR CN RU US)" */
	struct strbuf body, notes;
};

void report_init(struct report *report, int64_t window_sec);
void report_release(struct report *report);

/* Something could not be done: STATE at the least, and the sentence WHY in the first line. */
void report_problem(struct report *report, enum state state, const char *why);

/* Something a person should know that changes no state; TEXT may be several lines. */
void report_note(struct report *report, const char *text);

/* A metric, once each. An unknown value that has a threshold must be told by report_problem too. */
void report_finding(struct report *report, const struct finding *finding);

/* A paragraph for USER; the first one given is the one that the first line names. */
void report_user(struct report *report, const struct user_summary *user);
void report_users_left(struct report *report, int64_t count);

/* "DATE USER from IP ADDRESS came from COUNTRY" */
void report_login(struct report *report, const struct login *login, const struct place *place, bool is_home);
void report_logins_left(struct report *report, int64_t count);

/* The whole output: first line, perfdata, long output. */
void report_text(const struct report *report, struct strbuf *text);

#endif
