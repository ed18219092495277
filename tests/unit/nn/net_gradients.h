/* The gradients of a network of some layers against central differences, and
 * its bits on several threads. */
#ifndef CS_TESTS_NN_NET_GRADIENTS_H
#define CS_TESTS_NN_NET_GRADIENTS_H

#include <math.h>

#include "nn/net.h"

/* Wiggles v[i]; the difference quotient of the loss. */
static inline double net_slope_at(net *t, nn_plan *p, float *v, float step)
{
    float kept = *v;
    *v = kept + step;
    float high = *v;
    double up = net_loss(t, p);
    *v = kept - step;
    double down = net_loss(t, p);
    double moved = (double)high - (double)*v;
    *v = kept;
    return (up - down) / moved;
}

/* An array of parameters or inputs, and its gradient. */
typedef struct net_array {
    const char *what;
    float *v;
    const float *grad;
    size_t n;
} net_array;

/* A few places of it. The quotient is that of f32 arithmetic, and of a curved
 * function: a per cent of the largest gradient. */
static inline void net_check_array(net *t, nn_plan *p, const net_array *a,
                                   float step)
{
    double largest = 0;
    for (size_t i = 0; i < a->n; i++)
        largest = fmax(largest, fabs((double)a->grad[i]));
    cs_rng r = cs_rng_stream(17, a->n);
    for (int k = 0; k < 12; k++) {
        size_t i = cs_rng_below(&r, a->n);
        double want = net_slope_at(t, p, &a->v[i], step);
        double limit = 0.01 * largest + 2e-3;
        if (!(fabs(want - (double)a->grad[i]) <= limit))
            fail_msg("%s[%zu]: gradient %g, difference quotient %g", a->what, i,
                     (double)a->grad[i], want);
    }
}

/* Of parameters, and of the input if the plan gives that. */
static inline void net_check_all(net *t, nn_plan *p, float step, bool input)
{
    net_forward(t, p);
    net_backward(t, p);
    if (input) {
        const net_array x = {"input", t->x, t->dx, t->n_in};
        net_check_array(t, p, &x, step);
    }
    for (size_t i = 0; i < nn_params_count(t->params); i++) {
        nn_param *q = nn_params_at(t->params, i);
        if (!nn_param_trained(q))
            continue;
        const net_array a = {q->name, tn_f32(&q->value), tn_f32(&q->grad),
                             tn_count(&q->value)};
        net_check_array(t, p, &a, step);
    }
}

static inline void net_check_steps(tk_dims dims, unsigned rank,
                                   net_build *build, float step)
{
    net t = net_new(dims, rank, build);
    nn_plan *p = net_plan(
        &t, (nn_plan_options){.training = true, .input_gradients = true});
    net_check_all(&t, p, step, true);
    nn_plan_free(p);
    net_free(&t);
}

static inline void net_check_gradients(tk_dims dims, unsigned rank,
                                       net_build *build)
{
    net_check_steps(dims, rank, build, 4e-3F);
}

/* Where rectifiers bend: a step over a bend is no derivative. */
static inline void net_check_gradients_of_kinks(tk_dims dims, unsigned rank,
                                                net_build *build)
{
    net_check_steps(dims, rank, build, 2e-4F);
}

/* What one training step on so many threads gives, into arrays of the size of
 * t->y, t->dx and all parameters. */
static inline void net_step_on(net *t, unsigned threads, float *gradients)
{
    CS_AUTO(cs_pool) pool = NULL;
    if (threads > 1)
        assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
    nn_plan *p = net_plan(t, (nn_plan_options){.training = true,
                                               .input_gradients = true,
                                               .pool = pool});
    net_forward(t, p);
    net_backward(t, p);
    for (size_t i = 0; i < nn_params_count(t->params); i++) {
        const nn_param *q = nn_params_at(t->params, i);
        if (!q->grad.buffer)
            continue;
        memcpy(gradients, tn_f32(&q->grad), tn_bytes(&q->grad));
        gradients += tn_count(&q->grad);
    }
    nn_plan_free(p);
}

/* Results and gradients are the same bits on one, two and three threads. */
static inline void net_check_threads(tk_dims dims, unsigned rank,
                                     net_build *build)
{
    net t = net_new(dims, rank, build);
    size_t n = nn_params_size(t.params);
    float *one = net_normal(n + t.n_out + t.n_in, 6);
    float *more = net_normal(n + t.n_out + t.n_in, 7);
    for (unsigned threads = 1; threads <= 3; threads++) {
        float *to = threads == 1 ? one : more;
        net_step_on(&t, threads, to);
        memcpy(to + n, t.y, t.n_out * sizeof(float));
        memcpy(to + n + t.n_out, t.dx, t.n_in * sizeof(float));
        if (threads > 1)
            assert_memory_equal(one, more,
                                (n + t.n_out + t.n_in) * sizeof(float));
    }
    cs_free(one);
    cs_free(more);
    net_free(&t);
}

#endif
