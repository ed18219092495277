/* The table that tools/messages generates from every room's zh-CN.po, sorted
 * by strcmp() of msgid. Private to message.c and its test. */
#ifndef CS_BASE_MESSAGE_TABLE_H
#define CS_BASE_MESSAGE_TABLE_H

#include "base/defs.h"

typedef struct cs_message_entry {
    const char *msgid;
    const char *text;
} cs_message_entry;

extern const cs_message_entry cs_message_table_zh[];
extern const size_t cs_message_table_zh_len;

#endif
