/* How the parsers build a cs_doc, value by value in the order of the text.
 * Private to doc.c, json.c and yaml.c.
 *
 * Inside a map, cs_build_key() precedes each value. A builder is done() in any
 * case; cs_build_take() hands the finished document on before that. */
#ifndef CS_BASE_DOC_BUILD_H
#define CS_BASE_DOC_BUILD_H

#include "base/arena.h"
#include "base/doc.h"

struct cs_doc {
    cs_arena arena;
    const char *name;
    const cs_node *root;
};

typedef struct cs_spot {
    unsigned line, column;
} cs_spot;

typedef struct cs_doc_builder {
    cs_doc *doc;
    cs_errinfo *info;
    size_t max_nodes, nodes;
    unsigned max_depth, depth;
    struct {
        cs_node *node, *last;
    } open[CS_DOC_DEPTH_MAX]; /* lists and maps not closed yet, outer first */
    cs_str key;               /* of the value to come; data NULL: none */
    cs_spot key_at;
} cs_doc_builder;

int cs_build_init(cs_doc_builder *b, const char *name,
                  const cs_doc_limits *limits, cs_errinfo *info);
void cs_build_done(cs_doc_builder *b);
cs_doc *cs_build_take(cs_doc_builder *b);

int cs_build_key(cs_doc_builder *b, cs_spot at, cs_str key);
/* A scalar: the caller fills in its value. */
int cs_build_value(cs_doc_builder *b, cs_spot at, cs_node_kind kind,
                   cs_node **ret);
int cs_build_string(cs_doc_builder *b, cs_spot at, cs_str text);
int cs_build_open(cs_doc_builder *b, cs_spot at, cs_node_kind kind);
/* Closes the innermost list or map. A key given twice is refused here. */
int cs_build_close(cs_doc_builder *b);

bool cs_build_wants_key(const cs_doc_builder *b);

/* Shared by the parsers: the text without its byte order mark, and the
 * position of an offset in it. */
cs_str cs_text_skip_bom(cs_str text);
cs_spot cs_text_spot(cs_str text, size_t offset);
/* Advances over one character of s[0..len); returns its bytes (at least 1).
 * A line ends at \n. */
size_t cs_spot_advance(cs_spot *at, const char *s, size_t len);

static inline cs_place cs_build_place(const cs_doc_builder *b, cs_spot at)
{
    return (cs_place){b->doc->name, at.line, at.column};
}

#endif
