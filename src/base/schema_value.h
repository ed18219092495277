/* One value of a table: read from a node or from the text of a variable, and
 * written as text. Private to schema.c, config.c and their tests. */
#ifndef CS_BASE_SCHEMA_VALUE_H
#define CS_BASE_SCHEMA_VALUE_H

#include "base/schema.h"
#include "base/strbuf.h"

/* How a message names the value, and where it stands. */
typedef enum cs_subject_kind {
    CS_SUBJECT_KEY,         /* key 'log.level' */
    CS_SUBJECT_VARIABLE,    /* variable CONSILIUM_LOG_LEVEL (of a .env file) */
    CS_SUBJECT_ENVIRONMENT, /* environment variable CONSILIUM_LOG_LEVEL */
} cs_subject_kind;

typedef struct cs_subject {
    cs_subject_kind kind;
    const char *name; /* dotted key, or name of the variable */
    cs_place at;
    cs_errinfo *info;
} cs_subject;

/* Any CS_LIST(T), seen by bytes. */
typedef struct cs_list_bytes {
    void *items;
    size_t len;
} cs_list_bytes;

/* "key 'log.level': " and the phrase, which is translated already. */
int cs_subject_fail(const cs_subject *subject, int code, const char *phrase);

/* A scalar of `kind` (a field's kind, or its item's) into *dst. */
int cs_value_from_node(const cs_field *f, cs_field_kind kind,
                       const cs_node *node, void *dst, cs_arena *arena,
                       const cs_subject *subject);

/* A whole field that is no struct: a scalar, or a list of scalars separated
 * by commas. */
int cs_value_from_text(const cs_field *f, cs_str text, void *dst,
                       cs_arena *arena, const cs_subject *subject);

/* The member as a text that cs_value_from_text() takes back. A list of structs
 * is only counted: "[3]". */
void cs_value_to_text(const cs_field *f, const void *member, cs_strbuf *out);

/* Room for a list of this length in *list, or the error. */
int cs_value_make_list(const cs_field *f, size_t len, cs_list_bytes *list,
                       cs_arena *arena, const cs_subject *subject);

/* "expected a list, not 3" for a node of the wrong kind. */
int cs_value_refuse_node(const cs_field *f, cs_field_kind kind,
                         const cs_node *node, const cs_subject *subject);

#endif
