/* journal.c - log lines from the systemd journal; see journal.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/source/driver.h"
#include "plugin/source/journal.h"

#ifndef LIBSYSTEMD_SONAME

bool journal_source_is_here(void)
{
	return false;
}

static int journal_source_open(void **ret, const char *directory,
                               const struct log_position *position,
                               const struct source_options *options, struct strbuf *why)
{
	(void)ret, (void)directory, (void)position, (void)options;
	return strbuf_fail(why, -ENOTSUP,
	                   "the journal can't be read: this build was made without libsystemd");
}

const struct source_driver source_driver_journal = {
	.prefix = SOURCE_JOURNAL,
	.has_position = true,
	.open = journal_source_open,
};

#else

#include <glob.h>

#include <systemd/sd-journal.h>

#include "common/begun.h"
#include "common/dlopennote.h"
#include "common/lazylib.h"
#include "common/timestamp.h"
#include "common/xalloc.h"

DLOPEN_NOTE("journal", "reads the systemd journal", DLOPEN_NOTE_RECOMMENDED, LIBSYSTEMD_SONAME);

#define SEC_USEC 1000000
#define TOKEN_MAX 255
#define NOTES_MAX 1000
#define CURSOR_MAX 1023
#define LINE_ROOM (SOURCE_LINE_MAX + 1)

static const char *const places[] = { "/var/log/journal", "/run/log/journal" };

/* Who logs logins. Equal fields are alternatives. 2 is mail, 22 is local6: Cyrus' own choice, whose
 * services have any name. */
static const char *const facilities[] = { "2", "22" };

/* Who writes what containers say: the programs' names as the kernel knows them. */
static const char *const engines[] = { "dockerd", "conmon", "podman" };

static struct {
	__typeof__(sd_journal_open) *open;
	__typeof__(sd_journal_open_directory) *open_directory;
	__typeof__(sd_journal_close) *close;
	__typeof__(sd_journal_add_match) *add_match;
	__typeof__(sd_journal_add_disjunction) *add_disjunction;
	__typeof__(sd_journal_seek_head) *seek_head;
	__typeof__(sd_journal_seek_tail) *seek_tail;
	__typeof__(sd_journal_seek_realtime_usec) *seek_realtime_usec;
	__typeof__(sd_journal_seek_cursor) *seek_cursor;
	__typeof__(sd_journal_test_cursor) *test_cursor;
	__typeof__(sd_journal_get_cursor) *get_cursor;
	__typeof__(sd_journal_get_realtime_usec) *get_realtime_usec;
	__typeof__(sd_journal_get_cutoff_realtime_usec) *get_cutoff_realtime_usec;
	__typeof__(sd_journal_get_data) *get_data;
	__typeof__(sd_journal_next) *next;
	__typeof__(sd_journal_previous) *previous;
	__typeof__(sd_journal_has_runtime_files) *has_runtime_files;
	__typeof__(sd_journal_has_persistent_files) *has_persistent_files;
} library;

#define SYMBOL(function) \
	{ \
		&library.function, "sd_journal_" #function \
	}

static const struct lazylib_symbol symbols[] = {
	SYMBOL(open),
	SYMBOL(open_directory),
	SYMBOL(close),
	SYMBOL(add_match),
	SYMBOL(add_disjunction),
	SYMBOL(seek_head),
	SYMBOL(seek_tail),
	SYMBOL(seek_realtime_usec),
	SYMBOL(seek_cursor),
	SYMBOL(test_cursor),
	SYMBOL(get_cursor),
	SYMBOL(get_realtime_usec),
	SYMBOL(get_cutoff_realtime_usec),
	SYMBOL(get_data),
	SYMBOL(next),
	SYMBOL(previous),
	SYMBOL(has_runtime_files),
	SYMBOL(has_persistent_files),
};

struct journal_source {
	sd_journal *journal;
	struct source_options options;
	/* entries up to here were read by former runs, if their cursor is gone; else 0 */
	uint64_t after_usec;
	uint64_t end_usec;           /* of the newest entry when it was opened */
	bool is_at_entry;            /* the current entry is the first one to be given */
	char cursor[CURSOR_MAX + 1]; /* of the entry that was read last; "": none */
	int64_t newest_sec, read_sec;
	struct begun begun;
	struct strbuf line, notes;
	int64_t gaps;
};

/* --- refusals --- */

