#include <math.h>

#include "nn/elementary.h"
#include "nn/loss_impl.h"

struct focal {
    const float *logits, *target;
    float *grad;
    double alpha, gamma, divisor;
};

/* miss^gamma for a miss in [0, 1]. */
static double modulation(double miss, double gamma)
{
    if (gamma == 0)
        return 1;
    if (gamma == 2)
        return miss * miss;
    return nn_exp(gamma * nn_log(miss)); /* 0 at 0 */
}

/* The cross-entropy times miss^gamma, where miss = 1 - p_t is the probability
 * given to the wrong answer. Its slope is gamma (1 - 2 y) pos neg / miss times
 * the value; pos neg / miss is kept apart, as it stays finite where miss
 * vanishes: for hard labels it is 1 - miss. */
static double element(double x, double y, double gamma, double *slope)
{
    nn_logistic l = nn_logistic_at(x);
    double entropy = y * l.minus_log_pos + (1 - y) * l.minus_log_neg;
    double entropy_slope = (1 - y) * l.pos - y * l.neg;
    double miss = y * l.neg + (1 - y) * l.pos;
    double m = modulation(miss, gamma);
    double ratio = miss > 0 ? l.pos * l.neg / miss : 1;
    *slope = m * (entropy_slope + gamma * (1 - 2 * y) * ratio * entropy);
    return m * entropy;
}

static double row(const void *ctx, size_t begin, size_t end, CS_UNUSED size_t c)
{
    const struct focal *f = ctx;
    double total = 0;
    for (size_t i = begin; i < end; i++) {
        double y = (double)f->target[i];
        double w = f->alpha < 0 ? 1 : f->alpha * y + (1 - f->alpha) * (1 - y);
        double slope;
        total += w * element((double)f->logits[i], y, f->gamma, &slope);
        if (f->grad)
            f->grad[i] = (float)(w * slope / f->divisor);
    }
    return total;
}

int nn_loss_focal(cs_pool *pool, const nn_loss_dims *d,
                  const nn_focal_options *o, const float *logits,
                  const float *target, double *ret_loss, float *grad,
                  cs_errinfo *info)
{
    nn_focal_options opt = o ? *o : NN_FOCAL_DEFAULT;
    int r = nn_loss_check_dims(d, info);
    if (r == 0)
        r = nn_loss_check_option("alpha", opt.alpha, -HUGE_VAL, 1, info);
    if (r == 0)
        r = nn_loss_check_option("gamma", opt.gamma, 0, 1e3, info);
    if (r == 0)
        r = nn_loss_check_option("divisor", opt.divisor, 0, HUGE_VAL, info);
    if (r < 0)
        return r;
    double divisor = nn_loss_divisor(opt.divisor, d->n * d->c * d->p);
    struct focal f = {logits, target, NULL, opt.alpha, opt.gamma, divisor};
    f.grad = grad;
    *ret_loss = nn_loss_sum_rows(pool, d, row, &f) / divisor;
    return 0;
}
