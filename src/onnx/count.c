#include "onnx/count.h"

#include "base/strbuf.h"

void ox_counts_done(ox_counts *c)
{
    cs_map_done(&c->names);
    cs_vec_done(&c->counts);
}

static int count_name(ox_counts *c, cs_str name)
{
    const cs_map_entry *e = cs_map_find(&c->names, name);
    if (e) {
        c->counts.items[e - c->names.entries]++;
        return 0;
    }
    int r = cs_vec_push(&c->counts, 1);
    return r < 0 ? r : cs_map_put(&c->names, name, NULL, NULL);
}

static int count_node(ox_counts *c, const ox_node *n)
{
    CS_SCOPED(cs_strbuf) name = CS_STRBUF_INIT;
    if (n->domain.len)
        cs_strbuf_printf(&name, "%.*s.", CS_STR_ARG(n->domain));
    cs_strbuf_add_str(&name, n->op);
    int r = cs_strbuf_check(&name);
    return r < 0 ? r : count_name(c, cs_strbuf_str(&name));
}

int ox_count_operators(const ox_model *m, bool (*wanted)(const ox_node *),
                       ox_counts *ret, cs_errinfo *info)
{
    for (size_t i = 0; i < m->nodes.len; i++) {
        const ox_node *n = &m->nodes.items[i];
        if ((!wanted || wanted(n)) && count_node(ret, n) < 0)
            return cs_fail_nomem(info);
    }
    return 0;
}
