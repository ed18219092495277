/* A document: one read-only tree for JSON and YAML, whose nodes know where
 * they stand, so that whoever finds fault with a value can say where it is.
 *
 * A cs_doc owns its nodes and all their text. Once parsed it never changes:
 * any thread may read it. Lines and columns are 1-based; a column counts
 * characters, not bytes; a byte order mark at the start counts as none.
 *
 * Strings and keys are valid UTF-8, hold no NUL and are terminated, so that
 * `data` can be used as a C string. The keys of a map differ.
 *
 * Both parsers refuse what would let a small text become a large tree, or one
 * text mean two things: see json.h and yaml.h. */
#ifndef CS_BASE_DOC_H
#define CS_BASE_DOC_H

#include "base/defs.h"
#include "base/error.h"
#include "base/str.h"

#define CS_DOC_DEPTH_MAX 64u
#define CS_DOC_NODES_DEFAULT ((size_t)100000)

typedef enum cs_node_kind {
    CS_NODE_NULL,
    CS_NODE_BOOL,
    CS_NODE_INT,
    CS_NODE_FLOAT, /* finite */
    CS_NODE_STRING,
    CS_NODE_LIST,
    CS_NODE_MAP,
} cs_node_kind;

typedef struct cs_doc cs_doc;
typedef struct cs_node cs_node;

struct cs_node {
    cs_node_kind kind;
    unsigned line, column;
    const cs_doc *doc;
    const cs_node *next; /* sibling, in the order of the text; or NULL */
    cs_str key;          /* of a map's member; else data is NULL */
    unsigned key_line, key_column;
    union {
        bool boolean;
        int64_t integer;
        double number;
        cs_str string;
        struct {
            const cs_node *first; /* children of a list or map */
            size_t len;
            const cs_node *const *by_key; /* map: sorted, for cs_node_get() */
        };
    };
};

typedef struct cs_doc_limits {
    size_t nodes;   /* values in all; 0: CS_DOC_NODES_DEFAULT */
    unsigned depth; /* lists and maps within each other; 0 or more than
                       CS_DOC_DEPTH_MAX: that */
} cs_doc_limits;

/* Parses a file; its extension (.json, .yaml, .yml) chooses the format. More
 * than max_bytes is CS_E_LIMIT. */
int cs_doc_load(const char *path, size_t max_bytes, cs_doc **ret,
                cs_errinfo *info);

void cs_doc_free(cs_doc *doc); /* NULL is fine */
CS_DEFINE_AUTO(cs_doc)

const cs_node *cs_doc_root(const cs_doc *doc);
const char *cs_doc_name(const cs_doc *doc); /* as given to the parser */

/* Children of a list or map, in order; nothing for other kinds. */
#define CS_EACH_CHILD(child, parent)                                           \
    const cs_node *child = cs_node_first(parent);                              \
    child;                                                                     \
    child = (child)->next

static inline const cs_node *cs_node_first(const cs_node *node)
{
    return node->kind >= CS_NODE_LIST ? node->first : NULL;
}

/* The member of a map, or NULL (also when `map` is no map). */
const cs_node *cs_node_get(const cs_node *map, cs_str key);

/* For cs_fail_at(). */
cs_place cs_node_place(const cs_node *node);
cs_place cs_node_key_place(const cs_node *node);

#endif
