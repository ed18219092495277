#include "nn/plan.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "nn/plan_impl.h"
#include "tensor/kernels/layout.h"

/* --- algorithms --- */

static int plan_conv(nn_plan *p, size_t i, cs_errinfo *info)
{
    const nn_node *n = nn_plan_node(p, i);
    nn_slot *s = &p->slots[i];
    const tk_dims *in = &nn_plan_node(p, nn_plan_input(p, i, 0))->dims;
    const tk_conv_choice choice = {
        .algorithm = p->options.exact ? TK_ALGO_DIRECT : TK_ALGO_AUTO,
        .training = p->options.training};
    bool transposed = n->conv.transposed;
    const tk_dims *x = transposed ? &n->dims : in;
    const tk_dims *y = transposed ? in : &n->dims;
    tk_conv_op there = transposed ? TK_CONV_DATA : TK_CONV_FORWARD;
    tk_conv_op back = transposed ? TK_CONV_FORWARD : TK_CONV_DATA;
    const tk_conv *c = &n->conv.conv;
    int r = tk_conv_plan_init(&s->forward, c, there, x, y, &choice, info);
    if (r == 0 && p->options.training)
        r = tk_conv_plan_init(&s->data, c, back, x, y, &choice, info);
    if (r == 0 && p->options.training)
        r = tk_conv_plan_init(&s->weights, c, TK_CONV_WEIGHTS, x, y, &choice,
                              info);
    if (r < 0)
        cs_errinfo_set_place(info, n->name);
    return r;
}

int nn_plan_convolutions(nn_plan *p, cs_errinfo *info)
{
    for (size_t i = 0; i < p->nodes; i++) {
        if (nn_plan_node(p, i)->op != NN_CONV || !nn_plan_runs(p, i))
            continue;
        int r = plan_conv(p, i, info);
        if (r < 0)
            return r;
    }
    return 0;
}

/* --- life --- */

/* Decides everything for the options as they are. */
static int lay_out(nn_plan *p, cs_errinfo *info)
{
    CS_AUTO_MEM bool *written = cs_calloc(p->nodes + 1, sizeof(*written));
    if (!written)
        return cs_fail_nomem(info);
    nn_plan_fuse(p, written);
    nn_plan_recompute(p);
    int r = nn_plan_convolutions(p, info);
    if (r < 0)
        return r;
    nn_plan_windows(p);
    return nn_plan_allocate(p, info);
}

static int prepare(nn_plan *p, cs_errinfo *info)
{
    int r;
    nn_plan_first_slabs(p);
    do
        r = lay_out(p, info);
    while (r == CS_E_LIMIT &&
           (nn_plan_thinner_slabs(p) || nn_plan_recompute_more(p)));
    if (r == 0 && p->options.training)
        r = nn_params_gradients(nn_graph_params(p->graph), info);
    return r < 0 ? r : nn_plan_refresh(p, info);
}

int nn_plan_new(const nn_graph *graph, const nn_plan_options *options,
                nn_plan **ret, cs_errinfo *info)
{
    CS_AUTO(nn_plan) p = cs_new0(nn_plan);
    if (!p)
        return cs_fail_nomem(info);
    p->graph = graph;
    p->options = *options;
    if (p->options.momentum == 0)
        p->options.momentum = 0.1;
    p->table = tk_table_of(options->tier);
    p->again_level = CS_MIN(options->recompute, NN_RECOMPUTE_MAX);
    p->nodes = nn_graph_nodes(graph);
    p->slots = cs_calloc(p->nodes + 1, sizeof(*p->slots));
    p->segments = cs_calloc(p->nodes + 1, sizeof(*p->segments));
    if (!p->slots || !p->segments)
        return cs_fail_nomem(info);
    int r = prepare(p, info);
    if (r < 0)
        return r;
    *ret = CS_TAKE(p);
    return 0;
}

void nn_plan_free(nn_plan *p)
{
    if (!p)
        return;
    tn_buffer_unref(p->arena);
    tn_buffer_unref(p->constants);
    cs_free(p->statistics);
    cs_free(p->segments);
    cs_free(p->slots);
    cs_free(p);
}

void nn_plan_set_passes(nn_plan *p, uint64_t passes)
{
    p->passes = passes;
}

size_t nn_plan_memory(const nn_plan *p)
{
    return tn_buffer_size(p->arena) + tn_buffer_size(p->constants);
}

/* --- inference weights --- */

static const float *param_f32(const nn_plan *p, size_t index)
{
    const nn_param *q = nn_plan_param(p, index);
    return q ? tn_f32(&q->value) : NULL;
}

/* Scales each output channel of `weights` into `to`, and gives the bias that
 * normalisation by running statistics comes to. */
