/* archive.c - unpacking gzip, bzip2, xz and zstd; see archive.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#ifdef LIBARCHIVE_SONAME
#include <archive.h>
#include <archive_entry.h>
#endif

#include "common/dlopennote.h"
#include "common/lazylib.h"
#include "common/xalloc.h"
#include "plugin/source/archive.h"

/* A second magic, behind the level of bzip2, is of its first block or of its end: "BZh" alone may
 * begin a text. */
#define MAGIC_AT 4

struct archive_kind {
	const char *name;
	struct slice magic, magic_at_4;
	enum filter { FILTER_GZIP, FILTER_BZIP2, FILTER_XZ, FILTER_ZSTD, FILTERS } filter;
};

static const struct archive_kind kinds[] = {
	{ "gzip", { "\x1f\x8b\x08", 3 }, { "", 0 }, FILTER_GZIP },
	{ "bzip2", { "BZh", 3 }, { "1AY&SY", 6 }, FILTER_BZIP2 },
	{ "bzip2", { "BZh", 3 }, { "\x17\x72\x45\x38\x50\x90", 6 }, FILTER_BZIP2 },
	{ "xz",
	  { "\xfd"
	    "7zXZ\0",
	    6 },
	  { "", 0 },
	  FILTER_XZ },
	{ "zstd", { "\x28\xb5\x2f\xfd", 4 }, { "", 0 }, FILTER_ZSTD },
};

static bool has_bytes(struct slice head, size_t at, struct slice wanted)
{
	return head.length >= at + wanted.length &&
		memcmp(head.data + at, wanted.data, wanted.length) == 0;
}

const struct archive_kind *archive_kind(struct slice head)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (has_bytes(head, 0, kinds[i].magic) &&
		    (kinds[i].magic_at_4.length == 0 ||
		     has_bytes(head, MAGIC_AT, kinds[i].magic_at_4)))
			return &kinds[i];
	return NULL;
}

#ifndef LIBARCHIVE_SONAME

int archive_open(struct archive_reader **ret, int descriptor, const struct archive_kind *kind,
                 const struct deadline *deadline, struct strbuf *why)
{
	(void)ret, (void)descriptor, (void)deadline;
	return strbuf_fail(why, -ENOTSUP,
	                   "it is packed with %s, and this program was built without libarchive: "
	                   "unpack it, or build with libarchive (Debian: package libarchive-dev)",
	                   kind->name);
}

void archive_close(struct archive_reader *reader)
{
	(void)reader;
}

ssize_t archive_read(struct archive_reader *reader, void *bytes, size_t room)
{
	(void)reader, (void)bytes, (void)room;
	return -ENOTSUP;
}

#else

DLOPEN_NOTE("compressed-logs", "reads logs packed with gzip, bzip2, xz and zstd",
            DLOPEN_NOTE_RECOMMENDED, LIBARCHIVE_SONAME);

#define INPUT_ROOM (128 * 1024)
#define PIECE_MOST (1024 * 1024) /* which is uncompressed without a look at the deadline */

/* Of libarchive, what is used, with the types of its own header. */
static struct {
	__typeof__(archive_read_new) *read_new;
	__typeof__(archive_read_free) *read_free;
	__typeof__(archive_read_support_format_raw) *support_raw;
	__typeof__(archive_read_support_format_empty) *support_empty;
	__typeof__(archive_read_support_filter_gzip) *support_filter[FILTERS];
	__typeof__(archive_filter_count) *filter_count;
	__typeof__(archive_filter_bytes) *filter_bytes;
	__typeof__(archive_read_open) *open;
	__typeof__(archive_read_next_header) *next_header;
	__typeof__(archive_read_data) *read_data;
} library;

static const struct lazylib_symbol symbols[] = {
	{ &library.read_new, "archive_read_new" },
	{ &library.read_free, "archive_read_free" },
	{ &library.support_raw, "archive_read_support_format_raw" },
	{ &library.support_empty, "archive_read_support_format_empty" },
	{ &library.support_filter[FILTER_GZIP], "archive_read_support_filter_gzip" },
	{ &library.support_filter[FILTER_BZIP2], "archive_read_support_filter_bzip2" },
	{ &library.support_filter[FILTER_XZ], "archive_read_support_filter_xz" },
	{ &library.support_filter[FILTER_ZSTD], "archive_read_support_filter_zstd" },
	{ &library.filter_count, "archive_filter_count" },
	{ &library.filter_bytes, "archive_filter_bytes" },
	{ &library.open, "archive_read_open" },
	{ &library.next_header, "archive_read_next_header" },
	{ &library.read_data, "archive_read_data" },
};

