/* stdin.c - log lines from standard input; see stdin.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <poll.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/source/driver.h"
#include "plugin/source/stdin.h"

#define BUFFER_ROOM (256 * 1024)
#define NOTES_MAX 200

_Static_assert(BUFFER_ROOM > 2 * SOURCE_LINE_MAX, "a refill must complete any allowed line");

struct stdin_source {
	int descriptor;
	struct source_options options;
	char *buffer;
	size_t at, filled; /* buffer[at] is the first byte that was not given */
	bool is_ended;
	bool is_skipping; /* inside of a line that is too long */
	int64_t skipped_lines;
	int64_t read_bytes, total_bytes; /* total 0: unknown */
	int64_t newest_sec;
	struct strbuf notes;
};

/* --- reading --- */

static int wait_for_more(const struct stdin_source *self)
{
	struct pollfd wanted = { .fd = self->descriptor, .events = POLLIN };
	int wait_ms = self->options.deadline ? deadline_left_ms(self->options.deadline) : -1;
	int ready = poll(&wanted, 1, wait_ms);
	if (ready < 0)
		return errno == EINTR ? 0 : -errno;
	return ready ? 1 : -ETIMEDOUT;
}

/* The newest line is the last one with a time, here in what was given and is about to leave the
 * buffer. */
static void note_newest(struct stdin_source *self)
{
	size_t end = self->at;
	while (end > 0 && self->options.line_time) {
		end -= self->buffer[end - 1] == '\n';
		const char *before = memrchr(self->buffer, '\n', end);
		size_t start = before ? (size_t)(before - self->buffer) + 1 : 0;
		struct slice line = slice_make(self->buffer + start, end - start);
		if (self->options.line_time(self->options.context, &self->newest_sec, line))
			return;
		end = start;
	}
}

static int fill(struct stdin_source *self)
{
	note_newest(self);
	memmove(self->buffer, self->buffer + self->at, self->filled - self->at);
	self->filled -= self->at;
	self->at = 0;
	int ready = wait_for_more(self);
	if (ready <= 0)
		return ready;
	ssize_t got = read(self->descriptor, self->buffer + self->filled,
	                   BUFFER_ROOM - self->filled);
	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	self->is_ended = got == 0;
	self->filled += (size_t)got;
	self->read_bytes += got;
	return 0;
}

static int refuse(int error, struct strbuf *why)
{
	if (error == -ETIMEDOUT)
		return strbuf_fail(why, error,
		                   "standard input did not end in time: what came until then was "
		                   "read; see --timeout");
	return strbuf_fail(why, error, "standard input can't be read: %s", strerror(-error));
}

/* --- lines --- */

static void end_skipping(struct stdin_source *self)
{
	self->is_skipping = false;
	self->skipped_lines++;
	strbuf_clear(&self->notes);
	strbuf_add_format(&self->notes,
	                  "%" PRId64 " line%s of more than %d bytes skipped: standard input",
	                  self->skipped_lines, self->skipped_lines == 1 ? "" : "s",
	                  SOURCE_LINE_MAX);
}

/* The next line in the buffer that is complete and not too long. False: read on. */
static bool take_line(struct stdin_source *self, struct slice *ret)
{
	while (self->at < self->filled) {
		const char *line = self->buffer + self->at;
		size_t length = self->filled - self->at;
		const char *newline = memchr(line, '\n', length);
		if (!newline && !self->is_ended) {
			self->is_skipping = self->is_skipping || length > SOURCE_LINE_MAX;
			self->at = self->is_skipping ? self->filled : self->at;
			return false;
		}
		length = newline ? (size_t)(newline - line) : length;
		self->at += length + (newline != NULL);
		if (!self->is_skipping && length <= SOURCE_LINE_MAX) {
			*ret = slice_make(line, length);
			return true;
		}
		end_skipping(self);
	}
	if (self->is_ended && self->is_skipping)
		end_skipping(self);
	return false;
}

static int stdin_source_next(void *source, struct slice *ret, struct strbuf *why)
{
	struct stdin_source *self = source;
	while (!take_line(self, ret)) {
		if (self->is_ended) {
			note_newest(self);
			return 0;
		}
		int error = fill(self);
		if (error < 0)
			return refuse(error, why);
	}
	return 1;
}

static void stdin_source_position(void *source, struct log_position *ret)
{
	const struct stdin_source *self = source;
	*ret = (struct log_position){ .newest_sec = self->newest_sec };
}

static int64_t stdin_source_left_bytes(const void *source)
{
	const struct stdin_source *self = source;
	int64_t given = self->read_bytes - (int64_t)(self->filled - self->at);
	return self->total_bytes > given ? self->total_bytes - given : 0;
}

static const char *stdin_source_notes(const void *source)
{
	const struct stdin_source *self = source;
	return strbuf_text(&self->notes);
}

/* --- open and free --- */

static bool is_compressed(const struct stdin_source *self)
{
	static const struct slice magics[] = { { "\x1f\x8b", 2 },
		                               { "BZh", 3 },
		                               { "\xfd"
		                                 "7zXZ",
		                                 5 },
		                               { "\x28\xb5\x2f\xfd", 4 } };
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (self->filled >= magics[i].length &&
		    memcmp(self->buffer, magics[i].data, magics[i].length) == 0)
			return true;
	return false;
}

static int start(struct stdin_source *self, struct strbuf *why)
{
	struct stat status;
	if (isatty(self->descriptor))
		return strbuf_fail(why, -EINVAL,
		                   "standard input is a terminal: pipe a log into it, or name the "
		                   "file");
	if (fstat(self->descriptor, &status) == 0 && S_ISREG(status.st_mode))
		self->total_bytes = (int64_t)status.st_size;
	int error = 0;
	while (error == 0 && !self->filled && !self->is_ended)
		error = fill(self);
	if (error < 0)
		return refuse(error, why);
	if (is_compressed(self))
		return strbuf_fail(why, -EINVAL,
		                   "standard input is compressed: name the file instead, or unpack "
		                   "it (zcat, xzcat...)");
	return 0;
}

static void stdin_source_free(void *source)
{
	struct stdin_source *self = source;
	if (!self)
		return;
	strbuf_release(&self->notes);
	free(self->buffer);
	free(self);
}

int stdin_source_open_on(void **ret, int descriptor, const struct source_options *options,
                         struct strbuf *why)
{
	struct stdin_source *self = xalloc_zero(1, sizeof *self);
	self->descriptor = descriptor;
	self->options = *options;
	self->buffer = xalloc_resize(NULL, BUFFER_ROOM, 1);
	strbuf_init(&self->notes, NOTES_MAX);
	int error = start(self, why);
	if (error < 0) {
		stdin_source_free(self);
		return error;
	}
	*ret = self;
	return 0;
}

static int stdin_source_open(void **ret, const char *name, const struct log_position *position,
                             const struct source_options *options, struct strbuf *why)
{
	(void)name, (void)position;
	return stdin_source_open_on(ret, STDIN_FILENO, options, why);
}

const struct source_driver source_driver_stdin = {
	.prefix = SOURCE_STDIN,
	.is_whole_name = true,
	.open = stdin_source_open,
	.next = stdin_source_next,
	.position = stdin_source_position,
	.left_bytes = stdin_source_left_bytes,
	.notes = stdin_source_notes,
	.free = stdin_source_free,
};
