/* How often each operator occurs in a model. */
#ifndef CS_ONNX_COUNT_H
#define CS_ONNX_COUNT_H

#include "base/map.h"
#include "onnx/model.h"

/* Counts the nodes that are wanted (NULL: all) by operator, in order of first
 * occurrence; operators that are not ONNX's own as "domain.Name". *ret is
 * empty; cs_map_done() it in any case. */
int ox_count_operators(const ox_model *m, bool (*wanted)(const ox_node *),
                       cs_map *ret, cs_errinfo *info);

static inline size_t ox_count_of(const cs_map_entry *e)
{
    return (size_t)(uintptr_t)e->value;
}

#endif
