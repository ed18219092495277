#include "onnx/import.h"

#include <stdio.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "onnx/count.h"
#include "onnx/format.h"
#include "onnx/import_impl.h"

static const struct {
    const char *op;
    ox_lower *lower;
} operators[] = {
    {"Add", ox_lower_add},
    {"AveragePool", ox_lower_pool},
    {"BatchNormalization", ox_lower_batch_norm},
    {"Cast", ox_lower_cast},
    {"Concat", ox_lower_concat},
    {"Constant", ox_lower_constant},
    {"Conv", ox_lower_conv},
    {"ConvTranspose", ox_lower_conv_transposed},
    {"Div", ox_lower_div},
    {"Dropout", ox_lower_same},
    {"Erf", ox_lower_erf},
    {"Expand", ox_lower_expand},
    {"Flatten", ox_lower_flatten},
    {"Gather", ox_lower_gather},
    {"Gelu", ox_lower_unary},
    {"Gemm", ox_lower_gemm},
    {"GlobalAveragePool", ox_lower_global_pool},
    {"GlobalMaxPool", ox_lower_global_pool},
    {"HardSigmoid", ox_lower_unary},
    {"HardSwish", ox_lower_unary},
    {"Identity", ox_lower_same},
    {"InstanceNormalization", ox_lower_instance_norm},
    {"LayerNormalization", ox_lower_layer_norm},
    {"LeakyRelu", ox_lower_unary},
    {"LogSoftmax", ox_lower_softmax},
    {"MatMul", ox_lower_matmul},
    {"MaxPool", ox_lower_pool},
    {"Mul", ox_lower_mul},
    {"PRelu", ox_lower_prelu},
    {"Pad", ox_lower_pad},
    {"ReduceMax", ox_lower_reduce},
    {"ReduceMean", ox_lower_reduce},
    {"ReduceSum", ox_lower_reduce},
    {"Relu", ox_lower_unary},
    {"Reshape", ox_lower_reshape},
    {"Resize", ox_lower_resize},
    {"Shape", ox_lower_shape},
    {"Sigmoid", ox_lower_unary},
    {"Slice", ox_lower_slice},
    {"Softmax", ox_lower_softmax},
    {"Squeeze", ox_lower_squeeze},
    {"Sub", ox_lower_sub},
    {"Tanh", ox_lower_unary},
    {"Transpose", ox_lower_transpose},
    {"Trilu", ox_lower_trilu},
    {"Unsqueeze", ox_lower_unsqueeze},
    {"Upsample", ox_lower_resize},
};

static ox_lower *find_operator(const ox_node *n)
{
    bool ours = n->domain.len == 0 || cs_str_is(n->domain, "ai.onnx");
    for (size_t i = 0; ours && !n->has_graph && i < CS_COUNTOF(operators); i++)
        if (cs_str_is(n->op, operators[i].op))
            return operators[i].lower;
    return NULL;
}

/* --- operators that we lack --- */

bool ox_supported(const ox_node *n)
{
    return find_operator(n) != NULL;
}

static bool lacking(const ox_node *n)
{
    return !ox_supported(n);
}

static int refuse_lacking(const ox_model *m, cs_errinfo *info)
{
    CS_SCOPED(ox_counts) counts = OX_COUNTS_INIT;
    CS_SCOPED(cs_strbuf) list = CS_STRBUF_INIT;
    int r = ox_count_operators(m, lacking, &counts, info);
    size_t n = counts.names.len;
    for (const cs_map_entry *e = NULL; (e = cs_map_next(&counts.names, e));)
        cs_strbuf_printf(&list, "%s%.*s (%zu)", list.len ? ", " : "",
                         CS_STR_ARG(e->key), ox_count_of(&counts, e));
    if (r == 0 && cs_strbuf_check(&list) < 0)
        return cs_fail_nomem(info);
    if (r == 0 && n > 0)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "operators that are not supported: %s", list.data);
    return r;
}

/* --- inputs --- */

static int unknown_shape(const ox_port *p, cs_errinfo *info)
{
    return cs_fail(info, CS_E_USAGE,
                   "the shape of the input '%.*s' is not fixed in the model; "
                   "say which to use",
                   CS_STR_ARG(p->name));
}

static int wrong_shape(const ox_port *p, const tn_shape *given, unsigned axis,
                       cs_errinfo *info)
{
    char text[TN_SHAPE_TEXT_MAX];
    return cs_fail(info, CS_E_RANGE,
                   "%s does not suit the model's input '%.*s', which has %zu "
                   "dimensions and %lld along axis %u",
                   tn_shape_text(given, text), CS_STR_ARG(p->name), p->rank,
                   (long long)(axis < p->rank ? p->dim[axis] : 0), axis);
}

