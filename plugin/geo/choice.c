/* choice.c - the syntax of --geo; see choice.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/geo/choice.h"
#include "plugin/geo/ipinfo.h"

#define AUTO "auto"

const struct geo_driver *const geo_drivers[] = {
	&geo_driver_mmdb,
#ifdef WITH_LIBLOC
	&geo_driver_libloc,
#endif
	NULL,
};

static const struct geo_driver *driver_by_name(struct slice name)
{
	for (size_t i = 0; geo_drivers[i]; i++) {
		if (slice_equals(name, geo_drivers[i]->name))
			return geo_drivers[i];
	}
	return NULL;
}

static int unknown_name(struct slice name, struct strbuf *why)
{
	struct strbuf known CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	for (size_t i = 0; geo_drivers[i]; i++)
		strbuf_add_format(&known, ", %s[:FILE]", geo_drivers[i]->name);
	return strbuf_fail(why, -EINVAL,
	                   "unknown source '%.*s': the known ones are " AUTO "%s, " CHOICE_REMOTE
	                   "[:URL]",
	                   (int)(name.length < NAME_MAX ? name.length : NAME_MAX), name.data,
	                   strbuf_text(&known));
}

static int parse_one(struct choice *ret, struct slice text, struct strbuf *why)
{
	/* A file's name may have colons; the first one ends our name. */
	bool has_file = slice_find(text, SLICE_LITERAL(":")) < text.length;
	struct slice name = slice_take_until(&text, ':');
	if (!name.length)
		return strbuf_fail(why, -EINVAL, "a name is missing in the list of sources");
	if (slice_equals(name, AUTO))
		return strbuf_fail(why, -EINVAL,
		                   "'" AUTO "' stands alone, without a file or other sources");
	if (has_file && !text.length)
		return strbuf_fail(why, -EINVAL, "the file is missing after '%.*s:'",
		                   (int)name.length, name.data);
	*ret = (struct choice){ .driver = driver_by_name(name),
		                .is_remote = slice_equals(name, CHOICE_REMOTE) };
	if (!ret->driver && !ret->is_remote)
		return unknown_name(name, why);
	if (has_file)
		ret->file = text;
	return ret->is_remote ? ipinfo_check_url(ret->file, why) : 0;
}

int choice_parse(struct choice *ret, const char *source, struct strbuf *why)
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
		int error = parse_one(&ret[count], slice_take_until(&rest, ','), why);
		if (error)
			return error;
		for (int i = 0; i < count; i++)
			if (ret[count].is_remote && ret[i].is_remote)
				return strbuf_fail(why, -EINVAL,
				                   CHOICE_REMOTE " can be in the list once only");
		count++;
	}
	return count;
}
