/* driver.h - what one kind of source does for the façade, source.c
 *
 * A driver is told by the log's name: the first of the table whose prefix begins it. The functions
 * keep the contracts of plugin/source.h under the same names. SELF is what `open` gave.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_DRIVER_H
#define SOURCE_DRIVER_H

#include "plugin/source.h"

struct source_driver {
	const char *prefix; /* of the names of its logs; "": any other name, which is a path */
	bool is_whole_name; /* the prefix is all of the name */
	bool has_position;  /* false: all of it is read each time, and nothing is remembered */

	/* NAME is the log's without the prefix. 0 with *RET, or -errno with WHY. POSITION (NULL:
	 * never read) is what `position` gave once; or it was changed since, so nothing in it is
	 * believed. */
	int (*open)(void **ret, const char *name, const struct log_position *position,
	            const struct source_options *options, struct strbuf *why);
	int (*next)(void *self, struct slice *ret, struct strbuf *why);
	void (*position)(void *self, struct log_position *ret);
	bool (*is_finished)(const void *self);   /* NULL: it never is */
	int64_t (*left_bytes)(const void *self); /* NULL: that can't be told, so 0 */
	const char *(*notes)(const void *self);
	int64_t (*gaps)(const void *self); /* NULL: it knows of none, so 0 */
	void (*free)(void *self);          /* NULL does nothing */
};

/* The driver of the log NAME. */
const struct source_driver *source_driver_of(const char *name);

extern const struct source_driver source_driver_file;
extern const struct source_driver source_driver_journal;
extern const struct source_driver source_driver_stdin;

#endif