int ox_input_shape(const ox_port *p, const tn_shape *given, tn_shape *ret,
                   cs_errinfo *info)
{
    uint64_t dims[TN_RANK_MAX];
    if (given) {
        if (p->has_shape && p->rank != given->rank)
            return wrong_shape(p, given, 0, info);
        for (unsigned i = 0; p->has_shape && i < given->rank; i++)
            if (p->dim[i] >= 0 && (size_t)p->dim[i] != given->dim[i])
                return wrong_shape(p, given, i, info);
        *ret = *given;
        return 0;
    }
    for (size_t i = 0; i < p->rank; i++) {
        if (p->dim[i] < 0)
            return unknown_shape(p, info);
        dims[i] = (uint64_t)p->dim[i];
    }
    if (!p->has_shape)
        return unknown_shape(p, info);
    return tn_shape_make(dims, p->rank, ret, info);
}

static int keep_shape(ox_importer *imp, cs_str name, const tn_shape *shape,
                      ox_named_shape *ret)
{
    char text[TN_SHAPE_TEXT_MAX];
    if (!cs_utf8_valid(name.data, name.len) ||
        memchr(name.data, '\0', name.len))
        return cs_fail(imp->info, CS_E_FORMAT,
                       "the name of an input or output is no text; its shape "
                       "is %s",
                       tn_shape_text(shape, text));
    ret->name = cs_strndup(name.data, name.len);
    ret->shape = *shape;
    return ret->name ? 0 : cs_fail_nomem(imp->info);
}

static int add_input(ox_importer *imp, const ox_port *p, const tn_shape *given,
                     ox_network *ret)
{
    ox_value v = {.form = OX_READY};
    ox_named_shape kept = {.name = NULL};
    tk_dims d;
    char text[TN_SHAPE_TEXT_MAX];
    int r = ox_input_shape(p, given, &v.shape, imp->info);
    if (r < 0)
        return r;
    if (p->dtype != OX_F32 || !ox_dims_of(&v.shape, &d) ||
        tn_shape_count(&v.shape) == 0)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "the input '%.*s' is %s; supported are f32 of batch, "
                       "channels and up to three axes of space",
                       CS_STR_ARG(p->name), tn_shape_text(&v.shape, text));
    r = keep_shape(imp, p->name, &v.shape, &kept);
    if (r < 0)
        return r;
    if (cs_vec_push(&ret->inputs, kept) < 0) {
        cs_free(kept.name);
        return cs_fail_nomem(imp->info);
    }
    imp->rank = CS_MAX(imp->rank, v.shape.rank == 5 ? 3U : 2U);
    v.at = nn_input(imp->graph, kept.name, &d);
    if (v.at.id < 0)
        return nn_graph_finish(imp->graph, imp->info);
    return ox_add_value(imp, p->name, &v);
}

static int add_inputs(ox_importer *imp, const ox_import_options *o,
                      ox_network *ret)
{
    const ox_model *m = imp->model;
    int r = 0;
    if (o && o->inputs && o->n_inputs != m->inputs.len)
        return cs_fail(imp->info, CS_E_USAGE,
                       "the model has %zu inputs; shapes for %zu are given",
                       m->inputs.len, o->n_inputs);
    for (size_t i = 0; r == 0 && i < m->inputs.len; i++)
        r = add_input(imp, &m->inputs.items[i],
                      o && o->inputs ? &o->inputs[i] : NULL, ret);
    return r;
}

static int add_initializers(ox_importer *imp)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < wt_dict_count(&imp->model->weights); i++) {
        const wt_entry *e = wt_dict_at(&imp->model->weights, i);
        ox_value v = {
            .form = OX_CONSTANT, .shape = e->tensor.shape, .name = e->name};
        /* A view of its own; the file's elements are contiguous. */
        r = tn_view_reshape(&e->tensor, &e->tensor.shape, &v.constant,
                            imp->info);
        if (r == 0)
            r = ox_add_value(imp, e->name, &v);
        tn_tensor_done(&v.constant);
    }
    return r;
}

/* --- nodes --- */

/* "model.onnx: Conv 'conv1'", and what the graph said of the place. */
static void place_error(const ox_importer *imp, const char *name)
{
    cs_errinfo *info = imp->info;
    char place[CS_ERR_PLACE_MAX];
    char inner[CS_ERR_PLACE_MAX];
    if (!info)
        return;
    const ox_node *n = imp->node;
    cs_str title = n->name;
    if (title.len == 0 && n->n_outputs > 0)
        title = n->outputs[0];
    snprintf(inner, sizeof(inner), "%s", info->place);
    snprintf(place, sizeof(place), "%.80s: %.*s '%.*s'%s%.40s", name,
             (int)CS_MIN(n->op.len, (size_t)22), n->op.data,
             (int)CS_MIN(title.len, (size_t)40), title.data,
             inner[0] ? " " : "", inner);
    info->place[0] = '\0'; /* which is part of the new one */
    cs_errinfo_set_place(info, place);
}

