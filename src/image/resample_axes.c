/* Linear and cubic resampling axis by axis. The old volume goes by in blocks of
 * planes: each plane is resampled along y and x and kept as floats in a ring,
 * from which the new planes are then made along z. Memory beyond the two
 * volumes is that of the ring, whatever the number of planes.
 *
 * Along z the B-spline's filter runs forth over all planes as they come; the
 * way back starts IM_LOOK planes behind the last one that is wanted, where
 * its start value is worth nothing any more (0.268^14 = 1e-8). */
#include <string.h>

#include "base/checked.h"
#include "base/mem.h"
#include "image/elements.h"
#include "image/resample_impl.h"

#define BLOCK ((size_t)20) /* planes; no less than IM_SPLINE_HORIZON */
#define LOOK ((size_t)14)
/* Planes of the ring: a block, what was looked at ahead before, and the taps
 * that reach back. */
#define RING (BLOCK + LOOK + 6)
#define CHUNK ((size_t)128) /* voxels of a row that go along z at once */

typedef struct axes {
    const im_resample_job *job;
    bool spline[3];     /* the axis needs the filter and four taps */
    size_t from_stride; /* floats of a row of the old part, rounded up */
    size_t plane;       /* floats of a plane of the ring */
    tn_buffer *memory;  /* of the ring: RING planes */
    float *ring;
    float *scratch; /* by slot */
    size_t scratch_floats;
    /* The step at hand. */
    size_t begin, end;   /* old planes that came in */
    size_t low;          /* the lowest old plane that is still wanted */
    size_t out, out_end; /* new planes that are made, in rising position */
} axes;

static float *ring_plane(const axes *s, size_t z)
{
    return s->ring + z % RING * s->plane;
}

/* --- along y and x, a plane at a time --- */

static void load_row(const axes *s, size_t y, size_t z, float *to)
{
    const im_axis *a = s->job->axis;
    const im_volume *v = s->job->from;
    size_t at =
        im_at(&v->geometry, a[0].source, a[1].source + y, a[2].source + z);
    const char *from = tn_data(&v->voxels);
    tn_dtype d = v->voxels.dtype;
    im_load_row(s->job->table, d, from + at * tn_dtype_size(d), a[0].length,
                to);
}

static void along(const im_table *t, bool spline, const im_axis *a,
                  float *lines, float *out, size_t stride)
{
    if (spline) {
        t->spline_lines(lines, a->length);
        t->taps4(lines, a->tap, a->n, out, stride);
    } else {
        t->taps2(lines, a->tap, a->n, out, stride);
    }
}

/* Rows [y, y + count) of `rows` along x into the ring. */
static void rows_along_x(const axes *s, const float *rows, size_t y, size_t z,
                         size_t count, float *lines)
{
    const im_table *t = s->job->table;
    const im_axis *x = &s->job->axis[0];
    float *out = lines + x->length * IM_LINES;
    t->lines_of_rows(rows, s->from_stride, x->length, lines);
    along(t, s->spline[0], x, lines, out, IM_LINES);
    t->rows_of_lines(out, x->n, ring_plane(s, z) + y * x->n, x->n, count);
}

/* Linear along y: IM_LINES new rows from the rows around each. Two rows of
 * the old plane are at hand, by the parity of their number. */
static void linear_rows(const axes *s, size_t y, size_t z, float *scratch)
{
    const im_axis *a = &s->job->axis[1];
    size_t count = CS_MIN(a->n - y, IM_LINES), stride = s->from_stride;
    float *rows = scratch + 2 * stride;
    size_t at_hand[2] = {SIZE_MAX, SIZE_MAX};
    for (size_t i = 0; i < count; i++) {
        const im_tap *t = &a->tap[y + i];
        for (size_t k = 0; k < 2; k++) {
            size_t want = t->at[k];
            if (at_hand[want % 2] != want)
                load_row(s, want, z, scratch + want % 2 * stride);
            at_hand[want % 2] = want;
        }
        s->job->table->mix2(scratch + t->at[0] % 2 * stride,
                            scratch + t->at[1] % 2 * stride, t->weight[1],
                            s->job->axis[0].length, rows + i * stride);
    }
    rows_along_x(s, rows, y, z, count, rows + IM_LINES * stride);
}

