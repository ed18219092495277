#include "image/normalise.h"

#include <math.h>

#include "base/mem.h"
#include "image/elements.h"
#include "image/line.h"

#define CHUNK ((size_t)1 << 16)
#define PIECE ((size_t)1024)

/* Of one chunk. */
typedef struct part {
    double min, max, sum;
    bool has_nan;
} part;

typedef struct summing {
    const im_volume *v;
    const im_table *table;
    part *parts; /* by chunk */
    double mean; /* that squares are taken from */
} summing;

static void load(const summing *s, size_t at, size_t n, float *to)
{
    const tn_dtype d = s->v->voxels.dtype;
    const char *from = tn_data(&s->v->voxels);
    im_load_row(s->table, d, from + at * tn_dtype_size(d), n, to);
}

static void sum_chunk(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const summing *s = ctx;
    part p = {.min = (double)INFINITY, .max = (double)-INFINITY};
    for (size_t at = begin; at < end; at += PIECE) {
        float x[PIECE];
        size_t n = end - at < PIECE ? end - at : PIECE;
        load(s, at, n, x);
        for (size_t i = 0; i < n; i++) {
            double v = (double)x[i];
            p.min = v < p.min ? v : p.min;
            p.max = v > p.max ? v : p.max;
            p.sum += v;
            p.has_nan = p.has_nan || v != v;
        }
    }
    s->parts[begin / CHUNK] = p;
}

static double square_chunk(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const summing *s = ctx;
    double sum = 0;
    for (size_t at = begin; at < end; at += PIECE) {
        float x[PIECE];
        size_t n = end - at < PIECE ? end - at : PIECE;
        load(s, at, n, x);
        for (size_t i = 0; i < n; i++)
            sum += ((double)x[i] - s->mean) * ((double)x[i] - s->mean);
    }
    return sum;
}

/* The chunks' parts, from the first to the last. */
static void add_parts(const part *parts, size_t n, im_statistics *st)
{
    *st = (im_statistics){.min = (double)INFINITY, .max = (double)-INFINITY};
    for (size_t i = 0; i < n; i++) {
        st->min = fmin(st->min, parts[i].min);
        st->max = fmax(st->max, parts[i].max);
        st->mean += parts[i].sum;
        st->has_nan = st->has_nan || parts[i].has_nan;
    }
}

int im_statistics_of(const im_volume *v, const im_run *run, im_statistics *ret,
                     cs_errinfo *info)
{
    size_t n = im_geometry_voxels(&v->geometry);
    size_t chunks = cs_pool_chunks(n, CHUNK);
    im_statistics st;
    CS_AUTO_MEM part *parts = cs_calloc(chunks, sizeof(*parts));
    if (!parts)
        return cs_fail_nomem(info);
    summing s = {.v = v, .table = im_table_of(run->tier), .parts = parts};
    cs_pool_for(run->pool, n, CHUNK, sum_chunk, &s);
    add_parts(parts, chunks, &st);
    st.mean /= (double)n;
    s.mean = st.mean;
    double squares;
    int r = cs_pool_sum_f64(run->pool, n, CHUNK, square_chunk, &s, &squares);
    if (r < 0)
        return cs_fail_nomem(info);
    st.sd = sqrt(squares / (double)n);
    *ret = st;
    return 0;
}

/* --- scales --- */

int im_scale(const im_volume *v, double low, double high, const im_run *run,
             im_volume *ret, cs_errinfo *info)
{
    double a = high > low ? 1 / (high - low) : 0;
    const im_line line = {
        .a = a, .b = high > low ? -low * a : 0, .low = 0, .high = 1};
    return im_line_over(v, &line, TN_F32, run, ret, info);
}

static int refuse_nan(cs_errinfo *info)
{
    return cs_fail(info, CS_E_RANGE,
                   "the volume holds values that are not numbers");
}

static int statistics(const im_volume *v, const im_run *run, im_statistics *ret,
                      cs_errinfo *info)
{
    int r = im_statistics_of(v, run, ret, info);
    if (r < 0)
        return r;
    return ret->has_nan ? refuse_nan(info) : 0;
}

int im_min_max(const im_volume *v, const im_run *run, im_volume *ret,
               cs_errinfo *info)
{
    im_statistics st = {.has_nan = false};
    int r = statistics(v, run, &st, info);
    return r < 0 ? r : im_scale(v, st.min, st.max, run, ret, info);
}

int im_z_score(const im_volume *v, const im_run *run, im_volume *ret,
               cs_errinfo *info)
{
    im_statistics st = {.has_nan = false};
    int r = statistics(v, run, &st, info);
    if (r < 0)
        return r;
    double a = st.sd > 0 ? 1 / st.sd : 0;
    const im_line line = {.a = a,
                          .b = -st.mean * a,
                          .low = (double)-INFINITY,
                          .high = (double)INFINITY};
    return im_line_over(v, &line, TN_F32, run, ret, info);
}

int im_scale_percentiles(const im_volume *v, double low, double high,
                         const im_run *run, im_volume *ret, cs_errinfo *info)
{
    const im_numbers all = {.dtype = v->voxels.dtype,
                            .x = tn_data(&v->voxels),
                            .n = im_geometry_voxels(&v->geometry)};
    const double q[2] = {low, high};
    double at[2] = {0, 0};
    if (!(low < high))
        return cs_fail(info, CS_E_RANGE,
                       "percentile %g is not below percentile %g", low, high);
    int r = im_percentiles(&all, q, 2, IM_QUANTILE_LINEAR, run, at, info);
    if (r < 0)
        return r;
    return isnan(at[0]) ? refuse_nan(info)
                        : im_scale(v, at[0], at[1], run, ret, info);
}
