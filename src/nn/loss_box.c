#include "nn/loss_box.h"

#include <math.h>

#include "nn/loss_impl.h"

#define EDGES_MAX ((size_t)2 * NN_BOX_AXES_MAX)

struct box {
    double low[NN_BOX_AXES_MAX], high[NN_BOX_AXES_MAX];
};

/* Extents along each axis and their product. */
struct span {
    double extent[NN_BOX_AXES_MAX];
    double volume;
};

/* Unlike fmax() and fmin() these keep a NaN in `a`, the prediction. */
static double larger(double a, double b)
{
    return a < b ? b : a;
}

static double smaller(double a, double b)
{
    return b < a ? b : a;
}

static struct box box_at(const nn_box_options *o, const float *v)
{
    struct box b = {{0}, {0}};
    for (unsigned i = 0; i < o->axes; i++) {
        double first = (double)v[i];
        double second = (double)v[o->axes + i];
        bool centre = o->form == NN_BOX_CENTRE;
        b.low[i] = centre ? first - 0.5 * second : first;
        b.high[i] = centre ? first + 0.5 * second : second;
    }
    return b;
}

/* Between the larger low and the smaller high edge; nothing where they cross
 * over. With a box itself: its own span. */
static struct span shared_span(unsigned axes, const struct box *a,
                               const struct box *b)
{
    struct span r = {.volume = 1};
    for (unsigned i = 0; i < axes; i++) {
        double low = larger(a->low[i], b->low[i]);
        double high = smaller(a->high[i], b->high[i]);
        r.extent[i] = larger(high - low, 0);
        r.volume *= r.extent[i];
    }
    return r;
}

/* The smallest box around both. */
static struct span hull_span(unsigned axes, const struct box *a,
                             const struct box *b)
{
    struct span r = {.volume = 1};
    for (unsigned i = 0; i < axes; i++) {
        double low = smaller(a->low[i], b->low[i]);
        double high = larger(a->high[i], b->high[i]);
        r.extent[i] = larger(high - low, 0);
        r.volume *= r.extent[i];
    }
    return r;
}

/* Slope of the volume in the extent along one axis. */
static double face(unsigned axes, const struct span *r, unsigned axis)
{
    double area = 1;
    for (unsigned i = 0; i < axes; i++)
        area *= i == axis ? 1 : r->extent[i];
    return area;
}

/* Share of an edge at `a` in the smaller of a and b. */
static double share_of_smaller(double a, double b)
{
    if (a == b)
        return 0.5;
    return a < b ? 1 : 0;
}

struct pair {
    struct box pred, target;
    struct span own, common, hull;
    double both, outer; /* divisors: union and hull, with eps */
};

static struct pair pair_at(const nn_box_options *o, const float *pred,
                           const float *target)
{
    struct pair q = {.pred = box_at(o, pred), .target = box_at(o, target)};
    q.own = shared_span(o->axes, &q.pred, &q.pred);
    q.common = shared_span(o->axes, &q.pred, &q.target);
    q.hull = hull_span(o->axes, &q.pred, &q.target);
    struct span target_own = shared_span(o->axes, &q.target, &q.target);
    q.both = q.own.volume + target_own.volume - q.common.volume + o->eps;
    q.outer = q.hull.volume + o->eps;
    return q;
}

/* The part of the hull that is covered is both / outer up to eps, which drops
 * out of the difference hull - union. */
static double measure(const nn_box_options *o, const struct pair *q)
{
    double iou = q->common.volume / q->both;
    if (o->measure == NN_BOX_IOU)
        return iou;
    return iou - (q->outer - q->both) / q->outer;
}

/* Slopes of the measure in the three volumes of a pair. */
struct slopes {
    double common, own, hull;
};

static struct slopes slopes_of(const nn_box_options *o, const struct pair *q)
{
    double in_union = -q->common.volume / q->both / q->both;
    double in_hull = 0;
    if (o->measure == NN_BOX_GIOU) {
        in_union += 1 / q->outer;
        in_hull = -q->both / q->outer / q->outer;
    }
    /* union = own + target - common */
    return (struct slopes){1 / q->both - in_union, in_union, in_hull};
}

/* Slope in the high edge along an axis. The low edge is its mirror image, so
 * one function serves both: with signs turned, low edges are high ones. */