/* A task is IM_LINES new rows of one plane. */
static size_t linear_tasks(const axes *s)
{
    return (s->job->axis[1].n + IM_LINES - 1) / IM_LINES;
}

static void linear_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const axes *s = ctx;
    float *scratch = s->scratch + slot * s->scratch_floats;
    size_t tasks = linear_tasks(s);
    for (size_t i = begin; i < end; i++)
        linear_rows(s, i % tasks * IM_LINES, s->begin + i / tasks, scratch);
}

/* Cubic along y: all of a plane's columns, IM_LINES at a time. */
static void cubic_plane(const axes *s, size_t z, float *scratch)
{
    const im_table *t = s->job->table;
    const im_axis *y = &s->job->axis[1];
    const size_t stride = s->from_stride;
    size_t tall =
        CS_MAX(y->length, (y->n + IM_LINES - 1) / IM_LINES * IM_LINES);
    float *rows = scratch, *made = rows + tall * stride;
    float *lines = made + tall * stride;
    for (size_t i = 0; i < y->length; i++)
        load_row(s, i, z, rows + i * stride);
    for (size_t i = 0; i < stride; i += IM_LINES) {
        t->lines_of_columns(rows + i, stride, y->length, lines);
        along(t, s->spline[1], y, lines, made + i, stride);
    }
    for (size_t i = 0; i < y->n; i += IM_LINES)
        rows_along_x(s, made + i * stride, i, z, CS_MIN(y->n - i, IM_LINES),
                     lines);
}

static void cubic_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const axes *s = ctx;
    for (size_t i = begin; i < end; i++)
        cubic_plane(s, s->begin + i, s->scratch + slot * s->scratch_floats);
}

/* --- along z, a piece of a row of all planes at a time --- */

/* New plane i in rising position. */
static size_t rising(const im_axis *a, size_t i)
{
    return a->falls ? a->n - 1 - i : i;
}

static void store_piece(const axes *s, size_t i, size_t y, size_t x, size_t n,
                        const float *voxels)
{
    const im_axis *a = s->job->axis;
    im_volume *to = s->job->to;
    tn_dtype d = to->voxels.dtype;
    size_t z = a[2].begin + rising(&a[2], i);
    size_t at = im_at(&to->geometry, a[0].begin + x, a[1].begin + y, z);
    char *out = tn_data(&to->voxels);
    im_store_row(s->job->table, d, voxels, n, out + at * tn_dtype_size(d));
}

static void linear_piece(const axes *s, size_t y, size_t x, size_t n,
                         float *scratch)
{
    const im_axis *a = &s->job->axis[2];
    size_t at = y * s->job->axis[0].n + x;
    for (size_t i = s->out; i < s->out_end; i++) {
        const im_tap *t = &a->tap[rising(a, i)];
        s->job->table->mix2(ring_plane(s, t->at[0]) + at,
                            ring_plane(s, t->at[1]) + at, t->weight[1], n,
                            scratch);
        store_piece(s, i, y, x, n, scratch);
    }
}

/* The causal filter's first value; all planes it sums over are in the ring. */
static void spline_begin(const axes *s, size_t at, size_t n)
{
    size_t length = s->job->axis[2].length;
    bool all = length <= IM_SPLINE_HORIZON;
    size_t count = all ? 2 * length - 2 : IM_SPLINE_HORIZON;
    float *first = ring_plane(s, 0) + at;
    float sum[CHUNK] = {0}, power = 1;
    for (size_t k = 0; k < count; k++) {
        const float *p = ring_plane(s, im_mirror((ptrdiff_t)k, length)) + at;
        for (size_t i = 0; i < n; i++)
            sum[i] += power * p[i];
        power *= IM_SPLINE_POLE;
    }
    for (size_t i = 0; i < n; i++)
        first[i] = 6 * sum[i] / (all ? 1 - power : 1);
}

