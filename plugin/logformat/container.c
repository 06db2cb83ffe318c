/* container.c - what container engines and supervisors of processes put in front of a line; see
 * container.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/container.h"
#include "plugin/logformat/headtime.h"

#define NAME_MAX_BYTES 128
#define PADDING_MAX 128
#define KUBERNETES_NAME_MAX 253
#define CRI_TIME_LEAST 20 /* "2026-11-23T09:07:43Z" */
#define CRI_TIME_MOST 35  /* with nanoseconds and an offset */
#define CRI_TAGS_MAX 64
#define SLOT_DIGITS 9
#define TASK_ID_LEAST 12
#define STERN_WORDS_MAX 3
#define POD_NUMBER_MAX 4
#define POD_RANDOM 5
#define ID_DIGITS 12

static bool is_name(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '-' || byte == '_' || byte == '.';
}

static bool is_blank(unsigned char byte)
{
	return byte == ' ';
}

static bool is_colour(unsigned char byte)
{
	return slice_is_digit(byte) || byte == ';';
}

/* "ESC [ 36 m" */
static bool take_colour(struct slice *line)
{
	struct slice rest = *line;
	if (!slice_take_string(&rest, "\033["))
		return false;
	slice_take_while(&rest, is_colour, 16);
	if (!slice_take_char(&rest, 'm'))
		return false;
	*line = rest;
	return true;
}

/* --- in front of a line --- */

static bool take_padding_and_bar(struct slice *line)
{
	slice_take_while(line, is_blank, PADDING_MAX);
	return slice_take_char(line, '|');
}

/* The colour ends before or behind the blank that follows the bar: that changed between
 * releases. */
static bool take_compose(struct slice *line, int64_t now_sec)
{
	(void)now_sec;
	bool is_coloured = take_colour(line);
	if (!slice_take_while(line, is_name, NAME_MAX_BYTES).length || !line->length ||
	    line->data[0] != ' ' || !take_padding_and_bar(line))
		return false;
	bool has_blank = slice_take_char(line, ' ');
	if (is_coloured && !take_colour(line))
		return false;
	return has_blank || slice_take_char(line, ' ');
}

static bool is_slot(struct slice word)
{
	return word.length <= SLOT_DIGITS && slice_is_all(word, slice_is_digit);
}

/* "mail.1.kx2v9z8y7w6u", or "mail.1" with --no-task-ids */
static bool is_task(struct slice name)
{
	size_t dot = slice_find_last(name, SLICE_LITERAL("."));
	struct slice before = slice_make(name.data, dot), last = slice_skip(name, dot + 1);
	if (is_slot(last))
		return before.length > 0;
	size_t slot = slice_find_last(before, SLICE_LITERAL("."));
	return last.length >= TASK_ID_LEAST && is_slot(slice_skip(before, slot + 1));
}

/* Always with so many blanks: an address and a bar are other programs' ways, too. */
static bool take_service(struct slice *line, int64_t now_sec)
{
	(void)now_sec;
	struct slice task = slice_take_while(line, is_name, NAME_MAX_BYTES);
	return slice_take_char(line, '@') && is_task(task) &&
		slice_take_while(line, is_name, NAME_MAX_BYTES).length &&
		slice_starts_with(*line, "    ") && take_padding_and_bar(line) &&
		slice_take_char(line, ' ');
}

