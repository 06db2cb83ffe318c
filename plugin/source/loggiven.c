/* loggiven.c - which logs are meant by what was typed; see logs.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/source/loglist.h"

int loglist_add_given(struct loglist *logs, const char *given, struct strbuf *why)
{
	char *directory = NULL;
	int result = loglist_directory_of(&directory, given, why);
	if (result < 0)
		return result;
	if (loglist_is_glob(given))
		return loglist_expand(logs, directory, given, why);
	(void)loglist_add_below(logs, directory, given, LOG_OF_NO_GLOB);
	free(directory);
	return 0;
}

int loglist_find(struct loglist *ret, char *const *given, size_t count, struct strbuf *why)
{
	int result = 0;
	loglist_init(ret);
	for (size_t i = 0; i < count && result >= 0; i++)
		result = loglist_add_given(ret, given[i], why);
	return result;
}
