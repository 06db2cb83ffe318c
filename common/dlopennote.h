/* dlopennote.h - says in the program's file which libraries it may load while it runs
 *
 * A library that is loaded with dlopen() is in no DT_NEEDED entry, so who makes a package doesn't
 * see it. DLOPEN_NOTE() puts it into the section .note.dlopen, from which packaging tools
 * (dlopen-notes, dh_dlopenlibdeps, rpm) make a Recommends or Suggests. The format is that of
 * https://uapi-group.org/specifications/specs/elf_dlopen_metadata/: a note of the owner "FDO" with
 * a JSON array of objects.
 *
 *	readelf --notes check_mail_geo; objdump -s -j .note.dlopen check_mail_geo
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DLOPENNOTE_H
#define DLOPENNOTE_H

#include <elf.h>

#define DLOPEN_NOTE_OWNER "FDO"
#define DLOPEN_NOTE_TYPE 0x407c0c0aU

/* How much is missing without the library: what most runs want, or what some want. There is none
 * that the program can't do without: that one is linked. */
#define DLOPEN_NOTE_RECOMMENDED "recommended"
#define DLOPEN_NOTE_SUGGESTED "suggested"

/* Outside of functions, once a library, in the file that loads it. All are string literals without
 * quotes and backslashes in them: FEATURE is a word, DESCRIPTION says what it is for, SONAME is
 * what lazylib_load() gets. */
#define DLOPEN_NOTE(feature, description, priority, soname) \
	DLOPEN_NOTE_OF("[{\"feature\":\"" feature "\",\"description\":\"" description \
	               "\",\"priority\":\"" priority "\",\"soname\":[\"" soname "\"]}]")

/* One note, in whole words, so that the next one begins where a reader of notes looks for it: the
 * compiler would align it for speed, and AddressSanitizer put a gap behind it. */
#if defined __clang__
#define DLOPEN_NOTE_ATTRIBUTES \
	used, aligned(sizeof(Elf32_Word)), section(".note.dlopen"), no_sanitize("address")
#else
#define DLOPEN_NOTE_ATTRIBUTES used, aligned(sizeof(Elf32_Word)), section(".note.dlopen")
#endif

#define DLOPEN_NOTE_OF(json) \
	static const struct { \
		Elf32_Nhdr header; /* three words; those of Elf64_Nhdr are the same */ \
		char owner[sizeof DLOPEN_NOTE_OWNER]; \
		_Alignas(Elf32_Word) char text[(sizeof(json) + 3) / 4 * 4]; \
	} dlopen_note __attribute__((DLOPEN_NOTE_ATTRIBUTES)) = { \
		{ sizeof DLOPEN_NOTE_OWNER, sizeof(json), DLOPEN_NOTE_TYPE }, \
		DLOPEN_NOTE_OWNER, \
		json, \
	}

#endif
