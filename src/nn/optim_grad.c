#include "nn/optim_grad.h"

#include <math.h>
#include <string.h>

#include "nn/loss_impl.h"

/* PyTorch's guard of its division. */
#define NORM_EPS 1e-6

struct change {
    float *grad;
    const float *more;
    float factor, limit;
};

static void for_each(cs_pool *pool, const nn_optim_param *p, cs_pool_fn *fn,
                     struct change *c)
{
    c->grad = p->grad;
    cs_pool_for(pool, p->count, nn_loss_grain(p->count), fn, c);
}

static void zero(void *ctx, size_t begin, size_t end, CS_UNUSED unsigned slot)
{
    const struct change *c = ctx;
    memset(c->grad + begin, 0, (end - begin) * sizeof(*c->grad));
}

static void add(void *ctx, size_t begin, size_t end, CS_UNUSED unsigned slot)
{
    const struct change *c = ctx;
    for (size_t i = begin; i < end; i++)
        c->grad[i] += c->more[i];
}

static void scale(void *ctx, size_t begin, size_t end, CS_UNUSED unsigned slot)
{
    const struct change *c = ctx;
    for (size_t i = begin; i < end; i++)
        c->grad[i] *= c->factor;
}

static void clip(void *ctx, size_t begin, size_t end, CS_UNUSED unsigned slot)
{
    const struct change *c = ctx;
    for (size_t i = begin; i < end; i++) {
        if (c->grad[i] > c->limit)
            c->grad[i] = c->limit;
        else if (c->grad[i] < -c->limit)
            c->grad[i] = -c->limit;
    }
}

void nn_grads_zero(cs_pool *pool, const nn_optim_param *params, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for_each(pool, &params[i], zero, &(struct change){0});
}

void nn_grads_add(cs_pool *pool, const nn_optim_param *params, size_t n,
                  const float *const *more)
{
    for (size_t i = 0; i < n; i++)
        for_each(pool, &params[i], add, &(struct change){.more = more[i]});
}

void nn_grads_scale(cs_pool *pool, const nn_optim_param *params, size_t n,
                    double factor)
{
    struct change c = {.factor = (float)factor};
    for (size_t i = 0; i < n; i++)
        for_each(pool, &params[i], scale, &c);
}

void nn_grads_clip_value(cs_pool *pool, const nn_optim_param *params, size_t n,
                         double limit)
{
    struct change c = {.limit = (float)limit};
    for (size_t i = 0; i < n; i++)
        for_each(pool, &params[i], clip, &c);
}

/* No overflow: the square of a float is far inside the range of a double. */
static double squares(const void *ctx, size_t begin, size_t end,
                      CS_UNUSED size_t c)
{
    const float *grad = ctx;
    double total = 0;
    for (size_t i = begin; i < end; i++)
        total += (double)grad[i] * (double)grad[i];
    return total;
}

int nn_grads_norm(cs_pool *pool, const nn_optim_param *params, size_t n,
                  double *ret_norm, cs_errinfo *info)
{
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        if (params[i].count == 0)
            continue;
        total += nn_loss_sum(pool, params[i].count, squares, params[i].grad);
        if (!isfinite(total))
            return cs_fail(info, CS_E_RANGE,
                           "the gradient of '%s' is not finite",
                           params[i].name);
    }
    *ret_norm = sqrt(total);
    return 0;
}

int nn_grads_clip_norm(cs_pool *pool, const nn_optim_param *params, size_t n,
                       double max_norm, double *ret_norm, cs_errinfo *info)
{
    double norm = 0;
    int r = nn_grads_norm(pool, params, n, &norm, info);
    if (r < 0)
        return r;
    double factor = max_norm / (norm + NORM_EPS);
    if (factor < 1)
        nn_grads_scale(pool, params, n, factor);
    *ret_norm = norm;
    return 0;
}
