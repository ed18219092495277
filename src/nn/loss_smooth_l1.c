#include <math.h>

#include "nn/loss_impl.h"

struct smooth_l1 {
    const float *pred, *target;
    float *grad;
    double beta, divisor;
};

/* Value and slope at a difference. */
static double element(double diff, double beta, double *slope)
{
    double size = fabs(diff);
    if (size < beta) {
        *slope = diff / beta;
        return 0.5 * diff * diff / beta;
    }
    *slope = diff > 0 ? 1 : diff < 0 ? -1 : diff; /* 0 at 0, NaN at NaN */
    return size - 0.5 * beta;
}

static double row(const void *ctx, size_t begin, size_t end, CS_UNUSED size_t c)
{
    const struct smooth_l1 *s = ctx;
    double total = 0;
    for (size_t i = begin; i < end; i++) {
        double slope;
        total +=
            element((double)s->pred[i] - (double)s->target[i], s->beta, &slope);
        if (s->grad)
            s->grad[i] = (float)(slope / s->divisor);
    }
    return total;
}

int nn_loss_smooth_l1(cs_pool *pool, const nn_loss_dims *d,
                      const nn_smooth_l1_options *o, const float *pred,
                      const float *target, double *ret_loss, float *grad,
                      cs_errinfo *info)
{
    nn_smooth_l1_options opt = o ? *o : NN_SMOOTH_L1_DEFAULT;
    int r = nn_loss_check_dims(d, info);
    if (r == 0)
        r = nn_loss_check_option("beta", opt.beta, 0, HUGE_VAL, info);
    if (r == 0)
        r = nn_loss_check_option("divisor", opt.divisor, 0, HUGE_VAL, info);
    if (r < 0)
        return r;
    double divisor = nn_loss_divisor(opt.divisor, d->n * d->c * d->p);
    struct smooth_l1 s = {pred, target, NULL, opt.beta, divisor};
    s.grad = grad;
    *ret_loss = nn_loss_sum_rows(pool, d, row, &s) / divisor;
    return 0;
}
