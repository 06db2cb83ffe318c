/* printable.c - makes untrusted bytes safe for a screen; see printable.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/printable.h"

/* Valid UTF-8 that must not reach a screen; inclusive, sorted. Unicode's Cc, Cf, Zl and Zp where
 * they matter, and non-characters' home, the private use and tag planes. */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{ 0x7F, 0x9F },     { 0xAD, 0xAD },       { 0x34F, 0x34F },      { 0x61C, 0x61C },
	{ 0x115F, 0x1160 }, { 0x17B4, 0x17B5 },   { 0x180B, 0x180F },    { 0x200B, 0x200F },
	{ 0x2028, 0x202E }, { 0x2060, 0x206F },   { 0x3164, 0x3164 },    { 0xE000, 0xF8FF },
	{ 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF },   { 0xFFA0, 0xFFA0 },    { 0xFFF0, 0xFFFB },
	{ 0xFFFE, 0xFFFF }, { 0x1D173, 0x1D17A }, { 0xE0000, 0x10FFFF },
};

static bool is_hidden(uint32_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		if (code >= hidden[i].first && code <= hidden[i].last)
			return true;
	return false;
}

/* RFC 3629: the length of the valid character at DATA, 0 if there is none; RET_CODE is its code
 * point. */
static size_t utf8_length(const unsigned char *data, size_t left, uint32_t *ret_code)
{
	static const struct {
		unsigned char mask, lead;
		size_t length;
		uint32_t least;
	} shapes[] = {
		{ 0xE0, 0xC0, 2, 0x80 },
		{ 0xF0, 0xE0, 3, 0x800 },
		{ 0xF8, 0xF0, 4, 0x10000 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		if ((data[0] & shapes[i].mask) != shapes[i].lead)
			continue;
		if (left < shapes[i].length)
			return 0;
		uint32_t code = data[0] & (unsigned char)~shapes[i].mask;
		for (size_t j = 1; j < shapes[i].length; j++) {
			if ((data[j] & 0xC0) != 0x80)
				return 0;
			code = code << 6 | (data[j] & 0x3F);
		}
		if (code < shapes[i].least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
			return 0;
		*ret_code = code;
		return shapes[i].length;
	}
	return 0;
}

#define QUOTES "\"'"
#define SPECIAL "|<>`$&\\"

static bool is_plain_ascii(unsigned char byte, bool is_last, const char *refused)
{
	if (byte < 0x20 || byte >= 0x7F || strchr(refused, byte))
		return false;
	return !(byte == ';' && is_last);
}

/* The character at DATA into SHOWN: how many bytes of input it took, and the text to show for
 * it. */
static size_t show_one(const unsigned char *data, size_t left, const char *refused,
                       struct slice *shown)
{
	uint32_t code = 0;
	if (data[0] < 0x80) {
		bool is_plain = is_plain_ascii(data[0], left == 1, refused);
		*shown = is_plain ? slice_make((const char *)data, 1) : SLICE_LITERAL("?");
		return 1;
	}
	size_t length = utf8_length(data, left, &code);
	*shown = length && !is_hidden(code) ? slice_make((const char *)data, length)
					    : SLICE_LITERAL("?");
	return length ? length : 1;
}

static void add_without(struct strbuf *buf, struct slice text, size_t most, const char *refused)
{
	const unsigned char *data = (const unsigned char *)text.data;
	size_t left = text.length;
	size_t shown_bytes = 0;
	while (left) {
		struct slice shown;
		size_t used = show_one(data, left, refused, &shown);
		if (shown_bytes + shown.length > most) {
			strbuf_add_string(buf, "...");
			return;
		}
		if (shown.length > buf->max - buf->length) {
			buf->truncated = true; /* half a character is no UTF-8 */
			return;
		}
		strbuf_add(buf, shown.data, shown.length);
		shown_bytes += shown.length;
		data += used;
		left -= used;
	}
}

void printable_add(struct strbuf *buf, struct slice text, size_t most)
{
	add_without(buf, text, most, SPECIAL QUOTES);
}

void printable_add_sentence(struct strbuf *buf, struct slice text, size_t most)
{
	add_without(buf, text, most, SPECIAL);
}