static int lower_nodes(ox_importer *imp, const char *name)
{
    for (size_t i = 0; i < imp->model->nodes.len; i++) {
        imp->node = &imp->model->nodes.items[i];
        imp->index = i;
        int r = find_operator(imp->node)(imp);
        if (r < 0) {
            place_error(imp, name);
            return r;
        }
    }
    return 0;
}

static int add_output(ox_importer *imp, const ox_port *p, ox_network *ret)
{
    ox_named_shape kept = {.name = NULL};
    ox_value *v = cs_map_get(&imp->values, p->name);
    if (!v || v->form == OX_CONSTANT)
        return cs_fail(imp->info, CS_E_FORMAT,
                       "no node makes the output '%.*s'", CS_STR_ARG(p->name));
    int r = ox_ready(imp, v);
    if (r == 0)
        r = keep_shape(imp, p->name, &v->shape, &kept);
    if (r < 0)
        return r;
    if (cs_vec_push(&ret->outputs, kept) < 0) {
        cs_free(kept.name);
        return cs_fail_nomem(imp->info);
    }
    nn_output(imp->graph, v->at);
    return 0;
}

static int import_all(ox_importer *imp, const char *name,
                      const ox_import_options *o, ox_network *ret)
{
    const ox_model *m = imp->model;
    int r = refuse_lacking(m, imp->info);
    if (r == 0)
        r = add_inputs(imp, o, ret);
    if (r == 0)
        r = add_initializers(imp);
    nn_rank(imp->graph, imp->rank);
    if (r == 0)
        r = lower_nodes(imp, name);
    for (size_t i = 0; r == 0 && i < m->outputs.len; i++)
        r = add_output(imp, &m->outputs.items[i], ret);
    nn_rank(imp->graph, imp->rank);
    return r < 0 ? r : nn_graph_finish(imp->graph, imp->info);
}

static void importer_done(ox_importer *imp)
{
    for (size_t i = 0; i < imp->all.len; i++) {
        tn_tensor_done(&imp->all.items[i]->constant);
        cs_free(imp->all.items[i]);
    }
    for (size_t i = 0; i < imp->owned.len; i++)
        cs_free(imp->owned.items[i]);
    cs_vec_done(&imp->all);
    cs_vec_done(&imp->owned);
    cs_map_done(&imp->values);
    cs_map_done(&imp->layers);
}

void ox_network_done(ox_network *n)
{
    nn_graph_free(n->graph);
    nn_params_free(n->params);
    for (size_t i = 0; i < n->inputs.len; i++)
        cs_free(n->inputs.items[i].name);
    for (size_t i = 0; i < n->outputs.len; i++)
        cs_free(n->outputs.items[i].name);
    cs_vec_done(&n->inputs);
    cs_vec_done(&n->outputs);
    *n = (ox_network)OX_NETWORK_INIT;
}

static int check_model(const ox_model *m, cs_errinfo *info)
{
    if (m->opset < OX_OPSET_MIN || m->opset > OX_OPSET_MAX)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "the model is written for opset %lld; supported are %d "
                       "to %d",
                       (long long)m->opset, OX_OPSET_MIN, OX_OPSET_MAX);
    if (m->inputs.len == 0 || m->outputs.len == 0)
        return cs_fail(info, CS_E_FORMAT,
                       "the model has no input or no output");
    return 0;
}

int ox_import(const ox_model *m, const char *name,
              const ox_import_options *options, ox_network *ret,
              cs_errinfo *info)
{
    CS_SCOPED(ox_network) made = OX_NETWORK_INIT;
    ox_importer imp = {.model = m, .rank = 2, .info = info};
    int r = check_model(m, info);
    if (r == 0)
        r = nn_params_new(&made.params, info);
    if (r == 0)
        r = nn_graph_new(made.params, &made.graph, info);
    if (r == 0) {
        imp.graph = made.graph;
        imp.params = made.params;
        r = import_all(&imp, name, options, &made);
        importer_done(&imp);
    }
    if (r < 0) {
        if (info && info->place[0] == '\0')
            cs_errinfo_set_place(info, name);
        return r;
    }
    *ret = made;
    made = (ox_network)OX_NETWORK_INIT;
    return 0;
}
