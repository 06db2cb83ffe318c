/* batch.h - logins on their way into the state: gathered in memory, and written in the order of the
 * table
 *
 * A login written alone lands anywhere in the table. With a million of them there, each would read
 * and write a page of its own again and again; in order a page is touched once a batch.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_BATCH_H
#define STORE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"
#include "plugin/login.h"

#define BATCH_LOGINS_MAX 131072
#define BATCH_BYTES_MAX 8000000 /* of names */

struct batch;

struct batch_login {
	struct slice user, service; /* borrowed */
	struct slice address;       /* 16 bytes or none */
	char country[3];            /* "" if unlocated */
	int64_t place;              /* see place_rows.h */
	int64_t effective_at_sec, at_sec, count;
};

struct batch *batch_new(void);
void batch_free(struct batch *batch); /* NULL is fine */

/* Copies LOGIN. */
void batch_add(struct batch *batch, const struct batch_login *login);

size_t batch_count(const struct batch *batch); /* of NULL 0 */

/* True when it must be written before more is added. */
bool batch_is_full(const struct batch *batch);

/* Calls FUNCTION for each login by user, address, service and times, those that are equal in all of
 * that as one whose count is their sum, and empties BATCH. A result < 0 ends it and is returned. */
typedef int batch_fn(void *context, const struct batch_login *login);
int batch_drain(struct batch *batch, batch_fn *function, void *context);

#endif
