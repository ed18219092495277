#include "image/augment_sample.h"

#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/mem.h"

/* Rows of a patch that one chunk makes. */
#define ROWS 32

/* Writes of eight may go beyond a row's end. */
#define SLACK 8

typedef struct job {
    const im_table *table;
    const im_geometry *patch;
    im_augment_index index;
    im_sample_box box;
    bool empty;          /* nothing of the scan is under the patch */
    bool copies;         /* every voxel falls upon one of the scan's */
    tn_dtype dtype;      /* of the scan */
    im_field_block bend; /* empty without a field */
    float *scratch;      /* per slot */
    size_t scratch_size;
    float *image; /* what is made: an image … */
    void *labels; /* … or labels */
} job;

static void job_done(job *j)
{
    im_field_block_done(&j->bend);
    cs_free(j->scratch);
}

/* --- what part of the scan is needed --- */

/* How far a field of this amplitude moves a position, in indices. */
static double reach(const im_augment_index *x, double amplitude, int axis)
{
    const double *row = &x->per_mm[(size_t)3 * (size_t)axis];
    return amplitude * (fabs(row[0]) + fabs(row[1]) + fabs(row[2]));
}

/* Lowest and highest index along an axis; steps are linear, so at corners. */
static void span_of(const job *j, const im_field *f, int axis, double *low,
                    double *high)
{
    double bend = reach(&j->index, f->amplitude_mm, axis);
    *low = j->index.start[axis] - bend;
    *high = j->index.start[axis] + bend;
    for (int c = 0; c < 3; c++) {
        double far =
            j->index.step[3 * axis + c] * ((double)j->patch->size[c] - 1);
        *low += far < 0 ? far : 0;
        *high += far > 0 ? far : 0;
    }
}

/* Whole voxels around a span, with one to spare on either side, within the
 * scan. False where the span lies outside. */
static bool clip(double low, double high, size_t size, size_t *begin,
                 size_t *count)
{
    double last = (double)size - 1;
    if (!(high >= -0.5 && low < last + 0.5))
        return false;
    double from = floor(low) - 1, to = ceil(high) + 1;
    from = from > 0 ? from : 0;
    to = to < last ? to : last;
    *begin = (size_t)from;
    *count = (size_t)(to - from) + 1;
    return true;
}

static int set_strides(job *j, const im_geometry *g, cs_errinfo *info)
{
    const size_t stride[3] = {1, g->size[0], g->size[0] * g->size[1]};
    double span = 0;
    for (int i = 0; i < 3; i++)
        span += (double)stride[i] * (double)j->box.size[i];
    if (!(span < INT32_MAX))
        return cs_fail(info, CS_E_LIMIT,
                       "the part of the scan under the patch spans %.0f "
                       "voxels; at most 2^31 are supported",
                       span);
    for (int i = 0; i < 3; i++) {
        j->box.stride[i] = j->box.size[i] > 1 ? (int32_t)stride[i] : 1;
        j->box.next[i] = j->box.size[i] > 1 ? (int32_t)stride[i] : 0;
    }
    return 0;
}

static int set_box(job *j, const im_augment_map *map, const im_volume *scan,
                   cs_errinfo *info)
{
    const im_geometry *g = &scan->geometry;
    size_t begin[3];
    for (int i = 0; i < 3; i++) {
        double low, high;
        size_t count;
        span_of(j, &map->field, i, &low, &high);
        if (!clip(low, high, g->size[i], &begin[i], &count)) {
            j->empty = true;
            return 0;
        }
        if (count > INT32_MAX)
            return cs_fail(info, CS_E_LIMIT,
                           "a scan of %zu voxels along one axis is too long",
                           g->size[i]);
        j->box.size[i] = (int32_t)count;
        j->box.low[i] = (float)(-0.5 - (double)begin[i]);
        j->box.high[i] = (float)((double)g->size[i] - 0.5 - (double)begin[i]);
        j->index.start[i] -= (double)begin[i];
    }
    j->box.voxels = (const char *)tn_data(&scan->voxels) +
                    im_at(g, begin[0], begin[1], begin[2]) *
                        tn_dtype_size(scan->voxels.dtype);
    return set_strides(j, g, info);
}

