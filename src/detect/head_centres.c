/* A logit, an offset and a diameter for each cell. Scores are learned as in
 * CenterNet (Zhou et al. 2019): cells near a nodule that are not its own are
 * forgiven in part. Other than there a nodule has several cells of its own if
 * it is large, which together weigh as much as the one of a small nodule. */
#include <assert.h>
#include <math.h>

#include "detect/focal.h"
#include "detect/head_impl.h"
#include "detect/target.h"

enum { LOGIT, OFFSET, SIZE = 4, CHANNELS };
static_assert(CHANNELS == DT_MAP_CHANNELS_MAX, "a map's channels");

/* Voxels: the diameter that is predicted as 0. */
#define DIAMETER 8.0
#define SIZE_LIMIT 4.0 /* e^4 times as large or small is no nodule */

struct centres {
    const dt_batch *b;
    const dt_target *t;
    double yes, no, gamma; /* weights of cells; exponent */
    double box;
};

static double forgiven(float heat)
{
    double w = 1 - (double)heat;
    return (w * w) * (w * w);
}

static double score(const struct centres *c, size_t i, size_t at)
{
    const dt_target *t = c->t;
    int32_t owner = t->owner[i];
    float *slope = &c->b->gradients[0][at];
    *slope = 0;
    double w;
    if (owner == DT_UNUSED)
        return 0;
    if (owner == DT_NOBODY)
        w = c->no * forgiven(t->heat[i]) / t->found;
    else
        w = c->yes * dt_target_weight(t, i / t->slots, owner);
    dt_point p =
        dt_focal((double)c->b->outputs[0][at], owner != DT_NOBODY, c->gamma);
    *slope = (float)(w * p.slope);
    return w * p.value;
}

/* What the channels from OFFSET on should be in a cell. */
static void aim(const dt_batch *b, const dt_seen *s, size_t cell,
                double ret[CHANNELS - OFFSET])
{
    size_t stride = b->r->head.stride;
    size_t at[3];
    dt_cell_place(b, cell, at);
    for (int axis = 0; axis < 3; axis++)
        ret[axis] = dt_in_cells(s->at[axis], stride) - (double)at[axis];
    ret[SIZE - OFFSET] = nn_log(s->diameter / DIAMETER);
}

static double box(const struct centres *c, size_t i, size_t at)
{
    const dt_target *t = c->t;
    size_t points = c->b->points;
    size_t sample = i / points;
    int32_t owner = t->owner[i];
    double total = 0;
    for (size_t k = OFFSET; k < CHANNELS; k++)
        c->b->gradients[0][at + k * points] = 0;
    if (owner < 0)
        return 0;
    double wanted[CHANNELS - OFFSET];
    aim(c->b, &c->b->truths[sample].nodules[owner], i % points, wanted);
    double w = dt_target_weight(t, sample, owner);
    for (size_t k = OFFSET; k < CHANNELS; k++) {
        double got = (double)c->b->outputs[0][at + k * points];
        dt_point p = dt_smooth_l1(got - wanted[k - OFFSET]);
        c->b->gradients[0][at + k * points] = (float)(c->box * w * p.slope);
        total += w * p.value;
    }
    return total;
}

static void chunk(const void *ctx, size_t begin, size_t end,
                  double sums[DT_SUMS])
{
    const struct centres *c = ctx;
    size_t points = c->b->points;
    for (size_t i = begin; i < end; i++) {
        size_t at = i / points * CHANNELS * points + i % points;
        sums[0] += score(c, i, at);
        sums[1] += box(c, i, at);
    }
}

int dt_centres_loss(const dt_batch *b, dt_loss *ret, cs_errinfo *info)
{
    CS_SCOPED(dt_target) t = DT_TARGET_INIT;
    int e = dt_target_centres(b, &t, info);
    if (e < 0)
        return e;
    double alpha = dt_or(b->o.alpha, 0.5);
    struct centres c = {.b = b,
                        .t = &t,
                        .yes = 2 * alpha,
                        .no = 2 * (1 - alpha),
                        .gamma = dt_or(b->o.gamma, 2),
                        .box = dt_or(b->o.box, 1)};
    double sums[DT_SUMS];
    dt_sum(b->pool, b->n * b->points, chunk, &c, sums);
    ret->scores = sums[0];
    ret->boxes = sums[1];
    return 0;
}

void dt_centres_map(const md_recipe *r, size_t i, size_t points,
                    const float *const *outputs, float *map)
{
    const float *x = outputs[0] + i * CHANNELS * points;
    for (size_t k = 0; k < points; k++)
        map[k] = (float)dt_sigmoid((double)x[k]);
    for (size_t k = OFFSET * points; k < SIZE * points; k++)
        map[k] = x[k] * (float)r->head.stride;
    for (size_t k = SIZE * points; k < CHANNELS * points; k++) {
        double log_size = fmin(fmax((double)x[k], -SIZE_LIMIT), SIZE_LIMIT);
        map[k] = (float)(DIAMETER * nn_exp(log_size));
    }
}
