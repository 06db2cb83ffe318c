/* test_replay.c - replays the seeds of the fuzz targets, and what fuzzing found, without libFuzzer
 *
 * Each line of tests/corpus/NAME.tsv goes to each target of lines; so do the files of
 * tests/fuzz/found. Those of tests/fuzz/seeds/NAME go to the target NAME of files and answers, as
 * they are, and spoiled at some places. A broken promise aborts. The output is TAP.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <glob.h>

#include "common/slice.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/line.h"

#define LINE_ROOM 200000
#define SPOILED 40 /* times that each seed is */

static char bytes[LINE_ROOM];

/* The line of a row is behind four tabs. How many rows. */
static int replay_rows(const char *path)
{
	FILE *file = fopen(path, "r");
	int rows = 0;
	while (file && fgets(bytes, sizeof bytes, file)) {
		struct slice line = slice_string(bytes);
		if (bytes[0] == '#' || bytes[0] == '\n')
			continue;
		if (slice_ends_with(line, "\n"))
			line.length--;
		for (int i = 0; i < 4; i++)
			slice_take_until(&line, '\t');
		fuzz_line(NULL, (const uint8_t *)line.data, line.length);
		rows++;
	}
	if (file)
		fclose(file);
	return rows;
}

static int replay_file(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t length = file ? fread(bytes, 1, sizeof bytes, file) : 0;
	fuzz_line(NULL, (const uint8_t *)bytes, length);
	if (file)
		fclose(file);
	return file != NULL;
}

static const char *target; /* of replay_input() */

static int replay_input(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t length = file ? fread(bytes, 1, sizeof bytes, file) : 0;
	fuzz_input(target, (const uint8_t *)bytes, length);
	for (size_t i = 0; i < SPOILED && length; i++) {
		size_t at = i * (length - 1) / (SPOILED - 1);
		char before = bytes[at];
		bytes[at] = (char)(i % 3 ? before ^ (1 << i % 8) : 0xff);
		fuzz_input(target, (const uint8_t *)bytes, length);
		bytes[at] = before;
		if (i % 8 == 0)
			fuzz_input(target, (const uint8_t *)bytes, at);
	}
	if (file)
		fclose(file);
	return file != NULL;
}

static void replay_all(int number, const char *pattern, int (*replay)(const char *))
{
	char path[4000];
	const char *directory = getenv("srcdir");
	glob_t found = { 0 };
	int count = 0;
	snprintf(path, sizeof path, "%s/%s", directory ? directory : ".", pattern);
	if (glob(path, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			count += replay(found.gl_pathv[i]);
	globfree(&found);
	printf("%sok %d - %d seeds of %s keep all promises\n", count ? "" : "not ", number, count,
	       pattern);
}

int main(void)
{
	int number = 2;
	setenv("TZ", "UTC0", 1);
	replay_all(1, "tests/corpus/*.tsv", replay_rows);
	replay_all(2, "tests/fuzz/found/*", replay_file);
	for (const struct fuzz_input *input = fuzz_inputs; *input->name; input++) {
		char pattern[100];
		target = input->name;
		snprintf(pattern, sizeof pattern, "tests/fuzz/seeds/%s/*", target);
		replay_all(++number, strcmp(target, "mmdb") ? pattern : "tests/fixtures/geo/*",
		           replay_input);
	}
	printf("1..%d\n", number);
	return 0;
}
