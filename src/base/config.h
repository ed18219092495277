/* Settings from several places, the later winning: the table's defaults, a
 * YAML or JSON file, a .env file, the environment. Each setting remembers
 * where its value came from, and an error names that place.
 *
 * A key "log.max-size" with prefix "CONSILIUM" is the variable
 * CONSILIUM_LOG_MAX_SIZE. A variable that starts with the prefix but is no
 * key is refused, as an unknown key in the file is: a slip of the pen must
 * not pass in silence. Structs within structs are keys with dots; lists of
 * structs can stand in the file only. */
#ifndef CS_BASE_CONFIG_H
#define CS_BASE_CONFIG_H

#include "base/arena.h"
#include "base/defs.h"
#include "base/error.h"
#include "base/schema.h"
#include "base/strbuf.h"

typedef struct cs_config_spec {
    const cs_table *table;
    const char *prefix;        /* without the '_' */
    const char *file;          /* NULL: none */
    const char *dotenv;        /* NULL: none; a missing file is fine */
    char *const *env;          /* "K=V", ends with NULL; NULL: none */
    const char *const *others; /* variables with the prefix that are no keys,
                                  ends with NULL; NULL: none */
} cs_config_spec;

typedef enum cs_origin_kind {
    CS_ORIGIN_DEFAULT,
    CS_ORIGIN_FILE,
    CS_ORIGIN_DOTENV,
    CS_ORIGIN_ENVIRONMENT,
} cs_origin_kind;

typedef struct cs_setting {
    const char *key; /* dotted */
    const cs_field *field;
    const void *value; /* the member, in a copy that lives in the arena */
    cs_origin_kind origin;
    cs_place at;          /* of file and .env */
    const char *variable; /* its name as a variable */
} cs_setting;

typedef struct cs_config {
    cs_setting *items; /* in the order of the table */
    size_t len;
} cs_config;

/* Fills *out, a struct of spec->table->size bytes. Strings, lists and *ret
 * live in `arena`; places borrow the file names of the spec. On failure *out
 * and *ret are untouched. */
int cs_config_load(const cs_config_spec *spec, void *out, cs_config *ret,
                   cs_arena *arena, cs_errinfo *info);

/* Appends the value as text, or "(set)" / "" for a secret. */
void cs_setting_value(const cs_setting *s, cs_lang lang, cs_strbuf *out);

/* Appends where it came from: "default", "a.yaml:3", ".env:2",
 * "CONSILIUM_LOG_LEVEL". */
void cs_setting_origin(const cs_setting *s, cs_lang lang, cs_strbuf *out);

#define CS_CONFIG_FILE_MAX ((size_t)1 << 20)

#endif
