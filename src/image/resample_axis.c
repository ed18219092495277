#include "image/resample_axis.h"

#include <math.h>

#include "base/mem.h"

/* Positions this near to a voxel are the voxel: a gradient of 10,000 over it
 * would be off by 0.001. */
#define WHOLE 1e-7

void im_spline_weights(double w, float ret[4])
{
    double last = w * w * w / 6;
    double first = 1.0 / 6 + w * (w - 1) / 2 - last;
    double third = w + first - 2 * last;
    ret[0] = (float)first;
    ret[1] = (float)(1 - first - third - last);
    ret[2] = (float)third;
    ret[3] = (float)last;
}

size_t im_mirror(ptrdiff_t i, size_t n)
{
    if (n == 1)
        return 0;
    ptrdiff_t period = 2 * ((ptrdiff_t)n - 1);
    i %= period;
    i = i < 0 ? i + period : i;
    return (size_t)(i < (ptrdiff_t)n ? i : period - i);
}

/* Of voxel i of the new axis, the others being 0. */
static double position(const im_map *m, const im_map_row *row, int old,
                       int along, size_t i)
{
    if (along == 0)
        return im_map_at(row, i, old);
    im_map_row other;
    im_map_row_init(&other, m, along == 1 ? i : 0, along == 2 ? i : 0);
    return other.first[old];
}

static void find_inside(im_axis *a, const im_map *m, const im_map_row *row,
                        int old, int along)
{
    size_t begin = a->size, end = 0;
    a->whole = true;
    for (size_t i = 0; i < a->size; i++) {
        double at = position(m, row, old, along, i);
        if (!(at >= -0.5 && at < (double)m->from[old] - 0.5))
            continue;
        begin = i < begin ? i : begin;
        end = i + 1;
        a->whole = a->whole && fabs(at - round(at)) < WHOLE;
    }
    a->begin = begin < end ? begin : 0;
    a->n = begin < end ? end - begin : 0;
}

static void set_tap(im_tap *t, double at, size_t n, im_interpolation by,
                    bool whole)
{
    *t = (im_tap){.weight = {1}};
    if (by == IM_NEAREST || whole) {
        size_t nearest = (size_t)(at + 0.5);
        t->at[0] = (uint32_t)(nearest < n ? nearest : n - 1);
        t->at[1] = t->at[0];
    } else if (by == IM_LINEAR) {
        double inside = at > 0 ? at : 0;
        size_t base = (size_t)inside;
        t->at[0] = (uint32_t)base;
        t->at[1] = (uint32_t)(base + 1 < n ? base + 1 : base);
        t->weight[1] = (float)(inside - (double)base);
        t->weight[0] = 1 - t->weight[1];
    } else {
        double base = floor(at);
        for (int k = 0; k < 4; k++)
            t->at[k] = (uint32_t)im_mirror((ptrdiff_t)base + k - 1, n);
        im_spline_weights(at - base, t->weight);
    }
}

/* The old voxels from the lowest tap to the highest; for the B-spline with as
 * many beyond them as its filter feels. */
static void find_source(im_axis *a, size_t n, im_interpolation by)
{
    const size_t used = by == IM_CUBIC && !a->whole ? 4 : 2;
    const size_t margin = used == 4 ? IM_SPLINE_HORIZON : 0;
    size_t low = n, high = 0;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < used; k++) {
            size_t at = a->tap[i].at[k];
            low = at < low ? at : low;
            high = at > high ? at : high;
        }
    a->source = low > margin ? low - margin : 0;
    size_t end = high + margin + 1 < n ? high + margin + 1 : n;
    a->length = end - a->source;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < used; k++)
            a->tap[i].at[k] -= (uint32_t)a->source;
}

int im_axis_init(im_axis *a, const im_map *m, int old, int along,
                 im_interpolation by, cs_errinfo *info)
{
    im_map_row row;
    im_map_row_init(&row, m, 0, 0);
    *a = (im_axis){.size = m->size[along]};
    find_inside(a, m, &row, old, along);
    if (a->n == 0)
        return 0;
    a->tap = cs_calloc(a->n, sizeof(*a->tap));
    if (!a->tap)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < a->n; i++)
        set_tap(&a->tap[i], position(m, &row, old, along, a->begin + i),
                m->from[old], by, a->whole);
    a->falls = position(m, &row, old, along, a->begin) >
               position(m, &row, old, along, a->begin + a->n - 1);
    find_source(a, m->from[old], by);
    return 0;
}

void im_axis_done(im_axis *a)
{
    cs_free(a->tap);
    a->tap = NULL;
}
