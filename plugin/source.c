/* source.c - where log lines come from: the façade of the sources; see source.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/source.h"
#include "plugin/source/dirlist.h"
#include "plugin/source/driver.h"
#include "plugin/source/journal.h"
#include "plugin/source/siblings.h"

struct source {
	const struct source_driver *driver;
	void *self; /* the driver's */
};

/* The last one takes any name. */
static const struct source_driver *const drivers[] = { &source_driver_stdin, &source_driver_journal,
	                                               &source_driver_file };

static const struct source_driver *driver_of(const char *name)
{
	size_t i = 0;
	for (; i + 1 < ARRAY_SIZE(drivers); i++) {
		size_t length = strlen(drivers[i]->prefix);
		if (strncmp(name, drivers[i]->prefix, length) == 0 &&
		    !(drivers[i]->is_whole_name && name[length]))
			break;
	}
	return drivers[i];
}

bool source_has_position(const char *name)
{
	return driver_of(name)->has_position;
}

bool source_is_path(const char *name)
{
	return !driver_of(name)->prefix[0];
}

size_t source_packing_length(const char *path)
{
	return sibling_packing_length(path);
}

bool source_is_rotated(const char *path, const char *of)
{
	const char *slash = strrchr(path, '/'), *of_slash = strrchr(of, '/');
	size_t length = slash ? (size_t)(slash - path) + 1 : 0,
	       of_length = of_slash ? (size_t)(of_slash - of) + 1 : 0;
	return length == of_length && memcmp(path, of, length) == 0 &&
		sibling_rank(of + length, path + length).is_sibling;
}

struct dirlists *source_new_directories(void)
{
	return dirlists_new();
}

void source_free_directories(struct dirlists **directories)
{
	dirlists_freep(directories);
}

bool source_has_journal(void)
{
	return journal_source_is_here();
}

int source_open(struct source **ret, const char *name, const struct log_position *position,
                const struct source_options *options, struct strbuf *why)
{
	const struct source_driver *driver = driver_of(name);
	void *self;
	int error = driver->open(&self, name + strlen(driver->prefix), position, options, why);
	if (error < 0)
		return error;
	*ret = xalloc_zero(1, sizeof **ret);
	**ret = (struct source){ .driver = driver, .self = self };
	return 0;
}

void source_free(struct source *source)
{
	if (!source)
		return;
	source->driver->free(source->self);
	free(source);
}

void source_freep(struct source **source)
{
	source_free(*source);
	*source = NULL;
}

int source_next(struct source *source, struct slice *ret, struct strbuf *why)
{
	return source->driver->next(source->self, ret, why);
}

void source_position(struct source *source, struct log_position *ret)
{
	source->driver->position(source->self, ret);
}

bool source_is_finished(const struct source *source)
{
	return source->driver->is_finished && source->driver->is_finished(source->self);
}

int64_t source_left_bytes(const struct source *source)
{
	return source->driver->left_bytes ? source->driver->left_bytes(source->self) : 0;
}

const char *source_notes(const struct source *source)
{
	return source->driver->notes(source->self);
}
