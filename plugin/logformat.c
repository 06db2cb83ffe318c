/* logformat.c - which line is a login; see logformat.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/needles.h"
#include "common/likely.h"
#include "common/printable.h"
#include "common/xalloc.h"
#include "plugin/logformat.h"
#include "plugin/logformat/driver.h"
#include "plugin/logformat/loss.h"

#define ADDRESS_OF(name) &logformat_##name,
static const struct logformat *const formats[] = { LOGFORMATS(ADDRESS_OF) };
#undef ADDRESS_OF

_Static_assert(ARRAY_SIZE(formats) <= sizeof(logformat_set) * CHAR_BIT, "a bit for each format");

#define LOSS_MARK (UINT32_C(1) << 31) /* of a literal that is no format's */

struct logformat_reader {
	logformat_set set;
	int64_t now_sec;
	struct needles *literals;
	uint32_t formats_of[NEEDLES_MAX]; /* of each literal the format, as a set */
	size_t long_least;                /* of a line that a format may know without a literal */
	struct header_room room;
	bool was_login; /* the line before */
	int64_t unread;
};

/* --- what the formats know --- */

const char *logformat_name(size_t number)
{
	return number < ARRAY_SIZE(formats) ? formats[number]->name : NULL;
}

const char *logformat_journal_identifier(size_t number)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		for (size_t j = 0; j < LOGFORMAT_WORDS_MAX && formats[i]->journal_identifiers[j];
		     j++)
			if (number-- == 0)
				return formats[i]->journal_identifiers[j];
	return NULL;
}

/* What no format of ours alone has: nginx' proxy for mail (whose lines a stranger can write), and a
 * word of many servers. Looked for where a format's own are not there. */
static const char *const vague_telltales[] = { "client logged in, client: ", "auth=" };

static bool has_text(struct slice line, const char *text)
{
	return slice_find(line, slice_string(text)) < line.length;
}

static const char *find_telltale(struct slice line)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		for (size_t j = 0; j < LOGFORMAT_WORDS_MAX && formats[i]->telltales[j]; j++)
			if (has_text(line, formats[i]->telltales[j]))
				return formats[i]->telltales[j];
	for (size_t i = 0; i < ARRAY_SIZE(vague_telltales); i++)
		if (has_text(line, vague_telltales[i]))
			return vague_telltales[i];
	return NULL;
}

/* Is PROGRAM one of a mail server's, of any format? */
static bool is_of_mail(struct slice program)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		for (size_t j = 0; j < LOGFORMAT_WORDS_MAX && formats[i]->programs[j]; j++)
			if (slice_starts_with(program, formats[i]->programs[j]))
				return true;
	return false;
}

/* --- choosing --- */

void logformat_describe(logformat_set set, struct strbuf *text)
{
	const char *separator = "";
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (!(set & 1U << i))
			continue;
		strbuf_add_format(text, "%s%s", separator, formats[i]->name);
		separator = ",";
	}
}

static logformat_set find_format(struct slice name)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (slice_equals(name, formats[i]->name))
			return 1U << i;
	return 0;
}

static int unknown_format(struct slice name, struct strbuf *why)
{
	struct likely likely = likely_begin(name);
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		likely_try(&likely, formats[i]->name);
	strbuf_fail(why, 0, "there is no log format \"");
	printable_add(why, name, 40);
	strbuf_add_string(why, "\"");
	likely_tell(&likely, why, "");
	strbuf_add_string(why, "; known: ");
	logformat_describe(LOGFORMAT_ALL, why);
	return -EINVAL;
}

int logformat_choose(logformat_set *ret, const char *text, struct strbuf *why)
{
	logformat_set chosen = 0;
	struct slice rest = slice_string(text);
	do {
		struct slice name = slice_take_until(&rest, ',');
		logformat_set found = find_format(name);
		if (!found)
			return unknown_format(name, why);
		chosen |= found;
	} while (rest.length);
	*ret = chosen;
	return 0;
}

/* --- the reader --- */

struct logformat_reader *logformat_open(logformat_set set, int64_t now_sec)
{
	struct logformat_reader *reader = xalloc_zero(1, sizeof *reader);
	struct slice literals[ARRAY_SIZE(formats) * LOGFORMAT_LITERALS_MAX + LOSS_LITERALS];
	size_t count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		for (size_t j = 0; set & 1U << i && j < LOGFORMAT_LITERALS_MAX; j++)
			if (formats[i]->literals[j].length) {
				reader->formats_of[count] = 1U << i;
				literals[count++] = formats[i]->literals[j];
			}
	for (size_t i = 0; i < LOSS_LITERALS; i++) {
		reader->formats_of[count] = LOSS_MARK;
		literals[count++] = loss_literals[i];
	}
	reader->long_least = SIZE_MAX;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (set & 1U << i && formats[i]->long_least &&
		    formats[i]->long_least < reader->long_least)
			reader->long_least = formats[i]->long_least;
	reader->set = set;
	reader->now_sec = now_sec;
	reader->literals = needles_new(literals, count);
	header_room_init(&reader->room);
	return reader;
}

void logformat_close(struct logformat_reader *reader)
{
	if (!reader)
		return;
	needles_free(reader->literals);
	header_room_release(&reader->room);
	free(reader);
}

void logformat_closep(struct logformat_reader **reader)
{
	logformat_close(*reader);
	*reader = NULL;
}

bool logformat_line_time(struct logformat_reader *reader, int64_t *ret_sec, struct slice line)
{
	return header_line_time(&reader->room, ret_sec, line, reader->now_sec);
}

/* --- whose line it is --- */

