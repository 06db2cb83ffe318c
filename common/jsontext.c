/* jsontext.c - text that may be hostile, as a string of JSON; see jsontext.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/jsontext.h"
#include "common/printable.h"

json_t *jsontext(struct slice text, size_t most)
{
	struct strbuf shown CLEANUP(strbuf_release) = STRBUF_INIT(most + 3);
	json_t *value = json_stringn(text.data ? text.data : "", text.length);
	if (value)
		return value;
	printable_add(&shown, text, most);
	return json_string(strbuf_text(&shown));
}
