/* tokenfile.h - the token of a service, from a file that others can't read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TOKENFILE_H
#define TOKENFILE_H

#include "common/strbuf.h"

#define TOKENFILE_MAX 256

/* The one word in the file PATH, into RET. The file is ours with no rights for others (0600), or
 * another user's that the world can't read (root:nagios, 0640). 0, or -errno with WHY, which never
 * has what is in the file. */
int tokenfile_read(struct strbuf *ret, const char *path, struct strbuf *why);

#endif
