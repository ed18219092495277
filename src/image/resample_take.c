/* Resampling that copies: nearest, and any interpolation between grids whose
 * voxels coincide. */
#include <string.h>

#include "base/mem.h"
#include "image/elements.h"
#include "image/resample_impl.h"

typedef struct taking {
    const im_resample_job *job;
    const uint32_t *x; /* index of the old voxel for each new one inside */
    size_t size;       /* of an element */
    size_t row, plane; /* bytes of the new grid */
} taking;

static void take_row(const taking *t, const char *from, char *to)
{
    const im_table *k = t->job->table;
    size_t n = t->job->axis[0].n;
    switch (t->size) {
    case 1:
        k->take8((const uint8_t *)from, t->x, n, (uint8_t *)to);
        break;
    case 2:
        k->take16((const uint16_t *)from, t->x, n, (uint16_t *)to);
        break;
    case 4:
        k->take32((const uint32_t *)from, t->x, n, (uint32_t *)to);
        break;
    default:
        k->take64((const uint64_t *)from, t->x, n, (uint64_t *)to);
        break;
    }
}

static size_t old_voxel(const im_axis *a, size_t new_voxel)
{
    return a->source + a->tap[new_voxel - a->begin].at[0];
}

static bool is_in(const im_axis *a, size_t new_voxel)
{
    return new_voxel >= a->begin && new_voxel - a->begin < a->n;
}

static void fill(const taking *t, char *to, size_t n)
{
    im_fill_row(t->job->to->voxels.dtype, t->job->filler, n, to);
}

static void take_line(const taking *t, size_t y, size_t z, char *to)
{
    const im_axis *a = t->job->axis;
    const im_geometry *g = &t->job->from->geometry;
    const char *from = tn_data(&t->job->from->voxels);
    size_t at = im_at(g, a[0].source, old_voxel(&a[1], y), old_voxel(&a[2], z));
    fill(t, to, a[0].begin);
    take_row(t, from + at * t->size, to + a[0].begin * t->size);
    size_t end = a[0].begin + a[0].n;
    fill(t, to + end * t->size, a[0].size - end);
}

/* Neighbouring rows often come from the same one. */
static void take_plane(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const taking *t = ctx;
    const im_axis *a = t->job->axis;
    char *to = tn_data(&t->job->to->voxels);
    for (size_t z = begin; z < end; z++) {
        char *plane = to + z * t->plane;
        if (a[0].n == 0 || !is_in(&a[2], z)) {
            fill(t, plane, a[0].size * a[1].size);
            continue;
        }
        for (size_t y = 0; y < a[1].size; y++) {
            char *row = plane + y * t->row;
            if (!is_in(&a[1], y))
                fill(t, row, a[0].size);
            else if (y > a[1].begin &&
                     old_voxel(&a[1], y) == old_voxel(&a[1], y - 1))
                memcpy(row, row - t->row, t->row);
            else
                take_line(t, y, z, row);
        }
    }
}

int im_resample_take(const im_resample_job *job, cs_errinfo *info)
{
    const im_axis *a = job->axis;
    CS_AUTO_MEM uint32_t *x = cs_calloc(a[0].n, sizeof(*x));
    if (!x)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < a[0].n; i++)
        x[i] = a[0].tap[i].at[0];
    taking t = {.job = job,
                .x = x,
                .size = tn_dtype_size(job->to->voxels.dtype),
                .row = a[0].size * tn_dtype_size(job->to->voxels.dtype)};
    t.plane = t.row * a[1].size;
    cs_pool_for(job->run->pool, a[2].size, 1, take_plane, &t);
    return 0;
}
