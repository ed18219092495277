/* Two logits and a box for each anchor of each cell. Channels of scores are
 * no, yes of the first anchor, no, yes of the second and so on; those of boxes
 * x, y, z, depth, height, width of the first and so on. */
#include <math.h>

#include "detect/focal.h"
#include "detect/head_impl.h"
#include "detect/target.h"

#define BOX 6
#define SIZE_LIMIT 4.0 /* e^4 times an anchor is no nodule */

/* Negatives of a sample that DT_LOSS_BCE looks at. */
#define HARD 16

struct anchors {
    const dt_batch *b;
    dt_target *t;
    double yes, no, gamma; /* weights of anchors; exponent */
    double box;
};

/* Where in the two outputs a slot is. */
struct place {
    size_t sample, anchor, cell;
    size_t logits, box; /* first of the channels, which are `points` apart */
};

static struct place place_of(const md_recipe *r, size_t points, size_t i)
{
    size_t count = r->head.anchor_count;
    size_t row = i / points;
    struct place p = {row / count, row % count, i % points, 0, 0};
    p.logits = 2 * row * points + p.cell;
    p.box = BOX * row * points + p.cell;
    return p;
}

static double logit_at(const float *logits, const struct place *p,
                       size_t points)
{
    return (double)logits[p->logits + points] - (double)logits[p->logits];
}

static double score(const struct anchors *s, const struct place *p,
                    int32_t owner)
{
    size_t points = s->b->points;
    double w = s->no;
    if (owner == DT_UNUSED)
        w = 0;
    else if (owner != DT_NOBODY)
        w = s->yes * dt_target_weight(s->t, p->sample, owner);
    dt_point f = {0, 0};
    if (owner != DT_UNUSED)
        f = dt_focal(logit_at(s->b->outputs[0], p, points), owner >= 0,
                     s->gamma);
    s->b->gradients[0][p->logits + points] = (float)(w * f.slope);
    s->b->gradients[0][p->logits] = (float)(-w * f.slope);
    return w * f.value;
}

/* The nodule as the anchor is to say it. */
static void aim(const dt_batch *b, const dt_seen *s, const struct place *p,
                double ret[BOX])
{
    double edge = dt_anchor_edge(b->r, p->anchor);
    size_t at[3];
    dt_cell_place(b, p->cell, at);
    for (int axis = 0; axis < 3; axis++) {
        double centre = dt_cell_voxel(at[axis], b->r->head.stride);
        ret[axis] = (s->at[axis] - centre) / edge;
        ret[3 + axis] = nn_log(s->diameter / edge);
    }
}

static double box(const struct anchors *s, const struct place *p, int32_t owner)
{
    size_t points = s->b->points;
    float *slope = s->b->gradients[1] + p->box;
    for (size_t k = 0; k < BOX; k++)
        slope[k * points] = 0;
    if (owner < 0)
        return 0;
    double wanted[BOX];
    aim(s->b, &s->b->truths[p->sample].nodules[owner], p, wanted);
    double w = dt_target_weight(s->t, p->sample, owner);
    double total = 0;
    for (size_t k = 0; k < BOX; k++) {
        double got = (double)s->b->outputs[1][p->box + k * points];
        dt_point l = dt_smooth_l1(got - wanted[k]);
        slope[k * points] = (float)(s->box * w * l.slope);
        total += w * l.value;
    }
    return total;
}

static void chunk(const void *ctx, size_t begin, size_t end,
                  double sums[DT_SUMS])
{
    const struct anchors *s = ctx;
    for (size_t i = begin; i < end; i++) {
        struct place p = place_of(s->b->r, s->b->points, i);
        sums[0] += score(s, &p, s->t->owner[i]);
        sums[1] += box(s, &p, s->t->owner[i]);
    }
}

/* --- hard negatives --- */

struct hard {
    double logits[HARD]; /* falling; those that are equal in order of slots */
    size_t slots[HARD];
    size_t n;
};

