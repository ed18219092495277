/* Dice of softmax probabilities for each sample and class. Probabilities are
 * not kept: a first loop gathers the sums, a second one works them out again
 * for the gradient. */
#include <math.h>

#include "base/checked.h"
#include "base/mem.h"
#include "nn/loss_impl.h"

/* Sums of one class: prob [y = c], prob, [y = c]. */
struct sums {
    double common, pred, target;
};

struct dice {
    const nn_loss_dims *d;
    const nn_dice_labels_options *o;
    const float *logits;
    const int32_t *labels;
    const nn_loss_grad *grad;
    nn_loss_scratch scratch;
    size_t grain, chunks; /* of the points of one sample */
    struct sums *sums;    /* [n][chunks][c]; then, by chunk 0, whole sums */
};

static struct sums *sums_of(const struct dice *s, size_t sample, size_t chunk)
{
    return s->sums + (sample * s->chunks + chunk) * s->d->c;
}

static bool is_ignored(const struct dice *s, size_t sample, size_t point)
{
    return s->labels[sample * s->d->p + point] == s->o->ignore;
}

/* A piece is one chunk of one sample. */
struct piece {
    size_t sample, chunk, begin, end;
};

static struct piece piece_at(const struct dice *s, size_t i)
{
    size_t chunk = i % s->chunks;
    size_t begin = chunk * s->grain;
    size_t end = CS_MIN(begin + s->grain, s->d->p);
    return (struct piece){i / s->chunks, chunk, begin, end};
}

/* Probabilities at a point, in the slot's scratch. */
static const double *probs_at(const struct dice *s, size_t sample, size_t point,
                              unsigned slot)
{
    double *prob = nn_loss_scratch_of(&s->scratch, slot);
    nn_loss_softmax(s->logits + sample * s->d->c * s->d->p + point, s->d->p,
                    s->d->c, prob);
    return prob;
}

static void gather(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const struct dice *s = ctx;
    for (size_t i = begin; i < end; i++) {
        struct piece q = piece_at(s, i);
        struct sums *sums = sums_of(s, q.sample, q.chunk);
        for (size_t k = q.begin; k < q.end; k++) {
            if (is_ignored(s, q.sample, k))
                continue;
            const double *prob = probs_at(s, q.sample, k, slot);
            size_t label = (size_t)s->labels[q.sample * s->d->p + k];
            for (size_t c = 0; c < s->d->c; c++)
                sums[c].pred += prob[c];
            sums[label].common += prob[label];
            sums[label].target += 1;
        }
    }
}

/* Adds the chunks of a sample, first to last, into the first. */
static void reduce(const struct dice *s, size_t sample)
{
    struct sums *whole = sums_of(s, sample, 0);
    for (size_t i = 1; i < s->chunks; i++) {
        const struct sums *part = sums_of(s, sample, i);
        for (size_t c = 0; c < s->d->c; c++) {
            whole[c].common += part[c].common;
            whole[c].pred += part[c].pred;
            whole[c].target += part[c].target;
        }
    }
}

static double total_of(const struct dice *s, const struct sums *w)
{
    return w->pred + w->target + s->o->smooth;
}

static double overlap(const struct dice *s, const struct sums *w)
{
    double total = total_of(s, w);
    return total == 0 ? 1 : (2 * w->common + s->o->smooth) / total;
}

/* Slope of the loss in a class's probability at a point of label `label`. */
static double slope_of(const struct dice *s, const struct sums *w, bool hit)
{
    double total = total_of(s, w);
    if (total == 0)
        return 0;
    double count = (double)s->d->n * (double)s->d->c;
    return (overlap(s, w) - (hit ? 2 : 0)) / total / count;
}

/* Through the softmax: prob_i (slope_i - sum over j of slope_j prob_j). */
static void put_point(const struct dice *s, size_t sample, size_t point,
                      unsigned slot)
{
    const struct sums *w = sums_of(s, sample, 0);
    size_t at = sample * s->d->c * s->d->p + point;
    bool skip = is_ignored(s, sample, point);
    const double *prob = probs_at(s, sample, point, slot);
    size_t label = skip ? 0 : (size_t)s->labels[sample * s->d->p + point];
    double mean = 0;
    for (size_t c = 0; c < s->d->c; c++)
        mean += prob[c] * slope_of(s, &w[c], c == label);
    for (size_t c = 0; c < s->d->c; c++) {
        double slope = prob[c] * (slope_of(s, &w[c], c == label) - mean);
        nn_loss_put(s->grad, at + c * s->d->p, skip ? 0 : slope);
    }
}

static void put_grad(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const struct dice *s = ctx;
    for (size_t i = begin; i < end; i++) {
        struct piece q = piece_at(s, i);
        for (size_t k = q.begin; k < q.end; k++)
            put_point(s, q.sample, k, slot);
    }
}

static int check(cs_pool *pool, const nn_loss_dims *d,
                 const nn_dice_labels_options *o, const int32_t *labels,
                 cs_errinfo *info)
{
    int r = nn_loss_check_dims(d, info);
    if (r == 0)
        r = nn_loss_check_option("smooth", o->smooth, 0, 1e9, info);
    if (r == 0)
        r = nn_loss_check_labels(pool, d, labels, o->ignore, info);
    return r;
}

static double run(cs_pool *pool, struct dice *s)
{
    double total = 0;
    cs_pool_for(pool, s->d->n * s->chunks, 1, gather, s);
    for (size_t i = 0; i < s->d->n; i++) {
        reduce(s, i);
        for (size_t c = 0; c < s->d->c; c++)
            total += overlap(s, &sums_of(s, i, 0)[c]);
    }
    if (s->grad->data)
        cs_pool_for(pool, s->d->n * s->chunks, 1, put_grad, s);
    return 1 - total / ((double)s->d->n * (double)s->d->c);
}

int nn_loss_dice_labels_to(cs_pool *pool, const nn_loss_dims *d,
                           const nn_dice_labels_options *o, const float *logits,
                           const int32_t *labels, double *ret_loss,
                           const nn_loss_grad *grad, cs_errinfo *info)
{
    int r = check(pool, d, o, labels, info);
    if (r < 0)
        return r;
    CS_SCOPED(nn_loss_scratch) scratch = {NULL, 0};
    r = nn_loss_scratch_init(&scratch, pool, d->c, info);
    if (r < 0)
        return r;
    size_t grain = nn_loss_grain(d->p);
    size_t chunks = cs_pool_chunks(d->p, grain);
    /* At most n c p: cannot wrap. */
    CS_AUTO_MEM struct sums *sums =
        cs_calloc(d->n * chunks * d->c, sizeof(*sums));
    if (!sums)
        return cs_fail_nomem(info);
    struct dice s = {d, o, logits, labels, grad, scratch, grain, chunks, sums};
    *ret_loss = run(pool, &s);
    return 0;
}

int nn_loss_dice_labels(cs_pool *pool, const nn_loss_dims *d,
                        const nn_dice_labels_options *o, const float *logits,
                        const int32_t *labels, double *ret_loss, float *grad,
                        cs_errinfo *info)
{
    nn_dice_labels_options opt = o ? *o : NN_DICE_LABELS_DEFAULT;
    return nn_loss_dice_labels_to(pool, d, &opt, logits, labels, ret_loss,
                                  &(nn_loss_grad){grad, 1, false}, info);
}
