/* worst.c - what the lines of worstline.c cost: nanoseconds a byte, and how they grow with a line
 *
 * Prints a row a line, "FORMAT NS RATIO UNIT": NS a byte at 64 KiB, and RATIO to that at 20 KiB:
 * 1.0 is a cost that grows with a line, 3.2 one that grows with its square. CPU time, the least of
 * several runs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <time.h>

#include "common/printable.h"
#include "tests/bench/worstline.h"

#define NOW_SEC INT64_C(1795521600) /* 2026-11-24 12:00 UTC */
/* above 16 KiB, from where on a line of JSON is read twice: Docker may have cut it */
#define SHORT 20480
#define RUNS 5
#define BYTES_A_RUN (1 << 20)

static double now_ns(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double run_ns_a_byte(struct logformat_reader *reader, struct slice line)
{
	struct login login;
	size_t bytes = 0;
	double begin = now_ns();
	while (bytes < BYTES_A_RUN) {
		(void)logformat_read(reader, &login, line);
		bytes += line.length;
	}
	return (now_ns() - begin) / (double)bytes;
}

static double ns_a_byte(struct logformat_reader *reader, const struct worstline *line,
                        size_t length)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(WORSTLINE_MOST + 1);
	double least = 1e9;
	worstline_write(line, length, &text);
	for (int i = 0; i < RUNS; i++) {
		double found = run_ns_a_byte(reader, slice_make(strbuf_text(&text), text.length));
		least = found < least ? found : least;
	}
	return least;
}

int main(void)
{
	struct logformat_reader *reader CLEANUP(logformat_closep) = logformat_open(LOGFORMAT_ALL,
	                                                                           NOW_SEC);
	for (size_t i = 0; i < worstline_count; i++) {
		struct strbuf unit CLEANUP(strbuf_release) = STRBUF_INIT(100);
		double ns = ns_a_byte(reader, &worstlines[i], WORSTLINE_MOST);
		double ratio = ns / ns_a_byte(reader, &worstlines[i], SHORT);
		printable_add(&unit, slice_string(worstlines[i].unit), 16);
		printf("%s %.2f %.2f \"%s\"\n", worstlines[i].format, ns, ratio,
		       strbuf_text(&unit));
	}
	return 0;
}
