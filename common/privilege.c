/* privilege.c - does this process have rights that its caller hasn't? See privilege.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sys/auxv.h>

#include "common/privilege.h"

bool privilege_is_lent(void)
{
	return getuid() != geteuid() || getgid() != getegid() || getauxval(AT_SECURE) != 0;
}

const char *privilege_getenv(const char *name)
{
	const char *value = privilege_is_lent() ? NULL : getenv(name);
	return value && *value ? value : NULL;
}
