#include <math.h>

#include "nn/elementary.h"
#include "nn/loss_impl.h"

/* A probability of 0 that should have been 1 costs this much, not infinity. */
#define LOG_MIN (-100.0)
/* And pulls back with this slope at most. */
#define SPREAD_MIN 1e-12

struct bce {
    const float *pred, *target;
    float *grad;
    double divisor;
};

static double row(const void *ctx, size_t begin, size_t end, CS_UNUSED size_t c)
{
    const struct bce *b = ctx;
    double total = 0;
    for (size_t i = begin; i < end; i++) {
        double p = (double)b->pred[i];
        double y = (double)b->target[i];
        double yes = CS_MAX(nn_log(p), LOG_MIN);
        double no = CS_MAX(nn_log1p(-p), LOG_MIN);
        total -= y * yes + (1 - y) * no;
        if (b->grad)
            b->grad[i] =
                (float)((p - y) / CS_MAX(p * (1 - p), SPREAD_MIN) / b->divisor);
    }
    return total;
}

static bool is_no_probability(const void *pred, size_t i)
{
    float p = ((const float *)pred)[i];
    return !(p >= 0.0F && p <= 1.0F);
}

static int check_pred(cs_pool *pool, const nn_loss_dims *d, const float *pred,
                      cs_errinfo *info)
{
    size_t n = d->n * d->c * d->p;
    size_t bad = nn_loss_first_bad(pool, n, is_no_probability, pred);
    if (bad == n)
        return 0;
    return cs_fail(info, CS_E_RANGE,
                   "prediction %g of sample %zu, channel %zu, point %zu; "
                   "expected 0 to 1",
                   (double)pred[bad], bad / d->p / d->c, bad / d->p % d->c,
                   bad % d->p);
}

int nn_loss_bce(cs_pool *pool, const nn_loss_dims *d, const nn_mean_options *o,
                const float *pred, const float *target, double *ret_loss,
                float *grad, cs_errinfo *info)
{
    nn_mean_options opt = o ? *o : NN_MEAN_DEFAULT;
    int r = nn_loss_check_dims(d, info);
    if (r == 0)
        r = nn_loss_check_option("divisor", opt.divisor, 0, HUGE_VAL, info);
    if (r == 0)
        r = check_pred(pool, d, pred, info);
    if (r < 0)
        return r;
    double divisor = nn_loss_divisor(opt.divisor, d->n * d->c * d->p);
    struct bce b = {pred, target, NULL, divisor};
    b.grad = grad;
    *ret_loss = nn_loss_sum_rows(pool, d, row, &b) / divisor;
    return 0;
}
