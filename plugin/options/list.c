/* list.c - values of an option that are separated by commas; see list.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/options/list.h"

int options_set_list(struct options *options, const char *value, struct strbuf *why,
                     int (*add)(struct options *, struct slice, struct strbuf *))
{
	struct slice rest = slice_string(value);
	int result;
	do {
		bool is_more = memchr(rest.data, ',', rest.length) != NULL;
		result = add(options, slice_take_until(&rest, ','), why);
		if (result < 0 || !is_more)
			return result;
	} while (true);
}
