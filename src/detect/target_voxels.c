#include "detect/target_voxels.h"

#include "base/checked.h"
#include "base/mem.h"

void dt_voxels_done(dt_voxels *v)
{
    cs_free(v->labels);
    cs_free(v->nodule);
    cs_free(v->learned);
    *v = (dt_voxels)DT_VOXELS_INIT;
}

struct paint {
    const dt_batch *b;
    dt_voxels *v;
};

static uint8_t label_of(uint8_t mask)
{
    if (mask == DT_NOT_LEARNED)
        return DT_NOT_LEARNED;
    return mask != 0;
}

/* Voxels within `reach` of a nodule's centre are not learned; or, if they are,
 * they are what the mask says, or nodule where there is none. */
static void ball(const struct paint *p, size_t sample, const dt_seen *s,
                 double reach, bool learned)
{
    uint8_t *labels = p->v->labels + sample * p->b->points;
    const uint8_t *mask = p->b->truths[sample].mask;
    dt_range r = dt_range_about(p->b, s->at, reach);
    for (ptrdiff_t z = r.low[2]; z <= r.high[2]; z++)
        for (ptrdiff_t y = r.low[1]; y <= r.high[1]; y++)
            for (ptrdiff_t x = r.low[0]; x <= r.high[0]; x++) {
                double dx = (double)x - s->at[0];
                double dy = (double)y - s->at[1];
                double dz = (double)z - s->at[2];
                size_t at =
                    dt_cell_index(p->b, (size_t)x, (size_t)y, (size_t)z);
                if (dx * dx + dy * dy + dz * dz > reach * reach)
                    continue;
                labels[at] = DT_NOT_LEARNED;
                if (learned)
                    labels[at] = mask ? label_of(mask[at]) : 1;
            }
}

/* However small, it has the voxel that holds its centre. */
static void nodule(const struct paint *p, size_t sample, const dt_seen *s)
{
    size_t cell;
    ball(p, sample, s, 0.5 * s->diameter, true);
    if (!p->b->truths[sample].mask && dt_cell_holding(p->b, s, &cell))
        p->v->labels[sample * p->b->points + cell] = 1;
}

static void count(const struct paint *p, size_t sample)
{
    const uint8_t *labels = p->v->labels + sample * p->b->points;
    size_t of[256] = {0};
    for (size_t i = 0; i < p->b->points; i++)
        of[labels[i]]++;
    p->v->nodule[sample] = of[1];
    p->v->learned[sample] = of[0] + of[1];
}

/* What is learned of a nodule comes last, so that an excluded neighbour takes
 * nothing from it. */
static void paint_sample(const struct paint *p, size_t sample)
{
    const dt_truth *t = &p->b->truths[sample];
    uint8_t *labels = p->v->labels + sample * p->b->points;
    for (size_t i = 0; i < p->b->points && t->mask; i++)
        labels[i] = label_of(t->mask[i]);
    for (size_t i = 0; i < t->count; i++)
        if (t->nodules[i].excluded)
            ball(p, sample, &t->nodules[i],
                 0.5 * t->nodules[i].diameter + DT_EXCLUDED_MARGIN, false);
    for (size_t i = 0; i < t->count; i++)
        if (!t->nodules[i].excluded)
            nodule(p, sample, &t->nodules[i]);
    count(p, sample);
}

static void paint(void *ctx, size_t begin, size_t end, CS_UNUSED unsigned slot)
{
    for (size_t i = begin; i < end; i++)
        paint_sample(ctx, i);
}

int dt_target_voxels(const dt_batch *b, dt_voxels *ret, cs_errinfo *info)
{
    size_t all;
    if (!cs_mul_size(b->n, b->points, &all))
        return cs_fail_nomem(info);
    dt_voxels v = {cs_calloc(all, 1), cs_calloc(b->n, sizeof(*v.nodule)),
                   cs_calloc(b->n, sizeof(*v.learned))};
    if (!v.labels || !v.nodule || !v.learned) {
        dt_voxels_done(&v);
        return cs_fail_nomem(info);
    }
    struct paint p = {b, &v};
    cs_pool_for(b->pool, b->n, 1, paint, &p);
    *ret = v;
    return 0;
}
