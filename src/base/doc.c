#include "base/doc.h"

#include <assert.h>
#include <stdlib.h>

#include "base/doc_build.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "base/yaml.h"

int cs_doc_load(const char *path, size_t max_bytes, cs_doc **ret,
                cs_errinfo *info)
{
    cs_str ext = cs_path_ext(cs_str_of(path));
    bool json = cs_str_is(ext, "json");
    if (!json && !cs_str_is(ext, "yaml") && !cs_str_is(ext, "yml"))
        return cs_fail_at(
            info, CS_E_FORMAT, cs_at(path, 0, 0),
            "the name must end in .json, .yaml or .yml, to tell the format");
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    int r = cs_file_read(path, max_bytes, &text, info);
    if (r < 0)
        return r;
    return json ? cs_doc_parse_json(text.data, text.len, path, NULL, ret, info)
                : cs_doc_parse_yaml(text.data, text.len, path, NULL, ret, info);
}

void cs_doc_free(cs_doc *doc)
{
    if (!doc)
        return;
    cs_arena_done(&doc->arena);
    cs_free(doc);
}

const cs_node *cs_doc_root(const cs_doc *doc)
{
    return doc->root;
}

const char *cs_doc_name(const cs_doc *doc)
{
    return doc->name;
}

const cs_node *cs_node_get(const cs_node *map, cs_str key)
{
    if (map->kind != CS_NODE_MAP)
        return NULL;
    size_t low = 0, high = map->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = cs_str_cmp(key, map->by_key[middle]->key);
        if (order == 0)
            return map->by_key[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

cs_place cs_node_place(const cs_node *node)
{
    return cs_at(node->doc->name, node->line, node->column);
}

cs_place cs_node_key_place(const cs_node *node)
{
    return cs_at(node->doc->name, node->key_line, node->key_column);
}

/* --- building --- */

int cs_build_init(cs_doc_builder *b, const char *name,
                  const cs_doc_limits *limits, cs_errinfo *info)
{
    static const cs_doc_limits defaults = {0, 0};
    if (!limits)
        limits = &defaults;
    *b = (cs_doc_builder){
        .info = info,
        .max_nodes = limits->nodes ? limits->nodes : CS_DOC_NODES_DEFAULT,
        .max_depth = limits->depth && limits->depth < CS_DOC_DEPTH_MAX
                         ? limits->depth
                         : CS_DOC_DEPTH_MAX,
    };
    CS_AUTO(cs_doc) doc = cs_new0(cs_doc);
    if (!doc)
        return cs_fail_nomem(info);
    doc->name = cs_arena_strdup(&doc->arena, name ? name : "");
    if (!doc->name)
        return cs_fail_nomem(info);
    b->doc = CS_TAKE(doc);
    return 0;
}

void cs_build_done(cs_doc_builder *b)
{
    cs_doc_free(b->doc);
    b->doc = NULL;
}

cs_doc *cs_build_take(cs_doc_builder *b)
{
    assert(b->depth == 0 && b->doc->root);
    return CS_TAKE(b->doc);
}

bool cs_build_wants_key(const cs_doc_builder *b)
{
    return b->depth && b->open[b->depth - 1].node->kind == CS_NODE_MAP &&
           !b->key.data;
}

int cs_build_key(cs_doc_builder *b, cs_spot at, cs_str key)
{
    assert(cs_build_wants_key(b));
    const char *copy = cs_arena_strcopy(&b->doc->arena, key);
    if (!copy)
        return cs_fail_nomem(b->info);
    b->key = (cs_str){copy, key.len};
    b->key_at = at;
    return 0;
}

/* Appends to the innermost open list or map, or makes it the root. */
static void attach(cs_doc_builder *b, cs_node *node)
{
    if (!b->depth) {
        assert(!b->doc->root);
        b->doc->root = node;
        return;
    }
    cs_node *parent = b->open[b->depth - 1].node;
    cs_node *last = b->open[b->depth - 1].last;
    if (last)
        last->next = node;
    else
        parent->first = node;
    parent->len++;
    b->open[b->depth - 1].last = node;
}

int cs_build_value(cs_doc_builder *b, cs_spot at, cs_node_kind kind,
                   cs_node **ret)
{
    assert(!cs_build_wants_key(b));
    if (b->nodes == b->max_nodes)
        return cs_fail_at(b->info, CS_E_LIMIT, cs_build_place(b, at),
                          "more than %zu values in one document", b->max_nodes);
    cs_node *node = cs_arena_new(&b->doc->arena, cs_node);
    if (!node)
        return cs_fail_nomem(b->info);
    node->kind = kind;
    node->line = at.line;
    node->column = at.column;
    node->doc = b->doc;
    node->key = b->key;
    node->key_line = b->key_at.line;
    node->key_column = b->key_at.column;
    b->key = (cs_str){NULL, 0};
    b->key_at = (cs_spot){0, 0};
    b->nodes++;
    attach(b, node);
    *ret = node;
    return 0;
}

int cs_build_string(cs_doc_builder *b, cs_spot at, cs_str text)
{
    cs_node *node = NULL;
    int r = cs_build_value(b, at, CS_NODE_STRING, &node);
    if (r < 0)
        return r;
    assert(node);
    const char *copy = cs_arena_strcopy(&b->doc->arena, text);
    if (!copy)
        return cs_fail_nomem(b->info);
    node->string = (cs_str){copy, text.len};
    return 0;
}

int cs_build_open(cs_doc_builder *b, cs_spot at, cs_node_kind kind)
{
    if (b->depth == b->max_depth)
        return cs_fail_at(b->info, CS_E_LIMIT, cs_build_place(b, at),
                          "nested more than %u levels deep", b->max_depth);
    cs_node *node = NULL;
    int r = cs_build_value(b, at, kind, &node);
    if (r < 0)
        return r;
    b->open[b->depth].node = node;
    b->open[b->depth].last = NULL;
    b->depth++;
    return 0;
}

/* By key; equal keys in the order of the text. */
static int compare_members(const void *a, const void *b)
{
    const cs_node *x = *(const cs_node *const *)a;
    const cs_node *y = *(const cs_node *const *)b;
    int order = cs_str_cmp(x->key, y->key);
    if (order)
        return order;
    if (x->key_line != y->key_line)
        return x->key_line < y->key_line ? -1 : 1;
    return (x->key_column > y->key_column) - (x->key_column < y->key_column);
}

static int refuse_twin(cs_doc_builder *b, const cs_node *first,
                       const cs_node *second)
{
    return cs_fail_at(b->info, CS_E_FORMAT, cs_node_key_place(second),
                      "key '%s' is given twice, the first time on line %u",
                      second->key.data, first->key_line);
}

int cs_build_close(cs_doc_builder *b)
{
    assert(b->depth && !b->key.data);
    cs_node *node = b->open[--b->depth].node;
    if (node->kind != CS_NODE_MAP || !node->len)
        return 0;
    const cs_node **sorted =
        cs_arena_array(&b->doc->arena, node->len, sizeof(const cs_node *));
    if (!sorted)
        return cs_fail_nomem(b->info);
    size_t n = 0;
    for (CS_EACH_CHILD(child, node))
        sorted[n++] = child;
    qsort(sorted, n, sizeof(const cs_node *), compare_members);
    for (size_t i = 1; i < n; i++) {
        if (cs_str_eq(sorted[i - 1]->key, sorted[i]->key))
            return refuse_twin(b, sorted[i - 1], sorted[i]);
    }
    node->by_key = sorted;
    return 0;
}

/* --- positions --- */

cs_str cs_text_skip_bom(cs_str text)
{
    cs_str mark = CS_STR("\xef\xbb\xbf");
    return cs_str_starts_with(text, mark) ? cs_str_sub(text, 3, text.len)
                                          : text;
}

size_t cs_spot_advance(cs_spot *at, const char *s, size_t len)
{
    if (s[0] == '\n') {
        at->line++;
        at->column = 1;
        return 1;
    }
    at->column++;
    size_t n = cs_utf8_decode(s, len, NULL);
    return n ? n : 1;
}

cs_spot cs_text_spot(cs_str text, size_t offset)
{
    cs_spot at = {1, 1};
    for (size_t i = 0; i < offset && i < text.len;)
        i += cs_spot_advance(&at, text.data + i, text.len - i);
    return at;
}
