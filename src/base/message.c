#include "base/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/message_table.h"

static int compare_entry(const void *key, const void *entry)
{
    return strcmp(key, ((const cs_message_entry *)entry)->msgid);
}

const char *cs_msg(cs_lang lang, const char *msgid)
{
    if (lang != CS_LANG_ZH)
        return msgid;
    const cs_message_entry *entry =
        bsearch(msgid, cs_message_table_zh, cs_message_table_zh_len,
                sizeof(*entry), compare_entry);
    return entry ? entry->text : msgid;
}

cs_lang cs_lang_from_locale(const char *locale)
{
    if (!locale || strncmp(locale, "zh", 2) != 0)
        return CS_LANG_EN;
    char next = locale[2];
    return next == '\0' || next == '_' || next == '-' || next == '.'
               ? CS_LANG_ZH
               : CS_LANG_EN;
}

const char *cs_lang_tag(cs_lang lang)
{
    return lang == CS_LANG_ZH ? "zh-CN" : "en";
}
