/* numparse.c - checked numbers and durations; see numparse.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/numparse.h"

#define LONGEST_SEC ((int64_t)10 * 366 * 86400)

static const struct unit {
	char letter;
	int64_t length_sec;
} units[] = {
	{ 'w', 7 * 86400 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 },
};

bool numparse_int(int64_t *ret, struct slice text, int64_t lowest, int64_t highest)
{
	int64_t value = 0;
	if (!text.length)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (!slice_is_digit((unsigned char)text.data[i]))
			return false;
		int digit = text.data[i] - '0';
		if (value > (INT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (value < lowest || value > highest)
		return false;
	*ret = value;
	return true;
}

static int64_t unit_length_sec(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (units[i].letter == letter)
			return units[i].length_sec;
	return 0;
}

bool numparse_duration(int64_t *ret_sec, const char *text, int64_t bare_unit_sec)
{
	struct slice number = slice_string(text);
	if (slice_equals(number, "all")) {
		*ret_sec = NUMPARSE_ALL_SEC;
		return true;
	}
	int64_t unit_sec = bare_unit_sec;
	if (number.length && !slice_is_digit((unsigned char)number.data[number.length - 1])) {
		unit_sec = unit_length_sec(number.data[number.length - 1]);
		number.length--;
	}
	int64_t count;
	if (!unit_sec || !numparse_int(&count, number, 1, LONGEST_SEC / unit_sec))
		return false;
	*ret_sec = count * unit_sec;
	return true;
}

const char *numparse_format_duration(int64_t duration_sec, char *text)
{
	if (duration_sec == NUMPARSE_ALL_SEC) {
		snprintf(text, DURATION_TEXT_ROOM, "all");
		return text;
	}
	/* Weeks are for typing; "14d" is easier to read than "2w". */
	size_t i = 1;
	while (units[i].length_sec > 1 && (duration_sec % units[i].length_sec || duration_sec == 0))
		i++;
	snprintf(text, DURATION_TEXT_ROOM, "%" PRId64 "%c", duration_sec / units[i].length_sec,
	         units[i].letter);
	return text;
}