static bool has_files(const char *directory)
{
	bool is_found = false;
	for (int i = 0; i < 2 && !is_found; i++) {
		struct strbuf pattern CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
		glob_t found = { 0 };
		strbuf_add_format(&pattern, i ? "%s/*/*.journal" : "%s/*.journal", directory);
		is_found = glob(strbuf_text(&pattern), 0, NULL, &found) == 0;
		globfree(&found);
	}
	return is_found;
}

static int refuse_nothing(const char *directory, struct strbuf *why)
{
	if (directory[0])
		return strbuf_fail(why, -ENOENT,
		                   "%s holds no journal that can be read (*.journal, or a "
		                   "directory of a machine's name)",
		                   directory);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (has_files(places[i]))
			return strbuf_fail(why, -EACCES,
			                   "the journal in %s can't be read by this user: add it "
			                   "to group systemd-journal (usermod -a -G "
			                   "systemd-journal USER) and restart the agent",
			                   places[i]);
	}
	return strbuf_fail(why, -ENOENT,
	                   "this machine keeps no systemd journal: name the mail log with "
	                   "--log=FILE");
}

static int refuse(const char *directory, int error, struct strbuf *why)
{
	if (error == -ENOENT || error == -ENOTDIR || error == -EACCES)
		return strbuf_fail(why, error, "the journal %s can't be opened: %s",
		                   directory[0] ? directory : "of this machine", strerror(-error));
	return strbuf_fail(why, error, "the journal %s can't be read: %s",
	                   directory[0] ? directory : "of this machine", strerror(-error));
}

/* --- an entry as a line --- */

/* The value of FIELD, borrowed until the entry is left. */
static struct slice get_field(struct journal_source *self, const char *field)
{
	const void *data;
	size_t length, skip = strlen(field) + 1;
	if (library.get_data(self->journal, field, &data, &length) < 0 || length < skip)
		return slice_make("", 0);
	return slice_make((const char *)data + skip, length - skip);
}

static bool is_identifier(unsigned char byte)
{
	return slice_is_alnum(byte) || (byte && strchr("/_-.@+", byte));
}

static bool is_host(unsigned char byte)
{
	return slice_is_alnum(byte) || (byte && strchr("._-", byte));
}

static bool is_all(struct slice text, bool (*is_in_set)(unsigned char))
{
	size_t length = text.length;
	return length && length <= TOKEN_MAX &&
		slice_take_while(&text, is_in_set, length).length == length;
}

static void add_message(struct strbuf *line, struct slice message)
{
	for (size_t i = 0; i < message.length; i++) {
		unsigned char byte = (unsigned char)message.data[i];
		strbuf_add_char(line, byte < ' ' || byte == 0x7f ? ' ' : (char)byte);
	}
}

static void add_time(struct strbuf *line, uint64_t at_usec)
{
	time_t at = (time_t)(at_usec / SEC_USEC);
	struct tm tm;
	char text[40];
	if (gmtime_r(&at, &tm) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm))
		strbuf_add_format(line, "%s.%06u+00:00", text, (unsigned)(at_usec % SEC_USEC));
}

/* BEFORE, the value of FIELD and AFTER, if it can stand in a header. */
static bool add_field(struct journal_source *self, const char *before, const char *field,
                      bool (*is_in_set)(unsigned char), const char *after)
{
	struct slice value = get_field(self, field);
	if (!is_all(value, is_in_set))
		return false;
	strbuf_add_string(&self->line, before);
	strbuf_add(&self->line, value.data, value.length);
	strbuf_add_string(&self->line, after);
	return true;
}

/* The pieces of a line that a container's engine cut say so; Docker's last one, too, but Podman's
 * does not. */
static bool is_piece(struct journal_source *self)
{
	if (get_field(self, "CONTAINER_PARTIAL_ID").length)
		return true;
	bool is_started = get_field(self, "CONTAINER_PARTIAL_MESSAGE").length;
	return begun_follow(&self->begun, get_field(self, "CONTAINER_ID"), is_started);
}

/* The container's name is the program of what it writes: the engine's identifier may be its
 * number. */
static bool add_program(struct journal_source *self)
{
	if (get_field(self, "CONTAINER_NAME").length)
		return !is_piece(self) && add_field(self, "", "CONTAINER_NAME", is_identifier, "");
	if (!add_field(self, "", "SYSLOG_IDENTIFIER", is_identifier, ""))
		return false;
	if (!add_field(self, "[", "SYSLOG_PID", slice_is_digit, "]"))
		(void)add_field(self, "[", "_PID", slice_is_digit, "]");
	return true;
}

