/* Members of a result that was written as JSON. */
#ifndef CS_TESTS_SUPPORT_JSON_H
#define CS_TESTS_SUPPORT_JSON_H

#include "base/json.h"
#include "base/json_write.h"
#include "support/test.h"

/* "a.b.2.c": a member of maps, an element of lists. */
static inline CS_UNUSED const cs_node *json_node(const cs_doc *doc,
                                                 const char *path)
{
    const cs_node *node = cs_doc_root(doc);
    cs_str rest = cs_str_of(path);
    cs_str part;
    bool more = true;
    while (more && node) {
        more = cs_str_cut(rest, '.', &part, &rest);
        if (node->kind == CS_NODE_MAP) {
            node = cs_node_get(node, part);
            continue;
        }
        size_t index = 0;
        for (size_t i = 0; i < part.len; i++)
            index = index * 10 + (size_t)(part.data[i] - '0');
        node = cs_node_first(node);
        while (node && index-- > 0)
            node = node->next;
    }
    if (!node)
        fail_msg("no '%s'", path);
    return node;
}

static inline CS_UNUSED double json_number(const cs_doc *doc, const char *path)
{
    const cs_node *node = json_node(doc, path);
    if (node->kind == CS_NODE_INT)
        return (double)node->integer;
    assert_int_equal(node->kind, CS_NODE_FLOAT);
    return node->number;
}

static inline CS_UNUSED const char *json_text(const cs_doc *doc,
                                              const char *path)
{
    const cs_node *node = json_node(doc, path);
    assert_int_equal(node->kind, CS_NODE_STRING);
    return node->string.data;
}

#endif