static void spline_forth(const axes *s, size_t at, size_t n)
{
    for (size_t z = s->begin; z < s->end; z++) {
        float *p = ring_plane(s, z) + at;
        if (z == 0)
            spline_begin(s, at, n);
        else
            s->job->table->spline_forth(ring_plane(s, z - 1) + at, p, n, p);
    }
}

/* Coefficients of planes [low, end), CHUNK floats each. */
static void spline_back(const axes *s, size_t at, size_t n, float *c)
{
    size_t last = s->end - 1;
    const float *p = ring_plane(s, last) + at;
    const float *q = ring_plane(s, last - 1) + at;
    float *top = c + (last - s->low) * CHUNK;
    for (size_t i = 0; i < n; i++)
        top[i] = IM_SPLINE_TURN * (IM_SPLINE_POLE * q[i] + p[i]);
    for (size_t z = last; z-- > s->low;) {
        float *here = c + (z - s->low) * CHUNK;
        s->job->table->spline_back(here + CHUNK, ring_plane(s, z) + at, n,
                                   here);
    }
}

static void cubic_piece(const axes *s, size_t y, size_t x, size_t n,
                        float *scratch)
{
    const im_axis *a = &s->job->axis[2];
    size_t at = y * s->job->axis[0].n + x;
    float *c = scratch + CHUNK;
    spline_forth(s, at, n);
    if (s->out == s->out_end)
        return;
    spline_back(s, at, n, c);
    for (size_t i = s->out; i < s->out_end; i++) {
        const im_tap *t = &a->tap[rising(a, i)];
        const float *row[4];
        for (size_t k = 0; k < 4; k++)
            row[k] = c + (t->at[k] - s->low) * CHUNK;
        s->job->table->mix4(row, t->weight, n, scratch);
        store_piece(s, i, y, x, n, scratch);
    }
}

static void rows_along_z(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const axes *s = ctx;
    float *scratch = s->scratch + slot * s->scratch_floats;
    size_t width = s->job->axis[0].n;
    for (size_t y = begin; y < end; y++)
        for (size_t x = 0; x < width; x += CHUNK) {
            size_t n = CS_MIN(width - x, CHUNK);
            if (s->spline[2])
                cubic_piece(s, y, x, n, scratch);
            else
                linear_piece(s, y, x, n, scratch);
        }
}

/* --- the steps --- */

static size_t lowest(const axes *s, const im_tap *t)
{
    size_t low = t->at[0];
    for (size_t k = 1; k < (s->spline[2] ? 4 : 2); k++)
        low = CS_MIN(low, (size_t)t->at[k]);
    return low;
}

static size_t highest(const axes *s, const im_tap *t)
{
    size_t high = t->at[0];
    for (size_t k = 1; k < (s->spline[2] ? 4 : 2); k++)
        high = CS_MAX(high, (size_t)t->at[k]);
    return high;
}

/* Which new planes can be made now that the old ones up to `end` are there,
 * and how far back they reach. */
static void choose_planes(axes *s)
{
    const im_axis *a = &s->job->axis[2];
    bool all = s->end == a->length;
    size_t ready = all || !s->spline[2] ? s->end : s->end - LOOK;
    s->out = s->out_end;
    s->low = s->end;
    while (s->out_end < a->n) {
        const im_tap *t = &a->tap[rising(a, s->out_end)];
        if (highest(s, t) >= ready)
            break;
        s->low = CS_MIN(s->low, lowest(s, t));
        s->out_end++;
    }
}

