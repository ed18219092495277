#include <math.h>

#include "detect/target.h"
#include "nn/elementary.h"

/* Of the diameter. */
#define OWN_SHARE 0.3
#define SIGMA_SHARE 0.25
/* Sigmas at which a Gaussian, 3e-4 there, is cut off. */
#define SIGMAS 4.0

struct paint {
    const dt_batch *b;
    dt_target *t;
};

/* A nodule in cells. */
struct spot {
    double at[3], diameter;
    int32_t number;
};

static struct spot spot_of(const dt_batch *b, const dt_truth *truth, size_t i)
{
    const dt_seen *s = &truth->nodules[i];
    size_t stride = b->r->head.stride;
    return (struct spot){{dt_in_cells(s->at[0], stride),
                          dt_in_cells(s->at[1], stride),
                          dt_in_cells(s->at[2], stride)},
                         s->diameter / (double)stride,
                         (int32_t)i};
}

static double apart2(const struct spot *s, size_t x, size_t y, size_t z)
{
    double dx = (double)x - s->at[0];
    double dy = (double)y - s->at[1];
    double dz = (double)z - s->at[2];
    return dx * dx + dy * dy + dz * dz;
}

static double apart2_at(const dt_batch *b, const struct spot *s, size_t cell)
{
    size_t at[3];
    dt_cell_place(b, cell, at);
    return apart2(s, at[0], at[1], at[2]);
}

/* What is done with each cell near a nodule. */
typedef void touch_fn(const struct paint *p, size_t sample,
                      const struct spot *s, size_t cell, double d2);

static void touch(const struct paint *p, size_t sample, const struct spot *s,
                  double reach, touch_fn *fn)
{
    dt_range r = dt_range_about(p->b, s->at, reach);
    for (ptrdiff_t z = r.low[2]; z <= r.high[2]; z++)
        for (ptrdiff_t y = r.low[1]; y <= r.high[1]; y++)
            for (ptrdiff_t x = r.low[0]; x <= r.high[0]; x++) {
                double d2 = apart2(s, (size_t)x, (size_t)y, (size_t)z);
                if (d2 <= reach * reach)
                    fn(p, sample, s,
                       dt_cell_index(p->b, (size_t)x, (size_t)y, (size_t)z),
                       d2);
            }
}

static double sigma_of(const struct spot *s)
{
    return fmax(1, SIGMA_SHARE * s->diameter);
}

static void warm(const struct paint *p, size_t sample, const struct spot *s,
                 size_t cell, double d2)
{
    double sigma = sigma_of(s);
    float *heat = &p->t->heat[sample * p->t->slots + cell];
    *heat = fmaxf(*heat, (float)nn_exp(-0.5 * d2 / (sigma * sigma)));
}

static void claim(const struct paint *p, size_t sample, const struct spot *s,
                  size_t cell, double d2)
{
    int32_t *owner = &p->t->owner[sample * p->t->slots + cell];
    if (*owner >= 0) {
        struct spot rival =
            spot_of(p->b, &p->b->truths[sample], (size_t)*owner);
        if (apart2_at(p->b, &rival, cell) <= d2)
            return;
    }
    *owner = s->number;
}

/* The cell of a centre belongs to it, unless it is also that of a nearer one,
 * however many larger nodules about it have a claim. */
static void claim_nearest(const struct paint *p, size_t sample,
                          const struct spot *s)
{
    size_t cell;
    const dt_seen *seen = &p->b->truths[sample].nodules[s->number];
    if (!dt_cell_holding(p->b, seen, &cell))
        return;
    size_t *nearest = p->t->nearest + p->t->first[sample];
    nearest[s->number] = cell;
    int32_t *owner = &p->t->owner[sample * p->t->slots + cell];
    bool own = *owner >= 0 && nearest[*owner] == cell;
    if (own)
        claim(p, sample, s, cell, apart2_at(p->b, s, cell));
    else
        *owner = s->number;
}

static void forget(const struct paint *p, size_t sample,
                   CS_UNUSED const struct spot *s, size_t cell,
                   CS_UNUSED double d2)
{
    int32_t *owner = &p->t->owner[sample * p->t->slots + cell];
    if (*owner == DT_NOBODY)
        *owner = DT_UNUSED;
}

static void paint_sample(const struct paint *p, size_t sample)
{
    const dt_truth *truth = &p->b->truths[sample];
    size_t cell;
    for (size_t i = 0; i < truth->count; i++) {
        struct spot s = spot_of(p->b, truth, i);
        if (truth->nodules[i].excluded)
            continue;
        touch(p, sample, &s, SIGMAS * sigma_of(&s), warm);
        if (dt_cell_holding(p->b, &truth->nodules[i], &cell))
            touch(p, sample, &s, OWN_SHARE * s.diameter, claim);
    }
    for (size_t i = 0; i < truth->count; i++) {
        struct spot s = spot_of(p->b, truth, i);
        if (!truth->nodules[i].excluded)
            claim_nearest(p, sample, &s);
    }
    double margin = fmax(1, DT_EXCLUDED_MARGIN / (double)p->b->r->head.stride);
    for (size_t i = 0; i < truth->count; i++) {
        struct spot s = spot_of(p->b, truth, i);
        if (truth->nodules[i].excluded)
            touch(p, sample, &s, 0.5 * s.diameter + margin, forget);
    }
}

static void paint(void *ctx, size_t begin, size_t end, CS_UNUSED unsigned slot)
{
    for (size_t i = begin; i < end; i++)
        paint_sample(ctx, i);
}

int dt_target_centres(const dt_batch *b, dt_target *ret, cs_errinfo *info)
{
    int e = dt_target_init(b, b->points, true, ret, info);
    if (e < 0)
        return e;
    struct paint p = {b, ret};
    cs_pool_for(b->pool, b->n, 1, paint, &p);
    dt_target_count(b, ret);
    return 0;
}
