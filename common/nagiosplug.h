/* nagiosplug.h - threshold ranges and --extra-opts, as every Monitoring Plugin has them
 *
 * Two backends of the same semantics, chosen by configure: nagiosplug/upstream.c calls
 * libnagiosplug (libmonitoringplug) of a built Monitoring Plugins tree; nagiosplug/builtin.c is our
 * own. The text of a range is checked strictly by nagiosplug/check.c before either sees it, since
 * the library reads a mistyped one as 0:0.
 *
 * Range syntax, Monitoring Plugins Development Guidelines, "Threshold and Ranges": [@]start:end,
 * both ends inclusive, alert outside (inside with @); start defaults to 0, "~" is minus infinity,
 * an empty end is infinity; start <= end.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NAGIOSPLUG_H
#define NAGIOSPLUG_H

#include <stdbool.h>

#include "common/strbuf.h"

struct nagiosplug_range;

/* A range from TEXT: 0 with *RET, or -EINVAL with WHY: what is wrong, and where. */
int nagiosplug_range_new(struct nagiosplug_range **ret, const char *text, struct strbuf *why);
void nagiosplug_range_free(struct nagiosplug_range *range);

/* True if VALUE is where RANGE alerts. */
bool nagiosplug_range_alerts(const struct nagiosplug_range *range, double value);

/* The arguments with every --extra-opts[=[section][@file]] replaced by the options of that ini
 * section, which come before those of the command line. 0 with *RET_ARGC and *RET_ARGV, a
 * NULL-terminated array that lives until the process ends; or -errno with WHY (unreadable file, no
 * such section). The upstream library prints its own error and exits 3 instead. */
int nagiosplug_extra_opts(int *ret_argc, char ***ret_argv, int argc, char **argv,
                          const char *plugin_name, struct strbuf *why);

/* "builtin", or "libmonitoringplug 2.4.0": for --version -v and the tests. */
const char *nagiosplug_backend(void);

#endif
