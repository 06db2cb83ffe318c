/* file.c - log lines from a file that is rotated; see file.h
 *
 * What is to be read is a list of parts: the rest of the old file, files that were rotated since, and the new file.
 * One buffer goes over them with pread(2), never mmap(2), because a log can be truncated at any moment.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include "common/timestamp.h"
#include "common/xalloc.h"
#include "plugin/source/file.h"
#include "plugin/source/identity.h"
#include "plugin/source/seek.h"

#define BUFFER_ROOM (256 * 1024)
#define PARTS_MAX (IDENTITY_BETWEEN_MAX + 2) /* with the old file and the new one */
#define NOTES_MAX 4000
#define NAME_ROOM 64
#define ACCOUNT_ROOM 4096

#define HASHED ((size_t)SOURCE_HASHED_BYTES)

_Static_assert(BUFFER_ROOM > 2 * SOURCE_LINE_MAX + SOURCE_HASHED_BYTES, "a refill must complete any allowed line");

/* Of a file, what is read in this run. */
struct part {
	struct identity_file file;
	int64_t start, end;
};

struct file_source {
	struct source_options options;
	struct log_position old;  /* where the last run ended; is_known is false if that is of no use */
	char *path;

	struct part parts[PARTS_MAX];
	size_t count, current;

	char *buffer;
	int64_t base;             /* the offset of buffer[0] */
	size_t at, filled;        /* buffer[at] is the first byte that was not given; up to HASHED bytes before it stay */
	char head[SOURCE_HASHED_BYTES];
	char tail[SOURCE_HASHED_BYTES]; /* while skipping: what is before skip_from */
	bool is_skipping;         /* inside of a line that is too long */
	int64_t skip_from;        /* where that line begins */
	uint64_t skipped_lines;

	struct strbuf gap, notes;
};

/* --- refusals: what is wrong, and what to do --- */

static const char *user_name(uid_t user, char *text)
{
	struct passwd record, *found = NULL;
	char room[ACCOUNT_ROOM];
	if (getpwuid_r(user, &record, room, sizeof room, &found) == 0 && found)
		snprintf(text, NAME_ROOM, "%s", found->pw_name);
	else
		snprintf(text, NAME_ROOM, "%ju", (uintmax_t)user);
	return text;
}

static const char *group_name(gid_t group, char *text)
{
	struct group record, *found = NULL;
	char room[ACCOUNT_ROOM];
	if (getgrgid_r(group, &record, room, sizeof room, &found) == 0 && found)
		snprintf(text, NAME_ROOM, "%s", found->gr_name);
	else
		snprintf(text, NAME_ROOM, "%ju", (uintmax_t)group);
	return text;
}

static int refuse_access(const char *path, struct strbuf *why)
{
	char me[NAME_ROOM], owner[NAME_ROOM], group[NAME_ROOM];
	struct stat status;
	user_name(geteuid(), me);
	if (stat(path, &status) < 0)
		return strbuf_fail(why, -EACCES, "%s can't be reached by user %s: a directory on the way is closed to it; "
		                   "'namei -l %s' shows which", path, me, path);
	user_name(status.st_uid, owner);
	group_name(status.st_gid, group);
	/* Nobody should join group root to read a log. */
	bool is_group_enough = (status.st_mode & S_IRGRP) && status.st_gid != 0;
	strbuf_fail(why, 0, "%s can't be read by user %s: it belongs to %s:%s with mode %04o; ", path, me, owner, group,
	            (unsigned)(status.st_mode & 07777));
	if (why && is_group_enough)
		strbuf_add_format(why, "add the monitoring user to group %s (usermod -a -G %s %s) and restart the agent", group,
		                  group, me);
	else if (why)
		strbuf_add_format(why, "allow it (setfacl -m u:%s:r %s), also for the files that rotation creates", me, path);
	return -EACCES;
}

