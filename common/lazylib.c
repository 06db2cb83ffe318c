/* lazylib.c - a library that is loaded when it is first needed; see lazylib.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <dlfcn.h>

#include "common/lazylib.h"

static int fail(const char *soname, const char *package, struct strbuf *why)
{
	const char *reason = dlerror();
	return strbuf_fail(why, -ENOENT, "the library %s can't be loaded (Debian: package %s): %s", soname, package,
	                   reason ? reason : "no reason is given");
}

int lazylib_load(const char *soname, const char *package, const struct lazylib_symbol *symbols, size_t count,
                 struct strbuf *why)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return fail(soname, package, why);
	for (size_t i = 0; i < count; i++) {
		void *function = dlsym(library, symbols[i].name);
		if (!function) {
			int error = fail(soname, package, why);
			dlclose(library);
			return error;
		}
		/* ISO C has no cast from an object's pointer to a function's; POSIX promises that the bytes fit. */
		memcpy(symbols[i].ret_function, &function, sizeof function);
	}
	return 0;
}
