/* lazylib.h - a library that is loaded when it is first needed
 *
 * Linking libarchive costs each start 2 ms, libcurl 5 ms, and most runs need neither. A table of
 * the functions that are used is filled at the first need; the types come from the library's own
 * headers at compile time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LAZYLIB_H
#define LAZYLIB_H

#include <stddef.h>

#include "common/strbuf.h"

/* One function of the library: where its address goes (a pointer to a function pointer), and its
 * name. */
struct lazylib_symbol {
	void *ret_function;
	const char *name;
};

/* Loads SONAME ("libarchive.so.13") and finds all COUNT symbols: 0; or -ENOENT with WHY, which says
 * what the loader said and that PACKAGE has it; no function is set then. It stays loaded until the
 * process ends. Call it once a library and keep the result. */
int lazylib_load(const char *soname, const char *package, const struct lazylib_symbol *symbols,
                 size_t count, struct strbuf *why);

#endif
