#include <math.h>

#include "nn/elementary.h"
#include "nn/loss_impl.h"

struct bce_logits {
    const float *logits, *target, *pos_weight;
    float *grad;
    double divisor;
};

/* -(w y log(pos) + (1 - y) log(neg)); its slope has no differences either. */
static double row(const void *ctx, size_t begin, size_t end, size_t c)
{
    const struct bce_logits *b = ctx;
    double w = b->pos_weight ? (double)b->pos_weight[c] : 1;
    double total = 0;
    for (size_t i = begin; i < end; i++) {
        nn_logistic l = nn_logistic_at((double)b->logits[i]);
        double yes = w * (double)b->target[i];
        double no = 1 - (double)b->target[i];
        total += yes * l.minus_log_pos + no * l.minus_log_neg;
        if (b->grad)
            b->grad[i] = (float)((no * l.pos - yes * l.neg) / b->divisor);
    }
    return total;
}

int nn_loss_bce_logits(cs_pool *pool, const nn_loss_dims *d,
                       const nn_bce_logits_options *o, const float *logits,
                       const float *target, double *ret_loss, float *grad,
                       cs_errinfo *info)
{
    nn_bce_logits_options opt = o ? *o : NN_BCE_LOGITS_DEFAULT;
    int r = nn_loss_check_dims(d, info);
    if (r == 0)
        r = nn_loss_check_option("divisor", opt.divisor, 0, HUGE_VAL, info);
    if (r == 0)
        r = nn_loss_check_weights("pos_weight", opt.pos_weight, d->c, info);
    if (r < 0)
        return r;
    double divisor = nn_loss_divisor(opt.divisor, d->n * d->c * d->p);
    struct bce_logits b = {logits, target, opt.pos_weight, NULL, divisor};
    b.grad = grad;
    *ret_loss = nn_loss_sum_rows(pool, d, row, &b) / divisor;
    return 0;
}
