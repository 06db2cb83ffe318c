/* upstream.c - ranges and --extra-opts by libnagiosplug, from a built Monitoring Plugins tree; see
 * backend.h
 *
 * The one file that includes the library's headers, and it includes neither compat.h nor our own
 * config.h: those of 3.0 pull in the config.h of their own tree, those of 2.x expect it to be there
 * already, and both define PACKAGE, VERSION and more, which are ours elsewhere. The flags in
 * NAGIOSPLUG_CFLAGS make "config.h" mean theirs (-iquote).
 *
 * Only functions that 2.x and 3.0 have in common: the mp_* ranges of 3.0 don't follow the
 * guidelines (10 is read as ~:10, an end after "~" is exclusive, 20:10 passes).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "extra_opts.h"
#include "utils_base.h"

#include "common/nagiosplug/backend.h"
#include "common/xalloc.h"

struct nagiosplug_range {
	range *parsed;
};

struct nagiosplug_range *nagiosplug_backend_range_new(const char *text)
{
	/* The library takes a writable text, and keeps a copy of its own. */
	char *copy = xalloc_string(text);
	range *parsed = parse_range_string(copy);
	free(copy);
	if (!parsed)
		return NULL;
	struct nagiosplug_range *made = xalloc_zero(1, sizeof *made);
	made->parsed = parsed;
	return made;
}

void nagiosplug_backend_range_free(struct nagiosplug_range *made)
{
	free(made->parsed->text);
	free(made->parsed);
	free(made);
}

bool nagiosplug_backend_range_alerts(const struct nagiosplug_range *made, double value)
{
	return check_range(value, made->parsed);
}

/* Whatever is wrong, the library prints it and exits 3. */
int nagiosplug_backend_extra_opts(int *argc, char ***argv, const char *plugin_name,
                                  struct strbuf *why)
{
	(void)why;
	char **expanded = np_extra_opts(argc, *argv, plugin_name);
	if (expanded != *argv)
		free(*argv);
	*argv = expanded;
	return 0;
}

const char *nagiosplug_backend_name(void)
{
	return "libmonitoringplug " VERSION;
}
