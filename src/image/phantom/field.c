#include "image/phantom/field.h"

static float axis_of(ph_vec v, int axis)
{
    return axis == 0 ? v.x : axis == 1 ? v.y : v.z;
}

ph_tap ph_tap_at(const ph_grid *g, int axis, float mm)
{
    float at = (mm - axis_of(g->origin, axis)) / g->pitch;
    size_t n = g->size[axis];
    float low = floorf(at);
    if (g->periodic) {
        uint32_t mask = (uint32_t)n - 1;
        uint32_t i = (uint32_t)(int32_t)low;
        return (ph_tap){i & mask, (i + 1) & mask, at - low};
    }
    if (!(at > 0))
        return (ph_tap){0, 0, 0};
    if (at >= (float)(n - 1))
        return (ph_tap){(uint32_t)n - 1, (uint32_t)n - 1, 0};
    return (ph_tap){(uint32_t)low, (uint32_t)low + 1, at - low};
}

void ph_taps(const ph_grid *g, int axis, float start, float step, size_t n,
             uint32_t *first, float *share)
{
    for (size_t i = 0; i < n; i++) {
        ph_tap t = ph_tap_at(g, axis, start + step * (float)i);
        first[i] = t.first;
        share[i] = t.share;
    }
}

void ph_field_plane(const ph_field *f, const im_table *t, ph_tap z, float *ret)
{
    size_t plane = ph_grid_plane(f->grid);
    t->phantom_mix(f->values + plane * z.first, f->values + plane * z.second,
                   z.share, plane, ret);
}

void ph_plane_row(const ph_grid *g, const im_table *t, const float *plane,
                  ph_tap y, float *ret)
{
    size_t n = g->size[0];
    t->phantom_mix(plane + n * y.first, plane + n * y.second, y.share, n, ret);
    ret[n] = g->periodic ? ret[0] : ret[n - 1];
}

static float at_plane(const ph_field *f, size_t z, ph_tap y, ph_tap x)
{
    const float *p = f->values + ph_grid_plane(f->grid) * z;
    const float *a = p + f->grid->size[0] * y.first;
    const float *b = p + f->grid->size[0] * y.second;
    float va = a[x.first] + x.share * (a[x.second] - a[x.first]);
    float vb = b[x.first] + x.share * (b[x.second] - b[x.first]);
    return va + y.share * (vb - va);
}

float ph_field_at(const ph_field *f, ph_vec v)
{
    ph_tap x = ph_tap_at(f->grid, 0, v.x);
    ph_tap y = ph_tap_at(f->grid, 1, v.y);
    ph_tap z = ph_tap_at(f->grid, 2, v.z);
    float a = at_plane(f, z.first, y, x);
    float b = at_plane(f, z.second, y, x);
    return a + z.share * (b - a);
}