static void run_steps(axes *s)
{
    const im_axis *a = s->job->axis;
    cs_pool *pool = s->job->run->pool;
    bool cubic = s->spline[0] || s->spline[1];
    while (s->end < a[2].length) {
        s->begin = s->end;
        s->end = CS_MIN(s->begin + BLOCK, a[2].length);
        size_t planes = s->end - s->begin;
        if (cubic)
            cs_pool_for(pool, planes, 1, cubic_planes, s);
        else
            cs_pool_for(pool, planes * linear_tasks(s), 1, linear_planes, s);
        choose_planes(s);
        cs_pool_for(pool, a[1].n, 4, rows_along_z, s);
    }
}

/* --- what lies outside --- */

static void fill_outside(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const im_resample_job *job = ((const axes *)ctx)->job;
    const im_axis *a = job->axis;
    tn_dtype d = job->to->voxels.dtype;
    size_t size = tn_dtype_size(d), row = a[0].size * size;
    for (size_t z = begin; z < end; z++) {
        char *to = (char *)tn_data(&job->to->voxels) + z * a[1].size * row;
        bool plane = z >= a[2].begin && z - a[2].begin < a[2].n;
        for (size_t y = 0; y < a[1].size; y++, to += row) {
            if (!plane || y < a[1].begin || y - a[1].begin >= a[1].n) {
                im_fill_row(d, job->filler, a[0].size, to);
                continue;
            }
            size_t last = a[0].begin + a[0].n;
            im_fill_row(d, job->filler, a[0].begin, to);
            im_fill_row(d, job->filler, a[0].size - last, to + last * size);
        }
    }
}

static bool is_all_inside(const im_axis *a)
{
    return a[0].n == a[0].size && a[1].n == a[1].size && a[2].n == a[2].size;
}

/* --- memory --- */

/* Floats of scratch for a slot: the largest of what the steps want. */
static bool scratch_size(const axes *s, size_t *ret)
{
    const im_axis *a = s->job->axis;
    size_t tall = CS_MAX(a[1].length, a[1].n) + IM_LINES;
    size_t lines = CS_MAX(a[0].length + a[0].n, a[1].length);
    size_t planes, work, along_z = (RING + 1) * CHUNK;
    if (!cs_mul_size(2 * s->from_stride, tall, &planes) ||
        !cs_mul_size(lines, IM_LINES, &work) ||
        !cs_add_size(planes, work, &work))
        return false;
    *ret = CS_MAX(work, along_z);
    return true;
}

static int take_memory(axes *s, cs_errinfo *info)
{
    const im_axis *a = s->job->axis;
    size_t slots = cs_pool_threads(s->job->run->pool), floats;
    s->plane = a[0].n * a[1].n;
    if (!scratch_size(s, &s->scratch_floats) ||
        !cs_mul_size(s->scratch_floats, slots, &floats) ||
        !cs_mul_size(floats, sizeof(float), &floats))
        return cs_fail_nomem(info);
    s->scratch = cs_calloc(floats / sizeof(float), sizeof(float));
    if (!s->scratch || !cs_mul_size(s->plane, RING * sizeof(float), &floats))
        return cs_fail_nomem(info);
    int r = tn_buffer_new(floats, &s->memory, info);
    if (r == 0)
        s->ring = tn_buffer_data(s->memory);
    return r;
}

int im_resample_axes(const im_resample_job *job, cs_errinfo *info)
{
    const im_axis *a = job->axis;
    axes s = {.job = job};
    bool inside = a[0].n && a[1].n && a[2].n;
    if (!is_all_inside(a))
        cs_pool_for(job->run->pool, a[2].size, 1, fill_outside, &s);
    if (!inside)
        return 0;
    for (int i = 0; i < 3; i++)
        s.spline[i] = job->by == IM_CUBIC && !a[i].whole && a[i].length > 1;
    s.from_stride = (a[0].length + IM_LINES - 1) / IM_LINES * IM_LINES;
    int r = take_memory(&s, info);
    if (r == 0)
        run_steps(&s);
    cs_free(s.scratch);
    tn_buffer_unref(s.memory);
    return r;
}
