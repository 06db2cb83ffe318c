/* target_input.c - libFuzzer's entry: built once for each kind of file or answer, as FUZZ_INPUT
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "tests/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	fuzz_input(FUZZ_INPUT, bytes, length);
	return 0;
}
