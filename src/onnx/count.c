#include "onnx/count.h"

#include "base/strbuf.h"

static int count(const ox_node *n, cs_map *counts)
{
    CS_SCOPED(cs_strbuf) name = CS_STRBUF_INIT;
    if (n->domain.len)
        cs_strbuf_printf(&name, "%.*s.", CS_STR_ARG(n->domain));
    cs_strbuf_add_str(&name, n->op);
    if (cs_strbuf_check(&name) < 0)
        return CS_E_NOMEM;
    uintptr_t before = (uintptr_t)cs_map_get(counts, cs_strbuf_str(&name));
    return cs_map_put(counts, cs_strbuf_str(&name), (void *)(before + 1), NULL);
}

int ox_count_operators(const ox_model *m, bool (*wanted)(const ox_node *),
                       cs_map *ret, cs_errinfo *info)
{
    for (size_t i = 0; i < m->nodes.len; i++) {
        const ox_node *n = &m->nodes.items[i];
        if ((!wanted || wanted(n)) && count(n, ret) < 0)
            return cs_fail_nomem(info);
    }
    return 0;
}
