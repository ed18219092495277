/* The forward and backward step of each kind of layer. */
#include <string.h>

#include "nn/plan_step_impl.h"
#include "tensor/kernels/bias.h"
#include "tensor/kernels/channels.h"
#include "tensor/kernels/dropout.h"
#include "tensor/kernels/reduce.h"

/* With the memory of the forward step. */
static step step_of(nn_plan *p, size_t i)
{
    step t = {.p = p, .n = nn_plan_node(p, i), .s = &p->slots[i]};
    t.run = (tk_run){p->table, p->options.pool, t.s->local};
    return t;
}

static step forward_step(nn_plan *p, size_t i)
{
    step t = step_of(p, i);
    t.y = t.s->image;
    for (unsigned k = 0; k < t.n->n_inputs; k++)
        t.x[k] = p->slots[nn_plan_input(p, i, k)].image;
    return t;
}

/* With results as the backward pass finds them. */
static step backward_step(nn_plan *p, size_t i)
{
    step t = step_of(p, i);
    t.y = t.s->again;
    for (unsigned k = 0; k < t.n->n_inputs; k++)
        t.x[k] = p->slots[nn_plan_input(p, i, k)].again;
    return t;
}

static tk_image planes_of(const nn_plan *p, size_t i, tk_planes want)
{
    const nn_slot *s = &p->slots[i];
    const nn_slab *root = &p->slots[s->root].slab;
    size_t low = root->slides ? root->low : 0;
    return tk_image_planes(&s->image, want.begin - low, want.end - want.begin);
}

static step step_in_slab(nn_plan *p, size_t i, const tk_planes *to)
{
    step t = step_of(p, i);
    t.to = to;
    t.y = planes_of(p, i, *to);
    for (unsigned k = 0; k < t.n->n_inputs; k++)
        t.x[k] =
            planes_of(p, nn_plan_input(p, i, k), nn_step_reads(p, i, k, *to));
    return t;
}

/* --- the caller's arrays --- */

static void take_input(const step *t, size_t i)
{
    const nn_plan *p = t->p;
    for (size_t k = 0; k < nn_graph_inputs(p->graph); k++)
        if (nn_graph_input(p->graph, k) == (int)i)
            tk_planes_from_plain(&t->run, p->inputs[k],
                                 t->to ? t->to->begin : 0, t->n->dims.d, &t->y);
}

void nn_give_outputs(nn_plan *p, size_t i, const tk_planes *from)
{
    step t = from ? step_in_slab(p, i, from) : forward_step(p, i);
    for (size_t k = 0; k < nn_graph_outputs(p->graph); k++)
        if (p->slots[nn_graph_output(p->graph, k)].owner == (int)i &&
            p->outputs[k])
            tk_planes_to_plain(&t.run, &t.y, p->outputs[k],
                               from ? from->begin : 0, t.n->dims.d);
}

/* --- convolution --- */

static void conv_forward(step *t)
{
    const nn_slot *s = t->s;
    float *constants = tn_buffer_data(t->p->constants);
    float *bias = constants + s->bias;
    const float *packed = constants + s->packed;
    if (t->p->options.training) {
        const float *own = value_of(t, t->n->conv.bias);
        if (own)
            memcpy(bias, own, t->n->dims.c * sizeof(float));
        /* Step memory: packed weights, then the kernel's scratch. */
        float *fresh = t->run.scratch;
        tk_conv_pack(&s->forward, &t->run, value_of(t, t->n->conv.weight),
                     fresh);
        packed = fresh;
        t->run.scratch += tk_lines(s->forward.packed_floats);
    }
    const tk_conv_plan plan =
        t->to ? tk_conv_window(&s->forward, *t->to) : s->forward;
    tk_conv_run(&plan, &t->run, packed, &t->x[0], bias, s->slope, &t->y);
}

static size_t weight_floats(const nn_plan *p, const nn_node *n)
{
    return tn_count(&nn_plan_param(p, n->conv.weight)->value);
}

static void conv_bias_gradient(const step *t)
{
    float *to = grad_of(t, t->n->conv.bias);
    if (!to)
        return;
    tk_run run = t->run;
    float *sums = run.scratch;
    run.scratch += tk_lines(t->n->dims.c);
    tk_channel_sums(&run, &t->s->grad, sums);
    add_floats(sums, t->n->dims.c, to);
}