static int refuse_open(const char *path, int error, struct strbuf *why)
{
	switch (error) {
	case -EACCES:
	case -EPERM:
		return refuse_access(path, why);
	case -ENOENT:
	case -ENOTDIR:
		return strbuf_fail(why, -ENOENT, "%s does not exist: which file does the mail server log to?", path);
	case -EISDIR:
		return strbuf_fail(why, error, "%s is a directory: name the log file in it", path);
	case -EINVAL:
		return strbuf_fail(why, error, "%s is a device, pipe or socket: name a regular file", path);
	default:
		return strbuf_fail(why, error, "%s can't be opened: %s", path, strerror(-error));
	}
}

static int refuse_read(const char *path, int error, struct strbuf *why)
{
	return strbuf_fail(why, error, "%s can't be read: %s", path, strerror(-error));
}

static const struct {
	struct slice magic;
	const char *name;
} compressions[] = {
	{ { "\x1f\x8b", 2 }, "gzip" },
	{ { "\xfd" "7zXZ\0", 6 }, "xz" },
	{ { "BZh", 3 }, "bzip2" },
	{ { "\x28\xb5\x2f\xfd", 4 }, "zstd" },
};

static const char *compression_of(const struct identity_file *file)
{
	char head[8];
	ssize_t length = seek_read(file->descriptor, head, sizeof head, 0);
	for (size_t i = 0; i < ARRAY_SIZE(compressions); i++) {
		struct slice magic = compressions[i].magic;
		if (length >= (ssize_t)magic.length && memcmp(head, magic.data, magic.length) == 0)
			return compressions[i].name;
	}
	return NULL;
}

/* A file that was never read: is it a log at all? An empty one can become one. */
static int examine(const struct file_source *self, const struct identity_file *file, struct strbuf *why)
{
	int64_t sec;
	if (file->size == 0)
		return 0;
	const char *compression = compression_of(file);
	if (compression)
		return strbuf_fail(why, -EINVAL, "%s is compressed (%s): name the log that is being written, not a rotated one",
		                   self->path, compression);
	int result = seek_first_time(&sec, NULL, file->descriptor, 0, file->size, &self->options);
	if (result == 0)
		result = seek_last_time(&sec, file->descriptor, file->size, &self->options);
	if (result < 0)
		return refuse_read(self->path, result, why);
	if (result == 0)
		return strbuf_fail(why, -EINVAL, "%s has no line that begins with a time I know: is it a mail log?", self->path);
	return 0;
}

/* --- what is to be read --- */

static void add_part(struct file_source *self, const struct identity_file *file, int64_t start)
{
	self->parts[self->count++] = (struct part){ .file = *file, .start = start, .end = file->size };
}

/* "lines between … and … could not be read: " for the reason to be added. */
static void begin_gap(struct file_source *self)
{
	char from[TIMESTAMP_TEXT_ROOM], to[TIMESTAMP_TEXT_ROOM];
	const struct part *first = &self->parts[0];
	int64_t sec;
	if (self->gap.length > 0)
		strbuf_add_char(&self->gap, '\n');
	bool has_from = self->old.newest_sec != 0;
	bool has_to = self->count > 0
		&& seek_first_time(&sec, NULL, first->file.descriptor, 0, first->end, &self->options) > 0;
	if (has_from)
		timestamp_format(self->old.newest_sec, from);
	if (has_to)
		timestamp_format(sec, to);
	if (has_from && has_to)
		strbuf_add_format(&self->gap, "lines between %s and %s", from, to);
	else if (has_from || has_to)
		strbuf_add_format(&self->gap, "lines %s %s", has_from ? "after" : "before", has_from ? from : to);
	else
		strbuf_add_string(&self->gap, "lines");
	strbuf_add_string(&self->gap, " could not be read: ");
}

static void note_gap(struct file_source *self, const struct identity_file *current, bool is_unreadable)
{
	bool is_same_inode = current && current->device == self->old.device && current->inode == self->old.inode;
	begin_gap(self);
	strbuf_add_string(&self->gap, self->path);
	if (is_same_inode)
		strbuf_add_string(&self->gap, " was truncated");
	else if (is_unreadable)
		strbuf_add_string(&self->gap, " was rotated, and its old file may not be read by this user");
	else
		strbuf_add_string(&self->gap, " was rotated, and its old file is gone");
}

