/* journal.h - log lines from the systemd journal
 *
 * The functions are those of plugin/source.h, whose contract they keep. Each entry becomes a line
 * as a syslog daemon would have written it:
 *
 *	2026-11-23T09:08:21.216238+00:00 HOST <uid=UID> IDENTIFIER[PID]: MESSAGE
 *
 * with the time at which journald got it, and the user who sent it, which the kernel told journald:
 * by that the log formats tell a server from a user of the host, who can send any identifier and
 * message (plugin/logformat/sender.h). Without _UID the word is left out. Control characters of a
 * message become blanks, and an entry whose identifier could not stand in such a header is left
 * out, so an entry is never read as two lines nor as another header.
 *
 * What a container of Docker or Podman wrote has the container's name for IDENTIFIER, and no PID. A
 * line that the engine cut into pieces is left out whole.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_JOURNAL_H
#define SOURCE_JOURNAL_H

#include "plugin/source.h"

struct journal_source;

/* Is there a journal on this machine, and can this build read it? */
bool journal_source_is_here(void);

/* DIRECTORY "": this host's system journal; else the journals in it, of whatever hosts. Only
 * entries of the facilities mail and local6, of programs that are known to log logins elsewhere,
 * and of containers' engines are looked at. Entries that come later than this call wait for the
 * next run. -ENOENT, -EACCES, -ENOTSUP (built without libsystemd, or it isn't there) with WHY. */
int journal_source_open(struct journal_source **ret, const char *directory,
                        const struct log_position *position, const struct source_options *options,
                        struct strbuf *why);
void journal_source_free(struct journal_source *source);
int journal_source_next(struct journal_source *source, struct slice *ret, struct strbuf *why);
/* LOG_AGES of them */
void journal_source_position(const struct journal_source *source, struct log_position *ret);
const char *journal_source_notes(const struct journal_source *source);

#endif