static void conv_weight_gradient(const step *t)
{
    const nn_slot *s = t->s;
    size_t count = weight_floats(t->p, t->n);
    tk_run run = t->run;
    float *fresh = run.scratch;
    float *sum = fresh + tk_lines(count);
    run.scratch = sum + tk_lines(s->weights.packed_floats);
    /* A transposed convolution is the data pass of a plain one, whose input is
     * this one's output. */
    const tk_image *x = t->n->conv.transposed ? &s->grad : &t->x[0];
    const tk_image *dy = t->n->conv.transposed ? &t->x[0] : &s->grad;
    tk_conv_gradient(&s->weights, &run, x, dy, sum, fresh);
    add_floats(fresh, count, grad_of(t, t->n->conv.weight));
}

static void conv_backward(step *t, size_t i)
{
    conv_bias_gradient(t);
    conv_weight_gradient(t);
    if (!wants_gradient(t, i, 0))
        return;
    tk_image dx = begin_gradient(t, i, 0);
    tk_run run = t->run;
    float *packed = run.scratch;
    run.scratch += tk_lines(t->s->data.packed_floats);
    tk_conv_pack(&t->s->data, &run, value_of(t, t->n->conv.weight), packed);
    tk_conv_run(&t->s->data, &run, packed, &t->s->grad, NULL, 1, &dx);
    finish_gradient(t, i, 0, &dx);
}

/* --- normalisation --- */

static void follow(float *running, double fresh, double momentum)
{
    *running = (float)((double)*running * (1 - momentum) + fresh * momentum);
}

static void update_running(const step *t)
{
    float *mean = value_of(t, t->n->norm.mean);
    float *variance = value_of(t, t->n->norm.variance);
    if (!mean)
        return;
    double m = (double)tk_norm_set_size(&t->n->norm.norm, &t->n->dims);
    double unbiased = m > 1 ? m / (m - 1) : 1;
    double momentum = t->p->options.momentum;
    for (size_t c = 0; c < t->n->dims.c; c++) {
        follow(&mean[c], t->s->mean[c], momentum);
        follow(&variance[c], t->s->variance[c] * unbiased, momentum);
    }
    nn_param *count = nn_plan_param(t->p, t->n->norm.count);
    ++*(int64_t *)tn_data(&count->value);
}

static void norm_forward(const step *t)
{
    const nn_slot *s = t->s;
    bool running = !t->p->options.training && t->n->norm.mean != NN_NONE;
    if (!running && !t->again)
        tk_norm_statistics(&t->run, &t->n->norm.norm, &t->x[0], s->mean,
                           s->variance);
    if (t->p->options.training && !t->again)
        update_running(t);
    tk_norm_forward(&t->run, &t->n->norm.norm, s->mean, s->variance,
                    value_of(t, t->n->norm.gain), value_of(t, t->n->norm.shift),
                    s->slope, &t->x[0], &t->y);
}

static void norm_backward(step *t, size_t i)
{
    const nn_slot *s = t->s;
    size_t c = t->n->dims.c;
    /* Without a reader it goes where what it is made of lay. */
    bool wanted = wants_gradient(t, i, 0);
    tk_image dx = wanted ? begin_gradient(t, i, 0) : s->grad;
    float *dgain = t->run.scratch;
    float *dshift = dgain + tk_lines(c);
    tk_run run = t->run;
    run.scratch = dshift + tk_lines(c);
    tk_norm_backward(&run, &t->n->norm.norm, s->mean, s->variance,
                     value_of(t, t->n->norm.gain), &t->x[0], &s->grad, &dx,
                     dgain, dshift);
    if (t->n->norm.gain != NN_NONE) {
        add_floats(dgain, c, grad_of(t, t->n->norm.gain));
        add_floats(dshift, c, grad_of(t, t->n->norm.shift));
    }
    if (wanted)
        finish_gradient(t, i, 0, &dx);
}

/* --- the rest --- */

static bool is_part_of(const nn_plan *p, size_t part, size_t whole)
{
    return p->slots[part].root == p->slots[whole].root && part != whole;
}

/* Parts that were not written in place. */
static void concat_forward(const step *t, size_t i)
{
    size_t start = 0;
    for (unsigned k = 0; k < 2; k++) {
        size_t input = nn_plan_input(t->p, i, k);
        const tk_image *part = &t->x[k];
        const tk_range from = {.image = part, .first = 0};
        const tk_range to = {.image = &t->y, .first = start};
        if (!is_part_of(t->p, input, i))
            tk_channels_copy(&t->run, from, to, part->dims.c);
        start += part->dims.c;
    }
}

