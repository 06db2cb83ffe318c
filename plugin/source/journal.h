/* journal.h - log lines from the systemd journal
 *
 * What stands behind "journal:" is a directory with journals, of whatever hosts; nothing: this
 * host's system journal. Only entries of the facilities mail and local6, of programs that are known
 * to log logins elsewhere, and of containers' engines are looked at. Entries that come later than
 * the opening wait for the next run. It fails with -ENOENT, -EACCES, or -ENOTSUP (built without
 * libsystemd, or it isn't there).
 *
 * Each entry becomes a line as a syslog daemon would have written it:
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

#include <stdbool.h>

/* Is there a journal on this machine, and can this build read it? */
bool journal_source_is_here(void);

#endif
