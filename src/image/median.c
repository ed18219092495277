#include "image/median.h"

#include "base/mem.h"
#include "image/median_cube.h"

#define LARGEST_RADIUS 64

typedef struct filtering {
    const im_volume *from;
    im_volume *to;
    size_t radius[3];
    int16_t *scratch; /* the voxels of a box, by slot */
    size_t box;
} filtering;

static int16_t voxel(const im_volume *v, size_t at)
{
    if (v->voxels.dtype == TN_I16)
        return im_i16(v)[at];
    return im_u8(v)[at];
}

/* i - r + k, held inside [0, n). */
static size_t held(size_t i, size_t r, size_t k, size_t n)
{
    size_t at = i + k < r ? 0 : i + k - r;
    return at < n ? at : n - 1;
}

static size_t take_box(const filtering *f, size_t x, size_t y, size_t z,
                       int16_t *box)
{
    const im_geometry *g = &f->from->geometry;
    size_t n = 0;
    for (size_t c = 0; c <= 2 * f->radius[2]; c++)
        for (size_t b = 0; b <= 2 * f->radius[1]; b++)
            for (size_t a = 0; a <= 2 * f->radius[0]; a++)
                box[n++] = voxel(f->from,
                                 im_at(g, held(x, f->radius[0], a, g->size[0]),
                                       held(y, f->radius[1], b, g->size[1]),
                                       held(z, f->radius[2], c, g->size[2])));
    return n;
}

/* The k-th smallest, by Hoare's selection. */
static int16_t select_kth(int16_t *v, size_t n, size_t k)
{
    ptrdiff_t low = 0, high = (ptrdiff_t)n - 1;
    while (low < high) {
        int16_t pivot = v[low + (high - low) / 2];
        ptrdiff_t i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i <= j) {
                int16_t t = v[i];
                v[i++] = v[j];
                v[j--] = t;
            }
        }
        if ((ptrdiff_t)k <= j)
            high = j;
        else if ((ptrdiff_t)k >= i)
            low = i;
        else
            break;
    }
    return v[k];
}

static void filter_rows(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const filtering *f = ctx;
    const im_geometry *g = &f->from->geometry;
    int16_t *box = f->scratch + slot * f->box;
    for (size_t row = begin; row < end; row++)
        for (size_t x = 0; x < g->size[0]; x++) {
            size_t n = take_box(f, x, row % g->size[1], row / g->size[1], box);
            int16_t m = select_kth(box, n, n / 2);
            size_t at = row * g->size[0] + x;
            if (f->to->voxels.dtype == TN_I16)
                ((int16_t *)tn_data(&f->to->voxels))[at] = m;
            else
                im_u8(f->to)[at] = (uint8_t)m;
        }
}

static int filter_any(const im_run *run, filtering *f, cs_errinfo *info)
{
    f->box = (2 * f->radius[0] + 1) * (2 * f->radius[1] + 1) *
             (2 * f->radius[2] + 1);
    f->scratch =
        cs_calloc(cs_pool_threads(run->pool), f->box * sizeof(*f->scratch));
    if (!f->scratch)
        return cs_fail_nomem(info);
    const size_t *n = f->from->geometry.size;
    cs_pool_for(run->pool, n[1] * n[2], 8, filter_rows, f);
    cs_free(f->scratch);
    return 0;
}

int im_median(const im_run *run, const im_volume *v, const size_t radius[3],
              im_volume *ret, cs_errinfo *info)
{
    if (v->voxels.dtype != TN_I16 && v->voxels.dtype != TN_U8)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "the median is of 16-bit voxels or of bytes");
    for (unsigned a = 0; a < 3; a++)
        if (radius[a] > LARGEST_RADIUS)
            return cs_fail(info, CS_E_LIMIT,
                           "a radius of %zu voxels is too large, at most %d",
                           radius[a], LARGEST_RADIUS);
    CS_SCOPED(im_volume) to = IM_VOLUME_INIT;
    int r = im_volume_init(&to, v->voxels.dtype, &v->geometry, info);
    if (r < 0)
        return r;
    filtering f = {
        .from = v, .to = &to, .radius = {radius[0], radius[1], radius[2]}};
    bool cube = radius[0] == 1 && radius[1] == 1 && radius[2] == 1;
    r = cube ? im_median_cube(run, v, &to, info) : filter_any(run, &f, info);
    if (r < 0)
        return r;
    *ret = to;
    to = (im_volume)IM_VOLUME_INIT;
    return 0;
}