static void concat_backward(const step *t, size_t i)
{
    size_t start = 0;
    for (unsigned k = 0; k < 2; k++) {
        size_t input = nn_plan_input(t->p, i, k);
        const nn_slot *in = &t->p->slots[input];
        size_t c = nn_plan_node(t->p, input)->dims.c;
        const tk_range from = {.image = &t->s->grad, .first = start};
        const tk_range to = {.image = &in->grad, .first = 0};
        start += c;
        if (!in->wants_gradient || is_part_of(t->p, input, i))
            continue;
        if (t->s->adds[k])
            tk_channels_add(&t->run, from, to, c);
        else
            tk_channels_copy(&t->run, from, to, c);
    }
}

static void activation_backward(step *t, size_t i)
{
    tk_image dx = begin_gradient(t, i, 0);
    const tk_activation f = t->n->activation;
    tk_activate_backward(&t->run, f,
                         tk_activation_needs_only_y(f.kind) ? &t->y : &t->x[0],
                         &t->s->grad, &dx);
    finish_gradient(t, i, 0, &dx);
}

static void pool_backward(step *t, size_t i)
{
    tk_image dx = begin_gradient(t, i, 0);
    const tk_image *x = t->n->pool.kind == TK_POOL_MAX ? &t->x[0] : NULL;
    tk_pool_backward(&t->run, &t->n->pool, x, &t->s->grad, &dx);
    finish_gradient(t, i, 0, &dx);
}

static void resize_backward(step *t, size_t i)
{
    tk_image dx = begin_gradient(t, i, 0);
    tk_resize_backward(&t->run, t->n->resize, &t->s->grad, &dx);
    finish_gradient(t, i, 0, &dx);
}

static void softmax_backward(step *t, size_t i)
{
    tk_image dx = begin_gradient(t, i, 0);
    tk_softmax_backward(&t->run, t->n->softmax, &t->y, &t->s->grad, &dx);
    finish_gradient(t, i, 0, &dx);
}

/* Each layer and each forward pass has a mask of its own; the backward pass
 * makes that of the forward pass before it again. */
static void dropout(const step *t, size_t i, const tk_image *from,
                    const tk_image *to)
{
    const cs_rng seed = cs_rng_stream(t->p->options.seed, i);
    const tk_dropout d = {.stream =
                              cs_rng_derive(&seed, "dropout", t->p->passes),
                          .p = (float)t->n->dropout.probability,
                          .channels = t->n->dropout.channels};
    tk_dropout_run(&t->run, &d, from, to);
}

static void dropout_backward(step *t, size_t i)
{
    tk_image dx = begin_gradient(t, i, 0);
    dropout(t, i, &t->s->grad, &dx);
    finish_gradient(t, i, 0, &dx);
}

static void pool_forward(const step *t)
{
    const tk_pool pool =
        t->to ? tk_pool_window(&t->n->pool, *t->to) : t->n->pool;
    tk_pool_forward(&t->run, &pool, &t->x[0], &t->y);
}

static void make_result(step *t, size_t i)
{
    switch (t->n->op) {
    case NN_INPUT:
        take_input(t, i);
        break;
    case NN_CONV:
        conv_forward(t);
        break;
    case NN_NORM:
        norm_forward(t);
        break;
    case NN_ACTIVATION:
        tk_activate(&t->run, t->n->activation, &t->x[0], &t->y);
        break;
    case NN_POOL:
        pool_forward(t);
        break;
    case NN_ADD:
    case NN_SUBTRACT:
    case NN_MULTIPLY:
        nn_arith_forward(t);
        break;
    case NN_RESIZE:
        tk_resize_forward(&t->run, t->n->resize, &t->x[0], &t->y);
        break;
    case NN_SOFTMAX:
        tk_softmax_forward(&t->run, t->n->softmax, &t->x[0], &t->y);
        break;
    case NN_CONCAT:
        concat_forward(t, i);
        break;
    case NN_DROPOUT:
        dropout(t, i, &t->x[0], &t->y);
        break;
    case NN_REDUCE:
        nn_reduce_forward(t);
        break;
    case NN_SLICE:
        nn_slice_forward(t);
        break;
    case NN_LAYER_NORM:
        nn_layer_norm_forward(t);
        break;
    case NN_ATTENTION:
        nn_attention_forward(t, i);
        break;
    case NN_EMBEDDING:
        nn_embedding_forward(t);
        break;
    case NN_PARAMETER:
        nn_parameter_forward(t);
        break;
    }
}

