/* input.h - what the fuzz targets of files and answers check, also used when their seeds are
 * replayed
 *
 * Each aborts, and says why, if the bytes break a promise. A file is written into a directory of
 * the process' own below $TMPDIR, which goes when the process ends.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"
#include "common/strbuf.h"

#define FUZZ_INPUT_MOST 200000 /* bytes that are looked at */

struct fuzz_input {
	const char *name;
	void (*check)(const uint8_t *bytes, size_t length);
};

extern const struct fuzz_input fuzz_inputs[]; /* an empty name ends them */

/* NAME's check. */
void fuzz_input(const char *name, const uint8_t *bytes, size_t length);

/* --- for the checks --- */

void fuzz_promise(bool is_kept, const char *what);

/* RESULT is no failure, or WHY says something, of bytes that a screen can take. */
void fuzz_promise_why(int result, const struct strbuf *why);

/* A path in the own directory, until the next call; and one with these bytes, for the user's eyes
 * only. */
const char *fuzz_path(const char *name);
const char *fuzz_file(const char *name, const void *bytes, size_t length);
void fuzz_remove_all(void); /* what is in the directory */

/* BYTES as patches (an offset of three bytes, a length of one, and so many bytes) to the SIZE bytes
 * of DATA. */
void fuzz_patch(unsigned char *data, size_t size, const uint8_t *bytes, size_t length);

void fuzz_state(const uint8_t *bytes, size_t length);
void fuzz_mmdb(const uint8_t *bytes, size_t length);
void fuzz_libloc(const uint8_t *bytes, size_t length);
void fuzz_dns(const uint8_t *bytes, size_t length);
void fuzz_json(const uint8_t *bytes, size_t length);
void fuzz_ini(const uint8_t *bytes, size_t length);
void fuzz_options(const uint8_t *bytes, size_t length);
void fuzz_zones(const uint8_t *bytes, size_t length);

#endif
