/* source.c - where log lines come from: the façade of the sources; see source.h
 *
 * Files are the only kind so far.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/source.h"
#include "plugin/source/file.h"

struct source {
	struct file_source *file;
};

int source_open(struct source **ret, const char *path, const struct log_position *position,
                const struct source_options *options, struct strbuf *why)
{
	struct file_source *file;
	int error = file_source_open(&file, path, position, options, why);
	if (error < 0)
		return error;
	*ret = xalloc_zero(1, sizeof **ret);
	(*ret)->file = file;
	return 0;
}

void source_free(struct source *source)
{
	if (!source)
		return;
	file_source_free(source->file);
	free(source);
}

void source_freep(struct source **source)
{
	source_free(*source);
	*source = NULL;
}

int source_next(struct source *source, struct slice *ret, struct strbuf *why)
{
	return file_source_next(source->file, ret, why);
}

void source_position(struct source *source, struct log_position *ret)
{
	file_source_position(source->file, ret);
}

int64_t source_left_bytes(const struct source *source)
{
	return file_source_left_bytes(source->file);
}

const char *source_notes(const struct source *source)
{
	return file_source_notes(source->file);
}
