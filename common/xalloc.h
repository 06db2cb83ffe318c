/* xalloc.h - memory that is there, or the run ends
 *
 * A check that can't get a few kilobytes can't judge anything, so these never return NULL: they
 * print their last words and exit 3, UNKNOWN (the only place in common/ that does). All results are
 * freed with free().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef XALLOC_H
#define XALLOC_H

#include <stddef.h>

/* What is printed then, borrowed for as long as the process lives. */
void xalloc_set_last_words(const char *text);

/* COUNT zeroed elements of SIZE bytes; an overflow of the product counts as out of memory. */
void *xalloc_zero(size_t count, size_t size);

/* MEMORY resized to COUNT elements of SIZE bytes; new bytes are not initialised. */
void *xalloc_resize(void *memory, size_t count, size_t size);

/* A NUL-terminated copy of LENGTH bytes at DATA. */
char *xalloc_copy(const void *data, size_t length);

/* A copy of TEXT; NULL gives NULL. */
char *xalloc_string(const char *text);

/* For CLEANUP: frees the char * that POINTER points at. */
void xalloc_freep(char **pointer);

#endif