/* --- preparing --- */

static bool is_whole(double v)
{
    return v == floor(v);
}

static bool falls_on_grid(const im_augment_index *x)
{
    bool whole = true;
    for (int i = 0; i < 9; i++)
        whole &= is_whole(x->step[i]);
    for (int i = 0; i < 3; i++)
        whole &= is_whole(x->start[i]);
    return whole;
}

/* Where a patch's index lies along its axis, in mm from the centre. */
static double mm_at(const job *j, int axis, double index)
{
    return (index - j->index.centre[axis]) * j->patch->spacing[axis];
}

static int set_bend(job *j, const im_field *f, cs_errinfo *info)
{
    double low[3], high[3];
    if (!(f->amplitude_mm > 0) || j->empty)
        return 0;
    for (int i = 0; i < 3; i++) {
        low[i] = mm_at(j, i, 0);
        high[i] = mm_at(j, i, (double)j->patch->size[i] - 1);
    }
    return im_field_block_init(&j->bend, f, low, high, j->index.per_mm, info);
}

/* A slice and a line of the field, three rows of moves, a row of offsets. */
static int set_scratch(job *j, const im_run *run, cs_errinfo *info)
{
    size_t row = j->patch->size[0] + SLACK, rows, all;
    size_t field = j->bend.knots ? im_field_slice_size(&j->bend) +
                                       im_field_line_size(&j->bend)
                                 : 0;
    if (!cs_mul_size(4, row, &rows) || !cs_add_size(rows, field, &all) ||
        !cs_align_size(all, 16, &j->scratch_size))
        return cs_fail_nomem(info);
    j->scratch = cs_calloc(cs_pool_threads(run->pool),
                           j->scratch_size * sizeof(*j->scratch));
    return j->scratch ? 0 : cs_fail_nomem(info);
}

static int job_init(job *j, const im_run *run, const im_augment_map *map,
                    const im_volume *scan, cs_errinfo *info)
{
    j->table = im_table_of(run->tier);
    j->dtype = scan->voxels.dtype;
    j->index = im_augment_index_of(map, &scan->geometry, j->patch);
    int r = set_box(j, map, scan, info);
    if (r == 0)
        r = set_bend(j, &map->field, info);
    if (r == 0)
        r = set_scratch(j, run, info);
    j->copies = !j->bend.knots && falls_on_grid(&j->index);
    return r;
}

/* --- rows --- */

/* One slot's working memory. */
typedef struct bench {
    float *slice, *line, *move[3];
    int32_t *offsets;
} bench;

static bench bench_of(const job *j, unsigned slot)
{
    size_t row = j->patch->size[0] + SLACK;
    float *p = j->scratch + slot * j->scratch_size;
    bench b = {.offsets = (int32_t *)(void *)p};
    for (size_t i = 0; i < 3; i++)
        b.move[i] = p + (1 + i) * row;
    b.slice = p + 4 * row;
    b.line = j->bend.knots ? b.slice + im_field_slice_size(&j->bend) : NULL;
    return b;
}

static im_sample_row row_at(const job *j, const bench *b, size_t y, size_t z)
{
    im_sample_row row = {.move = {NULL, NULL, NULL}};
    for (int i = 0; i < 3; i++) {
        const double *step = &j->index.step[(size_t)3 * (size_t)i];
        row.start[i] = (float)(j->index.start[i] + step[1] * (double)y +
                               step[2] * (double)z);
        row.step[i] = (float)step[0];
    }
    if (!j->bend.knots)
        return row;
    im_field_line(j->table, &j->bend, b->slice, mm_at(j, 1, (double)y),
                  b->line);
    im_field_row(j->table, &j->bend, b->line, mm_at(j, 0, 0),
                 j->patch->spacing[0], j->patch->size[0], b->move);
    for (int i = 0; i < 3; i++)
        row.move[i] = b->move[i];
    return row;
}

