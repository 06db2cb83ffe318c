/* backend.h - what builtin.c and upstream.c both provide, for nagiosplug.c only
 *
 * Plain C types, since upstream.c must not see our config.h (why: see there). Texts of ranges have
 * passed nagiosplug_range_check().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NAGIOSPLUG_BACKEND_H
#define NAGIOSPLUG_BACKEND_H

#include <stdbool.h>

struct strbuf;
struct nagiosplug_range;

/* NULL if the backend refuses TEXT after all. */
struct nagiosplug_range *nagiosplug_backend_range_new(const char *text);
void nagiosplug_backend_range_free(struct nagiosplug_range *range);
bool nagiosplug_backend_range_alerts(const struct nagiosplug_range *range, double value);

/* Expands every --extra-opts in the *ARGC arguments of *ARGV, a NULL-terminated heap array that is
 * replaced by another one. 0, or -errno with WHY, and then *ARGV still is the caller's. */
int nagiosplug_backend_extra_opts(int *argc, char ***argv, const char *plugin_name,
                                  struct strbuf *why);

const char *nagiosplug_backend_name(void);

#endif
