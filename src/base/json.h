/* JSON (RFC 8259) into a cs_doc. jansson decides what is JSON.
 *
 * Refused beyond that: keys given twice, whole numbers beyond 64 bits, NUL
 * (also as \u0000), more than 64 levels. A scalar may be the whole document;
 * one byte order mark at the start is skipped. */
#ifndef CS_BASE_JSON_H
#define CS_BASE_JSON_H

#include "base/doc.h"

/* `name` stands in error messages for the text (a path, "request body");
 * `limits` may be NULL. The text is not needed afterwards. */
int cs_doc_parse_json(const char *text, size_t len, const char *name,
                      const cs_doc_limits *limits, cs_doc **ret,
                      cs_errinfo *info);

#endif