static void offer(struct hard *h, double x, size_t slot)
{
    size_t at = h->n;
    while (at > 0 && x > h->logits[at - 1])
        at--;
    if (at == HARD)
        return;
    h->n += h->n < HARD;
    for (size_t i = h->n - 1; i > at; i--) {
        h->logits[i] = h->logits[i - 1];
        h->slots[i] = h->slots[i - 1];
    }
    h->logits[at] = x;
    h->slots[at] = slot;
}

/* Leaves of a sample's slots that are nobody's only the hardest. What is not a
 * number counts as hardest, so that it shows in the loss. */
static void mine_sample(const struct anchors *s, size_t sample)
{
    size_t slots = s->t->slots;
    int32_t *owner = s->t->owner + sample * slots;
    struct hard h = {.n = 0};
    for (size_t i = 0; i < slots; i++) {
        if (owner[i] != DT_NOBODY)
            continue;
        owner[i] = DT_UNUSED;
        struct place p = place_of(s->b->r, s->b->points, sample * slots + i);
        double x = logit_at(s->b->outputs[0], &p, s->b->points);
        offer(&h, isnan(x) ? HUGE_VAL : x, i);
    }
    for (size_t i = 0; i < h.n; i++)
        owner[h.slots[i]] = DT_NOBODY;
}

static void mine(void *ctx, size_t begin, size_t end, CS_UNUSED unsigned slot)
{
    for (size_t i = begin; i < end; i++)
        mine_sample(ctx, i);
}

static size_t count_nobodys(const struct anchors *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->b->n * s->t->slots; i++)
        n += s->t->owner[i] == DT_NOBODY;
    return n;
}

/* Cross-entropy: the mean over nodules and that over hard negatives. */
static void choose_bce(struct anchors *s)
{
    cs_pool_for(s->b->pool, s->b->n, 1, mine, s);
    s->yes = 1;
    s->no = 1 / fmax((double)count_nobodys(s), 1);
    s->gamma = 0;
}

static void choose_focal(struct anchors *s)
{
    double alpha = dt_or(s->b->o.alpha, 0.5);
    s->yes = 2 * alpha;
    s->no = 2 * (1 - alpha) / s->t->found;
    s->gamma = dt_or(s->b->o.gamma, 2);
}

int dt_anchors_loss(const dt_batch *b, dt_loss *ret, cs_errinfo *info)
{
    CS_SCOPED(dt_target) t = DT_TARGET_INIT;
    int e = dt_target_anchors(b, &t, info);
    if (e < 0)
        return e;
    struct anchors s = {.b = b, .t = &t, .box = dt_or(b->o.box, 1)};
    if (b->o.kind == DT_LOSS_BCE)
        choose_bce(&s);
    else
        choose_focal(&s);
    double sums[DT_SUMS];
    dt_sum(b->pool, b->n * t.slots, chunk, &s, sums);
    ret->scores = sums[0];
    ret->boxes = sums[1];
    return 0;
}

/* --- maps --- */

static double limited(float log_size)
{
    return nn_exp(fmin(fmax((double)log_size, -SIZE_LIMIT), SIZE_LIMIT));
}

static void put_box(const md_recipe *r, size_t points, const float *boxes,
                    const struct place *p, float *map)
{
    double edge = dt_anchor_edge(r, p->anchor);
    const float *box = boxes + p->box;
    double size = 0;
    for (size_t axis = 0; axis < 3; axis++) {
        double off = (double)box[axis * points] * edge;
        map[(1 + axis) * points + p->cell] = (float)off;
        size += limited(box[(3 + axis) * points]) * edge / 3;
    }
    map[4 * points + p->cell] = (float)size;
}

void dt_anchors_map(const md_recipe *r, size_t i, size_t points,
                    const float *const *outputs, float *map)
{
    size_t count = r->head.anchor_count;
    for (size_t k = 0; k < points; k++) {
        struct place best = place_of(r, points, i * count * points + k);
        double most = logit_at(outputs[0], &best, points);
        for (size_t a = 1; a < count; a++) {
            struct place p = place_of(r, points, (i * count + a) * points + k);
            double x = logit_at(outputs[0], &p, points);
            if (x > most) {
                most = x;
                best = p;
            }
        }
        map[k] = (float)dt_sigmoid(most);
        put_box(r, points, outputs[1], &best, map);
    }
}
