/* Decodes a map of a document into a struct by one constant table: the only
 * place where a key's type, limits, default and help are written.
 *
 *     typedef struct log_config {
 *         log_level level;
 *         uint64_t max_size;
 *         CS_LIST(const char *) tags;
 *     } log_config;
 *
 *     static const cs_field log_fields[] = {
 *         CS_FIELD(ENUM, log_config, level, "level", .words = level_words,
 *                  .fallback = "info", .help = CS_N_("what is logged")),
 *         CS_FIELD(SIZE, log_config, max_size, "max-size", .max = …,
 *                  .fallback = "64MiB", .help = CS_N_("…")),
 *         CS_FIELD_LIST_OF(STRING, log_config, tags, "tags", .max_items = 8,
 *                          .text = CS_TEXT_IDENTIFIER, .help = CS_N_("…")),
 *     };
 *     const cs_table log_table = CS_TABLE(log_config, log_fields);
 *
 *     CS_FIELD_STRUCT(config, log, "log", &log_table)     … in another table
 *
 * Whether a member has the type that its kind writes is checked when the
 * table is compiled. A key that the table does not hold is an error; so is a
 * value of another type: text is never taken for a number, or a number for
 * text. A key that is absent takes its default, or zero (NULL, an empty list)
 * where it has none. */
#ifndef CS_BASE_SCHEMA_H
#define CS_BASE_SCHEMA_H

#include "base/arena.h"
#include "base/defs.h"
#include "base/doc.h"
#include "base/error.h"

typedef enum cs_field_kind { /*             member          in a document */
                             CS_FIELD_BOOL,   /* bool            true, false */
                             CS_FIELD_INT,    /* int             whole number */
                             CS_FIELD_INT64,  /* int64_t         whole number */
                             CS_FIELD_FLOAT,  /* double          number */
                             CS_FIELD_STRING, /* const char *    text */
                             CS_FIELD_ENUM,   /* an enum or int  one of .words,
                                                 stored as its index */
                             CS_FIELD_SIZE,   /* uint64_t        bytes: 4096 or
                                                 "64MiB" */
                             CS_FIELD_DURATION, /* int64_t         nanoseconds:
                                                   "30s", "250ms" */
                             CS_FIELD_LIST,   /* CS_LIST(T)      list of one of
                                                 the above, or maps */
                             CS_FIELD_STRUCT, /* a struct        map */
} cs_field_kind;

/* What a string may hold. All: valid UTF-8 without NUL. */
typedef enum cs_text_rule {
    CS_TEXT_ANY,
    CS_TEXT_LINE,          /* no control characters */
    CS_TEXT_IDENTIFIER,    /* [A-Za-z_][A-Za-z0-9_-]* */
    CS_TEXT_PATH,          /* not empty, one line */
    CS_TEXT_RELATIVE_PATH, /* cs_path_check_relative() */
} cs_text_rule;

typedef struct cs_table cs_table;

typedef struct cs_field {
    const char *key;
    cs_field_kind kind;
    cs_field_kind item; /* of a list */
    size_t offset;
    size_t size; /* of the member; of one item for a list */

    bool required;
    bool secret;          /* never shown, in no message either */
    const char *fallback; /* default, as it would stand in a variable (lists:
                             separated by commas); NULL: none */
    const char *help;     /* one line, marked with CS_N_() */

    /* Limits of the number, the bytes of a size, the nanoseconds of a
     * duration, the length of a string in bytes (by default
     * CS_FIELD_STRING_MAX); for a list, of each item. Inclusive. Both 0: none;
     * only max 0: no upper limit. */
    int64_t min, max;
    double fmin, fmax;           /* the same for CS_FIELD_FLOAT */
    size_t min_items, max_items; /* of a list; max 0: CS_FIELD_ITEMS_MAX */
    cs_text_rule text;
    const char *const *words; /* of an enum; ends with NULL */
    const cs_table *table;    /* of a struct, or of a list of structs */
} cs_field;

