/* A score for each voxel, from one channel of probabilities or two of logits.
 * What the references use is done as they do it; our own losses are an overlap
 * over the whole batch and a focal loss, in which a nodule of any size weighs
 * the same. */
#include <math.h>

#include "base/mem.h"
#include "detect/focal.h"
#include "detect/head_impl.h"
#include "detect/target_voxels.h"
#include "nn/loss.h"

/* Voxels of a ball ten wide: so much that is taken for nodule costs as much as
 * a nodule that is missed. */
#define FALSE_BALL 524.0

/* What is added to both sides of an overlap: half of Dice's usual 1. */
#define SMOOTH 0.5
/* Keeps the slope of a power below 1 finite where the overlap is perfect. */
#define POWER_GUARD 1e-6

struct overlap {
    double missed, much; /* weights of what is missed and too much */
    double power;
    double numerator, denominator;
    double outer; /* slope of the power */
};

struct voxels {
    const dt_batch *b;
    dt_voxels truth;
    size_t channels;
    struct overlap overlap;
    bool points; /* a focal loss as well */
    double gamma;
    double *yes, no; /* weights of points: by sample, and everywhere */
};

/* --- logits, whichever way the network says them --- */

/* Probabilities nearer to 0 and 1 are taken for these. */
#define P_MIN 1e-12
#define P_MAX (1 - 0x1p-25)

static nn_logistic chance(const struct voxels *v, size_t sample, size_t k)
{
    size_t points = v->b->points;
    const float *x = v->b->outputs[0] + sample * v->channels * points + k;
    if (v->channels > 1)
        return nn_logistic_at((double)x[points] - (double)x[0]);
    double p = (double)x[0];
    p = p < P_MIN ? P_MIN : p;
    p = p > P_MAX ? P_MAX : p;
    return (nn_logistic){p, 1 - p, -nn_log(p), -nn_log(1 - p)};
}

/* `slope` is that in the logit. */
static void put(const struct voxels *v, size_t sample, size_t k, nn_logistic l,
                double slope)
{
    size_t points = v->b->points;
    float *g = v->b->gradients[0] + sample * v->channels * points + k;
    if (v->channels > 1) {
        g[points] = (float)slope;
        g[0] = (float)-slope;
    } else {
        g[0] = (float)(slope / (l.pos * l.neg));
    }
}

/* --- the overlap, from sums over the batch --- */

static double overlap_loss(struct overlap *o, double common, double predicted,
                           double nodule)
{
    o->numerator = common + SMOOTH;
    o->denominator = o->numerator + o->missed * (nodule - common) +
                     o->much * (predicted - common);
    double miss = 1 - o->numerator / o->denominator;
    o->outer = 1;
    if (o->power == 1)
        return miss;
    double log_miss = nn_log(miss + POWER_GUARD);
    o->outer = o->power * nn_exp((o->power - 1) * log_miss);
    return nn_exp(o->power * log_miss);
}

/* In the probability of a voxel. */
static double overlap_slope(const struct overlap *o, bool yes)
{
    double below = (yes ? 1 - o->missed : o->much) / o->denominator;
    double above = (yes ? 1 : 0) / o->denominator;
    return o->outer * (o->numerator / o->denominator * below - above);
}

/* --- over all voxels --- */

static double weight_of(const struct voxels *v, size_t sample, bool yes)
{
    return yes ? v->yes[sample] : v->no;
}

static void gather(const void *ctx, size_t begin, size_t end,
                   double sums[DT_SUMS])
{
    const struct voxels *v = ctx;
    for (size_t i = begin; i < end; i++) {
        uint8_t label = v->truth.labels[i];
        if (label == DT_NOT_LEARNED)
            continue;
        size_t sample = i / v->b->points;
        nn_logistic l = chance(v, sample, i % v->b->points);
        sums[0] += label == 1 ? l.pos : 0;
        sums[1] += l.pos;
        if (v->points)
            sums[2] += weight_of(v, sample, label == 1) *
                       dt_focal_of(l, label == 1, v->gamma).value;
    }
}

static void spread(void *ctx, size_t begin, size_t end, CS_UNUSED unsigned slot)
{
    const struct voxels *v = ctx;
    for (size_t i = begin; i < end; i++) {
        size_t sample = i / v->b->points;
        size_t k = i % v->b->points;
        uint8_t label = v->truth.labels[i];
        bool yes = label == 1;
        nn_logistic l = chance(v, sample, k);
        double slope = overlap_slope(&v->overlap, yes) * l.pos * l.neg;
        if (v->points)
            slope +=
                weight_of(v, sample, yes) * dt_focal_of(l, yes, v->gamma).slope;
        put(v, sample, k, l, label == DT_NOT_LEARNED ? 0 : slope);
    }
}

