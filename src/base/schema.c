#include "base/schema.h"

#include <assert.h>
#include <stdio.h>

#include "base/schema_value.h"

#define PATH_MAX_BYTES                                                         \
    256 /* a dotted key in a message; longer ones are cut                      \
         */

static int decode_table(const cs_node *map, const cs_table *table,
                        const char *path, bool partial, char *out,
                        cs_arena *arena, cs_errinfo *info);

static void extend(char dst[PATH_MAX_BYTES], const char *path, const char *key)
{
    snprintf(dst, PATH_MAX_BYTES, "%s%s%s", path, path[0] ? "." : "", key);
}

static const cs_field *find_field(const cs_table *table, cs_str key)
{
    for (size_t i = 0; i < table->n; i++) {
        if (cs_str_is(key, table->fields[i].key))
            return &table->fields[i];
    }
    return NULL;
}

#define KEYS_MAX 64

static int refuse_key(const cs_node *child, const cs_table *table,
                      const char *path, cs_errinfo *info)
{
    const char *keys[KEYS_MAX];
    size_t n = CS_MIN(table->n, (size_t)KEYS_MAX);
    for (size_t i = 0; i < n; i++)
        keys[i] = table->fields[i].key;
    char name[PATH_MAX_BYTES];
    extend(name, path, child->key.data);
    const char *near = cs_str_suggest(child->key, keys, n);
    if (near)
        return cs_fail_at(info, CS_E_FORMAT, cs_node_key_place(child),
                          "unknown key '%s' (did you mean '%s'?)", name, near);
    return cs_fail_at(info, CS_E_FORMAT, cs_node_key_place(child),
                      "unknown key '%s'", name);
}

/* --- one field --- */

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tables, not the input
static int decode_item(const cs_field *f, const cs_node *node, void *dst,
                       const cs_subject *subject, cs_arena *arena)
{
    if (f->item != CS_FIELD_STRUCT)
        return cs_value_from_node(f, f->item, node, dst, arena, subject);
    if (node->kind != CS_NODE_MAP)
        return cs_value_refuse_node(f, CS_FIELD_STRUCT, node, subject);
    return decode_table(node, f->table, subject->name, false, dst, arena,
                        subject->info);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tables, not the input
static int decode_list(const cs_field *f, const cs_node *node, void *dst,
                       const cs_subject *subject, cs_arena *arena)
{
    if (node->kind != CS_NODE_LIST)
        return cs_value_refuse_node(f, CS_FIELD_LIST, node, subject);
    cs_list_bytes list;
    int r = cs_value_make_list(f, node->len, &list, arena, subject);
    size_t i = 0;
    for (CS_EACH_CHILD(child, node)) {
        if (r < 0)
            return r;
        char name[PATH_MAX_BYTES];
        snprintf(name, sizeof(name), "%s[%zu]", subject->name, i);
        cs_subject item = {CS_SUBJECT_KEY, name, cs_node_place(child),
                           subject->info};
        r = decode_item(f, child, (char *)list.items + i * f->size, &item,
                        arena);
        i++;
    }
    if (r == 0)
        memcpy(dst, &list, sizeof(list));
    return r;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tables, not the input
static int decode_field(const cs_field *f, const cs_node *node, bool partial,
                        void *dst, const char *name, cs_arena *arena,
                        cs_errinfo *info)
{
    cs_subject subject = {CS_SUBJECT_KEY, name, cs_node_place(node), info};
    if (f->kind == CS_FIELD_LIST)
        return decode_list(f, node, dst, &subject, arena);
    if (f->kind != CS_FIELD_STRUCT)
        return cs_value_from_node(f, f->kind, node, dst, arena, &subject);
    if (node->kind != CS_NODE_MAP)
        return cs_value_refuse_node(f, CS_FIELD_STRUCT, node, &subject);
    return decode_table(node, f->table, name, partial, dst, arena, info);
}

/* A default that the table itself gets wrong is a bug, found by any test that
 * decodes an empty map. */
static int take_default(const cs_field *f, void *dst, const char *name,
                        cs_arena *arena, cs_errinfo *info)
{
    cs_subject subject = {CS_SUBJECT_KEY, name, {0}, info};
    if (f->fallback)
        return cs_value_from_text(f, cs_str_of(f->fallback), dst, arena,
                                  &subject);
    size_t size = f->kind == CS_FIELD_LIST ? sizeof(cs_list_bytes) : f->size;
    memset(dst, 0, size);
    return 0;
}

/* --- a map --- */

/* A struct that is not given: each of its fields takes its default. */
static const cs_node *empty_map(void)
{
    static const cs_node empty = {.kind = CS_NODE_MAP};
    return &empty;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tables, not the input
static int decode_member(const cs_node *map, const cs_field *f, bool partial,
                         void *dst, const char *name, cs_arena *arena,
                         cs_errinfo *info)
{
    const cs_node *node = cs_node_get(map, cs_str_of(f->key));
    if (node)
        return decode_field(f, node, partial, dst, name, arena, info);
    if (f->required && !partial)
        return cs_fail_at(info, CS_E_FORMAT,
                          map->doc ? cs_node_place(map) : (cs_place){0},
                          "key '%s' is missing", name);
    if (f->kind == CS_FIELD_STRUCT)
        return decode_table(empty_map(), f->table, name, partial, dst, arena,
                            info);
    return take_default(f, dst, name, arena, info);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tables, not the input
static int decode_table(const cs_node *map, const cs_table *table,
                        const char *path, bool partial, char *out,
                        cs_arena *arena, cs_errinfo *info)
{
    for (CS_EACH_CHILD(child, map)) {
        if (!find_field(table, child->key))
            return refuse_key(child, table, path, info);
    }
    for (size_t i = 0; i < table->n; i++) {
        const cs_field *f = &table->fields[i];
        assert(!f->table || f->table->size == f->size);
        char name[PATH_MAX_BYTES];
        extend(name, path, f->key);
        int r =
            decode_member(map, f, partial, out + f->offset, name, arena, info);
        if (r < 0)
            return r;
    }
    return 0;
}

static int decode_root(const cs_node *map, const cs_table *table, bool partial,
                       void *out, cs_arena *arena, cs_errinfo *info)
{
    if (map->kind != CS_NODE_MAP)
        return cs_fail_at(info, CS_E_FORMAT, cs_node_place(map),
                          "expected a map of keys at the top");
    char *copy = cs_arena_alloc(arena, table->size);
    if (!copy)
        return cs_fail_nomem(info);
    memcpy(copy, out, table->size);
    int r = decode_table(map, table, "", partial, copy, arena, info);
    if (r == 0)
        memcpy(out, copy, table->size);
    return r;
}

int cs_schema_decode(const cs_node *map, const cs_table *table, void *out,
                     cs_arena *arena, cs_errinfo *info)
{
    return decode_root(map, table, false, out, arena, info);
}

int cs_schema_decode_partial(const cs_node *map, const cs_table *table,
                             void *out, cs_arena *arena, cs_errinfo *info)
{
    return decode_root(map, table, true, out, arena, info);
}