#define PICK(type, to, outside)                                                \
    do {                                                                       \
        const type *from_ = j->box.voxels;                                     \
        for (size_t i = 0; i < n; i++)                                         \
            (to)[i] = offsets[i] < 0 ? (outside) : from_[offsets[i]];          \
    } while (0)

static void copy_image(const job *j, const int32_t *offsets, size_t n, float *y)
{
    if (j->dtype == TN_I16)
        PICK(int16_t, y, j->box.fill);
    else
        PICK(float, y, j->box.fill);
}

static void pick_labels(const job *j, const int32_t *offsets, size_t n,
                        size_t at)
{
    switch (tn_dtype_size(j->dtype)) {
    case 1:
        PICK(uint8_t, (uint8_t *)j->labels + at, 0);
        break;
    case 2:
        PICK(uint16_t, (uint16_t *)j->labels + at, 0);
        break;
    default:
        PICK(uint32_t, (uint32_t *)j->labels + at, 0);
        break;
    }
}

static void make_row(const job *j, const bench *b, size_t y, size_t z)
{
    size_t n = j->patch->size[0], at = im_at(j->patch, 0, y, z);
    const im_sample_row row = row_at(j, b, y, z);
    if (!j->labels && !j->copies) {
        (j->dtype == TN_I16 ? j->table->sample_i16 : j->table->sample_f32)(
            &j->box, &row, n, j->image + at);
        return;
    }
    j->table->nearest(&j->box, &row, n, b->offsets);
    if (j->labels)
        pick_labels(j, b->offsets, n, at);
    else
        copy_image(j, b->offsets, n, j->image + at);
}

static void fill_row(const job *j, size_t y, size_t z)
{
    size_t n = j->patch->size[0], at = im_at(j->patch, 0, y, z);
    size_t size = tn_dtype_size(j->dtype);
    if (j->labels)
        memset((char *)j->labels + at * size, 0, n * size);
    for (size_t i = 0; j->image && i < n; i++)
        j->image[at + i] = j->box.fill;
}

static size_t groups_of(const job *j)
{
    return (j->patch->size[1] - 1) / ROWS + 1;
}

static void make_rows(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const job *j = ctx;
    const bench b = bench_of(j, slot);
    for (size_t i = begin; i < end; i++) {
        size_t z = i / groups_of(j), first = i % groups_of(j) * ROWS;
        size_t last = CS_MIN(first + ROWS, j->patch->size[1]);
        if (j->bend.knots)
            im_field_slice(j->table, &j->bend, mm_at(j, 2, (double)z), b.slice);
        for (size_t y = first; y < last; y++) {
            if (j->empty)
                fill_row(j, y, z);
            else
                make_row(j, &b, y, z);
        }
    }
}

static int make(job *j, const im_run *run, const im_augment_map *map,
                const im_volume *scan, cs_errinfo *info)
{
    int r = job_init(j, run, map, scan, info);
    if (r == 0)
        cs_pool_for(run->pool, j->patch->size[2] * groups_of(j), 1, make_rows,
                    j);
    return r;
}

int im_augment_sample(const im_run *run, const im_augment_map *map,
                      const im_volume *scan, const im_geometry *patch,
                      float fill, float *voxels, cs_errinfo *info)
{
    tn_dtype d = scan->voxels.dtype;
    if (d != TN_I16 && d != TN_F32)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "augmentation takes images of i16 or f32, not of %s",
                       tn_dtype_name(d));
    CS_SCOPED(job) j = {.patch = patch, .box = {.fill = fill}};
    j.image = voxels;
    return make(&j, run, map, scan, info);
}

int im_augment_sample_labels(const im_run *run, const im_augment_map *map,
                             const im_volume *scan, const im_geometry *patch,
                             void *voxels, cs_errinfo *info)
{
    tn_dtype d = scan->voxels.dtype;
    if (tn_dtype_is_float(d) || tn_dtype_size(d) > 4)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "augmentation takes labels of up to 32 bits, not of %s",
                       tn_dtype_name(d));
    CS_SCOPED(job) j = {.patch = patch, .labels = voxels};
    return make(&j, run, map, scan, info);
}
