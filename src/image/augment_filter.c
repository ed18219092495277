#include "image/augment_filter.h"

#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/mem.h"
#include "image/kernels/table.h"

/* A Gaussian reaches so many voxels at most. */
#define RADIUS_MOST 4096

/* Work along one axis: `lines` bundles of `count` rows of `width` floats, rows
 * `stride` apart. Each bundle is done by one chunk, in one slot's memory. */
typedef struct job {
    const im_table *table;
    const im_geometry *geometry;
    float *voxels;
    int axis;
    size_t count, width, stride;
    size_t radius;  /* of the blur */
    float *weights; /* of the blur: 2 radius + 1 */
    size_t group;   /* slices of a thick slice */
    size_t first;   /* slices of the first one */
    float *rows;    /* per slot: rows_size floats */
    size_t rows_size;
    const float **taps; /* per slot: taps_size rows */
    size_t taps_size;
    float *shares; /* as many equal weights as there are taps in a slot */
} job;

static void job_done(job *j)
{
    cs_free(j->weights);
    cs_free(j->rows);
    cs_free(j->taps);
    cs_free(j->shares);
}

static void set_axis(job *j, int axis)
{
    const size_t *n = j->geometry->size;
    j->axis = axis;
    j->count = n[axis];
    j->width = n[0];
    j->stride = axis == 2 ? n[0] * n[1] : n[0];
}

/* Row 0 of a bundle: an x row of its own, a slice of rows along y, or the rows
 * of one y along z. */
static float *bundle(const job *j, size_t i)
{
    const size_t *n = j->geometry->size;
    return j->voxels + i * (j->axis == 1 ? n[0] * n[1] : n[0]);
}

static size_t bundles(const job *j)
{
    const size_t *n = j->geometry->size;
    return j->axis == 0 ? n[1] * n[2] : n[3 - j->axis];
}

static int set_memory(job *j, const im_run *run, size_t floats, size_t taps,
                      cs_errinfo *info)
{
    size_t threads = cs_pool_threads(run->pool), all;
    if (!cs_align_size(floats, 16, &j->rows_size) ||
        !cs_mul_size(j->rows_size, threads, &all))
        return cs_fail_nomem(info);
    j->taps_size = taps;
    j->rows = cs_calloc(all, sizeof(*j->rows));
    j->taps = cs_calloc(threads * taps, sizeof(*j->taps));
    return j->rows && j->taps ? 0 : cs_fail_nomem(info);
}

/* --- blur --- */

static int set_gaussian(job *j, double sigma, double sigma_mm, cs_errinfo *info)
{
    double radius = ceil(4 * sigma);
    if (!(radius <= RADIUS_MOST))
        return cs_fail(info, CS_E_LIMIT,
                       "a blur of %g mm is too wide for voxels of %g mm",
                       sigma_mm, sigma_mm / sigma);
    j->radius = (size_t)radius;
    size_t taps = 2 * j->radius + 1;
    double sum = 0;
    j->weights = cs_calloc(taps, sizeof(*j->weights));
    if (!j->weights)
        return cs_fail_nomem(info);
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < taps; k++) {
            double x = ((double)k - radius) / sigma;
            double w = exp(-x * x / 2);
            if (pass == 0)
                sum += w;
            else
                j->weights[k] = (float)(w / sum);
        }
    return 0;
}

/* The row with its ends repeated; taps are its shifts. */
static void blur_row(const job *j, float *row, float *wide, const float **taps)
{
    size_t n = j->width, r = j->radius;
    memcpy(wide + r, row, n * sizeof(*row));
    for (size_t i = 0; i < r; i++) {
        wide[i] = row[0];
        wide[r + n + i] = row[n - 1];
    }
    for (size_t k = 0; k <= 2 * r; k++)
        taps[k] = wide + k;
    j->table->weigh(taps, j->weights, 2 * r + 1, n, row);
}

static void blur_rows(const job *j, float *first, float *copy,
                      const float **taps)
{
    for (size_t i = 0; i < j->count; i++)
        memcpy(copy + i * j->width, first + i * j->stride,
               j->width * sizeof(*copy));
    for (size_t i = 0; i < j->count; i++) {
        for (size_t k = 0; k <= 2 * j->radius; k++) {
            size_t at = i + k < j->radius ? 0 : i + k - j->radius;
            taps[k] = copy + CS_MIN(at, j->count - 1) * j->width;
        }
        j->table->weigh(taps, j->weights, 2 * j->radius + 1, j->width,
                        first + i * j->stride);
    }
}

static void blur_bundles(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const job *j = ctx;
    float *rows = j->rows + slot * j->rows_size;
    const float **taps = j->taps + slot * j->taps_size;
    for (size_t i = begin; i < end; i++) {
        if (j->axis == 0)
            blur_row(j, bundle(j, i), rows, taps);
        else
            blur_rows(j, bundle(j, i), rows, taps);
    }
}