int64_t logformat_unread(const struct logformat_reader *reader)
{
	return reader->unread;
}

/* The first format of SET that knows the line. *RET_FORMAT and *RET_WHY are of the last one that
 * had something to say. */
static enum line_kind read_message(logformat_set set, struct login *ret, const struct header *line,
                                   const char **ret_format, const char **ret_why)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (!(set & 1U << i))
			continue;
		struct login login = { .at_sec = line->at_sec, .count = line->count };
		const char *why = NULL;
		enum line_kind kind = formats[i]->parse(&login, line, &why);
		if (line->doubt && (kind == LINE_LOGIN || kind == LINE_SESSION)) {
			kind = LINE_AMBIGUOUS;
			why = line->doubt;
		}
		if (kind != LINE_OTHER || why) {
			*ret_format = formats[i]->name;
			*ret_why = why;
		}
		if (kind != LINE_OTHER) {
			*ret = login;
			return kind;
		}
	}
	return LINE_OTHER;
}

static enum line_kind read_loss(const struct logformat_reader *reader, struct login *ret,
                                const struct header *line)
{
	int64_t lost = loss_count(line, reader->was_login);
	if (!lost)
		return LINE_OTHER;
	*ret = (struct login){ .at_sec = line->at_sec, .count = lost };
	return LINE_LOST;
}

/* The formats that can say anything of LINE, in which FOUND is. JSON has more ways to write a text:
 * there any literal lets all of them look, and a message that hides its own does, too. */
static uint32_t formats_for(const struct logformat_reader *reader, struct slice line,
                            uint32_t found)
{
	return slice_starts_with(line, "{") && (found || header_may_hide(line))
		? found | reader->set
		: found;
}

/* Those that know a long line without a literal. */
static uint32_t formats_for_long(const struct logformat_reader *reader, struct slice line)
{
	uint32_t wanted = 0;
	for (size_t i = 0; line.length >= reader->long_least && i < ARRAY_SIZE(formats); i++)
		if (reader->set & 1U << i && formats[i]->long_least &&
		    line.length >= formats[i]->long_least &&
		    slice_find(line, formats[i]->long_word) < line.length)
			wanted |= 1U << i;
	return wanted;
}

/* LINE has the literals of FOUND; those of FORMATS may know it. */
static enum line_kind read_candidate(struct logformat_reader *reader, struct login *ret,
                                     struct slice line, uint32_t found, uint32_t formats_wanted)
{
	struct header header;
	const char *format = NULL, *why = NULL;
	bool is_read = header_parse(&header, &reader->room, line, reader->now_sec) && !header.why;
	enum line_kind kind = is_read
		? read_message(reader->set & formats_wanted, ret, &header, &format, &why)
		: LINE_OTHER;
	if (kind == LINE_OTHER && is_read)
		kind = read_loss(reader, ret, &header);
	bool is_understood = kind != LINE_OTHER ||
		(is_read && (format || is_of_mail(header.program)));
	reader->unread += !is_understood && (found & ~LOSS_MARK) && !(found & LOSS_MARK);
	return kind;
}

/* "Repeated" is said of the line before; a line that says so is none to be repeated itself. */
enum line_kind logformat_read(struct logformat_reader *reader, struct login *ret, struct slice line)
{
	bool is_continuation = header_is_continuation(&reader->room, line);
	uint32_t found = is_continuation ? 0
					 : needles_find(reader->literals, line, reader->formats_of);
	uint32_t wanted = is_continuation
		? 0
		: formats_for(reader, line, found) | formats_for_long(reader, line);
	enum line_kind kind = wanted ? read_candidate(reader, ret, line, found, wanted)
				     : LINE_OTHER;
	if (kind != LINE_LOST)
		reader->was_login = kind == LINE_LOGIN;
	return kind;
}

enum line_sight logformat_look(struct logformat_reader *reader, struct slice line)
{
	struct header header;
	struct login ignored;
	const char *format = NULL, *why = NULL;
	if (!header_parse(&header, &reader->room, line, reader->now_sec))
		return SIGHT_NOTHING;
	if (header.why)
		return SIGHT_TIME;
	enum line_kind kind = read_message(reader->set, &ignored, &header, &format, &why);
	return kind != LINE_OTHER || format || is_of_mail(header.program) ? SIGHT_MAIL : SIGHT_TIME;
}

static void explain(struct logformat_reader *reader, struct explanation *ret, struct slice line)
{
	struct header header;
	bool is_continuation = header_is_continuation(&reader->room, line);
	if (!header_parse(&header, &reader->room, line, reader->now_sec)) {
		ret->why = header.why ? header.why : "no time that I know is at its front";
		return;
	}
	ret->header = header.kind;
	ret->at_sec = header.at_sec;
	ret->program = header.program;
	ret->message = header.message;
	ret->why = is_continuation ? "the rest of a line that the container's engine cut: its "
				     "front may be a stranger's"
				   : header.why;
	if (ret->why)
		return;
	ret->kind = read_message(reader->set, &ret->login, &header, &ret->format, &ret->why);
	if (ret->kind == LINE_OTHER &&
	    (ret->kind = read_loss(reader, &ret->login, &header)) == LINE_LOST)
		ret->why = "the logging system says that it dropped lines: they are in lost_lines";
	if (ret->kind == LINE_OTHER && !ret->why)
		ret->why = "no program that logs logins wrote it";
}

void logformat_explain(struct logformat_reader *reader, struct explanation *ret, struct slice line)
{
	*ret = (struct explanation){ .kind = LINE_OTHER };
	explain(reader, ret, line);
	if (ret->kind == LINE_OTHER)
		ret->telltale = find_telltale(line);
}
