#include "lung/edge.h"

#include <math.h>
#include <stdlib.h>

#include "base/vec.h"

/* From so far inside the border to so far outside. */
#define HALF_MM 0.75

typedef CS_VEC(float) slopes;

/* Between voxels by straight lines, held at the faces. */
static double value_at(const im_volume *v, const double at[3])
{
    const im_geometry *g = &v->geometry;
    size_t low[3];
    double part[3];
    for (int a = 0; a < 3; a++) {
        double last = (double)(g->size[a] - 1);
        double p = fmin(fmax(at[a], 0), last);
        low[a] = (size_t)fmin(floor(p), fmax(last - 1, 0));
        part[a] = p - (double)low[a];
    }
    double sum = 0;
    for (unsigned k = 0; k < 8; k++) {
        double weight = 1;
        size_t p[3];
        for (unsigned a = 0; a < 3; a++) {
            bool high = k >> a & 1 && g->size[a] > 1;
            weight *= k >> a & 1 ? part[a] : 1 - part[a];
            p[a] = low[a] + high;
        }
        sum += weight * (double)im_f32(v)[im_at(g, p[0], p[1], p[2])];
    }
    return sum;
}

static size_t stride_of(const im_geometry *g, int axis)
{
    return axis == 0 ? 1 : axis == 1 ? g->size[0] : g->size[0] * g->size[1];
}

/* A voxel of the mask with lung beside it; nothing of the patch's faces. */
static bool is_border(const lu_patch *p, const uint8_t *mask,
                      const size_t at[3])
{
    const im_geometry *g = &p->hu.geometry;
    const uint8_t *domain = im_u8(&p->domain);
    size_t i = im_at(g, at[0], at[1], at[2]);
    if (!mask[i])
        return false;
    bool open = false;
    for (int a = 0; a < 3; a++) {
        size_t s = stride_of(g, a);
        if (at[a] == 0 || at[a] + 1 == g->size[a] || !domain[i - s] ||
            !domain[i + s])
            return false;
        open = open || !mask[i - s] || !mask[i + s];
    }
    return open;
}

/* Down the steepest way, which is across the border. */
static double slope_at(const lu_patch *p, const size_t at[3])
{
    const im_geometry *g = &p->hu.geometry;
    const float *v = im_f32(&p->smooth) + im_at(g, at[0], at[1], at[2]);
    double n[3], length = 0, in[3], out[3];
    for (int a = 0; a < 3; a++) {
        ptrdiff_t s = (ptrdiff_t)stride_of(g, a);
        n[a] = (double)v[s] - (double)v[-s];
        length += n[a] * n[a];
    }
    length = sqrt(length);
    if (!(length > 0))
        return 0;
    for (int a = 0; a < 3; a++) {
        double step = HALF_MM / p->mm * n[a] / length;
        in[a] = (double)at[a] + step;
        out[a] = (double)at[a] - step;
    }
    return (value_at(&p->hu, in) - value_at(&p->hu, out)) / (2 * HALF_MM);
}

static int rising(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

int lu_edge_find(const lu_patch *patch, const lu_outline *outline,
                 double *ret_hu_mm, cs_errinfo *info)
{
    const im_geometry *g = &patch->hu.geometry;
    const uint8_t *mask = im_u8(&outline->mask);
    slopes all = CS_VEC_INIT;
    int r = 0;
    size_t at[3];
    for (at[2] = 0; at[2] < g->size[2]; at[2]++)
        for (at[1] = 0; at[1] < g->size[1]; at[1]++)
            for (at[0] = 0; at[0] < g->size[0] && r == 0; at[0]++)
                if (is_border(patch, mask, at))
                    r = cs_vec_push(&all, (float)slope_at(patch, at));
    if (r == 0 && all.len) {
        qsort(all.items, all.len, sizeof(*all.items), rising);
        *ret_hu_mm = (double)all.items[all.len / 2];
    } else {
        *ret_hu_mm = 0;
    }
    cs_vec_done(&all);
    return r < 0 ? cs_fail_nomem(info) : 0;
}