/* Files of rotations between the two runs. Without any time to go by, none can be told from what was read. */
static void add_between(struct file_source *self, const struct identity_file *old, const struct identity_file *current)
{
	struct identity_file files[IDENTITY_BETWEEN_MAX];
	struct identity_between between = { .position = &self->old, .old = old, .current = current,
		.first_sec = self->old.newest_sec, .last_sec = INT64_MAX, .options = &self->options };
	struct stat status;
	if (old && between.first_sec == 0 && fstat(old->descriptor, &status) == 0)
		between.first_sec = (int64_t)status.st_mtime; /* it stayed empty: what was logged later is younger */
	if (old)
		(void)seek_last_time(&between.first_sec, old->descriptor, old->size, &self->options);
	if (current)
		(void)seek_first_time(&between.last_sec, NULL, current->descriptor, 0, current->size, &self->options);
	if (between.first_sec == 0)
		return;
	bool has_dropped;
	size_t count = identity_find_between(files, &has_dropped, self->path, &between);
	if (has_dropped)
		strbuf_add_format(&self->gap, "%s was rotated more than %d times since the last run: the oldest lines were not read",
		                  self->path, IDENTITY_BETWEEN_MAX);
	for (size_t i = 0; i < count; i++)
		add_part(self, &files[i], 0);
}

/* CURRENT (NULL: nothing is at the path now) is not the file of the old position. False: nothing is there to read. */
static bool plan_rotated(struct file_source *self, struct identity_file *current)
{
	struct identity_file old;
	bool is_unreadable;
	bool is_found = identity_find_old(&old, &is_unreadable, self->path, &self->old, current);
	if (!current && !is_found)
		return false;
	if (is_found)
		add_part(self, &old, self->old.offset);
	add_between(self, is_found ? &old : NULL, current);
	/* Rotation creates the new file before the daemon leaves the old one: while the new one is empty, the old one is
	 * still the log. */
	bool is_current_used = current && (current->size > 0 || self->count == 0);
	if (is_current_used)
		add_part(self, current, 0);
	else if (current)
		identity_close(current);
	if (!is_found)
		note_gap(self, current, is_unreadable);
	return true;
}

static int plan_cold(struct file_source *self, const struct identity_file *current, struct strbuf *why)
{
	int64_t start = 0;
	int error = examine(self, current, why);
	if (error < 0)
		return error;
	error = seek_cold_start(&start, current->descriptor, current->size, &self->options);
	if (error < 0)
		return refuse_read(self->path, error, why);
	add_part(self, current, start);
	return 0;
}

static int plan(struct file_source *self, struct strbuf *why)
{
	struct identity_file current;
	int error = identity_open(&current, AT_FDCWD, self->path, 0);
	if (error == -ENOENT && self->old.is_known && plan_rotated(self, NULL))
		return 0;
	if (error < 0)
		return refuse_open(self->path, error, why);
	if (!self->old.is_known) {
		error = plan_cold(self, &current, why);
		if (error < 0)
			identity_close(&current);
		return error;
	}
	if (identity_compare(&current, &self->old) != IDENTITY_OTHER)
		add_part(self, &current, self->old.offset);
	else
		plan_rotated(self, &current);
	return 0;
}

/* --- the buffer --- */

static bool is_part_read(const struct file_source *self)
{
	return self->base + (int64_t)self->filled >= self->parts[self->current].end;
}

/* What was given goes out of the buffer, but for the HASHED bytes before buffer[at], and the file's next bytes come in.
 * Only while the part is not read. */
static int fill(struct file_source *self)
{
	struct part *part = &self->parts[self->current];
	size_t gone = self->at > HASHED ? self->at - HASHED : 0;
	memmove(self->buffer, self->buffer + gone, self->filled - gone);
	self->base += (int64_t)gone;
	self->at -= gone;
	self->filled -= gone;
	int64_t left = part->end - self->base - (int64_t)self->filled;
	size_t room = BUFFER_ROOM - self->filled;
	size_t wanted = left < (int64_t)room ? (size_t)left : room;
	ssize_t got = seek_read(part->file.descriptor, self->buffer + self->filled, wanted,
	                        self->base + (int64_t)self->filled);
	if (got < 0)
		return (int)got;
	self->filled += (size_t)got;
	if ((size_t)got < wanted) /* truncated since it was opened: here it ends, and the next run finds out */
		part->end = self->base + (int64_t)self->filled;
	return 0;
}

