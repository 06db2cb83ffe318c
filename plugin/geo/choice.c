/* choice.c - the syntax of --geo; see choice.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/geo/choice.h"

#define AUTO "auto"

/* False: there is no such name. */
static bool find_kind(struct choice *ret, struct slice name, const struct geo_kinds *kinds)
{
	*ret = (struct choice){ 0 };
	for (size_t i = 0; kinds->databases[i]; i++)
		if (slice_equals(name, kinds->databases[i]->name))
			ret->database = kinds->databases[i];
	for (size_t i = 0; kinds->services[i]; i++)
		if (slice_equals(name, kinds->services[i]->name))
			ret->service = kinds->services[i];
	return ret->database || ret->service;
}

void choice_add_names(struct strbuf *text, const struct geo_kinds *kinds)
{
	strbuf_add_string(text, AUTO);
	for (size_t i = 0; kinds->databases[i]; i++)
		strbuf_add_format(text, ", %s[:FILE]", kinds->databases[i]->name);
	for (size_t i = 0; kinds->services[i]; i++)
		strbuf_add_format(text, ", %s[:URL]", kinds->services[i]->name);
}

static int unknown_name(struct slice name, const struct geo_kinds *kinds, struct strbuf *why)
{
	struct strbuf known CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	choice_add_names(&known, kinds);
	return strbuf_fail(why, -EINVAL, "unknown source '%.*s': the known ones are %s",
	                   (int)(name.length < NAME_MAX ? name.length : NAME_MAX), name.data,
	                   strbuf_text(&known));
}

static int parse_one(struct choice *ret, struct slice text, const struct geo_kinds *kinds,
                     struct strbuf *why)
{
	/* A file's name may have colons; the first one ends our name. */
	bool has_place = slice_find(text, SLICE_LITERAL(":")) < text.length;
	struct slice name = slice_take_until(&text, ':');
	if (!name.length)
		return strbuf_fail(why, -EINVAL, "a name is missing in the list of sources");
	if (slice_equals(name, AUTO))
		return strbuf_fail(why, -EINVAL,
		                   "'" AUTO "' stands alone, without a file or other sources");
	if (has_place && !text.length)
		return strbuf_fail(why, -EINVAL, "the file is missing after '%.*s:'",
		                   (int)name.length, name.data);
	if (!find_kind(ret, name, kinds))
		return unknown_name(name, kinds, why);
	if (has_place)
		ret->place = text;
	return ret->service ? ret->service->check_url(ret->place, why) : 0;
}

/* What one service answered is kept without its name, and it has one pause: so there is one. */
static int check_one_service(const struct choice *choices, int count, struct strbuf *why)
{
	const struct geo_service *first = NULL;
	for (int i = 0; i < count; i++) {
		if (!choices[i].service)
			continue;
		if (first == choices[i].service)
			return strbuf_fail(why, -EINVAL, "%s can be in the list once only",
			                   first->name);
		if (first)
			return strbuf_fail(why, -EINVAL, "%s and %s can't both be in the list",
			                   first->name, choices[i].service->name);
		first = choices[i].service;
	}
	return 0;
}

int choice_parse(struct choice *ret, const char *source, const struct geo_kinds *kinds,
                 struct strbuf *why)
{
	struct slice rest = slice_string(source);
	if (slice_equals(rest, AUTO)) {
		ret[0] = (struct choice){ 0 };
		return 1;
	}
	int count = 0;
	bool is_last = false;
	while (!is_last) {
		if (count == CHOICES_MAX)
			return strbuf_fail(why, -EINVAL, "more than %d sources", CHOICES_MAX);
		is_last = slice_find(rest, SLICE_LITERAL(",")) == rest.length;
		int error = parse_one(&ret[count], slice_take_until(&rest, ','), kinds, why);
		if (!error)
			error = check_one_service(ret, ++count, why);
		if (error)
			return error;
	}
	return count;
}
