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
		rank.is_sibling = suffix.length ? read_suffix(&rank, suffix) : rank.is_packed;
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

bool sibling_is_comparable(const struct sibling_rank *a, const struct sibling_rank *b)
{
	size_t length = strlen(a->digits), other_length = strlen(b->digits);
	size_t common = length < other_length ? length : other_length;
	if (!a->is_sibling || !b->is_sibling || a->is_dated != b->is_dated)
		return false;
	return !a->is_dated || length == other_length || memcmp(a->digits, b->digits, common) != 0;
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

/* --- dated directories --- */

/* PARENT, NAME and BASE of PARENT/NAME/BASE; owned. */
struct place {
	char *parent, *name, *base;
};

static void place_release(struct place *place)
{
	free(place->parent);
	free(place->name);
	free(place->base);
}

static struct place split(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct place place = { .base = xalloc_string(slash ? slash + 1 : path) };
	const char *parent = slash ? memrchr(path, '/', (size_t)(slash - path)) : NULL;
	const char *name = parent ? parent + 1 : path;
	place.name = slash ? xalloc_copy(name, (size_t)(slash - name)) : xalloc_string("");
	place.parent = parent ? xalloc_copy(path, (size_t)(parent - path) + 1) : xalloc_string("");
	return place;
}

/* The digits of a directory's name, if they are enough for a date. */
static bool read_date(struct sibling_rank *rank, const char *name)
{
	size_t count = 0;
	memset(rank->digits, 0, sizeof rank->digits);
	for (; *name; name++)
		if (slice_is_digit((unsigned char)*name) && count + 1 < sizeof rank->digits)
			rank->digits[count++] = *name;
	rank->is_dated = count > NUMBER_DIGITS_MAX;
	return rank->is_dated;
}

/* Do the two names differ in their digits only? */
static bool has_same_form(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !(slice_is_digit((unsigned char)*a) && slice_is_digit((unsigned char)*b)))
			return false;
	return !*a && !*b;
}

struct sibling_rank sibling_rank_of(const char *log, const char *path)
{
	struct place log_place CLEANUP(place_release) = split(log);
	struct place place CLEANUP(place_release) = split(path);
	struct sibling_rank rank = sibling_rank(log_place.base, place.base);
	bool is_same = strcmp(log_place.base, place.base) == 0;
	if (!rank.is_sibling && !is_same)
		return rank;
	/* In its own directory a log is none of its siblings, and a packed one may be of any date. */
	if ((is_same || (rank.is_packed && !rank.digits[0])) && strcmp(log_place.name, place.name) != 0)
		rank.is_sibling = read_date(&rank, place.name);
	return rank;
}

struct sibling_rank sibling_rank_of_log(const char *log)
{
	struct place place CLEANUP(place_release) = split(log);
	struct sibling_rank rank = { 0 };
	rank.is_sibling = read_date(&rank, place.name);
	return rank;
}

/* --- the entries of directories --- */

struct visit {
	const char *log;
	sibling_visit_fn *function;
	void *context;
	bool is_dated; /* only siblings, by the date of their directory */
};

static bool visit_entries(const struct visit *visit, const char *directory)
{
	DIR *stream = opendir(*directory ? directory : ".");
	struct dirent *entry;
	bool is_wanted = true;
	for (int i = 0; stream && is_wanted && i < SIBLINGS_ENTRIES_MAX && (entry = readdir(stream)); i++) {
		struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
		strbuf_add_format(&path, "%s%s", directory, entry->d_name);
		struct sibling_rank rank = sibling_rank_of(visit->log, strbuf_text(&path));
		if (!visit->is_dated || rank.is_sibling)
			is_wanted = visit->function(visit->context, strbuf_text(&path), &rank);
	}
	if (stream)
		closedir(stream);
	return is_wanted;
}

/* The directories beside that of LOG whose names are other dates. */
static bool visit_dated(struct visit *visit, const struct place *place)
{
	struct sibling_rank rank = { 0 };
	DIR *stream = *place->name && read_date(&rank, place->name) ? opendir(*place->parent ? place->parent : ".") : NULL;
	struct dirent *entry;
	bool is_wanted = true;
	visit->is_dated = true;
	for (int i = 0; stream && is_wanted && i < SIBLINGS_ENTRIES_MAX && (entry = readdir(stream)); i++) {
		struct strbuf directory CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
		if (!has_same_form(entry->d_name, place->name) || strcmp(entry->d_name, place->name) == 0)
			continue;
		strbuf_add_format(&directory, "%s%s/", place->parent, entry->d_name);
		is_wanted = visit_entries(visit, strbuf_text(&directory));
	}
	if (stream)
		closedir(stream);
	return is_wanted;
}

bool siblings_visit(const char *path, sibling_visit_fn *function, void *context)
{
	struct visit visit = { .log = path, .function = function, .context = context };
	struct place place CLEANUP(place_release) = split(path);
	const char *slash = strrchr(path, '/');
	char *directory CLEANUP(xalloc_freep) = slash ? xalloc_copy(path, (size_t)(slash - path) + 1) : xalloc_string("");
	if (!*place.base)
		return true;
	return visit_entries(&visit, directory) && visit_dated(&visit, &place);
}
