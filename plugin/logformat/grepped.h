/* grepped.h - the name of the file that grep(1) puts in front of a line when it is given more than
 * one
 *
 *	/var/log/mail.log.1:LINE
 *	mail.log:12:LINE                with -n
 *	mail.log-LINE                   a line of context
 *	(standard input):LINE
 *
 * Only what looks like the name of a log is one: a path with "/", or a name like mail.log.1,
 * maillog-20261123, mainlog, messages, syslog. So a word of some other program with a stranger's
 * text behind its colon ("login:…", "error:…") is none. And LINE must begin with a time at once:
 * grep puts no blank between.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GREPPED_H
#define GREPPED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"

/* Takes it from the front of LINE. False, and LINE unchanged, if there is none. */
bool grepped_take(struct slice *line, int64_t now_sec);

#endif
