/* report.h - what the run found: facts are collected here, and a writer makes words of them
 *
 * Filled while the run goes on, written once at its end (report/writer.h). What is kept, and what
 * of it is borrowed, is in report/facts.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_H
#define REPORT_H

#include "plugin/report/facts.h"
#include "plugin/report/writer.h"

/* A report about logins, and about blocklists when those are given; clear has_logins for one about
 * blocklists only. */
void report_init(struct report *report, int64_t now_sec, int64_t window_sec);
void report_release(struct report *report);

/* Something could not be done: STATE at the least, and the sentence WHY. */
void report_problem(struct report *report, enum state state, const char *why);

/* Something a person should know that changes no state; TEXT may be several lines. */
void report_note(struct report *report, const char *text);

/* Why there may be no login; changes no state. */
void report_remark(struct report *report, const char *why);

/* A metric, once each. An unknown value that has a threshold must be told by report_problem too. */
void report_finding(struct report *report, enum metric_id metric, const struct finding *finding);

/* How many users there are in all, and with foreign logins or hidden addresses. */
void report_users(struct report *report, int64_t all, int64_t suspicious);

/* The next one, of REPORT_USERS_MOST at the most: those beyond are left out, and their logins must
 * not be reported. */
void report_user(struct report *report, const struct user_summary *user);

/* One of the last user reported; the newest comes first. */
void report_login(struct report *report, const struct login *login, const struct place *place,
                  enum standing standing);

/* LISTING, borrowed until the report is released, has the address of the last login reported. */
void report_login_listing(struct report *report, const struct listing *listing);

/* A user with foreign logins, the one whose logins began last first; those beyond
 * REPORT_ABROAD_MOST are left out. */
void report_abroad(struct report *report, struct slice user);

/* An own address that is listed, or that isn't; borrowed until the report is released. */
void report_listing(struct report *report, const struct listing *listing);

/* IS_CLIENT: of addresses of foreign logins, else of the own ones. What SILENCE borrows lives until
 * the report is released. */
void report_silence(struct report *report, bool is_client, const struct report_silence *silence);

/* Once. */
void report_checked(struct report *report, const struct checked *checked);

/* Where it comes from. Each is copied. */
void report_geo(struct report *report, const char *databases, int64_t built_at_sec);
void report_log(struct report *report, const char *name);
void report_state_path(struct report *report, const char *path);

#endif