static bool is_kubernetes_byte(unsigned char byte)
{
	return slice_is_digit(byte) || (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.';
}

static bool take_kubectl(struct slice *line, int64_t now_sec)
{
	(void)now_sec;
	return slice_take_string(line, "[pod/") &&
		slice_take_while(line, is_kubernetes_byte, KUBERNETES_NAME_MAX).length &&
		slice_take_char(line, '/') &&
		slice_take_while(line, is_kubernetes_byte, KUBERNETES_NAME_MAX).length &&
		slice_take_string(line, "] ");
}

static bool take_stern_word(struct slice *ret, struct slice *line)
{
	bool is_coloured = take_colour(line);
	*ret = slice_take_while(line, is_kubernetes_byte, KUBERNETES_NAME_MAX);
	return ret->length && (!is_coloured || take_colour(line)) && slice_take_char(line, ' ');
}

static bool is_random(unsigned char byte)
{
	return byte && strchr("bcdfghjklmnpqrstvwxz2456789", byte);
}

/* Behind its last "-" a pod that Kubernetes named has a number (StatefulSet) or five of the
 * characters that make no words. */
static bool is_pod(struct slice word)
{
	if (!word.length || slice_is_digit((unsigned char)word.data[0]))
		return false;
	struct slice last = slice_skip(word, slice_find_last(word, SLICE_LITERAL("-")) + 1);
	return (last.length <= POD_NUMBER_MAX && slice_is_all(last, slice_is_digit)) ||
		(last.length == POD_RANDOM && slice_is_all(last, is_random));
}

static bool take_stern(struct slice *line, int64_t now_sec)
{
	struct slice word = { 0 };
	for (int words = 0; words < STERN_WORDS_MAX; words++) {
		struct slice pod = word;
		if (!take_stern_word(&word, line))
			return false;
		if (words && is_pod(pod) && headtime_is_next(*line, now_sec))
			return true;
	}
	return false;
}

static const struct {
	enum container_kind kind;
	bool (*take)(struct slice *line, int64_t now_sec); /* may leave it anywhere if it fails */
} prefixes[] = {
	{ CONTAINER_COMPOSE, take_compose },
	{ CONTAINER_SERVICE, take_service },
	{ CONTAINER_KUBECTL, take_kubectl },
	{ CONTAINER_STERN, take_stern },
};

/* --- a time in front --- */

/* Behind the time. */
static bool take_cri(struct container *ret, struct slice *line)
{
	struct slice rest = *line;
	ret->is_stderr = slice_take_string(&rest, "stderr ");
	if (!ret->is_stderr && !slice_take_string(&rest, "stdout "))
		return false;
	struct slice tags = slice_take_while(&rest, slice_is_not_blank, CRI_TAGS_MAX);
	struct slice first = slice_take_until(&tags, ':');
	ret->is_partial = slice_equals(first, "P");
	if ((!ret->is_partial && !slice_equals(first, "F")) || !slice_take_char(&rest, ' '))
		return false;
	*line = rest;
	return true;
}

/* Behind a time that is an engine's, or the line's own. */
static bool take_behind_time(struct container *ret, struct slice *line, const struct headtime *time,
                             int64_t now_sec)
{
	struct container found = { .kind = CONTAINER_CRI,
		                   .has_time = true,
		                   .at_sec = time->at_sec };
	struct slice rest = *line;
	if (time->kind != HEADTIME_RFC3339 || !take_cri(&found, &rest)) {
		found.kind = ret->kind                   ? ret->kind
			: time->kind == HEADTIME_RFC3339 ? CONTAINER_DOCKER_TIME
							 : CONTAINER_SUPERVISOR;
		if (time->kind == HEADTIME_RFC3339 && !ret->kind && take_service(&rest, now_sec))
			found.kind = CONTAINER_SERVICE;
		else if (rest = *line, !headtime_is_next(rest, now_sec))
			return false;
	}
	*ret = found;
	*line = rest;
	return true;
}

static bool can_be_engines(enum headtime_kind kind)
{
	return kind == HEADTIME_RFC3339 || kind == HEADTIME_SVLOGD || kind == HEADTIME_TAI64N;
}

/* False if no time is at the front. */
static bool take_time(struct container *ret, struct headtime *ret_own, struct slice *line,
                      int64_t now_sec)
{
	struct headtime time;
	if (!headtime_take(&time, line, now_sec))
		return false;
	if (!can_be_engines(time.kind) || !take_behind_time(ret, line, &time, now_sec))
		*ret_own = time;
	return true;
}

void container_take(struct container *ret, struct headtime *ret_own, struct slice *line,
                    int64_t now_sec)
{
	*ret = (struct container){ .kind = CONTAINER_NONE };
	*ret_own = (struct headtime){ .kind = HEADTIME_NONE };
	if (take_time(ret, ret_own, line, now_sec))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		struct slice rest = *line;
		if (!prefixes[i].take(&rest, now_sec))
			continue;
		ret->kind = prefixes[i].kind;
		*line = rest;
		(void)take_time(ret, ret_own, line, now_sec);
		return;
	}
}

bool container_may_be_cri(struct slice line)
{
	if (line.length < CRI_TIME_LEAST + sizeof " stdout F" || line.data[10] != 'T' ||
	    !slice_is_digit((unsigned char)line.data[0]))
		return false;
	struct slice rest = slice_skip(line, CRI_TIME_LEAST);
	size_t most = CRI_TIME_MOST + 1 - CRI_TIME_LEAST;
	const char *blank = memchr(rest.data, ' ', rest.length < most ? rest.length : most);
	return blank && slice_starts_with(slice_skip(rest, (size_t)(blank - rest.data)), " std");
}

/* --- a container's name for a program's --- */

/* "mx" of "mx12" */
static struct slice without_number(struct slice word)
{
	while (word.length && slice_is_digit((unsigned char)word.data[word.length - 1]))
		word.length--;
	return word;
}

/* IS_ALONE: a server of that name writes to syslog itself. */
static bool is_mail_word(struct slice word, bool is_alone)
{
	static const struct {
		const char *word;
		bool may_be_alone;
	} words[] = {
		{ "mail", true },      { "mailserver", true }, { "mx", true },
		{ "mta", true },       { "mda", true },        { "msa", true },
		{ "postfix", true },   { "dovecot", true },    { "opensmtpd", true },
		{ "stalwart", true },  { "zimbra", true },     { "exim", false },
		{ "sendmail", false }, { "cyrus", false },     { "courier", false },
		{ "smtp", false },     { "imap", false },      { "pop", false },
	};
	word = without_number(word);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (slice_equals(word, words[i].word))
			return words[i].may_be_alone || !is_alone;
	return false;
}

enum container_name container_name_of(struct slice program)
{
	struct slice rest = program;
	if (program.length > NAME_MAX_BYTES || !slice_is_all(program, is_name))
		return CONTAINER_NAME_NONE;
	for (struct slice word = slice_take_word(&rest, "-_."); word.length;
	     word = slice_take_word(&rest, "-_."))
		if (is_mail_word(word, word.length == program.length))
			return CONTAINER_NAME_MAIL;
	return program.length == ID_DIGITS && slice_is_all(program, slice_is_lower_hex)
		? CONTAINER_NAME_NUMBER
		: CONTAINER_NAME_NONE;
}
