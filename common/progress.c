/* progress.c - a bar on the terminal while a long file is read by hand; see progress.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/printable.h"
#include "common/progress.h"

#define FIRST_MS 1000 /* a short run shows nothing */
#define NEXT_MS 100
#define BAR_COLUMNS 25
#define NAME_COLUMNS 30
#define LINE_MAX_BYTES 300

static int64_t clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_start(struct progress *progress, int descriptor, const char *name,
                    int64_t total_bytes)
{
	const char *slash = strrchr(name, '/');
	int64_t now_ms = clock_ms();
	*progress = (struct progress){
		.descriptor = isatty(descriptor) ? descriptor : -1,
		.start_ms = now_ms,
		.shown_ms = now_ms,
		.name = slash && slash[1] ? slash + 1 : name,
		.total_bytes = total_bytes,
	};
}

static void add_size(struct strbuf *text, int64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double size = (double)bytes / 1024;
	size_t unit = 0;
	for (; size >= 1024 && unit + 1 < ARRAY_SIZE(units); unit++)
		size /= 1024;
	strbuf_add_format(text, "%.1f %s", size, units[unit]);
}

static void add_bar(struct strbuf *text, double part)
{
	strbuf_add_format(text, "%3.0f%% [", part * 100);
	for (int i = 0; i < BAR_COLUMNS; i++)
		strbuf_add_char(text, i < part * BAR_COLUMNS ? '#' : '.');
	strbuf_add_string(text, "] ");
}

/* A terminal that doesn't take it all shows less: nothing depends on it. */
static void put(const struct progress *progress, const struct strbuf *text)
{
	ssize_t written = write(progress->descriptor, strbuf_text(text), text->length);
	(void)written;
}

void progress_show(struct progress *progress, int64_t done_bytes)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(LINE_MAX_BYTES);
	int64_t now_ms = progress->descriptor < 0 ? 0 : clock_ms();
	if (progress->descriptor < 0 || now_ms - progress->start_ms < FIRST_MS ||
	    now_ms - progress->shown_ms < NEXT_MS)
		return;
	if (done_bytes > progress->total_bytes)
		progress->total_bytes = 0; /* compressed files are among them */
	double part = progress->total_bytes > 0 ? (double)done_bytes / (double)progress->total_bytes
						: 0;
	strbuf_add_char(&text, '\r');
	printable_add(&text, slice_string(progress->name), NAME_COLUMNS);
	strbuf_add_string(&text, "  ");
	if (progress->total_bytes > 0)
		add_bar(&text, part < 0 ? 0 : part > 1 ? 1 : part);
	add_size(&text, done_bytes);
	strbuf_add_string(&text, "\033[K"); /* what is left of a longer one */
	put(progress, &text);
	progress->shown_ms = now_ms;
	progress->is_shown = true;
}

void progress_end(struct progress *progress)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(LINE_MAX_BYTES);
	if (!progress->is_shown)
		return;
	strbuf_add_string(&text, "\r\033[K");
	put(progress, &text);
	progress->is_shown = false;
}
