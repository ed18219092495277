#include <math.h>

#include "detect/target.h"

/* Overlaps (intersection over union) from which an anchor is a nodule's own,
 * and below which it is nobody's. In between nothing is learned. */
#define OWN 0.5
#define NOBODYS 0.1

double dt_anchor_edge(const md_recipe *r, size_t a)
{
    double spacing = r->input.spacing > 0 ? r->input.spacing : 1;
    return r->head.anchors[a] / spacing;
}

struct paint {
    const dt_batch *b;
    dt_target *t;
};

/* A cube, in voxels. */
struct cube {
    double at[3], edge;
};

static struct cube anchor_at(const dt_batch *b, size_t a, size_t cell)
{
    size_t at[3];
    dt_cell_place(b, cell, at);
    struct cube c = {.edge = dt_anchor_edge(b->r, a)};
    for (int axis = 0; axis < 3; axis++)
        c.at[axis] = dt_cell_voxel(at[axis], b->r->head.stride);
    return c;
}

static double overlap(const struct cube *c, const dt_seen *s)
{
    double both = 1;
    for (int axis = 0; axis < 3; axis++) {
        double apart = fabs(c->at[axis] - s->at[axis]);
        double shared = 0.5 * (c->edge + s->diameter) - apart;
        shared = fmin(shared, fmin(c->edge, s->diameter));
        both *= fmax(shared, 0);
    }
    double volumes =
        c->edge * c->edge * c->edge + s->diameter * s->diameter * s->diameter;
    return both / (volumes - both);
}

/* Cells about an excluded nodule see it, whatever their anchors. */
static bool is_spoilt(const dt_batch *b, const struct cube *c, const dt_seen *s)
{
    double margin = fmax(DT_EXCLUDED_MARGIN, (double)b->r->head.stride);
    double reach = 0.5 * s->diameter + margin;
    double d2 = 0;
    for (int axis = 0; axis < 3; axis++) {
        double d = c->at[axis] - s->at[axis];
        d2 += d * d;
    }
    return d2 <= reach * reach || overlap(c, s) >= NOBODYS;
}

static int32_t owner_of(const dt_batch *b, const dt_truth *t,
                        const struct cube *c)
{
    double best = 0;
    size_t of = 0;
    bool spoilt = false;
    for (size_t i = 0; i < t->count; i++) {
        if (t->nodules[i].excluded) {
            spoilt = spoilt || is_spoilt(b, c, &t->nodules[i]);
            continue;
        }
        double o = overlap(c, &t->nodules[i]);
        of = o > best ? i : of;
        best = fmax(best, o);
    }
    if (best > OWN)
        return (int32_t)of;
    return best >= NOBODYS || spoilt ? DT_UNUSED : DT_NOBODY;
}

/* Sizes alike: 0, and more the less they are. */
static double unlike(double a, double b)
{
    return a > b ? a / b - 1 : b / a - 1;
}

static bool is_taken(const size_t *nearest, size_t nodules, size_t slot)
{
    for (size_t i = 0; i < nodules; i++)
        if (nearest[i] == slot)
            return true;
    return false;
}

/* Of the anchors of the cell that holds its centre, the one that overlaps it
 * most and that none of the nodules before it has. Tiny nodules may overlap
 * none; then likeness of size decides. */
static size_t best_slot(const struct paint *p, size_t sample, size_t number)
{
    const dt_batch *b = p->b;
    const dt_seen *s = &b->truths[sample].nodules[number];
    size_t best = SIZE_MAX;
    double best_overlap = 0;
    double best_unlike = 0;
    size_t cell;
    if (!dt_cell_holding(b, s, &cell))
        return best;
    for (size_t a = 0; a < b->r->head.anchor_count; a++) {
        struct cube c = anchor_at(b, a, cell);
        double o = overlap(&c, s);
        double u = unlike(c.edge, s->diameter);
        bool better = best == SIZE_MAX || o > best_overlap ||
                      (o == best_overlap && u < best_unlike);
        size_t slot = a * b->points + cell;
        if (better &&
            !is_taken(p->t->nearest + p->t->first[sample], number, slot)) {
            best = slot;
            best_overlap = o;
            best_unlike = u;
        }
    }
    return best;
}

static void paint_sample(const struct paint *p, size_t sample)
{
    const dt_truth *t = &p->b->truths[sample];
    int32_t *owner = p->t->owner + sample * p->t->slots;
    for (size_t i = 0; i < p->t->slots; i++) {
        struct cube c = anchor_at(p->b, i / p->b->points, i % p->b->points);
        owner[i] = owner_of(p->b, t, &c);
    }
    for (size_t i = 0; i < t->count; i++) {
        if (t->nodules[i].excluded)
            continue;
        size_t slot = best_slot(p, sample, i);
        p->t->nearest[p->t->first[sample] + i] = slot;
        if (slot != SIZE_MAX)
            owner[slot] = (int32_t)i;
    }
}

static void paint(void *ctx, size_t begin, size_t end, CS_UNUSED unsigned slot)
{
    for (size_t i = begin; i < end; i++)
        paint_sample(ctx, i);
}

int dt_target_anchors(const dt_batch *b, dt_target *ret, cs_errinfo *info)
{
    int e = dt_target_init(b, b->r->head.anchor_count * b->points, false, ret,
                           info);
    if (e < 0)
        return e;
    struct paint p = {b, ret};
    cs_pool_for(b->pool, b->n, 1, paint, &p);
    dt_target_count(b, ret);
    return 0;
}
