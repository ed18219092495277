#include "image/png_slice.h"

#include <math.h>

#include "base/mem.h"
#include "image/png.h"

/* --- which grid axis runs where --- */

/* World axes 0 to 2 to grid axes: each the largest that is left of the
 * direction's entries, so that no grid axis is taken twice. */
static void match_axes(const im_geometry *g, unsigned ret[3])
{
    bool world_done[3] = {false}, grid_done[3] = {false};
    for (int turn = 0; turn < 3; turn++) {
        unsigned world = 0, grid = 0;
        double most = -1;
        for (unsigned r = 0; r < 3; r++)
            for (unsigned c = 0; c < 3; c++)
                if (!world_done[r] && !grid_done[c] &&
                    fabs(g->direction[3 * r + c]) > most) {
                    most = fabs(g->direction[3 * r + c]);
                    world = r;
                    grid = c;
                }
        world_done[world] = grid_done[grid] = true;
        ret[world] = grid;
    }
}

/* For each plane: the world axis it is cut along, those to the picture's right
 * and downwards, and whether they run there or against it. */
static const struct {
    unsigned cut, right, down;
    double right_sign, down_sign;
} planes[] = {
    [IM_AXIAL] = {2, 0, 1, 1, 1},
    [IM_CORONAL] = {1, 0, 2, 1, -1},
    [IM_SAGITTAL] = {0, 1, 2, 1, -1},
};

unsigned im_plane_axis(const im_geometry *g, im_plane plane)
{
    unsigned grid[3];
    match_axes(g, grid);
    return grid[planes[plane].cut];
}

/* One side of the picture: a grid axis, sampled. */
typedef struct side {
    unsigned axis;
    bool flipped;
    size_t n;      /* voxels */
    size_t pixels; /* of the picture */
    size_t stride; /* from voxel to voxel in the plane */
} side;

static side side_of(const im_geometry *g, unsigned world, double sign)
{
    unsigned grid[3];
    match_axes(g, grid);
    unsigned axis = grid[world];
    return (side){.axis = axis,
                  .flipped = g->direction[3 * world + axis] * sign < 0,
                  .n = g->size[axis]};
}

static int set_pixels(const im_geometry *g, side *a, side *b, cs_errinfo *info)
{
    double fine = CS_MIN(g->spacing[a->axis], g->spacing[b->axis]);
    side *both[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        side *s = both[i];
        double n = round((double)s->n * g->spacing[s->axis] / fine);
        if (!(n <= (double)IM_PNG_SIDE_MAX))
            return cs_fail(info, CS_E_RANGE,
                           "a slice of %g pixels a side is too large; resample "
                           "the volume first",
                           n);
        s->pixels = n < 1 ? 1 : (size_t)n;
    }
    return 0;
}

/* Pixel p lies between voxels *at and *at + 1, so much towards the latter. */
static double place_of(const side *s, size_t p, size_t *at)
{
    double x = ((double)p + 0.5) * (double)s->n / (double)s->pixels - 0.5;
    if (s->flipped)
        x = (double)(s->n - 1) - x;
    x = x > 0 ? x : 0;
    x = x < (double)(s->n - 1) ? x : (double)(s->n - 1);
    *at = (size_t)x;
    return x - floor(x);
}

/* --- the picture --- */

static uint8_t grey(double v, double centre, double width)
{
    double y = (v - (centre - width / 2)) / width * 255;
    if (!(y > 0)) /* NaN too */
        return 0;
    return y >= 255 ? 255 : (uint8_t)lround(y);
}

static double mix(const float *p, size_t stride, double part)
{
    double here = (double)p[0];
    return part == 0 ? here : here + part * ((double)p[stride] - here);
}

static void render(const float *plane, const side *right, const side *down,
                   double centre, double width, uint8_t *to)
{
    for (size_t y = 0; y < down->pixels; y++) {
        size_t row, column;
        double below = place_of(down, y, &row);
        const float *line = plane + row * down->stride;
        for (size_t x = 0; x < right->pixels; x++) {
            double part = place_of(right, x, &column);
            const float *p = line + column * right->stride;
            double v = mix(p, right->stride, part);
            if (below > 0)
                v += below * (mix(p + down->stride, right->stride, part) - v);
            *to++ = grey(v, centre, width);
        }
    }
}

static int check(const im_volume *v, unsigned axis, size_t index, double width,
                 cs_errinfo *info)
{
    size_t n = v->geometry.size[axis];
    if (index >= n)
        return cs_fail(info, CS_E_RANGE,
                       "there is no slice %zu; this axis has 0 to %zu", index,
                       n - 1);
    if (!(width > 0) || !isfinite(width))
        return cs_fail(info, CS_E_RANGE, "a window's width is above 0, not %g",
                       width);
    return 0;
}

/* The slice as floats; of the two axes left, the lower one runs fastest. */
static int take_plane(const im_volume *v, unsigned axis, size_t index,
                      tn_tensor *ret, cs_errinfo *info)
{
    CS_SCOPED(tn_tensor) view = TN_TENSOR_INIT;
    int r = tn_view_slice(&v->voxels, 2 - axis, index, index + 1, &view, info);
    return r < 0 ? r : tn_copy(&view, TN_F32, ret, info);
}

int im_slice_render(const im_volume *v, im_plane plane, size_t index,
                    double centre, double width, im_picture *ret,
                    cs_errinfo *info)
{
    CS_SCOPED(tn_tensor) values = TN_TENSOR_INIT;
    const im_geometry *g = &v->geometry;
    unsigned axis = im_plane_axis(g, plane);
    side right = side_of(g, planes[plane].right, planes[plane].right_sign);
    side down = side_of(g, planes[plane].down, planes[plane].down_sign);
    right.stride = right.axis < down.axis ? 1 : down.n;
    down.stride = right.axis < down.axis ? right.n : 1;
    int r = check(v, axis, index, width, info);
    if (r == 0)
        r = set_pixels(g, &right, &down, info);
    if (r == 0)
        r = take_plane(v, axis, index, &values, info);
    if (r < 0)
        return r;
    uint8_t *pixels = cs_calloc(down.pixels, right.pixels);
    if (!pixels)
        return cs_fail_nomem(info);
    render(tn_f32(&values), &right, &down, centre, width, pixels);
    *ret = (im_picture){right.pixels, down.pixels, pixels};
    return 0;
}

void im_picture_done(im_picture *p)
{
    cs_free(p->pixels);
    *p = (im_picture)IM_PICTURE_INIT;
}

int im_write_png_slice(const char *path, const im_volume *v, im_plane plane,
                       size_t index, double centre, double width,
                       cs_errinfo *info)
{
    CS_SCOPED(im_picture) p = IM_PICTURE_INIT;
    int r = im_slice_render(v, plane, index, centre, width, &p, info);
    return r < 0 ? r : im_png_write(path, p.width, p.height, 1, p.pixels, info);
}
