#include "onnx/export.h"

#include <stdio.h>

#include "onnx/export_impl.h"

/* Networks may have layers that are not in this table. */
static ox_put_layer *const layers[] = {
    [NN_CONV] = ox_put_conv,
    [NN_NORM] = ox_put_norm,
    [NN_ACTIVATION] = ox_put_activation,
    [NN_POOL] = ox_put_pool,
    [NN_ADD] = ox_put_pair,
    [NN_MULTIPLY] = ox_put_pair,
    [NN_RESIZE] = ox_put_resize,
    [NN_SOFTMAX] = ox_put_softmax,
    [NN_CONCAT] = ox_put_pair,
    [NN_DROPOUT] = ox_put_nothing,
    [NN_SUBTRACT] = ox_put_pair,
    [NN_REDUCE] = ox_put_reduce,
    [NN_SLICE] = ox_put_slice,
    [NN_LAYER_NORM] = ox_put_layer_norm,
    [NN_ATTENTION] = ox_put_attention,
    [NN_EMBEDDING] = ox_put_embedding,
    [NN_PARAMETER] = ox_put_parameter,
};

/* --- axes --- */

tn_shape ox_shape(const ox_exporter *e, const tk_dims *d, bool flat)
{
    if (flat)
        return TN_SHAPE(d->n, d->c);
    return nn_graph_rank(e->graph) == 3 ? TN_SHAPE(d->n, d->c, d->d, d->h, d->w)
                                        : TN_SHAPE(d->n, d->c, d->h, d->w);
}

size_t ox_extents(const ox_exporter *e, const size_t *dhw, int64_t *ret)
{
    size_t axes = nn_graph_rank(e->graph);
    for (size_t i = 0; i < axes; i++)
        ret[i] = (int64_t)dhw[3 - axes + i];
    return axes;
}

static bool is_linear(const nn_graph *g, const nn_node *n)
{
    return n->op == NN_CONV &&
           nn_params_at(nn_graph_params(g), n->conv.weight)->value.shape.rank ==
               2;
}

/* Whether layers of a kind leave the axes as they are. */
static bool keeps_axes(const nn_node *n)
{
    switch (n->op) {
    case NN_ACTIVATION:
    case NN_SOFTMAX:
    case NN_DROPOUT:
    case NN_ADD:
    case NN_SUBTRACT:
    case NN_MULTIPLY:
    case NN_CONCAT:
    case NN_LAYER_NORM:
        return true;
    case NN_NORM:
        return n->norm.norm.kind == TK_NORM_BATCH;
    default:
        return false;
    }
}

int ox_flat_values(const nn_graph *g, bool **ret, cs_errinfo *info)
{
    bool *flat = cs_calloc(nn_graph_nodes(g) + 1, sizeof(*flat));
    if (!flat)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < nn_graph_nodes(g); i++) {
        const nn_node *n = nn_graph_node(g, i);
        flat[i] = n->n_inputs > 0 && keeps_axes(n);
        for (unsigned k = 0; k < n->n_inputs; k++)
            flat[i] = flat[i] && flat[n->inputs[k]];
        flat[i] = flat[i] || is_linear(g, n);
    }
    *ret = flat;
    return 0;
}

/* --- names --- */

/* Which output of the network a value is; SIZE_MAX: none. */
static size_t output_of(const nn_graph *g, size_t id)
{
    for (size_t k = 0; k < nn_graph_outputs(g); k++)
        if ((size_t)nn_graph_output(g, k) == id)
            return k;
    return SIZE_MAX;
}

static void output_name(const nn_graph *g, size_t k, char ret[OX_VALUE_MAX])
{
    if (nn_graph_outputs(g) == 1)
        snprintf(ret, OX_VALUE_MAX, "output");
    else
        snprintf(ret, OX_VALUE_MAX, "output%zu", k);
}

/* Inputs keep their names unless those are ours. */
static void input_name(const nn_graph *g, size_t id, char ret[OX_VALUE_MAX])
{
    const nn_node *n = nn_graph_node(g, id);
    bool first = nn_graph_inputs(g) > 0 && (size_t)nn_graph_input(g, 0) == id;
    bool plain = first && strcmp(n->name, "output") != 0 &&
                 strncmp(n->name, "output", 6) != 0 && n->name[0] != 'v' &&
                 n->name[0];
    if (plain && !nn_params_find(nn_graph_params(g), n->name))
        snprintf(ret, OX_VALUE_MAX, "%.128s", n->name);
    else
        snprintf(ret, OX_VALUE_MAX, "input%zu", id);
}

