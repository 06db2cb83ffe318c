/* input.c - what the fuzz targets of files and answers have in common; see input.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <dirent.h>
#include <fcntl.h>

#include "tests/fuzz/input.h"

const struct fuzz_input fuzz_inputs[] = {
	{ "state", fuzz_state }, { "mmdb", fuzz_mmdb }, { "libloc", fuzz_libloc },
#ifdef LIBCARES_SONAME
	{ "dns", fuzz_dns },
#endif
	{ "json", fuzz_json },   { "ini", fuzz_ini },   { "options", fuzz_options },
	{ "zones", fuzz_zones }, { "", NULL },
};

void fuzz_input(const char *name, const uint8_t *bytes, size_t length)
{
	for (const struct fuzz_input *input = fuzz_inputs; *input->name; input++)
		if (strcmp(input->name, name) == 0)
			input->check(bytes, length < FUZZ_INPUT_MOST ? length : FUZZ_INPUT_MOST);
}

/* --- promises --- */

void fuzz_promise(bool is_kept, const char *what)
{
	if (is_kept)
		return;
	fprintf(stderr, "broken promise: %s\n", what);
	abort();
}

void fuzz_promise_why(int result, const struct strbuf *why)
{
	const char *text = strbuf_text(why);
	fuzz_promise(result >= 0 || *text, "a failure says why");
	for (; result < 0 && *text; text++)
		fuzz_promise((unsigned char)*text >= ' ' && *text != 0x7f,
		             "a reason has no control characters");
}

/* --- files --- */

static char directory[PATH_MAX], path[PATH_MAX + 100];

static void remove_directory(void)
{
	fuzz_remove_all();
	rmdir(directory);
}

const char *fuzz_path(const char *name)
{
	const char *tmp = getenv("TMPDIR");
	if (!directory[0]) {
		snprintf(directory, sizeof directory, "%s/fuzz.XXXXXX", tmp && *tmp ? tmp : "/tmp");
		fuzz_promise(mkdtemp(directory) != NULL, "a temporary directory can be made");
		atexit(remove_directory);
	}
	snprintf(path, sizeof path, "%s/%s", directory, name);
	return path;
}

const char *fuzz_file(const char *name, const void *bytes, size_t length)
{
	int descriptor = open(fuzz_path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	fuzz_promise(descriptor >= 0 && write(descriptor, bytes, length) == (ssize_t)length,
	             "a temporary file can be written");
	close(descriptor);
	return path;
}

void fuzz_remove_all(void)
{
	DIR *open_directory = opendir(directory);
	const struct dirent *entry;
	while (open_directory && (entry = readdir(open_directory)))
		if (entry->d_name[0] != '.')
			unlink(fuzz_path(entry->d_name));
	if (open_directory)
		closedir(open_directory);
}

void fuzz_patch(unsigned char *data, size_t size, const uint8_t *bytes, size_t length)
{
	while (length > 4) {
		size_t at = ((size_t)bytes[0] << 16 | (size_t)bytes[1] << 8 | bytes[2]) % size,
		       count = bytes[3];
		bytes += 4;
		length -= 4;
		count = count < length ? count : length;
		memcpy(data + at, bytes, count < size - at ? count : size - at);
		bytes += count;
		length -= count;
	}
}
