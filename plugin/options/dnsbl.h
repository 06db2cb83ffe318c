/* dnsbl.h - the options about blocklists
 *
 * Zones may hold a key, and the key's file may be named after them: so they are read when all
 * options are known, and what was typed is never told again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef OPTIONS_DNSBL_H
#define OPTIONS_DNSBL_H

#include "plugin/options.h"

/* As the table of options has them: see row.h. */
int options_set_dnsbl(struct options *options, const char *value, struct strbuf *why);
int options_set_dnsbl_only(struct options *options, const char *value, struct strbuf *why);
int options_set_dnsbl_file(struct options *options, const char *value, struct strbuf *why);
int options_set_dnsbl_key_file(struct options *options, const char *value, struct strbuf *why);
int options_set_dnsbl_address(struct options *options, const char *value, struct strbuf *why);
int options_set_dnsbl_interval(struct options *options, const char *value, struct strbuf *why);
int options_set_dnsbl_clients(struct options *options, const char *value, struct strbuf *why);
int options_set_resolver(struct options *options, const char *value, struct strbuf *why);

/* Reads the zones, and sees whether the options go together. 0, or -errno with WHY, which names the
 * option. */
int options_finish_dnsbl(struct options *options, struct strbuf *why);

#endif
