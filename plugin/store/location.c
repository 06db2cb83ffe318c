/* location.c - where this user's states are, if nobody names a file; see location.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/privilege.h"
#include "common/xalloc.h"
#include "plugin/store/location.h"

#ifndef STATE_DIRECTORY
#define STATE_DIRECTORY "/var/lib/check_mail_geo"
#endif

static void add_of_user(struct strbuf *path, const char *place)
{
	strbuf_add_format(path, "%s/%lu", place, (unsigned long)geteuid());
}

void location_add_usual(struct strbuf *path)
{
	add_of_user(path, STATE_DIRECTORY);
}

static bool add_from_environment(struct strbuf *path)
{
	static const char *const names[] = { "MP_STATE_PATH", "NAGIOS_PLUGIN_STATE_DIRECTORY" };
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = privilege_getenv(names[i]);
		if (value) {
			add_of_user(path, value);
			return true;
		}
	}
	return false;
}

/* See the XDG Base Directory Specification; a path that isn't absolute is to be ignored. */
static bool add_home(struct strbuf *path)
{
	const char *state = privilege_getenv("XDG_STATE_HOME");
	const char *home = privilege_getenv("HOME");
	if (state && *state == '/')
		strbuf_add_format(path, "%s/check_mail_geo", state);
	else if (home && *home == '/')
		strbuf_add_format(path, "%s/.local/state/check_mail_geo", home);
	return path->length > 0 && !path->truncated;
}

/* It is there, whosever it is (then opening it says what is wrong with it), or we may make it in
 * what is there. */
static bool is_there_or_can_be_made(const char *path)
{
	struct stat st;
	char *above CLEANUP(xalloc_freep) = xalloc_string(path);
	if (lstat(path, &st) == 0)
		return true;
	for (char *slash; (slash = strrchr(above, '/')) != NULL && slash != above;) {
		*slash = '\0';
		if (stat(above, &st) == 0)
			return S_ISDIR(st.st_mode) &&
				faccessat(AT_FDCWD, above, W_OK | X_OK, AT_EACCESS) == 0;
	}
	return faccessat(AT_FDCWD, "/", W_OK | X_OK, AT_EACCESS) == 0;
}

void location_add(struct strbuf *path)
{
	struct strbuf usual CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	struct strbuf home CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	if (add_from_environment(path))
		return;
	location_add_usual(&usual);
	bool is_at_home = !is_there_or_can_be_made(strbuf_text(&usual)) && add_home(&home) &&
		is_there_or_can_be_made(strbuf_text(&home));
	strbuf_add_string(path, strbuf_text(is_at_home ? &home : &usual));
}
