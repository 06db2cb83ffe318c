/* target.c - libFuzzer's entry: built once for each log format, as FUZZ_FORMAT, and once for the
 * header parser with all of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "tests/fuzz/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	fuzz_line(FUZZ_FORMAT, bytes, length);
	return 0;
}