static void fold_weights(const nn_plan *p, const nn_node *conv,
                         const nn_node *norm, float *to, float *bias)
{
    const float *w = param_f32(p, conv->conv.weight);
    const float *own = param_f32(p, conv->conv.bias);
    const float *gain = param_f32(p, norm->norm.gain);
    const float *shift = param_f32(p, norm->norm.shift);
    const float *mean = param_f32(p, norm->norm.mean);
    const float *variance = param_f32(p, norm->norm.variance);
    const tk_conv *c = &conv->conv.conv;
    size_t each =
        c->in / c->groups * c->kernel[0] * c->kernel[1] * c->kernel[2];
    for (size_t k = 0; k < c->out; k++) {
        double scale =
            (double)gain[k] / sqrt((double)variance[k] + norm->norm.norm.eps);
        double b = (own ? (double)own[k] : 0) - (double)mean[k];
        bias[k] = (float)((double)shift[k] + b * scale);
        for (size_t i = 0; i < each; i++)
            to[k * each + i] = (float)((double)w[k * each + i] * scale);
    }
}

static int refresh_conv(nn_plan *p, size_t i, cs_errinfo *info)
{
    const nn_node *n = nn_plan_node(p, i);
    const nn_slot *s = &p->slots[i];
    float *constants = tn_buffer_data(p->constants);
    const float *w = param_f32(p, n->conv.weight);
    const float *own = param_f32(p, n->conv.bias);
    float *bias = constants + s->bias;
    const tk_run run = {p->table, p->options.pool, s->local};
    CS_AUTO_MEM float *folded = NULL;
    if (own)
        memcpy(bias, own, n->dims.c * sizeof(float));
    if (s->folded >= 0) {
        folded = cs_calloc(tn_count(&nn_plan_param(p, n->conv.weight)->value),
                           sizeof(float));
        if (!folded)
            return cs_fail_nomem(info);
        fold_weights(p, n, nn_plan_node(p, (size_t)s->folded), folded, bias);
        w = folded;
    }
    tk_conv_pack(&s->forward, &run, w, constants + s->packed);
    return 0;
}

static void refresh_norm(nn_plan *p, size_t i)
{
    const nn_node *n = nn_plan_node(p, i);
    const nn_slot *s = &p->slots[i];
    if (n->norm.mean == NN_NONE)
        return;
    for (size_t c = 0; c < n->dims.c; c++) {
        s->mean[c] = (double)param_f32(p, n->norm.mean)[c];
        s->variance[c] = (double)param_f32(p, n->norm.variance)[c];
    }
}

int nn_plan_refresh(nn_plan *p, cs_errinfo *info)
{
    if (p->options.training)
        return 0;
    for (size_t i = 0; i < p->nodes; i++) {
        if (!nn_plan_runs(p, i))
            continue;
        nn_op op = nn_plan_node(p, i)->op;
        int r = op == NN_CONV ? refresh_conv(p, i, info) : 0;
        if (r < 0)
            return r;
        if (op == NN_NORM)
            refresh_norm(p, i);
    }
    return 0;
}

/* --- running --- */

static void run_steps(nn_plan *p)
{
    for (size_t i = 0; i < p->nodes; i++) {
        if (!nn_plan_runs(p, i))
            continue;
        int segment = p->slots[i].slab.segment;
        if (segment < 0) {
            nn_step_forward(p, i, NULL);
        } else {
            nn_segment_forward(p, &p->segments[segment]);
            i = p->segments[segment].last;
        }
    }
}

void nn_plan_forward(nn_plan *p, const float *const *inputs,
                     float *const *outputs)
{
    p->passes++;
    p->inputs = inputs;
    p->outputs = outputs;
    run_steps(p);
    for (size_t i = 0; i < p->nodes; i++)
        if (nn_plan_runs(p, i) && p->slots[i].slab.segment < 0)
            nn_give_outputs(p, i, NULL);
}

static void make_again(nn_plan *p, size_t at)
{
    for (size_t i = 0; p->again_level && i < p->nodes; i++)
        if (p->slots[i].again_at == at)
            nn_step_again(p, i);
}

void nn_plan_backward(nn_plan *p, const float *const *output_gradients,
                      float *const *input_gradients)
{
    const tk_run run = {p->table, p->options.pool, NULL};
    for (size_t k = 0; k < nn_graph_outputs(p->graph); k++) {
        int owner = p->slots[nn_graph_output(p->graph, k)].owner;
        tk_from_plain(&run, output_gradients[k], &p->slots[owner].grad);
    }
    for (size_t i = p->nodes; i-- > 0;) {
        if (!nn_plan_runs(p, i) || !p->slots[i].wants_gradient)
            continue;
        make_again(p, i);
        nn_step_backward(p, i);
    }
    for (size_t k = 0; input_gradients && k < nn_graph_inputs(p->graph); k++) {
        const nn_slot *s = &p->slots[nn_graph_input(p->graph, k)];
        if (input_gradients[k] && s->wants_gradient)
            tk_to_plain(&run, &s->grad, input_gradients[k]);
    }
}
