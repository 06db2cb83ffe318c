/* service.h - what one geolocation service does: a server somewhere else that is asked
 *
 * It is asked for many addresses at once, within a deadline, and for each of them once: what it
 * answered is kept. A service knows nothing of --geo, of lists, or of where its answers are kept.
 *
 * A new service is one file with its row, and one line in the façade's table.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_SERVICE_H
#define GEO_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/deadline.h"
#include "common/ipaddr.h"
#include "common/slice.h"
#include "common/strbuf.h"
#include "plugin/place.h"

#define GEO_OUTCOME_WHY 300
#define GEO_PAUSE_MOST_SEC 86400 /* no service may ask for a longer pause */

/* What became of questions to a service. */
struct geo_outcome {
	size_t asked, answered; /* addresses */
	/* of the first failure, in a few words; "" if there was none */
	char why[GEO_OUTCOME_WHY];
	int64_t pause_sec; /* > 0: it wants to be left alone for so long */
};

/* PLACE has no country if the service knows none of ADDRESS. */
typedef void geo_answer_fn(void *context, const struct ipaddr *address, const struct place *place);

struct geo_service {
	const char *name;    /* as --geo has it */
	bool is_for_auto;    /* "auto" is this one where no database is found */
	bool knows_tunnels;  /* false: of a tunnel's address it is asked for the one inside */
	int64_t nowhere_sec; /* how long "I know no country of it" is kept; a country as the
	                        administrator says */

	/* Is URL ("" or no data: the service's own) one that may be asked? 0, or -EINVAL with
	 * WHY. */
	int (*check_url)(struct slice url, struct strbuf *why);

	/* TOKEN_FILE (may be NULL) is read now, nobody is asked yet: 0 with *RET, or -errno with
	 * WHY; the token itself is in no message. */
	int (*open)(void **ret, struct slice url, const char *token_file, struct strbuf *why);

	/* Asks for COUNT distinct public addresses; FUNCTION gets each that was answered. */
	void (*ask)(void *service, const struct ipaddr *addresses, size_t count,
	            const struct deadline *deadline, geo_answer_fn *function, void *context,
	            struct geo_outcome *ret);

	/* Appends its name and URL, and whether that is not encrypted. */
	void (*describe)(const void *service, struct strbuf *text);

	void (*close)(void *service);
};

extern const struct geo_service geo_service_ipinfo;

#endif
