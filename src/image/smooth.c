#include "image/smooth.h"

#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/mem.h"
#include "image/elements.h"

#define MOST 1000.0 /* voxels */
/* Columns of z that are smoothed at once. */
#define WIDE ((size_t)128)

/* Of one axis: weights of 2 * radius + 1 voxels. */
typedef struct gaussian {
    size_t radius;
    float *weight;
} gaussian;

typedef struct smoothing {
    const im_volume *from;
    im_volume *to;
    const im_table *table;
    const gaussian *g;
    char *scratch; /* by slot: pointers to rows, then floats */
    size_t slot_bytes, pointers;
} smoothing;

static int make_gaussian(gaussian *g, double sigma, cs_errinfo *info)
{
    double sum = 0;
    if (!(sigma >= 0 && sigma <= MOST))
        return cs_fail(info, CS_E_RANGE,
                       "a sigma of %g voxels is not between 0 and %g", sigma,
                       MOST);
    g->radius = (size_t)(4 * sigma + 0.5);
    g->weight = cs_calloc(2 * g->radius + 1, sizeof(*g->weight));
    if (!g->weight)
        return cs_fail_nomem(info);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i <= 2 * g->radius; i++) {
            double d = (double)i - (double)g->radius;
            double w = g->radius ? exp(-d * d / (2 * sigma * sigma)) : 1;
            if (pass == 0)
                sum += w;
            else
                g->weight[i] = (float)(w / sum);
        }
    return 0;
}

static const float **pointers_of(const smoothing *s, unsigned slot)
{
    return (const float **)(void *)(s->scratch + slot * s->slot_bytes);
}

static float *floats_of(const smoothing *s, unsigned slot)
{
    return (float *)(void *)(s->scratch + slot * s->slot_bytes +
                             s->pointers * sizeof(float *));
}

/* n values of a line of rows `step` apart; beyond the ends the last ones. */
static size_t clamped(size_t at, size_t shift, size_t radius, size_t n)
{
    size_t i = at + shift;
    i = i > radius ? i - radius : 0;
    return i < n ? i : n - 1;
}

/* Rows of `width` floats, one every `step`, across the rows: from the copy
 * at `rows`, its rows `width` apart, to `to`. */
static void across(const smoothing *s, const gaussian *g, const float *rows,
                   size_t width, size_t n, const float **row, float *to,
                   size_t step)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k <= 2 * g->radius; k++)
            row[k] = rows + clamped(i, k, g->radius, n) * width;
        s->table->weigh(row, g->weight, 2 * g->radius + 1, width,
                        to + i * step);
    }
}

/* A row in place, by way of a copy whose ends are drawn out. */
static void along_x(const smoothing *s, float *x, size_t n, const float **row,
                    float *copy)
{
    const gaussian *g = &s->g[0];
    for (size_t i = 0; i < n + 2 * g->radius; i++)
        copy[i] = x[clamped(i, 0, g->radius, n)];
    for (size_t k = 0; k <= 2 * g->radius; k++)
        row[k] = copy + k;
    s->table->weigh(row, g->weight, 2 * g->radius + 1, n, x);
}

static void smooth_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const smoothing *s = ctx;
    const size_t *size = s->from->geometry.size, n = size[0] * size[1];
    const tn_dtype d = s->from->voxels.dtype;
    const char *from = tn_data(&s->from->voxels);
    float *copy = floats_of(s, slot);
    for (size_t z = begin; z < end; z++) {
        float *to = im_f32(s->to) + z * n;
        bool flat = s->g[1].radius == 0;
        im_load_row(s->table, d, from + z * n * tn_dtype_size(d), n,
                    flat ? to : copy);
        if (!flat)
            across(s, &s->g[1], copy, size[0], size[1], pointers_of(s, slot),
                   to, size[0]);
        for (size_t y = 0; y < size[1] && s->g[0].radius; y++)
            along_x(s, to + y * size[0], size[0], pointers_of(s, slot), copy);
    }
}

/* Row y of all planes, WIDE columns at a time. */
static void smooth_rows_z(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const smoothing *s = ctx;
    const size_t *size = s->from->geometry.size, plane = size[0] * size[1];
    float *copy = floats_of(s, slot);
    for (size_t y = begin; y < end; y++)
        for (size_t x = 0; x < size[0]; x += WIDE) {
            size_t width = CS_MIN(size[0] - x, WIDE);
            float *to = im_f32(s->to) + y * size[0] + x;
            for (size_t z = 0; z < size[2]; z++)
                memcpy(copy + z * width, to + z * plane, width * sizeof(*to));
            across(s, &s->g[2], copy, width, size[2], pointers_of(s, slot), to,
                   plane);
        }
}

static int take_memory(smoothing *s, unsigned slots, cs_errinfo *info)
{
    const size_t *size = s->from->geometry.size;
    size_t radius = CS_MAX(s->g[0].radius, s->g[1].radius), bytes;
    radius = CS_MAX(radius, s->g[2].radius);
    s->pointers = 2 * radius + 1;
    size_t plane = size[0] * size[1], columns = size[2] * WIDE;
    size_t floats = CS_MAX(plane, columns);
    floats = CS_MAX(floats, size[0] + 2 * radius);
    if (!cs_mul_size(floats, sizeof(float), &bytes) ||
        !cs_align_size(bytes, sizeof(float *), &bytes) ||
        !cs_add_size(bytes, s->pointers * sizeof(float *), &s->slot_bytes))
        return cs_fail_nomem(info);
    s->scratch = cs_calloc(slots, s->slot_bytes);
    return s->scratch ? 0 : cs_fail_nomem(info);
}

static int run_smoothing(smoothing *s, const im_run *run, cs_errinfo *info)
{
    const size_t *size = s->from->geometry.size;
    int r = take_memory(s, cs_pool_threads(run->pool), info);
    if (r < 0)
        return r;
    cs_pool_for(run->pool, size[2], 1, smooth_planes, s);
    if (s->g[2].radius)
        cs_pool_for(run->pool, size[1], 1, smooth_rows_z, s);
    cs_free(s->scratch);
    return 0;
}

int im_smooth(const im_volume *v, const double sigma[3], const im_run *run,
              im_volume *ret, cs_errinfo *info)
{
    gaussian g[3] = {{.weight = NULL}};
    CS_SCOPED(im_volume) made = IM_VOLUME_INIT;
    smoothing s = {
        .from = v, .to = &made, .g = g, .table = im_table_of(run->tier)};
    int r = 0;
    for (int i = 0; i < 3 && r == 0; i++)
        r = make_gaussian(&g[i], sigma[i] / v->geometry.spacing[i], info);
    if (r == 0)
        r = im_volume_init(&made, TN_F32, &v->geometry, info);
    if (r == 0)
        r = run_smoothing(&s, run, info);
    if (r == 0)
        r = im_volume_share(&made, ret, info);
    for (int i = 0; i < 3; i++)
        cs_free(g[i].weight);
    return r;
}
