/* The message catalogue. English text in the source is the key; each room's
 * zh-CN.po holds its Chinese. The build turns the catalogues into one sorted
 * constant table, so looking up needs no files, locale or initialisation. */
#ifndef CS_BASE_MESSAGE_H
#define CS_BASE_MESSAGE_H

#include "base/defs.h"

typedef enum cs_lang { CS_LANG_EN = 0, CS_LANG_ZH = 1 } cs_lang;

/* The text for `msgid` in `lang`, or msgid itself where none is known.
 * A format keeps its conversions: `make lint` checks that. */
const char *cs_msg(cs_lang lang, const char *msgid) CS_FORMAT_ARG(2);

/* Marks a literal for translation where cs_msg() is called later. */
#define CS_N_(text) text

/* "zh_CN.UTF-8", "zh-Hans", "zh" give CS_LANG_ZH, all else (NULL too)
 * CS_LANG_EN. */
cs_lang cs_lang_from_locale(const char *locale);

/* BCP 47 tag: "en" or "zh-CN". */
const char *cs_lang_tag(cs_lang lang);

#endif
