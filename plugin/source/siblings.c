/* siblings.c - the rotated files of a log, by their names; see siblings.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/slice.h"
#include "common/xalloc.h"
#include "plugin/source/siblings.h"

#define NUMBER_DIGITS_MAX 4 /* a number; more digits are a date, or seconds since 1970 */
/* of a date without anything before it, and of one in the path that a link leads to */
#define DATE_DIGITS_MIN 6
#define YEAR_DIGITS 4
#define TAI64N_DIGITS 24

/* --- suffixes --- */

static bool is_separator(unsigned char byte)
{
	return byte == '.' || byte == '-' || byte == '_' || byte == ':' || byte == '+';
}

size_t sibling_compression_length(const char *name)
{
	static const char *const endings[] = { ".gz", ".bz2", ".xz", ".zst" };
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (slice_ends_with(slice_string(name), endings[i]))
			return strlen(endings[i]);
	return 0;
}

/* Takes .gz and the like off the end of NAME, which is a whole string. */
static bool cut_compression(struct slice *name)
{
	size_t length = sibling_compression_length(name->data);
	name->length -= length;
	return length > 0;
}

/* "24.11.2026": the year goes to the front, so that greater is newer. DIGITS are all of them. */
static void turn_date(char *digits, const size_t *groups, size_t count)
{
	char year[YEAR_DIGITS], day[2], month[2];
	if (count < 3 || groups[0] != 2 || groups[1] != 2 || groups[2] != YEAR_DIGITS)
		return;
	memcpy(day, digits, 2);
	memcpy(month, digits + 2, 2);
	memcpy(year, digits + 4, YEAR_DIGITS);
	memcpy(digits, year, YEAR_DIGITS);
	memcpy(digits + YEAR_DIGITS, month, 2);
	memcpy(digits + YEAR_DIGITS + 2, day, 2);
}

#define GROUPS_MAX 8

/* Digits in groups: by separators, and by a T or W between two of them. */
struct digit_groups {
	char digits[SIBLINGS_DIGITS_MAX];
	size_t count, lengths[GROUPS_MAX], groups;
};

static bool add_digit(struct digit_groups *self, char digit, bool is_new_group)
{
	if (self->count + 1 >= sizeof self->digits || (is_new_group && self->groups == GROUPS_MAX))
		return false;
	self->groups += is_new_group;
	self->lengths[self->groups - 1]++;
	self->digits[self->count++] = digit;
	return true;
}

static bool read_groups(struct digit_groups *ret, struct slice text)
{
	bool was_digit = false;
	*ret = (struct digit_groups){ 0 };
	for (size_t i = 0; i < text.length; i++) {
		unsigned char byte = (unsigned char)text.data[i];
		bool is_before_digit = i + 1 < text.length &&
			slice_is_digit((unsigned char)text.data[i + 1]);
		if (slice_is_digit(byte)) {
			if (!add_digit(ret, (char)byte, !was_digit))
				return false;
			was_digit = true;
			continue;
		}
		bool is_letter = is_before_digit && i > 0 &&
			(byte == 'W' || (byte == 'T' && was_digit));
		if (!is_separator(byte) && !is_letter)
			return false;
		was_digit = false;
	}
	return ret->count > 0;
}

/* What stands between the log's name and the end, into RANK. Without a separator before them only a
 * date's digits are meant. */
static bool read_suffix(struct sibling_rank *rank, struct slice suffix)
{
	struct digit_groups groups;
	if (!suffix.length || !read_groups(&groups, suffix))
		return false;
	if (!is_separator((unsigned char)suffix.data[0]) && groups.lengths[0] < DATE_DIGITS_MIN)
		return false;
	rank->is_dated = groups.count > NUMBER_DIGITS_MAX;
	turn_date(groups.digits, groups.lengths, groups.groups);
	size_t zeros = rank->is_dated ? 0 : strspn(groups.digits, "0");
	memset(rank->digits, 0, sizeof rank->digits);
	memcpy(rank->digits, groups.digits + zeros, groups.count - zeros);
	return true;
}

/* --- names --- */

/* svlogd's @4000000069f1c2d32f1a3c04.s: seconds and nanoseconds in hexadecimal digits, which are in
 * order as text. */
static bool read_tai64n(struct sibling_rank *rank, struct slice name)
{
	static const char *const endings[] = { ".s", ".u" };
	if (!slice_take_char(&name, '@') && !slice_take_char(&name, '_'))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (slice_ends_with(name, endings[i]))
			name.length -= strlen(endings[i]);
	if (name.length != TAI64N_DIGITS)
		return false;
	for (size_t i = 0; i < name.length; i++)
		if (!strchr("0123456789abcdef", name.data[i]) || !name.data[i])
			return false;
	memset(rank->digits, 0, sizeof rank->digits);
	memcpy(rank->digits, name.data, name.length);
	rank->is_dated = true;
	return true;
}

