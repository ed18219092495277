#include <math.h>

#include "nn/loss_impl.h"

struct dice {
    const float *pred, *target;
    float *grad;
    double common; /* 2 sum(p y) + s */
    double sizes;  /* sum p + sum y + s */
};

static double sum_common(const void *ctx, size_t begin, size_t end,
                         CS_UNUSED size_t c)
{
    const struct dice *d = ctx;
    double total = 0;
    for (size_t i = begin; i < end; i++)
        total += (double)d->pred[i] * (double)d->target[i];
    return total;
}

static double sum_sizes(const void *ctx, size_t begin, size_t end,
                        CS_UNUSED size_t c)
{
    const struct dice *d = ctx;
    double total = 0;
    for (size_t i = begin; i < end; i++)
        total += (double)d->pred[i] + (double)d->target[i];
    return total;
}

/* -(2 y sizes - common) / sizes^2 */
static double put_grad(const void *ctx, size_t begin, size_t end,
                       CS_UNUSED size_t c)
{
    const struct dice *d = ctx;
    double share = d->common / d->sizes / d->sizes;
    double hit = 2 / d->sizes;
    for (size_t i = begin; i < end; i++) {
        double slope = share - hit * (double)d->target[i];
        d->grad[i] = d->sizes == 0 ? 0.0F : (float)slope;
    }
    return 0;
}

int nn_loss_dice(cs_pool *pool, const nn_loss_dims *d, const nn_dice_options *o,
                 const float *pred, const float *target, double *ret_loss,
                 float *grad, cs_errinfo *info)
{
    nn_dice_options opt = o ? *o : NN_DICE_DEFAULT;
    int r = nn_loss_check_dims(d, info);
    if (r == 0)
        r = nn_loss_check_option("smooth", opt.smooth, 0, 1e9, info);
    if (r < 0)
        return r;
    size_t n = d->n * d->c * d->p;
    struct dice s = {pred, target, NULL, 0, 0};
    s.grad = grad;
    s.common = 2 * nn_loss_sum(pool, n, sum_common, &s) + opt.smooth;
    s.sizes = nn_loss_sum(pool, n, sum_sizes, &s) + opt.smooth;
    if (grad)
        nn_loss_sum(pool, n, put_grad, &s);
    *ret_loss = s.sizes == 0 ? 0 : 1 - s.common / s.sizes;
    return 0;
}