#define CS_FIELD_STRING_MAX 4096
#define CS_FIELD_ITEMS_MAX ((size_t)1024)
#define CS_FIELD_DEPTH_MAX 8 /* structs within structs */

struct cs_table {
    const cs_field *fields;
    size_t n;
    size_t size; /* of the struct */
};

/* A list member: borrowed items, in the arena of the decoding. */
#define CS_LIST(T)                                                             \
    struct {                                                                   \
        T *items;                                                              \
        size_t len;                                                            \
    }

#define CS_TABLE(S, field_array)                                               \
    {                                                                          \
        (field_array), CS_COUNTOF(field_array), sizeof(S)                      \
    }

#define CS_FIELD(KIND, S, member, name, ...)                                   \
    {                                                                          \
        .key = (name), .kind = CS_FIELD_##KIND,                                \
        .offset = offsetof(S, member) +                                        \
                  CS_FIELD_ASSERT_(CS_IS_##KIND##_(CS_MEMBER_(S, member))),    \
        .size = sizeof(CS_MEMBER_(S, member)), __VA_ARGS__                     \
    }

#define CS_FIELD_LIST_OF(KIND, S, member, name, ...)                           \
    {                                                                          \
        .key = (name), .kind = CS_FIELD_LIST, .item = CS_FIELD_##KIND,         \
        .offset =                                                              \
            offsetof(S, member) +                                              \
            CS_FIELD_ASSERT_(sizeof(CS_MEMBER_(S, member)) ==                  \
                             sizeof(CS_LIST(char))) +                          \
            CS_FIELD_ASSERT_(CS_IS_##KIND##_(*CS_MEMBER_(S, member).items)),   \
        .size = sizeof(*CS_MEMBER_(S, member).items), __VA_ARGS__              \
    }

/* A struct within a struct, and a list of structs: `tab` is a cs_table of the
 * member's (the item's) type; their sizes are compared when it is used. */
#define CS_FIELD_STRUCT(S, member, name, tab, ...)                             \
    {                                                                          \
        .key = (name), .kind = CS_FIELD_STRUCT, .offset = offsetof(S, member), \
        .size = sizeof(CS_MEMBER_(S, member)), .table = (tab), __VA_ARGS__     \
    }
#define CS_FIELD_LIST_OF_STRUCT(S, member, name, tab, ...)                     \
    CS_FIELD_LIST_OF(STRUCT, S, member, name, .table = (tab), __VA_ARGS__)

#define CS_MEMBER_(S, member) (((S *)0)->member)
#define CS_FIELD_ASSERT_(ok) (0 * sizeof(char[(ok) ? 1 : -1]))
#define CS_IS_(x, T) __builtin_types_compatible_p(__typeof__(x), T)
#define CS_IS_BOOL_(x) CS_IS_(x, bool)
#define CS_IS_INT_(x) CS_IS_(x, int)
#define CS_IS_INT64_(x) CS_IS_(x, int64_t)
#define CS_IS_FLOAT_(x) CS_IS_(x, double)
#define CS_IS_STRING_(x) CS_IS_(x, const char *)
#define CS_IS_ENUM_(x) _Generic((x), int : 1, unsigned : 1, default : 0)
#define CS_IS_SIZE_(x) CS_IS_(x, uint64_t)
#define CS_IS_DURATION_(x) CS_IS_(x, int64_t)
#define CS_IS_STRUCT_(x) 1

/* Fills *out, a struct of table->size bytes, from a map; members that the
 * table does not name stay as they are. Strings and lists are put into
 * `arena` and live as long. On failure *out is untouched (the arena may have
 * grown); the error names the key by its path ("log.level", "sites[2].name")
 * and the position of the value; for a missing key, of the map. */
int cs_schema_decode(const cs_node *map, const cs_table *table, void *out,
                     cs_arena *arena, cs_errinfo *info);

/* The same for one of several layers: a required key that is missing outside a
 * list is left to a later layer, and to the caller to insist on. */
int cs_schema_decode_partial(const cs_node *map, const cs_table *table,
                             void *out, cs_arena *arena, cs_errinfo *info);

#endif