/* False: it is none that a log format could read. */
static bool make_line(struct journal_source *self, uint64_t at_usec)
{
	strbuf_clear(&self->line);
	add_time(&self->line, at_usec);
	if (!add_field(self, " ", "_HOSTNAME", is_host, " "))
		strbuf_add_string(&self->line, " journal ");
	(void)add_field(self, "<uid=", "_UID", slice_is_digit, "> ");
	if (!add_program(self))
		return false;
	strbuf_add_string(&self->line, ": ");
	add_message(&self->line, get_field(self, "MESSAGE"));
	return !self->line.truncated;
}

/* --- going on --- */

static void note_cursor(struct journal_source *self, uint64_t at_usec)
{
	char *cursor;
	if (library.get_cursor(self->journal, &cursor) >= 0) {
		snprintf(self->cursor, sizeof self->cursor, "%s", cursor);
		free(cursor);
	}
	self->read_sec = (int64_t)(at_usec / SEC_USEC);
	if (self->read_sec > self->newest_sec)
		self->newest_sec = self->read_sec;
}

static int journal_source_next(void *source, struct slice *ret, struct strbuf *why)
{
	struct journal_source *self = source;
	for (;;) {
		uint64_t at_usec = 0;
		int result = self->is_at_entry ? 1 : library.next(self->journal);
		self->is_at_entry = false;
		if (result > 0)
			result = library.get_realtime_usec(self->journal, &at_usec) < 0 ? -EBADMSG
											: 1;
		if (result < 0)
			return refuse("", result, why);
		if (result == 0 || at_usec > self->end_usec)
			return 0;
		if (at_usec <= self->after_usec)
			continue;
		bool is_line = make_line(self, at_usec);
		note_cursor(self, at_usec);
		if (is_line) {
			*ret = slice_make(strbuf_text(&self->line), self->line.length);
			return 1;
		}
	}
}

static void journal_source_position(void *source, struct log_position *ret)
{
	const struct journal_source *self = source;
	*ret = (struct log_position){ .is_known = true,
		                      .newest_sec = self->newest_sec,
		                      .read_sec = self->read_sec,
		                      .length = strlen(self->cursor) };
	memcpy(ret->text, self->cursor, ret->length);
}

static const char *journal_source_notes(const void *source)
{
	const struct journal_source *self = source;
	return strbuf_text(&self->notes);
}

static int64_t journal_source_gaps(const void *source)
{
	const struct journal_source *self = source;
	return self->gaps;
}

/* --- open and free --- */

static int add_match(sd_journal *journal, const char *field, const char *value)
{
	char match[80];
	snprintf(match, sizeof match, "%s=%s", field, value);
	return library.add_match(journal, match, 0);
}

static int add_alternatives(sd_journal *journal, const char *field, const char *const *values,
                            size_t count)
{
	int error = library.add_disjunction(journal);
	for (size_t i = 0; i < count && error >= 0; i++)
		error = add_match(journal, field, values[i]);
	return error;
}

static int add_identifiers(sd_journal *journal, source_name_fn *identifier)
{
	const char *value;
	int error = library.add_disjunction(journal);
	for (size_t i = 0; error >= 0 && identifier && (value = identifier(i)); i++)
		error = add_match(journal, "SYSLOG_IDENTIFIER", value);
	return error;
}

static int add_matches(sd_journal *journal, source_name_fn *identifier)
{
	int error = add_alternatives(journal, "SYSLOG_FACILITY", facilities,
	                             ARRAY_SIZE(facilities));
	if (error >= 0)
		error = add_identifiers(journal, identifier);
	return error < 0 ? error : add_alternatives(journal, "_COMM", engines, ARRAY_SIZE(engines));
}

/* "…;t=HEX;…" of a cursor: when the entry was written. */
static uint64_t cursor_usec(const char *cursor)
{
	const char *at = strstr(cursor, ";t=");
	return at ? strtoull(at + 3, NULL, 16) : 0;
}

/* The entry that was read last is gone: only if the journal's oldest entry is younger was anything
 * lost. */
static void note_gap(struct journal_source *self, int64_t read_sec)
{
	uint64_t from_usec, to_usec;
	char from[TIMESTAMP_TEXT_ROOM], to[TIMESTAMP_TEXT_ROOM];
	if (library.get_cutoff_realtime_usec(self->journal, &from_usec, &to_usec) <= 0)
		return;
	if (!read_sec || (int64_t)(from_usec / SEC_USEC) <= read_sec)
		return;
	self->gaps++;
	strbuf_add_format(&self->notes,
	                  "entries between %s and %s could not be read: the journal has "
	                  "dropped them",
	                  timestamp_format(read_sec, from),
	                  timestamp_format((int64_t)(from_usec / SEC_USEC), to));
}

