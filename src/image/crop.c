#include "image/crop.h"

#include <math.h>
#include <string.h>

#include "image/elements.h"

/* Far enough for any volume, near enough that sums cannot overflow. */
#define FARTHEST ((ptrdiff_t)1 << 40)

/* How much of [begin, begin + size) lies in [0, n), and behind how much. */
static void overlap(ptrdiff_t begin, size_t size, size_t n, size_t *inside,
                    size_t *skipped)
{
    ptrdiff_t end = begin + (ptrdiff_t)size;
    ptrdiff_t from = begin > 0 ? begin : 0;
    ptrdiff_t to = end < (ptrdiff_t)n ? end : (ptrdiff_t)n;
    *inside = to > from ? (size_t)(to - from) : 0;
    *skipped = *inside ? (size_t)(from - begin) : 0;
}

int im_crop_init(im_crop *c, const im_geometry *whole, const im_box *box,
                 cs_errinfo *info)
{
    im_crop made = {.whole = *whole, .box = *box};
    for (int i = 0; i < 3; i++) {
        if (box->begin[i] < -FARTHEST || box->begin[i] > FARTHEST ||
            box->size[i] > (size_t)FARTHEST)
            return cs_fail(info, CS_E_RANGE,
                           "a box from voxel %td on, %zu voxels wide, is too "
                           "large or too far away",
                           box->begin[i], box->size[i]);
        overlap(box->begin[i], box->size[i], whole->size[i], &made.inside[i],
                &made.skipped[i]);
    }
    im_geometry part = im_geometry_part(whole, box->begin, box->size);
    int r = im_geometry_check(&part, info);
    if (r < 0)
        return r == CS_E_FORMAT ? CS_E_RANGE : r;
    *c = made;
    return 0;
}

/* Bytes from the first voxel of the box, and of the whole, to row (y, z) of
 * what they share. */
static size_t in_box(const im_crop *c, size_t y, size_t z)
{
    return ((z + c->skipped[2]) * c->box.size[1] + y + c->skipped[1]) *
               c->box.size[0] +
           c->skipped[0];
}

static size_t in_whole(const im_crop *c, size_t y, size_t z)
{
    size_t at[3] = {0, y, z};
    for (int i = 0; i < 3; i++)
        at[i] += (size_t)(c->box.begin[i] + (ptrdiff_t)c->skipped[i]);
    return im_at(&c->whole, at[0], at[1], at[2]);
}

static bool is_empty(const im_crop *c)
{
    return !c->inside[0] || !c->inside[1] || !c->inside[2];
}

int im_crop_cut(const im_crop *c, const im_volume *v, double outside,
                im_volume *ret, cs_errinfo *info)
{
    const im_geometry part =
        im_geometry_part(&c->whole, c->box.begin, c->box.size);
    const tn_dtype d = v->voxels.dtype;
    const size_t size = tn_dtype_size(d);
    int r = im_volume_init(ret, d, &part, info);
    if (r < 0)
        return r;
    uint64_t filler = 0;
    char *to = tn_data(&ret->voxels);
    const char *from = tn_data(&v->voxels);
    im_store_value(d, outside, &filler);
    if (memcmp(c->inside, c->box.size, sizeof(c->inside)) != 0)
        im_fill_row(d, &filler, im_geometry_voxels(&part), to);
    for (size_t z = 0; z < c->inside[2] && !is_empty(c); z++)
        for (size_t y = 0; y < c->inside[1]; y++)
            memcpy(to + in_box(c, y, z) * size, from + in_whole(c, y, z) * size,
                   c->inside[0] * size);
    return 0;
}

void im_crop_paste(const im_crop *c, const im_volume *part, im_volume *v)
{
    const size_t size = tn_dtype_size(v->voxels.dtype);
    const char *from = tn_data(&part->voxels);
    char *to = tn_data(&v->voxels);
    for (size_t z = 0; z < c->inside[2] && !is_empty(c); z++)
        for (size_t y = 0; y < c->inside[1]; y++)
            memcpy(to + in_whole(c, y, z) * size, from + in_box(c, y, z) * size,
                   c->inside[0] * size);
}

/* --- masks --- */

static bool is_set(const char *element, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (element[i])
            return true;
    return false;
}

typedef struct range {
    size_t low[3], high[3]; /* of voxels that are set; low > high: none */
} range;

/* What row (y, z) adds: its first and its last voxel that is set. */
static void widen(range *r, const char *row, size_t n, size_t size, size_t y,
                  size_t z)
{
    size_t first = 0, last = n;
    while (first < n && !is_set(row + first * size, size))
        first++;
    if (first == n)
        return;
    while (!is_set(row + (last - 1) * size, size))
        last--;
    const size_t low[3] = {first, y, z}, high[3] = {last - 1, y, z};
    for (int i = 0; i < 3; i++) {
        r->low[i] = low[i] < r->low[i] ? low[i] : r->low[i];
        r->high[i] = high[i] > r->high[i] ? high[i] : r->high[i];
    }
}

bool im_mask_box(const im_volume *mask, double margin, im_box *ret)
{
    const im_geometry *g = &mask->geometry;
    const size_t size = tn_dtype_size(mask->voxels.dtype);
    const char *row = tn_data(&mask->voxels);
    range r = {.low = {SIZE_MAX, SIZE_MAX, SIZE_MAX}};
    for (size_t z = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++, row += g->size[0] * size)
            widen(&r, row, g->size[0], size, y, z);
    if (r.low[0] == SIZE_MAX)
        return false;
    for (int i = 0; i < 3; i++) {
        double n = ceil(margin / g->spacing[i] - 1e-9);
        double low = fmax((double)r.low[i] - n, 0);
        double high = fmin((double)r.high[i] + n, (double)g->size[i] - 1);
        ret->begin[i] = (ptrdiff_t)low;
        ret->size[i] = (size_t)(high - low) + 1;
    }
    return true;
}
