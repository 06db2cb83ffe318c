/* compat.h - the first include of every .c file
 *
 * Pulls in config.h (feature macros first) and the standard headers that nearly every file needs,
 * then bans the functions that can't be used safely: they have no length, no error, or a hidden
 * static buffer. Use strbuf for text, numparse for numbers, gmtime_r and localtime_r for time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMPAT_H
#define COMPAT_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

/* gcc and clang, which are the compilers that we build with. */
#define CLEANUP(function) __attribute__((__cleanup__(function)))
#define PRINTF_LIKE(text, first) __attribute__((__format__(printf, text, first)))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat gets strtok
#pragma GCC poison gmtime localtime ctime asctime atoi atol atof

#endif
