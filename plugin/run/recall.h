/* recall.h - logs that have no name now: which of them are followed all the same, and which are
 * known under another name
 *
 * A file is known by its content, not by the name that a glob gives it. So a log that the state
 * knows is followed until nothing of it is left unread, also when the glob doesn't give its name
 * any more (compressed, renamed, removed, not created yet); and one that is new by its name may be
 * a known one that was renamed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RUN_RECALL_H
#define RUN_RECALL_H

#include "common/deadline.h"
#include "plugin/logs.h"
#include "plugin/store.h"

/* so long after it came to rest a log is remembered of which the globs give nothing */
#define RECALL_KEPT_SEC 86400

/* What comes of it beside the changed list. */
struct recalled {
	/* up to when logs of these globs, or of the default, were read: a name that is new is read
	 * from then on; 0: never */
	int64_t read_sec;
};

/* LOGS, as loglist_find() made it (or empty, for the default), gets the absent logs, and is
 * settled. BEGIN_SEC: of the window. Positions move from old names to new ones in STORE, and what
 * is at rest long enough is forgotten there. 0, or -errno with WHY: the store's, or no default
 * log. */
int recall_logs(struct recalled *ret, struct loglist *logs, struct store *store, int64_t now_sec,
                int64_t start_sec, const struct deadline *deadline, struct strbuf *why);

/* The default turned out to be nowhere: is there another one? LOGS gets it. 0, or -ENOENT with
 * WHY. */
int recall_next_default(struct loglist *logs, struct strbuf *why);

#endif
