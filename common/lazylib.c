/* lazylib.c - a library that is loaded when it is first needed; see lazylib.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <dlfcn.h>

#include "common/lazylib.h"

/* A function of a library that is closed again must not look as if it could be called. */
static void forget(const struct lazylib_symbol *symbols, size_t count)
{
	const void *nothing = NULL;
	for (size_t i = 0; i < count; i++)
		memcpy(symbols[i].ret_function, &nothing, sizeof nothing);
}

static int fail(const char *soname, const char *package, struct strbuf *why)
{
	const char *reason = dlerror();
	return strbuf_fail(why, -ENOENT, "the library %s can't be loaded (Debian: package %s): %s",
	                   soname, package, reason ? reason : "no reason is given");
}

int lazylib_load(const char *soname, const char *package, const struct lazylib_symbol *symbols,
                 size_t count, struct strbuf *why)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return fail(soname, package, why);
	for (size_t i = 0; i < count; i++) {
		void *function = dlsym(library, symbols[i].name);
		if (!function) {
			int error = fail(soname, package, why);
			forget(symbols, i);
			dlclose(library);
			return error;
		}
		/* ISO C has no cast from an object's pointer to a function's; POSIX promises that
		 * the bytes fit. */
		memcpy(symbols[i].ret_function, &function, sizeof function);
	}
	return 0;
}
