/* logkey.c - what tells one set of logs from another; see plugin/logs.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/source/loglist.h"

/* Of the names, without what are rotated files of others. */
static int find_named(struct loglist *ret, char *const *given, size_t count, struct strbuf *why)
{
	int result = 0;
	loglist_init(ret);
	for (size_t i = 0; i < count && result >= 0; i++)
		result = loglist_is_glob(given[i]) ? 0 : loglist_add_given(ret, given[i], why);
	loglist_find_bases(ret);
	return result;
}

static int add_key(struct strbuf *key, const char *given, struct keyset *done,
                   const struct loglist *named, struct strbuf *why)
{
	char *directory CLEANUP(xalloc_freep) = NULL;
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(2 * PATH_MAX);
	bool is_new;
	size_t index;
	int result = loglist_directory_of(&directory, given, why);
	if (result < 0)
		return result;
	strbuf_add_format(&path, "%s%s", directory, given);
	(void)keyset_add(done, slice_string(strbuf_text(&path)), &is_new);
	bool is_named = keyset_find(named->names, slice_string(strbuf_text(&path)), &index);
	if (is_new && !(is_named && named->logs[index].is_left_out))
		strbuf_add_format(key, "%s\n", strbuf_text(&path));
	return 0;
}

int loglist_key(struct strbuf *key, char *const *given, size_t count, struct strbuf *why)
{
	struct loglist named;
	struct keyset *done = keyset_new();
	int result = find_named(&named, given, count, why);
	for (size_t i = 0; i < count && result >= 0; i++)
		result = add_key(key, given[i], done, &named, why);
	if (!count)
		strbuf_add_string(
			key,
			"the usual places\n"); /* a name begins with a slash, or is - or journal: */
	keyset_free(done);
	loglist_release(&named);
	return result;
}

int loglist_former_key(struct strbuf *key, char *const *given, size_t count, struct strbuf *why)
{
	struct loglist logs;
	int result = loglist_find(&logs, given, count, why);
	if (result >= 0 && !count)
		result = loglist_add_default(&logs, NULL, why);
	if (result >= 0)
		loglist_find_bases(&logs);
	for (size_t i = 0; i < logs.count && result >= 0; i++)
		if (!logs.logs[i].is_left_out)
			strbuf_add_format(key, "%s\n", logs.logs[i].name);
	loglist_release(&logs);
	return result;
}
