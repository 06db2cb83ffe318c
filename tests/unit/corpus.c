/* corpus.c - the lines of tests/corpus; see corpus.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/strbuf.h"
#include "common/xalloc.h"
#include "tests/unit/corpus.h"

#define ROWS_MOST 3000
#define ROWS_LEAST_A_FILE 10
#define FILE_MAX_BYTES 1000000

#define FILES_MOST 40

static struct strbuf texts[FILES_MOST];
static struct row rows[ROWS_MOST];
static size_t row_count;

static bool read_judgement(enum line_kind *ret, struct slice text)
{
	static const struct {
		const char *text;
		enum line_kind kind;
	} judgements[] = {
		{ "0", LINE_OTHER },
		{ "1", LINE_LOGIN },
		{ "s", LINE_SESSION },
		{ "a", LINE_AMBIGUOUS },
	};
	for (size_t i = 0; i < ARRAY_SIZE(judgements); i++) {
		if (slice_equals(text, judgements[i].text)) {
			*ret = judgements[i].kind;
			return true;
		}
	}
	return false;
}

static bool read_row(struct row *row, struct slice line)
{
	row->format = slice_take_until(&line, '\t');
	if (!row->format.length || !read_judgement(&row->kind, slice_take_until(&line, '\t')))
		return false;
	row->user = slice_take_until(&line, '\t');
	struct slice address = slice_take_until(&line, '\t');
	row->has_address = ipaddr_parse(&row->address, address);
	row->line = line;
	if (row->kind == LINE_OTHER || row->kind == LINE_AMBIGUOUS)
		return !row->user.length && !address.length;
	return row->has_address || slice_equals(address, "unknown") || slice_equals(address, "-");
}

/* The first line of the text that can't be understood, 0 if there is none. */
static size_t read_rows(const char *file, struct slice rest)
{
	struct slice reason = { 0 };
	for (size_t number = 1; rest.length; number++) {
		struct slice line = slice_take_until(&rest, '\n');
		if (slice_take_string(&line, "# ")) {
			reason = line;
		} else if (line.length) {
			if (row_count == ROWS_MOST || !reason.length)
				return number;
			struct row *row = &rows[row_count++];
			*row = (struct row){ .file = file, .number = number, .reason = reason };
			if (!read_row(row, line))
				return number;
			reason = (struct slice){ 0 };
		}
	}
	return 0;
}

static bool read_file(struct strbuf *text, const char *path)
{
	FILE *file = fopen(path, "r");
	if (!file)
		return false;
	char bytes[4096];
	size_t length;
	strbuf_init(text, FILE_MAX_BYTES);
	while ((length = fread(bytes, 1, sizeof bytes, file)))
		strbuf_add(text, bytes, length);
	bool is_read = !ferror(file);
	fclose(file);
	return is_read && !text->truncated;
}

/* Each format has a file, and what stands in front of their lines; NULL at the end. */
static const char *file_name(size_t number)
{
	return number == 0 ? "header" : logformat_name(number - 1);
}

static bool load_file(size_t i, const char *name)
{
	const char *directory = getenv("srcdir");
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(4000);
	strbuf_add_format(&path, "%s/tests/corpus/%s.tsv", directory ? directory : ".", name);
	size_t count_before = row_count;
	if (!read_file(&texts[i], strbuf_text(&path))) {
		fprintf(stderr, "%s can't be read\n", strbuf_text(&path));
		return false;
	}
	size_t bad = read_rows(name, slice_make(strbuf_text(&texts[i]), texts[i].length));
	if (bad)
		fprintf(stderr, "%s:%zu: not a row with a reason above it\n", strbuf_text(&path),
		        bad);
	else if (row_count - count_before < ROWS_LEAST_A_FILE)
		fprintf(stderr, "%s has only %zu rows\n", strbuf_text(&path),
		        row_count - count_before);
	return !bad && row_count - count_before >= ROWS_LEAST_A_FILE;
}

bool corpus_load(void)
{
	const char *name;
	for (size_t i = 0; (name = file_name(i)); i++)
		if (i == FILES_MOST || !load_file(i, name))
			return false;
	return true;
}

void corpus_release(void)
{
	for (size_t i = 0; i < FILES_MOST; i++)
		strbuf_release(&texts[i]);
}

size_t corpus_count(void)
{
	return row_count;
}

const struct row *corpus_row(size_t number)
{
	return &rows[number];
}
