/* source.c - where log lines come from: the façade of the sources; see source.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/source.h"
#include "plugin/source/dirlist.h"
#include "plugin/source/driver.h"

struct source {
	const struct source_driver *driver;
	void *self; /* the driver's */
};

bool source_has_position(const char *name)
{
	return source_driver_of(name)->has_position;
}

struct dirlists *source_new_directories(void)
{
	return dirlists_new();
}

void source_free_directories(struct dirlists **directories)
{
	dirlists_freep(directories);
}

int source_open(struct source **ret, const char *name, const struct log_position *position,
                const struct source_options *options, struct strbuf *why)
{
	const struct source_driver *driver = source_driver_of(name);
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

int64_t source_gaps(const struct source *source)
{
	return source->driver->gaps ? source->driver->gaps(source->self) : 0;
}
