/* YAML, narrowed until it is plain data that reads the same to everybody.
 *
 * Refused: anchors and aliases, tags, merge keys, several documents, keys
 * given twice, keys that are not plain words or strings, NUL and other control
 * characters, more than 64 levels.
 *
 * Unquoted scalars: null, ~ or nothing is null; true and false are booleans;
 * 12, -3, +7, 0x1F are whole numbers; 1.5, .5, 2e-3 are floats. All else is a
 * string: yes, no, on, off, True, .nan, 1_000, 007 (digits after a leading 0
 * are an identifier sooner than a number), dates. Whatever is quoted is a
 * string. A number that does not fit (64 bits; double) is refused.
 *
 * An empty text, or one of comments only, is a document that is null. */
#ifndef CS_BASE_YAML_H
#define CS_BASE_YAML_H

#include "base/doc.h"

/* As cs_doc_parse_json(). */
int cs_doc_parse_yaml(const char *text, size_t len, const char *name,
                      const cs_doc_limits *limits, cs_doc **ret,
                      cs_errinfo *info);

#endif