void nn_step_forward(nn_plan *p, size_t i, const tk_planes *to)
{
    step t = to ? step_in_slab(p, i, to) : forward_step(p, i);
    make_result(&t, i);
}

void nn_step_again(nn_plan *p, size_t i)
{
    step t = backward_step(p, i);
    t.run.scratch = t.s->local_again;
    t.again = true;
    make_result(&t, i);
}

void nn_step_backward(nn_plan *p, size_t i)
{
    step t = backward_step(p, i);
    t.run.scratch = t.s->local_back;
    /* A fused activation's derivative first; its sign is that of the result. */
    if (t.s->slope != 1)
        tk_activate_backward(&t.run, rectifier(t.s->slope), &t.y, &t.s->grad,
                             &t.s->grad);
    switch (t.n->op) {
    case NN_INPUT:
        break;
    case NN_CONV:
        conv_backward(&t, i);
        break;
    case NN_NORM:
        norm_backward(&t, i);
        break;
    case NN_ACTIVATION:
        activation_backward(&t, i);
        break;
    case NN_POOL:
        pool_backward(&t, i);
        break;
    case NN_ADD:
    case NN_SUBTRACT:
    case NN_MULTIPLY:
        nn_arith_backward(&t, i);
        break;
    case NN_RESIZE:
        resize_backward(&t, i);
        break;
    case NN_SOFTMAX:
        softmax_backward(&t, i);
        break;
    case NN_CONCAT:
        concat_backward(&t, i);
        break;
    case NN_DROPOUT:
        dropout_backward(&t, i);
        break;
    case NN_REDUCE:
        nn_reduce_backward(&t, i);
        break;
    case NN_SLICE:
        nn_slice_backward(&t, i);
        break;
    case NN_LAYER_NORM:
        nn_layer_norm_backward(&t, i);
        break;
    case NN_ATTENTION:
        nn_attention_backward(&t, i);
        break;
    case NN_EMBEDDING:
        nn_embedding_backward(&t, i);
        break;
    case NN_PARAMETER:
        nn_parameter_backward(&t);
        break;
    }
}

/* --- memory of the steps --- */

static size_t conv_local(const nn_plan *p, const nn_slot *s)
{
    size_t scratch = tk_conv_scratch(&s->forward, threads_of(p));
    return p->options.training ? scratch + tk_lines(s->forward.packed_floats)
                               : scratch;
}

size_t nn_step_local(const nn_plan *p, size_t i)
{
    const nn_node *n = nn_plan_node(p, i);
    switch (n->op) {
    case NN_CONV:
        return conv_local(p, &p->slots[i]);
    case NN_NORM:
        return tk_norm_scratch(&n->dims);
    case NN_REDUCE:
        return tk_reduce_scratch();
    case NN_ATTENTION:
        return nn_attention_local(p, i);
    default:
        return 0;
    }
}

static size_t conv_local_back(const nn_plan *p, const nn_node *n,
                              const nn_slot *s)
{
    size_t bias = tk_lines(n->dims.c) + tk_norm_scratch(&n->dims);
    size_t weights = tk_lines(weight_floats(p, n)) +
                     tk_lines(s->weights.packed_floats) +
                     tk_conv_scratch(&s->weights, threads_of(p));
    size_t data = tk_lines(s->data.packed_floats) +
                  tk_conv_scratch(&s->data, threads_of(p));
    size_t most = CS_MAX(weights, data);
    return CS_MAX(bias, most);
}

size_t nn_step_local_back(const nn_plan *p, size_t i)
{
    const nn_node *n = nn_plan_node(p, i);
    switch (n->op) {
    case NN_CONV:
        return temporary_floats(p, i, 0) + conv_local_back(p, n, &p->slots[i]);
    case NN_NORM:
        return temporary_floats(p, i, 0) + 2 * tk_lines(n->dims.c) +
               tk_norm_scratch(&n->dims);
    case NN_ADD:
    case NN_SUBTRACT:
    case NN_MULTIPLY:
        return nn_arith_local_back(p, i);
    case NN_LAYER_NORM:
        return nn_layer_norm_local_back(p, i);
    case NN_ATTENTION:
        return nn_attention_local_back(p, i);
    case NN_PARAMETER:
        return nn_parameter_local_back(p, i);
    case NN_INPUT:
    case NN_CONCAT:
    case NN_SLICE:
    case NN_EMBEDDING:
        return 0;
    default:
        return temporary_floats(p, i, 0);
    }
}