/* BASE's own ending may stand behind the number or date. */
static bool read_before_ending(struct sibling_rank *rank, const char *base, struct slice name)
{
	const char *ending = strrchr(base, '.');
	char *stem CLEANUP(xalloc_freep) = ending ? xalloc_copy(base, (size_t)(ending - base))
						  : NULL;
	if (!stem || !*stem || !slice_ends_with(name, ending) || !slice_take_string(&name, stem) ||
	    name.length <= strlen(ending))
		return false;
	name.length -= strlen(ending);
	struct sibling_rank found = { 0 };
	/* mail-1.log and mail-2.log are those of two hosts: logrotate writes mail.1.log. */
	if (!read_suffix(&found, name) || (!found.is_dated && name.data[0] != '.'))
		return false;
	rank->is_dated = found.is_dated;
	memcpy(rank->digits, found.digits, sizeof rank->digits);
	return true;
}

static bool read_behind_name(struct sibling_rank *rank, const char *base, struct slice name)
{
	if (!slice_take_string(&name, base))
		return false;
	if (!name.length)
		return rank->is_compressed;
	if (slice_ends_with(name, ".old"))
		name.length -= strlen(".old");
	return read_suffix(rank, name);
}

struct sibling_rank sibling_rank(const char *base, const char *name)
{
	struct sibling_rank rank = { 0 };
	struct slice rest = slice_string(name);
	rank.is_compressed = cut_compression(&rest);
	rank.is_sibling = read_behind_name(&rank, base, rest) ||
		read_before_ending(&rank, base, rest) ||
		(strcmp(base, "current") == 0 && read_tai64n(&rank, rest));
	return rank;
}

bool sibling_is_rotated(const char *path, const char *of)
{
	const char *slash = strrchr(path, '/'), *of_slash = strrchr(of, '/');
	size_t length = slash ? (size_t)(slash - path) + 1 : 0,
	       of_length = of_slash ? (size_t)(of_slash - of) + 1 : 0;
	return length == of_length && memcmp(path, of, length) == 0 &&
		sibling_rank(of + length, path + length).is_sibling;
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

/* --- dated files that a link leads to --- */

static size_t count_digits(const char *text, size_t length)
{
	size_t count = 0;
	for (size_t i = 0; i < length; i++)
		count += slice_is_digit((unsigned char)text[i]);
	return count;
}

const char *sibling_date_start(const char *path)
{
	struct slice whole = slice_string(path);
	(void)cut_compression(&whole);
	const char *end = path + whole.length;
	size_t digits = 0;
	while (end > path) {
		const char *slash = memrchr(path, '/', (size_t)(end - path));
		const char *name = slash ? slash + 1 : path;
		size_t found = count_digits(name, (size_t)(end - name));
		digits += found;
		if (digits >= DATE_DIGITS_MIN)
			return name;
		/* mail.log below a date is usual, a name within one isn't */
		if (!slash || (found == 0 && end != path + whole.length))
			return NULL;
		end = slash;
	}
	return NULL;
}

bool sibling_has_same_form(const char *pattern, size_t pattern_length, const char *name,
                           size_t length)
{
	size_t i = 0, k = 0;
	while (i < pattern_length && k < length) {
		bool is_digit = slice_is_digit((unsigned char)pattern[i]);
		if (is_digit != slice_is_digit((unsigned char)name[k]) ||
		    (!is_digit && pattern[i] != name[k]))
			return false;
		if (!is_digit) {
			i++, k++;
			continue;
		}
		while (i < pattern_length && slice_is_digit((unsigned char)pattern[i]))
			i++;
		while (k < length && slice_is_digit((unsigned char)name[k]))
			k++;
	}
	return i == pattern_length && k == length;
}

/* The digits of the date; "2026/1/9" as "20260109". */
static bool read_date(struct sibling_rank *rank, const char *date, size_t length)
{
	struct digit_groups groups = { 0 };
	bool was_digit = false;
	for (size_t i = 0; i < length; i++) {
		bool is_digit = slice_is_digit((unsigned char)date[i]);
		bool is_alone = is_digit && !was_digit &&
			(i + 1 == length || !slice_is_digit((unsigned char)date[i + 1]));
		if (is_alone && !add_digit(&groups, '0', true))
			return false;
		if (is_digit && !add_digit(&groups, date[i], !was_digit && !is_alone))
			return false;
		was_digit = is_digit;
	}
	turn_date(groups.digits, groups.lengths, groups.groups);
	memcpy(rank->digits, groups.digits, sizeof rank->digits);
	rank->is_dated = true;
	return true;
}

struct sibling_rank sibling_dated_rank(const char *target, const char *path)
{
	struct sibling_rank rank = { 0 };
	const char *date = sibling_date_start(target);
	struct slice pattern = slice_string(target), whole = slice_string(path);
	size_t before = date ? (size_t)(date - target) : 0;
	(void)cut_compression(&pattern);
	rank.is_compressed = cut_compression(&whole);
	if (!date || whole.length < before || memcmp(target, path, before) != 0)
		return rank;
	rank.is_sibling = sibling_has_same_form(date, pattern.length - before, path + before,
	                                        whole.length - before) &&
		read_date(&rank, path + before, whole.length - before);
	return rank;
}
