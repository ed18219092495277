/* What holds for every document and every refusal. */
#ifndef CS_TESTS_FUZZ_CHECK_DOC_H
#define CS_TESTS_FUZZ_CHECK_DOC_H

#include <math.h>

#include "base/doc.h"
#include "base/utf8.h"
#include "fuzz.h"

static inline void check_node(const cs_node *node, size_t text_size)
{
    FUZZ_ASSERT(node->line >= 1 && node->line <= text_size + 1);
    FUZZ_ASSERT(node->column >= 1 && node->column <= text_size + 1);
    if (node->kind == CS_NODE_STRING)
        FUZZ_ASSERT(cs_utf8_valid(node->string.data, node->string.len) &&
                    strlen(node->string.data) == node->string.len);
    if (node->kind == CS_NODE_FLOAT)
        FUZZ_ASSERT(isfinite(node->number));
}

/* Depth-first without recursion: children before siblings. */
static inline void check_tree(const cs_node *root, size_t text_size)
{
    const cs_node *open[CS_DOC_DEPTH_MAX + 1];
    size_t depth = 0;
    const cs_node *node = root;
    while (node) {
        check_node(node, text_size);
        if (node->kind == CS_NODE_MAP) {
            for (CS_EACH_CHILD(child, node))
                FUZZ_ASSERT(cs_node_get(node, child->key) == child);
        }
        if (cs_node_first(node)) {
            FUZZ_ASSERT(depth <= CS_DOC_DEPTH_MAX);
            open[depth++] = node;
            node = cs_node_first(node);
            continue;
        }
        while (!node->next && depth > 0)
            node = open[--depth];
        node = node->next;
    }
}

static inline void check_outcome(int r, const cs_doc *doc,
                                 const cs_errinfo *info, size_t text_size)
{
    if (r == 0) {
        FUZZ_ASSERT(doc && info->code == 0);
        check_tree(cs_doc_root(doc), text_size);
        return;
    }
    FUZZ_ASSERT(!doc && info->code == r && info->message[0]);
    FUZZ_ASSERT(!strchr(info->message, '\n'));
    FUZZ_ASSERT(cs_utf8_valid(info->message, strlen(info->message)));
    FUZZ_ASSERT(info->line >= 1 && info->line <= text_size + 1);
}

#endif
