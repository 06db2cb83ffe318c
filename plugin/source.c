/* source.c - where log lines come from: the façade of the sources; see source.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/source.h"
#include "plugin/source/dirlist.h"
#include "plugin/source/file.h"
#include "plugin/source/identity.h"
#include "plugin/source/journal.h"
#include "plugin/source/siblings.h"
#include "plugin/source/stdin.h"

/* One of them. */
struct source {
	struct file_source *file;
	struct stdin_source *input;
	struct journal_source *journal;
};

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

/* Asks first: opening a device can do things. */
static int open_regular(struct identity_file *ret, const char *path,
                        const struct deadline *deadline)
{
	struct stat status;
	if (lstat(path, &status) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISREG(status.st_mode))
		return 0;
	int error = identity_open(ret, path, O_NOFOLLOW, deadline, NULL);
	return error == -ENOENT || error == -ELOOP ? 0 : error < 0 ? error : 1;
}

int source_look(struct source_face *ret, const char *path)
{
	struct identity_file file;
	int result = open_regular(&file, path, NULL);
	if (result <= 0)
		return result;
	*ret = (struct source_face){ .device = file.device, .inode = file.inode };
	for (; ret->head_length < file.head_length; ret->head_length++)
		ret->head_hashes[ret->head_length + 1] = identity_hash(file.head,
		                                                       ret->head_length + 1);
	identity_close(&file);
	return result;
}

int source_holds(const char *path, const struct log_position *position,
                 const struct deadline *deadline)
{
	struct identity_file file;
	int result = open_regular(&file, path, deadline);
	if (result <= 0)
		return result;
	result = identity_compare(&file, position);
	identity_close(&file);
	return result < 0 ? result : result >= IDENTITY_COPY;
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

static int open_one(struct source *source, const char *name, const struct log_position *positions,
                    const struct source_options *options, struct strbuf *why)
{
	if (strcmp(name, SOURCE_STDIN) == 0)
		return stdin_source_open(&source->input, STDIN_FILENO, options, why);
	if (strncmp(name, SOURCE_JOURNAL, strlen(SOURCE_JOURNAL)) == 0)
		return journal_source_open(&source->journal, name + strlen(SOURCE_JOURNAL),
		                           positions, options, why);
	return file_source_open(&source->file, name, positions, options, why);
}

int source_open(struct source **ret, const char *name, const struct log_position *positions,
                const struct source_options *options, struct strbuf *why)
{
	struct source *source = xalloc_zero(1, sizeof *source);
	int error = open_one(source, name, positions, options, why);
	if (error < 0)
		source_free(source);
	else
		*ret = source;
	return error;
}

void source_free(struct source *source)
{
	if (!source)
		return;
	file_source_free(source->file);
	stdin_source_free(source->input);
	journal_source_free(source->journal);
	free(source);
}

void source_freep(struct source **source)
{
	source_free(*source);
	*source = NULL;
}

int source_next(struct source *source, struct slice *ret, struct strbuf *why)
{
	if (source->input)
		return stdin_source_next(source->input, ret, why);
	if (source->journal)
		return journal_source_next(source->journal, ret, why);
	return file_source_next(source->file, ret, why);
}

void source_position(struct source *source, struct log_position *ret)
{
	if (source->input)
		stdin_source_position(source->input, ret);
	else if (source->journal)
		journal_source_position(source->journal, ret);
	else
		file_source_position(source->file, ret);
}

bool source_is_finished(const struct source *source)
{
	return source->file && file_source_is_finished(source->file);
}

int64_t source_left_bytes(const struct source *source)
{
	if (source->input)
		return stdin_source_left_bytes(source->input);
	return source->journal ? 0 : file_source_left_bytes(source->file);
}

const char *source_notes(const struct source *source)
{
	if (source->input)
		return stdin_source_notes(source->input);
	return source->journal ? journal_source_notes(source->journal)
			       : file_source_notes(source->file);
}
