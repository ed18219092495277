/* How often each operator occurs in a model. */
#ifndef CS_ONNX_COUNT_H
#define CS_ONNX_COUNT_H

#include "base/map.h"
#include "onnx/model.h"

typedef struct ox_counts {
    cs_map names; /* in order of first occurrence; nothing is ever removed */
    CS_VEC(size_t) counts;
} ox_counts;

#define OX_COUNTS_INIT                                                         \
    {                                                                          \
        .counts = CS_VEC_INIT                                                  \
    }

void ox_counts_done(ox_counts *c);

/* Counts the nodes that are wanted (NULL: all) by operator; operators that are
 * not ONNX's own as "domain.Name". *ret is empty. */
int ox_count_operators(const ox_model *m, bool (*wanted)(const ox_node *),
                       ox_counts *ret, cs_errinfo *info);

/* Of an entry of the names. */
static inline size_t ox_count_of(const ox_counts *c, const cs_map_entry *e)
{
    return c->counts.items[e - c->names.entries];
}

#endif