struct archive_reader {
	struct archive *archive;
	const struct deadline *deadline;
	int descriptor;
	int64_t offset; /* of the compressed bytes */
	int read_error; /* of read_compressed(), as -errno */
	bool is_started, is_empty;
	char input[INPUT_ROOM];
};

/* As pread(2), but -errno. */
static ssize_t read_at(int descriptor, void *bytes, size_t room, int64_t offset)
{
	ssize_t got;
	do
		got = pread(descriptor, bytes, room, (off_t)offset);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

static bool is_late(const struct archive_reader *reader)
{
	return reader->deadline && deadline_is_over(reader->deadline);
}

/* libarchive's callback. The descriptor's own offset is not used, so others may read it too. The
 * deadline counts here as well: a file of nothing but empty members never gives a byte. */
static la_ssize_t read_compressed(struct archive *archive, void *context, const void **ret)
{
	struct archive_reader *reader = context;
	(void)archive;
	ssize_t got = is_late(reader)
		? -ETIMEDOUT
		: read_at(reader->descriptor, reader->input, sizeof reader->input, reader->offset);
	if (got < 0) {
		reader->read_error = (int)got;
		return ARCHIVE_FATAL;
	}
	reader->offset += got;
	*ret = reader->input;
	return got;
}

static int load(const struct archive_kind *kind, struct strbuf *why)
{
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	if (library.read_new ||
	    lazylib_load(LIBARCHIVE_SONAME, "libarchive13 or libarchive13t64", symbols,
	                 ARRAY_SIZE(symbols), &reason) == 0)
		return 0;
	return strbuf_fail(why, -ENOTSUP, "it is packed with %s, and %s", kind->name,
	                   strbuf_text(&reason));
}

/* Only the filter of KIND, or libarchive would also unpack another kind inside it. Not ARCHIVE_OK:
 * it would start a program. */
static int prepare(struct archive *archive, const struct archive_kind *kind, struct strbuf *why)
{
	if (!archive || library.support_raw(archive) != ARCHIVE_OK ||
	    library.support_empty(archive) != ARCHIVE_OK)
		return strbuf_fail(why, -ENOMEM, "libarchive can't be set up: out of memory");
	if (library.support_filter[kind->filter](archive) != ARCHIVE_OK)
		return strbuf_fail(why, -ENOTSUP,
		                   "it is packed with %s: this libarchive can't unpack it",
		                   kind->name);
	return 0;
}

int archive_open(struct archive_reader **ret, int descriptor, const struct archive_kind *kind,
                 const struct deadline *deadline, struct strbuf *why)
{
	int error = load(kind, why);
	if (error < 0)
		return error;
	struct archive_reader *reader = xalloc_zero(1, sizeof *reader);
	reader->descriptor = descriptor;
	reader->deadline = deadline;
	reader->archive = library.read_new();
	error = prepare(reader->archive, kind, why);
	if (error < 0)
		archive_close(reader);
	else
		*ret = reader;
	return error;
}

void archive_close(struct archive_reader *reader)
{
	if (!reader)
		return;
	if (reader->archive)
		library.read_free(reader->archive);
	free(reader);
}

/* A file that is cut off in its header is plain for libarchive: only the filter that reads the file
 * is there then. */
static int start(struct archive_reader *reader)
{
	struct archive_entry *entry;
	reader->is_started = true;
	int result = library.open(reader->archive, reader, NULL, read_compressed, NULL);
	if (result == ARCHIVE_OK)
		result = library.next_header(reader->archive, &entry);
	reader->is_empty = result == ARCHIVE_EOF;
	if (result != ARCHIVE_OK && result != ARCHIVE_EOF)
		return -EBADMSG;
	return library.filter_count(reader->archive) > 1 ? 0 : -EBADMSG;
}

/* libarchive ends at what isn't compressed, and says nothing. */
static ssize_t check_end(const struct archive_reader *reader)
{
	char byte;
	ssize_t got = read_at(reader->descriptor, &byte, 1,
	                      library.filter_bytes(reader->archive, -1));
	return got > 0 ? -EBADMSG : got;
}

ssize_t archive_read(struct archive_reader *reader, void *bytes, size_t room)
{
	if (is_late(reader))
		return -ETIMEDOUT;
	int error = reader->is_started ? 0 : start(reader);
	la_ssize_t got = error;
	if (error == 0 && !reader->is_empty)
		got = library.read_data(reader->archive, bytes,
		                        room < PIECE_MOST ? room : PIECE_MOST);
	if (got <= 0 &&
	    reader->read_error) /* between two members libarchive takes a failure for the end */
		return reader->read_error;
	if (got < 0)
		return -EBADMSG;
	return got == 0 && room > 0 ? check_end(reader) : (ssize_t)got;
}

#endif
