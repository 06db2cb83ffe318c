/* file.h - log lines from a file that is rotated
 *
 * The functions are those of plugin/source.h, whose contract they keep.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_FILE_H
#define SOURCE_FILE_H

#include "plugin/source.h"

struct file_source;

int file_source_open(struct file_source **ret, const char *path,
                     const struct log_position *positions, const struct source_options *options,
                     struct strbuf *why);
void file_source_free(struct file_source *source);
int file_source_next(struct file_source *source, struct slice *ret, struct strbuf *why);
void file_source_position(struct file_source *source, struct log_position *ret);
bool file_source_is_finished(const struct file_source *source);
int64_t file_source_left_bytes(const struct file_source *source);
const char *file_source_notes(const struct file_source *source);

#endif
