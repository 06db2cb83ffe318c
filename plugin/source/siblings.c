/* siblings.c - the files of a log beside it, by their names; see siblings.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <dirent.h>

#include "common/slice.h"
#include "common/strbuf.h"
#include "common/xalloc.h"
#include "plugin/source/siblings.h"

#define NUMBER_DIGITS_MAX 4 /* a number; more digits are a date, or seconds since 1970 */

static bool is_separator(unsigned char byte)
{
	return byte == '.' || byte == '-' || byte == '_';
}

/* Takes .gz and the like off the end. */
static bool cut_packing(struct slice *name)
{
	static const char *const endings[] = { ".gz", ".bz2", ".xz", ".zst" };
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		if (!slice_ends_with(*name, endings[i]))
			continue;
		name->length -= strlen(endings[i]);
		return true;
	}
	return false;
}

/* SUFFIX, a separator and then digits and separators only, into RANK. */
static bool read_suffix(struct sibling_rank *rank, struct slice suffix)
{
	size_t count = 0;
	if (!suffix.length || !is_separator((unsigned char)suffix.data[0]))
		return false;
	for (size_t i = 0; i < suffix.length; i++) {
		if (slice_is_digit((unsigned char)suffix.data[i]) && count + 1 < sizeof rank->digits)
			rank->digits[count++] = suffix.data[i];
		else if (!is_separator((unsigned char)suffix.data[i]))
			return false;
	}
	rank->is_dated = count > NUMBER_DIGITS_MAX;
	size_t zeros = rank->is_dated ? 0 : strspn(rank->digits, "0");
	memmove(rank->digits, rank->digits + zeros, sizeof rank->digits - zeros);
	return count > 0;
}

struct sibling_rank sibling_rank(const char *base, const char *name)
{
	struct sibling_rank rank = { 0 };
	struct slice rest = slice_string(name);
	rank.is_packed = cut_packing(&rest);
	struct slice suffix = rest;
	if (slice_take_string(&suffix, base)) {
		rank.is_sibling = read_suffix(&rank, suffix);
		return rank;
	}
	/* BASE's own ending may stand behind the date. */
	const char *ending = strrchr(base, '.');
	char *stem CLEANUP(xalloc_freep) = ending ? xalloc_copy(base, (size_t)(ending - base)) : NULL;
	if (stem && *stem && slice_ends_with(rest, ending) && slice_take_string(&rest, stem) && rest.length > strlen(ending)) {
		rest.length -= strlen(ending);
		rank.is_sibling = read_suffix(&rank, rest) && rank.is_dated;
	}
	return rank;
}

int sibling_compare(const struct sibling_rank *a, const struct sibling_rank *b)
{
	if (a->is_dated)
		return strcmp(a->digits, b->digits);
	size_t length = strlen(a->digits), other_length = strlen(b->digits);
	if (length != other_length)
		return length > other_length ? -1 : 1;
	return strcmp(b->digits, a->digits);
}

void siblings_visit(const char *path, sibling_visit_fn *visit, void *context)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	char *directory CLEANUP(xalloc_freep) = slash ? xalloc_copy(path, (size_t)(base - path)) : xalloc_string("./");
	DIR *stream = *base ? opendir(directory) : NULL;
	struct dirent *entry;
	bool is_wanted = true;
	for (int i = 0; stream && is_wanted && i < SIBLINGS_ENTRIES_MAX && (entry = readdir(stream)); i++) {
		struct strbuf whole CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
		struct sibling_rank rank = sibling_rank(base, entry->d_name);
		strbuf_add_format(&whole, "%s%s", slash ? directory : "", entry->d_name);
		is_wanted = visit(context, strbuf_text(&whole), &rank);
	}
	if (stream)
		closedir(stream);
}
