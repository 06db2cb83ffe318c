/* shellquote.h - file names in commands that a person may copy into a shell
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SHELLQUOTE_H
#define SHELLQUOTE_H

#include "common/strbuf.h"

/* Appends PATH as one word of a shell (POSIX, 2.2 Quoting), in quotes where it needs them. It stays
 * one word, and runs nothing, when printable_add_sentence() has put "?" for some of its bytes
 * afterwards: then it only names no file. A name with which that can't be had (it has a ' and one
 * of " ` $ \ ! or a byte that is no letter of ASCII) becomes the word FILE. */
void shellquote_add(struct strbuf *text, const char *path);

#endif
