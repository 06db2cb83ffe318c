/* nagiosplug.c - threshold ranges and --extra-opts: what is the same for both backends; see
 * nagiosplug.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/nagiosplug.h"
#include "common/nagiosplug/backend.h"
#include "common/nagiosplug/check.h"
#include "common/xalloc.h"

/* The argument arrays that were handed out: reachable until the end, so that no leak checker
 * reports them. */
struct kept {
	struct kept *next;
	char **argv;
};
static struct kept *all_kept;

int nagiosplug_range_new(struct nagiosplug_range **ret, const char *text, struct strbuf *why)
{
	int error = nagiosplug_range_check(text, why);
	if (error < 0)
		return error;
	struct nagiosplug_range *range = nagiosplug_backend_range_new(text);
	if (!range)
		return strbuf_fail(why, -EINVAL, "\"%s\" is not a range for %s", text,
		                   nagiosplug_backend());
	*ret = range;
	return 0;
}

void nagiosplug_range_free(struct nagiosplug_range *range)
{
	if (range)
		nagiosplug_backend_range_free(range);
}

bool nagiosplug_range_alerts(const struct nagiosplug_range *range, double value)
{
	return nagiosplug_backend_range_alerts(range, value);
}

static void keep(char **argv)
{
	struct kept *kept = xalloc_zero(1, sizeof *kept);
	*kept = (struct kept){ .next = all_kept, .argv = argv };
	all_kept = kept;
}

/* The first argument that is no option any more: "--", or the end. */
static int end_of_options(int argc, char **argv)
{
	int i = 0;
	while (i < argc && !(i > 0 && strcmp(argv[i], "--") == 0))
		i++;
	return i;
}

/* The library would look for --extra-opts behind "--" too, so it gets only what is before. */
int nagiosplug_extra_opts(int *ret_argc, char ***ret_argv, int argc, char **argv,
                          const char *plugin_name, struct strbuf *why)
{
	int front = end_of_options(argc, argv);
	size_t tail = (size_t)(argc - front);
	int count = front;
	char **expanded = xalloc_zero((size_t)front + 1, sizeof *expanded);
	for (int i = 0; i < front; i++)
		expanded[i] = argv[i];

	int error = nagiosplug_backend_extra_opts(&count, &expanded, plugin_name, why);
	if (error < 0) {
		free(expanded);
		return error;
	}
	expanded = xalloc_resize(expanded, (size_t)count + tail + 1, sizeof *expanded);
	for (size_t i = 0; i < tail; i++)
		expanded[(size_t)count + i] = argv[(size_t)front + i];
	expanded[(size_t)count + tail] = NULL;
	keep(expanded);
	*ret_argc = count + (int)tail;
	*ret_argv = expanded;
	return 0;
}

const char *nagiosplug_backend(void)
{
	return nagiosplug_backend_name();
}
