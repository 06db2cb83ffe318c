/* timezone.h - is this the name of a time zone that the C library knows?
 *
 * mktime(3) takes any other name for UTC and says nothing.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TIMEZONE_H
#define TIMEZONE_H

#include <stdbool.h>

/* A name of the zone database ("Europe/Berlin", looked up below $TZDIR or /usr/share/zoneinfo),
 * "UTC", or the begin of a POSIX TZ text ("CET-1CEST,M3.5.0,M10.5.0/3"). */
bool timezone_is_known(const char *name);

#endif
