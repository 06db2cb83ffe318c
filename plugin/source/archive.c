/* archive.c - unpacking gzip, bzip2, xz and zstd; see archive.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#ifdef LIBARCHIVE_SONAME
#include <archive.h>
#include <archive_entry.h>
#endif

#include "common/lazylib.h"
#include "common/xalloc.h"
#include "plugin/source/archive.h"

static const struct {
	struct slice magic;
	const char *name;
} kinds[] = {
	{ { "\x1f\x8b", 2 }, "gzip" },
	{ { "BZh", 3 }, "bzip2" },
	{ { "\xfd" "7zXZ\0", 6 }, "xz" },
	{ { "\x28\xb5\x2f\xfd", 4 }, "zstd" },
};

const char *archive_kind(struct slice head)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (head.length >= kinds[i].magic.length && memcmp(head.data, kinds[i].magic.data, kinds[i].magic.length) == 0)
			return kinds[i].name;
	return NULL;
}

#ifndef LIBARCHIVE_SONAME

int archive_open(struct archive_reader **ret, int descriptor, struct strbuf *why)
{
	(void)ret, (void)descriptor;
	return strbuf_fail(why, -ENOTSUP, "this build can't unpack: it was made without libarchive");
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

#define INPUT_ROOM (128 * 1024)

/* Of libarchive, what is used, with the types of its own header. */
static struct {
	__typeof__(archive_read_new) *read_new;
	__typeof__(archive_read_free) *read_free;
	__typeof__(archive_read_support_format_raw) *support_raw;
	__typeof__(archive_read_support_format_empty) *support_empty;
	__typeof__(archive_read_support_filter_gzip) *support_gzip;
	__typeof__(archive_read_support_filter_bzip2) *support_bzip2;
	__typeof__(archive_read_support_filter_xz) *support_xz;
	__typeof__(archive_read_support_filter_zstd) *support_zstd;
	__typeof__(archive_read_open) *open;
	__typeof__(archive_read_next_header) *next_header;
	__typeof__(archive_read_data) *read_data;
} library;

static const struct lazylib_symbol symbols[] = {
	{ &library.read_new, "archive_read_new" },
	{ &library.read_free, "archive_read_free" },
	{ &library.support_raw, "archive_read_support_format_raw" },
	{ &library.support_empty, "archive_read_support_format_empty" },
	{ &library.support_gzip, "archive_read_support_filter_gzip" },
	{ &library.support_bzip2, "archive_read_support_filter_bzip2" },
	{ &library.support_xz, "archive_read_support_filter_xz" },
	{ &library.support_zstd, "archive_read_support_filter_zstd" },
	{ &library.open, "archive_read_open" },
	{ &library.next_header, "archive_read_next_header" },
	{ &library.read_data, "archive_read_data" },
};

struct archive_reader {
	struct archive *archive;
	int descriptor;
	int64_t offset;   /* of the packed bytes */
	int read_error;   /* of pread(2), as -errno */
	bool is_ended, is_begun;
	char input[INPUT_ROOM];
};

/* libarchive's callback. The descriptor's own offset is not used, so others may read it too. */
static la_ssize_t read_packed(struct archive *archive, void *context, const void **ret)
{
	struct archive_reader *reader = context;
	ssize_t got;
	(void)archive;
	do {
		got = pread(reader->descriptor, reader->input, sizeof reader->input, (off_t)reader->offset);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		reader->read_error = -errno;
		return ARCHIVE_FATAL;
	}
	reader->offset += got;
	*ret = reader->input;
	return got;
}

static bool prepare(struct archive *archive)
{
	return library.support_raw(archive) == ARCHIVE_OK && library.support_empty(archive) == ARCHIVE_OK
		&& library.support_gzip(archive) == ARCHIVE_OK && library.support_bzip2(archive) == ARCHIVE_OK
		&& library.support_xz(archive) == ARCHIVE_OK && library.support_zstd(archive) == ARCHIVE_OK;
}

int archive_open(struct archive_reader **ret, int descriptor, struct strbuf *why)
{
	if (!library.read_new && lazylib_load(LIBARCHIVE_SONAME, "libarchive13 or libarchive13t64", symbols, ARRAY_SIZE(symbols), why) < 0)
		return -ENOTSUP;
	struct archive_reader *reader = xalloc_zero(1, sizeof *reader);
	reader->descriptor = descriptor;
	reader->archive = library.read_new();
	if (!reader->archive || !prepare(reader->archive)) {
		archive_close(reader);
		return strbuf_fail(why, -ENOMEM, "libarchive can't be set up: out of memory, or a filter is missing");
	}
	*ret = reader;
	return 0;
}

void archive_close(struct archive_reader *reader)
{
	if (!reader)
		return;
	if (reader->archive)
		library.read_free(reader->archive);
	free(reader);
}

static int begin(struct archive_reader *reader)
{
	struct archive_entry *entry;
	reader->is_begun = true;
	int result = library.open(reader->archive, reader, NULL, read_packed, NULL);
	if (result == ARCHIVE_OK)
		result = library.next_header(reader->archive, &entry);
	if (result == ARCHIVE_EOF)
		reader->is_ended = true;
	return result == ARCHIVE_OK || result == ARCHIVE_EOF ? 0 : -EBADMSG;
}

ssize_t archive_read(struct archive_reader *reader, void *bytes, size_t room)
{
	int error = reader->is_begun ? 0 : begin(reader);
	if (error < 0 || reader->is_ended)
		return reader->read_error ? reader->read_error : error;
	la_ssize_t got = library.read_data(reader->archive, bytes, room);
	if (got < 0)
		return reader->read_error ? reader->read_error : -EBADMSG;
	reader->is_ended = got == 0;
	return (ssize_t)got;
}

#endif
