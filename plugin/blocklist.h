/* blocklist.h - are the server's own addresses listed, and those behind foreign logins?
 *
 * Glue between options, dnsbl, store and report. In this order: _new, _recall (again after a state
 * was set aside), _ask, _keep, _report; _counts and _report_client
 * tell what is known once it was asked. What is reported is borrowed: the report is released before
 * the blocklist is freed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BLOCKLIST_H
#define BLOCKLIST_H

#include "common/deadline.h"
#include "plugin/dnsbl.h"
#include "plugin/options.h"
#include "plugin/report.h"
#include "plugin/store.h"
#include "plugin/tally.h"

struct blocklist;

/* Finds the own addresses: those of the options, names resolved, else this machine's. OPTIONS and
 * REPORT are borrowed. */
struct blocklist *blocklist_new(const struct options *options, struct report *report,
                                const struct deadline *deadline);
void blocklist_free(struct blocklist *blocklist);

/* What earlier runs were answered, of the own addresses and of those behind the foreign logins
 * that COUNTED has. < 0 with WHY if the store fails. */
int blocklist_recall(struct blocklist *blocklist, struct store *store,
                     const struct tally_result *counted, struct strbuf *why);

/* Asks the lists for the rest, until DEADLINE. */
void blocklist_ask(struct blocklist *blocklist, const struct deadline *deadline);

/* Keeps what was answered, and since when lists are silent. < 0 with WHY if the store fails. */
int blocklist_keep(struct blocklist *blocklist, struct store *store, struct strbuf *why);

/* What is listed, what has no verdict and why; a problem (UNKNOWN) if nothing has one. */
void blocklist_report(const struct blocklist *blocklist);

/* Sets in RET what is known of the metrics of blocklists. */
void blocklist_counts(const struct blocklist *blocklist, struct counts *ret);

/* Reports the listings of the client ADDRESS, which is that of the last login reported. They are
 * the blocklist's: the report must be released first. */
void blocklist_report_client(const struct blocklist *blocklist, const struct ipaddr *address);

#endif