static double run(struct voxels *v)
{
    const dt_batch *b = v->b;
    double sums[DT_SUMS];
    double nodule = 0;
    for (size_t i = 0; i < b->n; i++)
        nodule += (double)v->truth.nodule[i];
    dt_sum(b->pool, b->n * b->points, gather, v, sums);
    double loss = overlap_loss(&v->overlap, sums[0], sums[1], nodule) + sums[2];
    cs_pool_for(b->pool, b->n * b->points, 4096, spread, v);
    return loss;
}

/* --- what each kind of loss weighs --- */

/* Nodules of each sample weigh 1 together, and the samples that have some 1.
 * Small nodules count as much as large ones. */
static void weigh_by_nodule(struct voxels *v)
{
    double alpha = dt_or(v->b->o.alpha, 0.5);
    double found = 0;
    for (size_t i = 0; i < v->b->n; i++)
        found += v->truth.nodule[i] ? 1 : 0;
    found = fmax(found, 1);
    for (size_t i = 0; i < v->b->n; i++)
        v->yes[i] = 2 * alpha / (found * fmax((double)v->truth.nodule[i], 1));
    v->no = 2 * (1 - alpha) / (found * FALSE_BALL);
    v->gamma = dt_or(v->b->o.gamma, 2);
    v->points = true;
}

static void weigh_evenly(struct voxels *v)
{
    double learned = 0;
    for (size_t i = 0; i < v->b->n; i++)
        learned += (double)v->truth.learned[i];
    v->no = 1 / fmax(learned, 1);
    for (size_t i = 0; i < v->b->n; i++)
        v->yes[i] = v->no;
    v->gamma = 0;
    v->points = true;
}

static void choose(struct voxels *v)
{
    const dt_loss_options *o = &v->b->o;
    v->overlap = (struct overlap){.missed = 0.5, .much = 0.5, .power = 1};
    if (o->kind == DT_LOSS_TVERSKY) {
        double missed = dt_or(o->alpha, 0.7);
        v->overlap = (struct overlap){.missed = missed, .much = 1 - missed};
        v->overlap.power = dt_or(o->gamma, 0.75);
    }
    if (o->kind == DT_LOSS_DEFAULT)
        weigh_by_nodule(v);
    if (o->kind == DT_LOSS_DICE_CE)
        weigh_evenly(v);
}

static int own_loss(struct voxels *v, dt_loss *ret, cs_errinfo *info)
{
    CS_AUTO_MEM double *yes = cs_calloc(v->b->n, sizeof(*yes));
    if (!yes)
        return cs_fail_nomem(info);
    v->yes = yes;
    choose(v);
    ret->scores = run(v);
    return 0;
}

/* --- the reference's, of two channels --- */

static int reference_loss(const struct voxels *v, dt_loss *ret,
                          cs_errinfo *info)
{
    const dt_batch *b = v->b;
    const nn_loss_dims d = {b->n, v->channels, b->points};
    CS_AUTO_MEM int32_t *labels = cs_calloc(b->n * b->points, sizeof(*labels));
    if (!labels)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < b->n * b->points; i++)
        labels[i] = v->truth.labels[i];
    nn_dice_ce_options both = NN_DICE_CE_DEFAULT;
    both.dice.ignore = DT_NOT_LEARNED;
    both.ce.ignore = DT_NOT_LEARNED;
    if (b->o.kind == DT_LOSS_DICE)
        return nn_loss_dice_labels(b->pool, &d, &both.dice, b->outputs[0],
                                   labels, &ret->scores, b->gradients[0], info);
    return nn_loss_dice_ce(b->pool, &d, &both, b->outputs[0], labels,
                           &ret->scores, b->gradients[0], info);
}

int dt_voxels_loss(const dt_batch *b, dt_loss *ret, cs_errinfo *info)
{
    CS_SCOPED(dt_voxels) truth = DT_VOXELS_INIT;
    int e = dt_target_voxels(b, &truth, info);
    if (e < 0)
        return e;
    struct voxels v = {.b = b, .truth = truth, .channels = dt_classes(b->r)};
    bool reference = b->o.kind == DT_LOSS_DICE || b->o.kind == DT_LOSS_DICE_CE;
    if (reference && v.channels > 1)
        return reference_loss(&v, ret, info);
    return own_loss(&v, ret, info);
}

void dt_voxels_map(const md_recipe *r, size_t i, size_t points,
                   const float *const *outputs, float *map)
{
    size_t channels = dt_classes(r);
    const float *x = outputs[0] + i * channels * points;
    for (size_t k = 0; k < points; k++) {
        if (channels == 1)
            map[k] = x[k];
        else
            map[k] = (float)dt_sigmoid((double)x[points + k] - (double)x[k]);
    }
}