static int blur_axis(const im_run *run, const im_geometry *g, double sigma_mm,
                     int axis, float *voxels, cs_errinfo *info)
{
    CS_SCOPED(job) j = {.table = im_table_of(run->tier), .geometry = g};
    j.voxels = voxels;
    set_axis(&j, axis);
    int r = set_gaussian(&j, sigma_mm / g->spacing[axis], sigma_mm, info);
    if (r < 0)
        return r;
    size_t taps = 2 * j.radius + 1, floats;
    if (axis == 0)
        floats = j.width + 2 * j.radius;
    else if (!cs_mul_size(j.count, j.width, &floats))
        return cs_fail_nomem(info);
    r = set_memory(&j, run, floats, taps, info);
    if (r == 0)
        cs_pool_for(run->pool, bundles(&j), 0, blur_bundles, &j);
    return r;
}

int im_augment_blur(const im_run *run, const im_geometry *g, double sigma_mm,
                    float *voxels, cs_errinfo *info)
{
    if (!(sigma_mm > 0))
        return 0;
    for (int axis = 0; axis < 3; axis++) {
        int r = blur_axis(run, g, sigma_mm, axis, voxels, info);
        if (r < 0)
            return r;
    }
    return 0;
}

/* --- thick slices --- */

/* Slices of the patch that lie in a group. */
static void group_at(const job *j, size_t group, size_t *begin, size_t *end)
{
    *begin = group == 0 ? 0 : j->first + (group - 1) * j->group;
    *end = CS_MIN(j->first + group * j->group, j->count);
}

static size_t groups_of(const job *j)
{
    if (j->first >= j->count)
        return 1;
    return 1 + (j->count - j->first - 1) / j->group + 1;
}

static double middle_of(const job *j, size_t group)
{
    size_t begin, end;
    group_at(j, group, &begin, &end);
    return ((double)begin + (double)end - 1) / 2;
}

static void average_group(const job *j, size_t group, const float *first,
                          const float **taps, float *shares, float *mean)
{
    size_t begin, end;
    group_at(j, group, &begin, &end);
    for (size_t k = begin; k < end; k++) {
        taps[k - begin] = first + k * j->stride;
        shares[k - begin] = 1 / (float)(end - begin);
    }
    j->table->weigh(taps, shares, end - begin, j->width, mean);
}

/* Slice z between the means of its group and of the one it leans to. */
static void spread_slice(const job *j, size_t z, size_t group,
                         const float *means, float *row)
{
    double at = (double)z, here = middle_of(j, group);
    bool down = at < here;
    if (at == here || (down ? group == 0 : group + 1 == groups_of(j))) {
        memcpy(row, means + group * j->width, j->width * sizeof(*row));
        return;
    }
    size_t other = down ? group - 1 : group + 1;
    double share = (at - here) / (middle_of(j, other) - here);
    const float *taps[] = {means + group * j->width, means + other * j->width};
    const float weights[] = {(float)(1 - share), (float)share};
    j->table->weigh(taps, weights, 2, j->width, row);
}

static void thicken(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const job *j = ctx;
    float *means = j->rows + slot * j->rows_size;
    const float **taps = j->taps + slot * j->taps_size;
    float *shares = j->shares + slot * j->taps_size;
    for (size_t i = begin; i < end; i++) {
        float *first = bundle(j, i);
        size_t from, to;
        for (size_t g = 0; g < groups_of(j); g++)
            average_group(j, g, first, taps, shares, means + g * j->width);
        for (size_t g = 0; g < groups_of(j); g++) {
            group_at(j, g, &from, &to);
            for (size_t z = from; z < to; z++)
                spread_slice(j, z, g, means, first + z * j->stride);
        }
    }
}

int im_augment_thick(const im_run *run, const im_geometry *g, double mm,
                     double phase, float *voxels, cs_errinfo *info)
{
    double slices = nearbyint(mm / g->spacing[2]);
    if (!(slices >= 2) || g->size[2] < 2)
        return 0;
    CS_SCOPED(job) j = {.table = im_table_of(run->tier), .geometry = g};
    j.voxels = voxels;
    set_axis(&j, 2);
    /* As thick as the patch, or thicker: one mean either way. */
    double most = 2 * (double)j.count;
    j.group = (size_t)(slices < most ? slices : most);
    j.first = j.group - (size_t)(phase * (double)j.group);
    size_t floats;
    if (!cs_mul_size(groups_of(&j), j.width, &floats))
        return cs_fail_nomem(info);
    int r = set_memory(&j, run, floats, j.count, info);
    if (r < 0)
        return r;
    j.shares =
        cs_calloc(cs_pool_threads(run->pool) * j.taps_size, sizeof(*j.shares));
    if (!j.shares)
        return cs_fail_nomem(info);
    cs_pool_for(run->pool, bundles(&j), 0, thicken, &j);
    return 0;
}
