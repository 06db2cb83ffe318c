/* dateword.c - the words in the time of a log line; see dateword.h
 *
 * The names of the months are those of glibc 2.36.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/dateword.h"

#define MONTHS 12
#define LONGEST_BYTES 16 /* of a name, and its blanks */
#define ZONE_MAX 5

static const char english[MONTHS][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static const char *const others[][MONTHS] = {
	/* de */
	{ "Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez" },
	{ "Jän", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov",
	  "Dez" }, /* de_AT */
	/* fr */
	{ "janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.",
	  "nov.", "déc." },
	{ "jan", "fév", "mar", "avr", "mai", "jun", "jui", "aoû", "sep", "oct", "nov",
	  "déc" }, /* fr_CH */
	/* es */
	{ "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic" },
	{ "gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov",
	  "dic" }, /* it */
	/* pt */
	{ "jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez" },
	{ "Xan", "Feb", "Mar", "Abr", "Mai", "Xuñ", "Xul", "Ago", "Set", "Out", "Nov",
	  "Dec" }, /* gl */
	/* ca */
	{ "de gen.", "de febr.", "de març", "d’abr.", "de maig", "de juny", "de jul.", "d’ag.",
	  "de set.", "d’oct.", "de nov.", "de des." },
	{ "urt", "ots", "mar", "api", "mai", "eka", "uzt", "abu", "ira", "urr", "aza",
	  "abe" }, /* eu */
	/* nl */
	{ "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec" },
	{ "jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov",
	  "dec" }, /* sv, da */
	/* nb, nn */
	{ "jan.", "feb.", "mars", "april", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.",
	  "des." },
	{ "jan", "feb", "mar", "apr", "maí", "jún", "júl", "ágú", "sep", "okt", "nóv",
	  "des" }, /* is */
	/* fi */
	{ "tammi", "helmi", "maalis", "huhti", "touko", "kesä", "heinä", "elo", "syys", "loka",
	  "marras", "joulu" },
	{ "jaan ", "veebr", "märts", "apr  ", "mai  ", "juuni", "juuli", "aug  ", "sept ", "okt  ",
	  "nov  ", "dets " }, /* et */
	/* lv */
	{ "jan", "feb", "mar", "apr", "mai", "jūn", "jūl", "aug", "sep", "okt", "nov", "dec" },
	{ "saus.", "vas.", "kov.", "bal.", "geg.", "birž.", "liep.", "rugp.", "rugs.", "spal.",
	  "lapkr.", "gruod." }, /* lt */
	/* pl */
	{ "sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru" },
	{ "led", "úno", "bře", "dub", "kvě", "čen", "čec", "srp", "zář", "říj", "lis",
	  "pro" }, /* cs */
	/* sk */
	{ "jan", "feb", "mar", "apr", "máj", "jún", "júl", "aug", "sep", "okt", "nov", "dec" },
	{ "jan", "feb", "mar", "apr", "maj", "jun", "jul", "avg", "sep", "okt", "nov",
	  "dec" }, /* sl, sr latin */
	/* hr */
	{ "sij", "velj", "ožu", "tra", "svi", "lip", "srp", "kol", "ruj", "lis", "stu", "pro" },
	{ "jan", "febr", "márc", "ápr", "máj", "jún", "júl", "aug", "szept", "okt", "nov",
	  "dec" }, /* hu */
	/* ro */
	{ "ian", "feb", "mar", "apr", "mai", "iun", "iul", "aug", "sep", "oct", "nov", "dec" },
	{ "Jan", "Shk", "Mar", "Pri", "Maj", "Qer", "Kor", "Gsh", "Sht", "Tet", "Nën",
	  "Dhj" }, /* sq */
	/* tr */
	{ "Oca", "Şub", "Mar", "Nis", "May", "Haz", "Tem", "Ağu", "Eyl", "Eki", "Kas", "Ara" },
	{ "Ean", "Feabh", "Márta", "Aib", "Beal", "Meith", "Iúil", "Lún", "MFómh", "DFómh", "Samh",
	  "Noll" }, /* ga */
	/* el */
	{ "Ιαν", "Φεβ", "Μαρ", "Απρ", "Μαΐ", "Ιουν", "Ιουλ", "Αυγ", "Σεπ", "Οκτ", "Νοε", "Δεκ" },
	{ "яну", "фев", "мар", "апр", "май", "юни", "юли", "авг", "сеп", "окт", "ное",
	  "дек" }, /* bg */
	/* mk */
	{ "јан", "фев", "мар", "апр", "мај", "јун", "јул", "авг", "сеп", "окт", "ное", "дек" },
	{ "јан", "феб", "мар", "апр", "мај", "јун", "јул", "авг", "сеп", "окт", "нов",
	  "дец" }, /* sr */
	/* ru */
	{ "янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек" },
	{ "січ", "лют", "бер", "кві", "тра", "чер", "лип", "сер", "вер", "жов", "лис",
	  "гру" }, /* uk */
	/* be */
	{ "сту", "лют", "сак", "кра", "мая", "чэр", "ліп", "жні", "вер", "кас", "ліс", "сне" },
};

/* Most lines that come here begin with a host. */
static bool has_day_behind(struct slice line)
{
	for (size_t i = 2; i + 1 < line.length && i < LONGEST_BYTES; i++)
		if (line.data[i] == ' ' && slice_is_digit((unsigned char)line.data[i + 1]))
			return true;
	return false;
}

/* The longest name counts: "mars" begins with "mar". */
static unsigned find_month(size_t *ret_length, struct slice line)
{
	unsigned months = 0;
	*ret_length = 1;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		for (unsigned month = 0; month < MONTHS; month++) {
			const char *name = others[i][month];
			if (name[0] != line.data[0] || !slice_starts_with(line, name) ||
			    strlen(name) < *ret_length)
				continue;
			if (strlen(name) > *ret_length)
				months = 0;
			*ret_length = strlen(name);
			months |= 2U << month;
		}
	return months;
}

unsigned dateword_take_month(struct slice *line)
{
	size_t length = 3;
	unsigned months = 0;
	if (line->length < length || slice_is_digit((unsigned char)line->data[0]))
		return 0;
	for (unsigned month = 0; month < MONTHS && !months; month++)
		if (memcmp(line->data, english[month], length) == 0)
			months = 2U << month;
	if (!months && has_day_behind(*line))
		months = find_month(&length, *line);
	if (months)
		*line = slice_skip(*line, length);
	return months;
}

bool dateword_take_weekday(struct slice *line)
{
	static const char days[][5] = { "Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun " };
	size_t length = sizeof days[0] - 1;
	if (line->length < length || line->data[length - 1] != ' ') /* as most words are longer */
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		if (memcmp(line->data, days[i], length) != 0)
			continue;
		*line = slice_skip(*line, length);
		return true;
	}
	return false;
}

static bool is_capital(unsigned char byte)
{
	return byte >= 'A' && byte <= 'Z';
}

bool dateword_take_zone(bool *ret_is_utc, struct slice *line)
{
	static const char *const zones[] = {
		"UTC",  "GMT",  "WET",  "WEST", "CET",  "CEST", "MET",  "MEST", "EET", "EEST",
		"MSK",  "BST",  "IST",  "SAST", "CAT",  "EAT",  "WAT",  "EST",  "EDT", "CST",
		"CDT",  "MST",  "MDT",  "PST",  "PDT",  "AKST", "AKDT", "HST",  "AST", "ADT",
		"NST",  "NDT",  "JST",  "KST",  "HKT",  "PKT",  "WIB",  "WITA", "WIT", "AEST",
		"AEDT", "ACST", "ACDT", "AWST", "NZST", "NZDT",
	};
	struct slice rest = *line;
	struct slice word = slice_take_while(&rest, is_capital, ZONE_MAX);
	for (size_t i = 0; word.length && i < ARRAY_SIZE(zones); i++) {
		if (!slice_equals(word, zones[i]))
			continue;
		*ret_is_utc = i < 2;
		*line = rest;
		return true;
	}
	return false;
}