static const char *value_name(const nn_graph *g, size_t id,
                              char ret[OX_VALUE_MAX])
{
    const nn_node *n = nn_graph_node(g, id);
    while (n->op == NN_DROPOUT) {
        id = (size_t)n->inputs[0];
        n = nn_graph_node(g, id);
    }
    size_t k = output_of(g, id);
    if (n->op == NN_INPUT)
        input_name(g, id, ret);
    else if (k != SIZE_MAX)
        output_name(g, k, ret);
    else
        snprintf(ret, OX_VALUE_MAX, "v%zu", id);
    return ret;
}

const char *ox_result(const ox_exporter *e, char ret[OX_VALUE_MAX])
{
    return value_name(e->graph, e->index, ret);
}

const char *ox_part(const ox_exporter *e, const char *what,
                    char ret[OX_VALUE_MAX])
{
    snprintf(ret, OX_VALUE_MAX, "v%zu.%s", e->index, what);
    return ret;
}

const char *ox_layer_of(const ox_exporter *e)
{
    const nn_node *n = e->node;
    while (n->name[0] == '\0' && n->n_inputs > 0)
        n = nn_graph_node(e->graph, (size_t)n->inputs[0]);
    return n->name;
}

void ox_open(ox_exporter *e, const char *op)
{
    char name[OX_VALUE_MAX + 256];
    snprintf(name, sizeof(name), "%s", e->node->name);
    if (name[0] == '\0' || cs_map_find(&e->nodes, cs_str_of(name)))
        snprintf(name, sizeof(name), "%.256s_%zu", name[0] ? e->node->name : op,
                 e->index);
    e->w.failed =
        e->w.failed || cs_map_put(&e->nodes, cs_str_of(name), NULL, NULL) < 0;
    ox_begin(&e->w, op, name);
}

/* --- nodes on the way --- */

void ox_put_op(ox_exporter *e, const char *op, const char *a, const char *b,
               const char *y)
{
    ox_begin(&e->w, op, y);
    ox_in(&e->w, a);
    if (b)
        ox_in(&e->w, b);
    ox_out(&e->w, y);
    ox_end(&e->w);
}

void ox_put_reshape(ox_exporter *e, const char *x, const char *what,
                    const int64_t *shape, size_t n, const char *y)
{
    char name[OX_VALUE_MAX];
    ox_const_ints(&e->w, ox_part(e, what, name), shape, n);
    ox_put_op(e, "Reshape", x, name, y);
}

void ox_put_transpose(ox_exporter *e, const char *x, const int64_t *order,
                      size_t n, const char *y)
{
    ox_begin(&e->w, "Transpose", y);
    ox_in(&e->w, x);
    ox_attr_ints(&e->w, "perm", order, n);
    ox_out(&e->w, y);
    ox_end(&e->w);
}

/* --- values --- */

static void add_axes(ox_exporter *e, unsigned k, const char *from,
                     const char *to)
{
    static const int64_t space[] = {2, 3, 4};
    char name[OX_VALUE_MAX];
    char part[16];
    snprintf(part, sizeof(part), "axes%u", k);
    ox_const_ints(&e->w, ox_part(e, part, name), space,
                  nn_graph_rank(e->graph));
    ox_begin(&e->w, "Unsqueeze", to);
    ox_in(&e->w, from);
    ox_in(&e->w, name);
    ox_out(&e->w, to);
    ox_end(&e->w);
}

static void drop_axes(ox_exporter *e, const char *from, const char *to)
{
    ox_begin(&e->w, "Flatten", to);
    ox_in(&e->w, from);
    ox_attr_int(&e->w, "axis", 1);
    ox_out(&e->w, to);
    ox_end(&e->w);
}

