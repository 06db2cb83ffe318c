/* postfixconf.h - a parameter of Postfix's main.cf
 *
 * As postconf(5) has it: "name = value"; a line that begins with white space goes on with the one
 * before it; "#" begins a comment line; the last one counts. "$name" in a value is not expanded,
 * and nothing of master.cf is read.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POSTFIXCONF_H
#define POSTFIXCONF_H

#include <stdbool.h>

#include "common/strbuf.h"

#define POSTFIXCONF_VALUE_MOST 4000

/* main.cf: in $MAIL_CONFIG, as Postfix's own commands have it (not with another's rights), else in
 * /etc/postfix. */
void postfixconf_path(struct strbuf *path);

/* The value of NAME in the file PATH; false if the file can't be read, or does not set it. */
bool postfixconf_get(struct strbuf *ret, const char *path, const char *name);

#endif
