#include <math.h>

#include "nn/loss_impl.h"

struct mse {
    const float *pred, *target;
    float *grad;
    double slope; /* of the loss in half a squared difference */
};

static double row(const void *ctx, size_t begin, size_t end, CS_UNUSED size_t c)
{
    const struct mse *m = ctx;
    double total = 0;
    for (size_t i = begin; i < end; i++) {
        double diff = (double)m->pred[i] - (double)m->target[i];
        total += diff * diff;
        if (m->grad)
            m->grad[i] = (float)(m->slope * diff);
    }
    return total;
}

int nn_loss_mse(cs_pool *pool, const nn_loss_dims *d, const nn_mean_options *o,
                const float *pred, const float *target, double *ret_loss,
                float *grad, cs_errinfo *info)
{
    nn_mean_options opt = o ? *o : NN_MEAN_DEFAULT;
    int r = nn_loss_check_dims(d, info);
    if (r == 0)
        r = nn_loss_check_option("divisor", opt.divisor, 0, HUGE_VAL, info);
    if (r < 0)
        return r;
    double divisor = nn_loss_divisor(opt.divisor, d->n * d->c * d->p);
    struct mse m = {pred, target, NULL, 2 / divisor};
    m.grad = grad;
    *ret_loss = nn_loss_sum_rows(pool, d, row, &m) / divisor;
    return 0;
}