const char *ox_operand(ox_exporter *e, unsigned k, ox_axes axes,
                       char ret[OX_VALUE_MAX])
{
    size_t id = (size_t)e->node->inputs[k];
    bool flat = e->flat[id];
    char from[OX_VALUE_MAX];
    char part[16];
    value_name(e->graph, id, from);
    if (axes == OX_AS_IT_IS || flat == (axes == OX_FLAT)) {
        memcpy(ret, from, sizeof(from));
        return ret;
    }
    snprintf(part, sizeof(part), "in%u", k);
    ox_part(e, part, ret);
    if (flat)
        add_axes(e, k, from, ret);
    else
        drop_axes(e, from, ret);
    return ret;
}

const char *ox_parameter(ox_exporter *e, size_t param)
{
    const nn_param *p = nn_params_at(nn_graph_params(e->graph), param);
    cs_str name = cs_str_of(p->name);
    if (!cs_map_find(&e->done, name)) {
        e->w.failed = e->w.failed || cs_map_put(&e->done, name, NULL, NULL) < 0;
        ox_tensor(&e->w, p->name, &p->value);
    }
    return p->name;
}

/* --- the whole --- */

static int put_node(ox_exporter *e, size_t i)
{
    e->index = i;
    e->node = nn_graph_node(e->graph, i);
    if (e->node->op == NN_INPUT)
        return 0;
    size_t op = (size_t)e->node->op;
    if (op < CS_COUNTOF(layers) && layers[op])
        return layers[op](e);
    return cs_fail(e->info, CS_E_UNSUPPORTED,
                   "the layer '%s' has no form in ONNX here", ox_layer_of(e));
}

static void put_inputs(ox_exporter *e)
{
    char name[OX_VALUE_MAX];
    for (size_t k = 0; k < nn_graph_inputs(e->graph); k++) {
        size_t id = (size_t)nn_graph_input(e->graph, k);
        const tn_shape s =
            ox_shape(e, &nn_graph_node(e->graph, id)->dims, false);
        ox_input_port(&e->w, value_name(e->graph, id, name), &s);
    }
}

/* Outputs that are another's, or an input's, need a node of their own. */
static void put_outputs(ox_exporter *e)
{
    char name[OX_VALUE_MAX];
    char from[OX_VALUE_MAX];
    for (size_t k = 0; k < nn_graph_outputs(e->graph); k++) {
        size_t id = (size_t)nn_graph_output(e->graph, k);
        const tn_shape s =
            ox_shape(e, &nn_graph_node(e->graph, id)->dims, e->flat[id]);
        output_name(e->graph, k, name);
        value_name(e->graph, id, from);
        if (strcmp(name, from) != 0) {
            ox_begin(&e->w, "Identity", name);
            ox_in(&e->w, from);
            ox_out(&e->w, name);
            ox_end(&e->w);
        }
        ox_output_port(&e->w, name, &s);
    }
}

/* No operator counts batches; PyTorch's own state has the counts. */
static void put_counts(ox_exporter *e)
{
    nn_params *params = nn_graph_params(e->graph);
    for (size_t i = 0; i < nn_params_count(params); i++) {
        const nn_param *p = nn_params_at(params, i);
        char text[32];
        if (p->role != NN_COUNT)
            continue;
        snprintf(text, sizeof(text), "%lld",
                 (long long)*(const int64_t *)tn_data(&p->value));
        ox_note(&e->w, p->name, text);
    }
}

int ox_export(const nn_graph *g, const char *name, wt_sink *to,
              cs_errinfo *info)
{
    ox_exporter e = {.graph = g, .info = info};
    ox_writer_init(&e.w);
    int r = ox_flat_values(g, &e.flat, info);
    if (r == 0)
        put_inputs(&e);
    for (size_t i = 0; r == 0 && i < nn_graph_nodes(g); i++)
        r = put_node(&e, i);
    if (r == 0) {
        put_outputs(&e);
        put_counts(&e);
        r = ox_writer_put(&e.w, name, to, info);
    }
    ox_writer_done(&e.w);
    cs_map_done(&e.done);
    cs_map_done(&e.nodes);
    cs_free(e.flat);
    return r;
}

int ox_export_file(const nn_graph *g, const char *name, const char *path,
                   cs_errinfo *info)
{
    CS_AUTO(cs_atomic_file) f = NULL;
    int r = cs_atomic_file_open(path, 0644, &f, info);
    if (r < 0)
        return r;
    wt_sink to = wt_sink_file(f);
    r = ox_export(g, name, &to, info);
    return r < 0 ? r : cs_atomic_file_commit(f, info);
}