static double edge_slope(const nn_box_options *o, const struct pair *q,
                         const struct slopes *s, unsigned axis, bool high)
{
    double mine = high ? q->pred.high[axis] : -q->pred.low[axis];
    double other = high ? q->target.high[axis] : -q->target.low[axis];
    double share = share_of_smaller(mine, other);
    double v = 0;
    if (q->common.extent[axis] > 0)
        v += s->common * share * face(o->axes, &q->common, axis);
    if (q->pred.high[axis] >= q->pred.low[axis])
        v += s->own * face(o->axes, &q->own, axis);
    v += s->hull * (1 - share) * face(o->axes, &q->hull, axis);
    return high ? v : -v;
}

struct boxes {
    const nn_box_options *o;
    const float *pred, *target;
    float *grad;
    double divisor;
};

/* The loss falls as the measure rises. */
static void put_grad(const struct boxes *s, const struct pair *q, float *grad)
{
    struct slopes slopes = slopes_of(s->o, q);
    for (unsigned i = 0; i < s->o->axes; i++) {
        double low = edge_slope(s->o, q, &slopes, i, false);
        double high = edge_slope(s->o, q, &slopes, i, true);
        bool centre = s->o->form == NN_BOX_CENTRE;
        double first = centre ? low + high : low;
        double second = centre ? 0.5 * (high - low) : high;
        grad[i] = (float)(-first / s->divisor);
        grad[s->o->axes + i] = (float)(-second / s->divisor);
    }
}

static double row(const void *ctx, size_t begin, size_t end, CS_UNUSED size_t c)
{
    const struct boxes *s = ctx;
    size_t edges = 2 * (size_t)s->o->axes;
    double total = 0;
    for (size_t i = begin; i < end; i++) {
        struct pair q =
            pair_at(s->o, s->pred + i * edges, s->target + i * edges);
        total += 1 - measure(s->o, &q);
        if (s->grad)
            put_grad(s, &q, s->grad + i * edges);
    }
    return total;
}

static bool is_bad_target(const void *ctx, size_t i)
{
    const struct boxes *s = ctx;
    const float *v = s->target + i * 2 * (size_t)s->o->axes;
    struct box b = box_at(s->o, v);
    for (unsigned k = 0; k < s->o->axes; k++) {
        if (!(isfinite(b.low[k]) && isfinite(b.high[k]) &&
              b.high[k] >= b.low[k]))
            return true;
    }
    return false;
}

static int check(cs_pool *pool, size_t count, const struct boxes *s,
                 cs_errinfo *info)
{
    if (s->o->axes != 2 && s->o->axes != 3)
        return cs_fail(info, CS_E_RANGE, "boxes of %u axes; expected 2 or 3",
                       s->o->axes);
    nn_loss_dims d = {count, EDGES_MAX, 1};
    int r = nn_loss_check_dims(&d, info);
    if (r == 0)
        r = nn_loss_check_option("eps", s->o->eps, 1e-300, 1, info);
    if (r == 0)
        r = nn_loss_check_option("divisor", s->o->divisor, 0, HUGE_VAL, info);
    if (r < 0)
        return r;
    size_t bad = nn_loss_first_bad(pool, count, is_bad_target, s);
    if (bad < count)
        return cs_fail(info, CS_E_RANGE,
                       "target box %zu has no extent that is 0 or more", bad);
    return 0;
}

int nn_loss_box(cs_pool *pool, size_t count, const nn_box_options *o,
                const float *pred, const float *target, double *ret_loss,
                float *grad, cs_errinfo *info)
{
    nn_box_options opt = o ? *o : NN_BOX_DEFAULT;
    struct boxes s = {&opt, pred, target, NULL,
                      nn_loss_divisor(opt.divisor, count)};
    s.grad = grad;
    int r = check(pool, count, &s, info);
    if (r < 0)
        return r;
    *ret_loss = nn_loss_sum(pool, count, row, &s) / s.divisor;
    return 0;
}

double nn_box_overlap(const nn_box_options *o, const float *a, const float *b)
{
    nn_box_options exact = *o;
    exact.eps = 0;
    struct pair q = pair_at(&exact, a, b);
    if (!(q.both > 0))
        return 0;
    return measure(&exact, &q);
}
