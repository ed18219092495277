/* A small network under test: its parts, inputs, and how to run it. */
#ifndef CS_TESTS_NN_NET_H
#define CS_TESTS_NN_NET_H

#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "nn/plan.h"
#include "support/test.h"

#define NET_OUTPUTS 2

typedef nn_value net_build(nn_graph *g, nn_value x);

typedef struct net {
    nn_params *params;
    nn_graph *graph;
    tk_dims dims;
    float *x, *dx;
    size_t n_in, n_out;
    float *y, *dy;
} net;

static inline size_t net_floats(const tk_dims *d)
{
    return d->n * d->c * tk_voxels(d);
}

static inline float *net_normal(size_t n, uint64_t stream)
{
    float *v = cs_calloc(n + 1, sizeof(*v));
    assert_non_null(v);
    cs_rng r = cs_rng_stream(5, stream);
    cs_rng_fill_normal_f32(&r, 0, v, n);
    return v;
}

/* Parameters that no layer leaves indifferent. */
static inline void net_fill(nn_params *p)
{
    nn_params_reset(p, 3);
    for (size_t i = 0; i < nn_params_count(p); i++) {
        nn_param *q = nn_params_at(p, i);
        if (q->role == NN_WEIGHT || q->role == NN_COUNT)
            continue;
        cs_rng r = cs_rng_stream(9, i);
        for (size_t k = 0; k < tn_count(&q->value); k++) {
            float u = cs_rng_uniform_f32(&r);
            bool positive = q->role == NN_VARIANCE || q->role == NN_GAIN;
            tn_f32(&q->value)[k] = positive ? 0.5F + u : u - 0.5F;
        }
    }
}

static inline net net_new(tk_dims dims, unsigned rank, net_build *build)
{
    net t = {.dims = dims};
    assert_int_equal(nn_params_new(&t.params, NULL), 0);
    assert_int_equal(nn_graph_new(t.params, &t.graph, NULL), 0);
    nn_rank(t.graph, rank);
    nn_value y = build(t.graph, nn_input(t.graph, "x", &dims));
    nn_output(t.graph, y);
    cs_errinfo info = {0};
    if (nn_graph_finish(t.graph, &info) < 0)
        fail_msg("%s: %s", info.place, info.message);
    net_fill(t.params);
    t.n_in = net_floats(&dims);
    t.n_out = net_floats(&nn_graph_node(t.graph, (size_t)y.id)->dims);
    t.x = net_normal(t.n_in, 1);
    t.dx = net_normal(t.n_in, 2);
    t.y = net_normal(t.n_out, 3);
    t.dy = net_normal(t.n_out, 4);
    return t;
}

static inline void net_free(net *t)
{
    cs_free(t->x);
    cs_free(t->dx);
    cs_free(t->y);
    cs_free(t->dy);
    nn_graph_free(t->graph);
    nn_params_free(t->params);
}

static inline nn_plan *net_plan(const net *t, nn_plan_options options)
{
    nn_plan *p = NULL;
    cs_errinfo info = {0};
    if (nn_plan_new(t->graph, &options, &p, &info) < 0)
        fail_msg("%s: %s", info.place, info.message);
    return p;
}

static inline void net_forward(net *t, nn_plan *p)
{
    const float *inputs[] = {t->x};
    float *outputs[] = {t->y};
    nn_plan_forward(p, inputs, outputs);
}

/* Gradients of sum(y * dy) into the parameters and t->dx. */
static inline void net_backward(net *t, nn_plan *p)
{
    const float *gradients[] = {t->dy};
    float *inputs[] = {t->dx};
    nn_params_zero_gradients(t->params);
    nn_plan_backward(p, gradients, inputs);
}

static inline double net_loss(net *t, nn_plan *p)
{
    net_forward(t, p);
    double sum = 0;
    for (size_t i = 0; i < t->n_out; i++)
        sum += (double)t->y[i] * (double)t->dy[i];
    return sum;
}

#endif
