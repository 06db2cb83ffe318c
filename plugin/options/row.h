/* row.h - the table of options: what each is called, takes, sets, and its help
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef OPTIONS_ROW_H
#define OPTIONS_ROW_H

#include "plugin/options.h"

/* One row an option. Help text is wrapped by hand to fit behind column 8 of 80; \n begins a new
 * line. To be read by option_row_help(). */
struct option_row {
	const char *name;
	char letter;          /* 0: has none */
	const char *argument; /* NULL: takes none; in [ ] it is optional */
	/* VALUE is what was given, or NULL: 0, or -EINVAL with WHY, which is read behind
	 * "--name=value: ". */
	int (*set)(struct options *options, const char *value, struct strbuf *why);
	const char *help;
};

#define OPTION_ROWS_MAX 60

/* --log, and arguments without an option. */
int options_add_log(struct options *options, const char *value, struct strbuf *why);

extern const struct option_row option_rows[];
extern const size_t option_row_count;

/* The help of ROW, with the names in it that other tables have. */
void option_row_help(struct strbuf *text, const struct option_row *row);

#endif
