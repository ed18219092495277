/* Resampling onto any grid, row by row of the new one. */
#include "base/mem.h"
#include "image/elements.h"
#include "image/resample_impl.h"
#include "image/spline.h"

/* Of scratch, by voxel of a row: a float, and an element of up to eight bytes.
 */
#define ROW_BYTES (2 * sizeof(double))

typedef struct any {
    const im_resample_job *job;
    const im_volume *from; /* what is read: the job's, or a copy as floats */
    const im_spline *spline;
    char *scratch; /* a row of floats and one of elements, by slot */
} any;

static void nearest_row(const any *s, const im_map_row *row, size_t begin,
                        size_t end, void *out)
{
    const im_table *t = s->job->table;
    const size_t *size = s->from->geometry.size;
    const void *v = tn_data(&s->from->voxels);
    switch (tn_dtype_size(s->from->voxels.dtype)) {
    case 1:
        t->any_nearest8(v, size, row, begin, end, out);
        break;
    case 2:
        t->any_nearest16(v, size, row, begin, end, out);
        break;
    case 4:
        t->any_nearest32(v, size, row, begin, end, out);
        break;
    default:
        t->any_nearest64(v, size, row, begin, end, out);
        break;
    }
}

static void float_row(const any *s, const im_map_row *row, size_t begin,
                      size_t end, float *out)
{
    const im_table *t = s->job->table;
    const size_t *size = s->from->geometry.size;
    const void *v = tn_data(&s->from->voxels);
    if (s->job->by == IM_CUBIC)
        t->any_cubic(s->spline->c, s->spline->stride, size, row, begin, end,
                     out);
    else if (s->from->voxels.dtype == TN_I16)
        t->any_linear_i16(v, size, row, begin, end, out);
    else if (s->from->voxels.dtype == TN_F32)
        t->any_linear_f32(v, size, row, begin, end, out);
    else
        t->any_linear_u8(v, size, row, begin, end, out);
}

/* Of one row into the result: n new voxels from `begin` on. */
static void make_row(const any *s, const im_map_row *row, size_t begin,
                     size_t end, char *scratch, char *to)
{
    const im_table *t = s->job->table;
    const tn_dtype d = s->job->to->voxels.dtype, d0 = s->from->voxels.dtype;
    float *floats = (float *)(void *)scratch;
    void *elements = scratch + row->n * sizeof(double);
    if (s->job->by != IM_NEAREST) {
        float_row(s, row, begin, end, floats);
        im_store_row(t, d, floats, end - begin, to);
    } else if (d == d0) {
        nearest_row(s, row, begin, end, to);
    } else {
        nearest_row(s, row, begin, end, elements);
        im_load_row(t, d0, elements, end - begin, floats);
        im_store_row(t, d, floats, end - begin, to);
    }
}

static void any_rows(void *ctx, size_t first, size_t last, unsigned slot)
{
    const any *s = ctx;
    const im_resample_job *job = s->job;
    const im_map *m = job->map;
    const tn_dtype d = job->to->voxels.dtype;
    const size_t size = tn_dtype_size(d), n = m->size[0];
    for (size_t i = first; i < last; i++) {
        char *to = (char *)tn_data(&job->to->voxels) + i * n * size;
        im_map_row row;
        size_t begin, end;
        im_map_row_init(&row, m, i % m->size[1], i / m->size[1]);
        im_map_inside(&row, m, &begin, &end);
        im_fill_row(d, job->filler, begin, to);
        im_fill_row(d, job->filler, n - end, to + end * size);
        if (begin < end)
            make_row(s, &row, begin, end, s->scratch + slot * n * ROW_BYTES,
                     to + begin * size);
    }
}

static bool has_kernel(tn_dtype d)
{
    return d == TN_I16 || d == TN_F32 || d == TN_U8 || d == TN_BOOL;
}

static int prepare(const im_resample_job *job, im_volume *copy,
                   im_spline *spline, cs_errinfo *info)
{
    if (job->by == IM_CUBIC)
        return im_spline_init(spline, job->from, job->run, info);
    if (job->by == IM_LINEAR && !has_kernel(job->from->voxels.dtype))
        return im_volume_convert(job->from, TN_F32, copy, info);
    return 0;
}

int im_resample_any(const im_resample_job *job, cs_errinfo *info)
{
    CS_SCOPED(im_volume) copy = IM_VOLUME_INIT;
    CS_SCOPED(im_spline) spline = IM_SPLINE_INIT;
    int r = prepare(job, &copy, &spline, info);
    if (r < 0)
        return r;
    const size_t *size = job->map->size;
    CS_AUTO_MEM char *scratch =
        cs_calloc(size[0], cs_pool_threads(job->run->pool) * ROW_BYTES);
    if (!scratch)
        return cs_fail_nomem(info);
    any s = {.job = job,
             .from = copy.voxels.buffer ? &copy : job->from,
             .spline = &spline,
             .scratch = scratch};
    cs_pool_for(job->run->pool, size[1] * size[2], 8, any_rows, &s);
    return 0;
}