/* The position is hashed from the bytes that were read, so a file that changes under us is another one next time. */
static int begin_part(struct file_source *self)
{
	struct part *part = &self->parts[self->current];
	int64_t before = part->start < (int64_t)HASHED ? part->start : (int64_t)HASHED;
	memset(self->head, 0, HASHED);
	self->is_skipping = false;
	self->base = part->start - before;
	self->at = self->filled = 0;
	ssize_t got = seek_read(part->file.descriptor, self->head, HASHED, 0);
	int error = got < 0 ? (int)got : fill(self);
	if (error < 0)
		return error;
	self->at = (size_t)before;
	if (self->filled < self->at) { /* truncated before the first read: NULs make hashes that nothing agrees with */
		memset(self->buffer + self->filled, 0, self->at - self->filled);
		self->filled = self->at;
		part->end = part->start;
	}
	return 0;
}

/* --- lines --- */

static void count_skipped(struct file_source *self)
{
	self->is_skipping = false;
	self->skipped_lines++;
}

static void begin_skipping(struct file_source *self)
{
	size_t length = self->at < HASHED ? self->at : HASHED;
	memcpy(self->tail, self->buffer + self->at - length, length);
	self->skip_from = self->base + (int64_t)self->at;
	self->is_skipping = true;
}

/* The next line that is in the buffer as a whole. False: read on. */
static bool take_line(struct file_source *self, struct slice *ret)
{
	while (self->at < self->filled) {
		const char *line = self->buffer + self->at;
		size_t length = self->filled - self->at;
		const char *newline = memchr(line, '\n', length);
		if (!newline) {
			if (length > SOURCE_LINE_MAX && !self->is_skipping)
				begin_skipping(self);
			self->at = self->is_skipping ? self->filled : self->at;
			return false;
		}
		length = (size_t)(newline - line);
		self->at += length + 1;
		if (!self->is_skipping && length <= SOURCE_LINE_MAX) {
			*ret = slice_make(line, length);
			return true;
		}
		count_skipped(self);
	}
	return false;
}

/* The unfinished end of a file that nobody writes any more: all but the last part. */
static bool take_end(struct file_source *self, struct slice *ret)
{
	if (self->current + 1 == self->count)
		return false;
	if (self->is_skipping)
		count_skipped(self);
	*ret = slice_make(self->buffer + self->at, self->filled - self->at);
	self->at = self->filled;
	return ret->length > 0;
}

/* > 0: there is more in the buffer; 0: all parts are read; < 0: -errno. */
static int read_on(struct file_source *self)
{
	if (!is_part_read(self)) {
		int error = fill(self);
		return error < 0 ? error : 1;
	}
	if (self->current + 1 >= self->count)
		return 0;
	self->current++;
	int error = begin_part(self);
	return error < 0 ? error : 1;
}

static void write_notes(struct file_source *self)
{
	strbuf_clear(&self->notes);
	strbuf_add(&self->notes, strbuf_text(&self->gap), self->gap.length);
	if (self->skipped_lines == 0)
		return;
	if (self->gap.length > 0)
		strbuf_add_char(&self->notes, '\n');
	strbuf_add_format(&self->notes, "%ju line%s of more than %d bytes skipped: %s", (uintmax_t)self->skipped_lines,
	                  self->skipped_lines == 1 ? "" : "s", SOURCE_LINE_MAX, self->path);
}

static int next_line(struct file_source *self, struct slice *ret)
{
	for (;;) {
		if (take_line(self, ret))
			return 1;
		if (is_part_read(self) && take_end(self, ret))
			return 1;
		int result = read_on(self);
		if (result <= 0)
			return result;
	}
}

