/* Networks of our own, written as models and read again. */
#ifndef CS_TESTS_ONNX_GRAPHS_H
#define CS_TESTS_ONNX_GRAPHS_H

#include "base/random.h"
#include "models.h"
#include "onnx/count.h"
#include "onnx/export.h"

typedef nn_value graph_build(nn_graph *g, nn_value x);

typedef struct made {
    nn_params *params;
    nn_graph *graph;
} made;

static inline made make(unsigned rank, tk_dims dims, graph_build *build)
{
    made m = {NULL, NULL};
    cs_errinfo info = {0};
    assert_int_equal(nn_params_new(&m.params, NULL), 0);
    assert_int_equal(nn_graph_new(m.params, &m.graph, NULL), 0);
    nn_rank(m.graph, rank);
    nn_output(m.graph, build(m.graph, nn_input(m.graph, "image", &dims)));
    if (nn_graph_finish(m.graph, &info) < 0)
        fail_msg("%s: %s", info.place, info.message);
    nn_params_reset(m.params, 3);
    for (size_t i = 0; i < nn_params_count(m.params); i++) {
        const nn_param *p = nn_params_at(m.params, i);
        bool set = p->role != NN_WEIGHT && p->role != NN_COUNT;
        for (size_t k = 0; set && k < tn_count(&p->value); k++)
            tn_f32(&p->value)[k] = 0.5F + 0.125F * (float)((k + i) % 5);
    }
    return m;
}

static inline void made_done(made *m)
{
    nn_graph_free(m->graph);
    nn_params_free(m->params);
}

/* As a model in memory, parsed. */
static inline void export_of(const nn_graph *g, ox_model *ret)
{
    CS_SCOPED(cs_strbuf) bytes = CS_STRBUF_INIT;
    cs_errinfo info = {0};
    wt_sink to = wt_sink_memory(&bytes);
    if (ox_export(g, "net", &to, &info) < 0)
        fail_msg("%s", info.message);
    assert_int_equal(parse_bytes(&bytes, ret, NULL), 0);
}

static inline size_t operators(const ox_model *m, const char *op)
{
    CS_SCOPED(ox_counts) counts = OX_COUNTS_INIT;
    assert_int_equal(ox_count_operators(m, NULL, &counts, NULL), 0);
    const cs_map_entry *e = cs_map_find(&counts.names, cs_str_of(op));
    return e ? ox_count_of(&counts, e) : 0;
}

static inline size_t dims_count(const tk_dims *d)
{
    return d->n * d->c * tk_voxels(d);
}

/* The graph, written and read again, has the same layers and gives the same
 * bits; the model is left for a closer look. */
static inline void comes_back(const made *m, tk_dims dims, ox_model *model)
{
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    cs_errinfo info = {0};
    export_of(m->graph, model);
    if (ox_import(model, "m", NULL, &n, &info) < 0)
        fail_msg("%s: %s", info.place, info.message);
    assert_int_equal(nn_graph_nodes(n.graph), nn_graph_nodes(m->graph));
    size_t count = out_count(&n, 0);
    CS_AUTO_MEM float *in = cs_calloc(dims_count(&dims), sizeof(*in));
    CS_AUTO_MEM float *first = cs_calloc(count, sizeof(*first));
    CS_AUTO_MEM float *second = cs_calloc(count, sizeof(*second));
    cs_rng r = cs_rng_stream(5, 1);
    cs_rng_fill_normal_f32(&r, 0, in, dims_count(&dims));
    run_graph(m->graph, in, first);
    run_graph(n.graph, in, second);
    assert_memory_equal(first, second, count * sizeof(*first));
}

static inline void refuses(const made *m, const char *part)
{
    CS_SCOPED(cs_strbuf) bytes = CS_STRBUF_INIT;
    cs_errinfo info = {0};
    wt_sink to = wt_sink_memory(&bytes);
    assert_int_equal(ox_export(m->graph, "net", &to, &info), CS_E_UNSUPPORTED);
    if (!strstr(info.message, part))
        fail_msg("'%s' is not in: %s", part, info.message);
    assert_int_equal(bytes.len, 0);
}

#endif
