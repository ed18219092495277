#include "detect/head_impl.h"

/* log(0.01 / 0.99) */
#define LOGIT -4.59511985013459

/* The last convolution's bias before the first output; NULL where there is
 * none. */
static nn_param *last_bias(const nn_graph *g)
{
    const nn_node *node = nn_graph_node(g, (size_t)nn_graph_output(g, 0));
    while (node->op == NN_ACTIVATION)
        node = nn_graph_node(g, (size_t)node->inputs[0]);
    if (node->op != NN_CONV || node->conv.bias == NN_NONE)
        return NULL;
    return nn_params_at(nn_graph_params(g), node->conv.bias);
}

/* Channels of scores come in pairs of no and yes, or alone. */
static size_t score_channels(const md_recipe *r)
{
    if (r->head.kind == MD_HEAD_CENTRES)
        return 1;
    return r->head.kind == MD_HEAD_ANCHORS ? 2 * r->head.anchor_count
                                           : dt_classes(r);
}

static int set(const md_recipe *r, const nn_graph *g, cs_errinfo *info)
{
    nn_param *bias = last_bias(g);
    size_t n = score_channels(r);
    if (!bias || tn_count(&bias->value) < n)
        return cs_fail(info, CS_E_RANGE,
                       "%s has no last layer with a bias for each score",
                       r->network->name);
    float *v = tn_f32(&bias->value);
    bool pairs = n > 1;
    for (size_t i = 0; i < n; i++)
        v[i] = pairs && i % 2 == 0 ? 0 : (float)LOGIT;
    return 0;
}

int dt_head_start(const md_recipe *r, nn_params *params, cs_errinfo *info)
{
    if (r->head.kind == MD_HEAD_CLASS)
        return 0;
    CS_AUTO(nn_graph) g = NULL;
    const tk_dims dims = {1, r->network->channels, r->input.patch[2],
                          r->input.patch[1], r->input.patch[0]};
    const zoo_options o = {.classes = r->classes};
    int e = zoo_build(r->network, &o, &dims, params, &g, info);
    return e < 0 ? e : set(r, g, info);
}