static int seek_cursor(struct journal_source *self)
{
	int result = library.seek_cursor(self->journal, self->cursor);
	if (result >= 0)
		result = library.next(self->journal);
	if (result <= 0)
		return result;
	if (library.test_cursor(self->journal, self->cursor) > 0)
		return 0;
	self->is_at_entry = true;
	self->after_usec = cursor_usec(self->cursor);
	note_gap(self, self->read_sec);
	return 0;
}

static int seek(struct journal_source *self, bool is_known)
{
	uint64_t from_usec;
	int64_t cold_sec = self->options.cold_start_sec;
	if (library.get_cutoff_realtime_usec(self->journal, &from_usec, &self->end_usec) <= 0)
		self->end_usec = UINT64_MAX;
	if (library.seek_tail(self->journal) >= 0 && library.previous(self->journal) > 0 &&
	    library.get_realtime_usec(self->journal, &from_usec) >= 0)
		self->newest_sec = (int64_t)(from_usec / SEC_USEC);
	if (is_known && self->cursor[0])
		return seek_cursor(self);
	if (is_known || cold_sec < 0)
		return library.seek_head(self->journal);
	return library.seek_realtime_usec(self->journal, (uint64_t)cold_sec * SEC_USEC);
}

static int open_journal(struct journal_source *self, const char *directory, struct strbuf *why)
{
	int error = directory[0]
		? library.open_directory(&self->journal, directory, 0)
		: library.open(&self->journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
	if (error < 0) {
		self->journal = NULL;
		return refuse(directory, error, why);
	}
	bool is_there = directory[0] ? has_files(directory)
				     : library.has_persistent_files(self->journal) > 0 ||
			library.has_runtime_files(self->journal) > 0;
	if (!is_there)
		return refuse_nothing(directory, why);
	error = add_matches(self->journal, self->options.journal_identifier);
	return error < 0 ? refuse(directory, error, why) : 0;
}

bool journal_source_is_here(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (has_files(places[i]))
			return true;
	return false;
}

static void journal_source_free(void *source)
{
	struct journal_source *self = source;
	if (!self)
		return;
	if (self->journal)
		library.close(self->journal);
	strbuf_release(&self->line);
	strbuf_release(&self->notes);
	free(self);
}

/* The text is the cursor. systemd looks into it, so only that it could be one is looked at: what
 * can be printed, without blanks. */
static int take_position(struct journal_source *self, const struct log_position *position)
{
	if (!position || !position->is_known)
		return 0;
	if (position->length > CURSOR_MAX)
		return -EILSEQ;
	for (size_t i = 0; i < position->length; i++)
		if (position->text[i] <= ' ' || position->text[i] > '~')
			return -EILSEQ;
	memcpy(self->cursor, position->text, position->length);
	self->newest_sec = position->newest_sec;
	self->read_sec = position->read_sec;
	return 1;
}

static int start(struct journal_source *self, const char *directory,
                 const struct log_position *position, struct strbuf *why)
{
	int known = take_position(self, position);
	if (known < 0)
		return strbuf_fail(why, known, "the position in the journal can't be read");
	int error = open_journal(self, directory, why);
	if (error < 0)
		return error;
	error = seek(self, known > 0);
	return error < 0 ? refuse(directory, error, why) : 0;
}

static int journal_source_open(void **ret, const char *directory,
                               const struct log_position *position,
                               const struct source_options *options, struct strbuf *why)
{
	if (!library.open &&
	    lazylib_load(LIBSYSTEMD_SONAME, "libsystemd0", symbols, ARRAY_SIZE(symbols), why) < 0)
		return -ENOTSUP;
	struct journal_source *self = xalloc_zero(1, sizeof *self);
	self->options = *options;
	strbuf_init(&self->line, LINE_ROOM);
	strbuf_init(&self->notes, NOTES_MAX);
	int error = start(self, directory, position, why);
	if (error < 0) {
		journal_source_free(self);
		return error;
	}
	*ret = self;
	return 0;
}

const struct source_driver source_driver_journal = {
	.prefix = SOURCE_JOURNAL,
	.has_position = true,
	.open = journal_source_open,
	.next = journal_source_next,
	.position = journal_source_position,
	.notes = journal_source_notes,
	.gaps = journal_source_gaps,
	.free = journal_source_free,
};

#endif