int file_source_next(struct file_source *self, struct slice *ret, struct strbuf *why)
{
	uint64_t skipped_before = self->skipped_lines;
	struct slice line;
	int result = next_line(self, &line);
	if (self->skipped_lines != skipped_before)
		write_notes(self);
	if (result < 0)
		return refuse_read(self->path, result, why);
	if (result > 0)
		*ret = line;
	return result;
}

/* --- the position --- */

static int64_t newest_sec(const struct file_source *self)
{
	const struct part *last = &self->parts[self->count - 1];
	bool is_unchanged = self->old.is_known && self->old.newest_sec != 0 && self->count == 1
		&& last->start == self->old.offset && last->end == last->start;
	int64_t sec;
	for (size_t i = self->count; i > 0 && !is_unchanged; i--) {
		const struct part *part = &self->parts[i - 1];
		if (seek_last_time(&sec, part->file.descriptor, part->end, &self->options) > 0)
			return sec;
	}
	return self->old.newest_sec;
}

void file_source_position(struct file_source *self, struct log_position *ret)
{
	const struct identity_file *file = &self->parts[self->current].file;
	int64_t offset = self->is_skipping ? self->skip_from : self->base + (int64_t)self->at;
	size_t hashed = offset < (int64_t)HASHED ? (size_t)offset : HASHED;
	const char *tail = self->is_skipping ? self->tail : self->buffer + self->at - hashed;
	*ret = (struct log_position){
		.device = file->device,
		.inode = file->inode,
		.head_hash = hashed > 0 ? identity_hash(self->head, hashed) : 0,
		.head_length = (int64_t)hashed,
		.tail_hash = hashed > 0 ? identity_hash(tail, hashed) : 0,
		.tail_length = (int64_t)hashed,
		.offset = offset,
		.newest_sec = newest_sec(self),
		.is_known = true,
	};
}

int64_t file_source_left_bytes(const struct file_source *self)
{
	const struct part *part = &self->parts[self->current];
	int64_t offset = self->is_skipping ? self->skip_from : self->base + (int64_t)self->at;
	int64_t left = part->end > offset ? part->end - offset : 0;
	for (size_t i = self->current + 1; i < self->count; i++)
		left += self->parts[i].end - self->parts[i].start;
	return left;
}

const char *file_source_notes(const struct file_source *self)
{
	return strbuf_text(&self->notes);
}

/* --- open and free --- */

/* A position comes from a state file: what it says is not believed. */
static bool is_sound(const struct log_position *position)
{
	return position->is_known && position->offset >= 0
		&& position->head_length >= 0 && position->head_length <= SOURCE_HASHED_BYTES
		&& position->head_length <= position->offset
		&& position->tail_length >= 0 && position->tail_length <= SOURCE_HASHED_BYTES
		&& position->tail_length <= position->offset
		&& (position->offset == 0 || (position->head_length > 0 && position->tail_length > 0));
}

int file_source_open(struct file_source **ret, const char *path, const struct log_position *position,
                     const struct source_options *options, struct strbuf *why)
{
	struct file_source *self = xalloc_zero(1, sizeof *self);
	self->options = *options;
	self->path = xalloc_string(path);
	strbuf_init(&self->gap, NOTES_MAX);
	strbuf_init(&self->notes, NOTES_MAX);
	if (position && is_sound(position))
		self->old = *position;
	self->buffer = xalloc_resize(NULL, BUFFER_ROOM, 1);
	int error = plan(self, why);
	if (error == 0) {
		write_notes(self);
		error = begin_part(self);
		if (error < 0)
			refuse_read(path, error, why);
	}
	if (error < 0) {
		file_source_free(self);
		return error;
	}
	*ret = self;
	return 0;
}

void file_source_free(struct file_source *self)
{
	if (!self)
		return;
	for (size_t i = 0; i < self->count; i++)
		identity_close(&self->parts[i].file);
	strbuf_release(&self->gap);
	strbuf_release(&self->notes);
	free(self->buffer);
	free(self->path);
	free(self);
}
