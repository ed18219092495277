#include <math.h>

#include "nn/elementary.h"
#include "nn/loss_impl.h"

struct ce {
    const nn_loss_dims *d;
    const nn_cross_entropy_options *o;
    const float *logits;
    const int32_t *labels;
    const nn_loss_grad *grad;
    nn_loss_scratch scratch;
    double weights; /* of all classes together */
    double divisor; /* weights of all points together */
};

static double weight_of(const struct ce *s, size_t i)
{
    return s->o->class_weight ? (double)s->o->class_weight[i] : 1;
}

static double sum_point_weights(const void *ctx, size_t begin, size_t end,
                                CS_UNUSED size_t c)
{
    const struct ce *s = ctx;
    double total = 0;
    for (size_t i = begin; i < end; i++) {
        if (s->labels[i] != s->o->ignore)
            total += weight_of(s, (size_t)s->labels[i]);
    }
    return total;
}

/* The target is, for class i, (1 - smoothing) [i = label] + smoothing / c, and
 * times the class weight. */
static double target_of(const struct ce *s, size_t i, size_t label)
{
    double share = s->o->label_smoothing / (double)s->d->c;
    if (i == label)
        share += 1 - s->o->label_smoothing;
    return share * weight_of(s, i);
}

static double point_loss(const struct ce *s, const float *x, size_t label,
                         nn_loss_lse lse)
{
    if (s->o->label_smoothing == 0)
        return weight_of(s, label) *
               (lse.most - (double)x[label * s->d->p] + lse.log_rest);
    double total = 0;
    for (size_t i = 0; i < s->d->c; i++)
        total += target_of(s, i, label) *
                 (lse.most - (double)x[i * s->d->p] + lse.log_rest);
    return total;
}

/* mass * prob - target, where mass is the sum of the targets. */
static void put_point(const struct ce *s, size_t at, size_t label,
                      const double *prob)
{
    double mass = (1 - s->o->label_smoothing) * weight_of(s, label) +
                  s->o->label_smoothing / (double)s->d->c * s->weights;
    for (size_t i = 0; i < s->d->c; i++) {
        double slope = mass * prob[i] - target_of(s, i, label);
        nn_loss_put(s->grad, at + i * s->d->p, slope / s->divisor);
    }
}

static void put_nothing(const struct ce *s, size_t at)
{
    for (size_t i = 0; i < s->d->c; i++)
        nn_loss_put(s->grad, at + i * s->d->p, 0);
}

static double points(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const struct ce *s = ctx;
    double *prob = nn_loss_scratch_of(&s->scratch, slot);
    double total = 0;
    for (size_t k = begin; k < end; k++) {
        size_t at = k / s->d->p * s->d->c * s->d->p + k % s->d->p;
        if (s->labels[k] == s->o->ignore || s->divisor == 0) {
            if (s->grad->data)
                put_nothing(s, at);
            continue;
        }
        size_t label = (size_t)s->labels[k];
        const float *x = s->logits + at;
        nn_loss_lse lse = nn_loss_softmax(x, s->d->p, s->d->c, prob);
        total += point_loss(s, x, label, lse);
        if (s->grad->data)
            put_point(s, at, label, prob);
    }
    return total;
}

static int check(cs_pool *pool, const nn_loss_dims *d,
                 const nn_cross_entropy_options *o, const int32_t *labels,
                 cs_errinfo *info)
{
    int r = nn_loss_check_dims(d, info);
    if (r == 0)
        r = nn_loss_check_option("label_smoothing", o->label_smoothing, 0,
                                 nextafter(1, 0), info);
    if (r == 0)
        r = nn_loss_check_weights("class_weight", o->class_weight, d->c, info);
    if (r == 0)
        r = nn_loss_check_labels(pool, d, labels, o->ignore, info);
    return r;
}

int nn_loss_cross_entropy_to(cs_pool *pool, const nn_loss_dims *d,
                             const nn_cross_entropy_options *o,
                             const float *logits, const int32_t *labels,
                             double *ret_loss, const nn_loss_grad *grad,
                             cs_errinfo *info)
{
    int r = check(pool, d, o, labels, info);
    if (r < 0)
        return r;
    CS_SCOPED(nn_loss_scratch) scratch = {NULL, 0};
    r = nn_loss_scratch_init(&scratch, pool, d->c, info);
    if (r < 0)
        return r;
    struct ce s = {d, o, logits, labels, grad, scratch, 0, 0};
    size_t n = d->n * d->p;
    for (size_t i = 0; i < d->c; i++)
        s.weights += weight_of(&s, i);
    s.divisor = nn_loss_sum(pool, n, sum_point_weights, &s);
    double total = 0;
    (void)cs_pool_sum_f64(pool, n, nn_loss_grain(n), points, &s, &total);
    *ret_loss = s.divisor > 0 ? total / s.divisor : 0;
    return 0;
}

int nn_loss_cross_entropy(cs_pool *pool, const nn_loss_dims *d,
                          const nn_cross_entropy_options *o,
                          const float *logits, const int32_t *labels,
                          double *ret_loss, float *grad, cs_errinfo *info)
{
    nn_cross_entropy_options opt = o ? *o : NN_CROSS_ENTROPY_DEFAULT;
    return nn_loss_cross_entropy_to(pool, d, &opt, logits, labels, ret_loss,
                                    &(nn_loss_grad){grad, 1, false}, info);
}
