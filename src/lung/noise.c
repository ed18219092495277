#include "lung/noise.h"

#include <math.h>

#include "base/mem.h"

#define PATCH_MM 6.0
#define PATCH_MIN 3
#define PATCH_MAX 16
/* Muscle, blood without contrast, liver. */
#define SOFT_LOW 0.0
#define SOFT_HIGH 100.0
/* Deviations in HU, one a bin. */
#define BINS 512
/* The commonest is looked for in means of so many bins to either side. */
#define REACH 2
#define LEAST_PATCHES 200
/* More slices say nothing new. */
#define SLICES 64

typedef struct survey {
    const im_volume *scan;
    ptrdiff_t step[3]; /* in voxels, to the next: across x and y, along z */
    size_t size[3];
    size_t patch[2];
    size_t every;   /* slice that is looked at */
    uint32_t *bins; /* of each slot */
} survey;

/* How far apart along the slices' own axes, and which axes these are. */
static survey plan(const im_volume *scan, unsigned axis)
{
    const im_geometry *g = &scan->geometry;
    const ptrdiff_t stride[3] = {1, (ptrdiff_t)g->size[0],
                                 (ptrdiff_t)(g->size[0] * g->size[1])};
    const unsigned order[3] = {axis == 0 ? 1 : 0, axis == 2 ? 1 : 2, axis};
    survey s = {.scan = scan};
    for (int k = 0; k < 3; k++) {
        s.step[k] = stride[order[k]];
        s.size[k] = g->size[order[k]];
    }
    for (int k = 0; k < 2; k++) {
        double n = floor(PATCH_MM / g->spacing[order[k]] + 0.5);
        n = n > PATCH_MIN ? n : PATCH_MIN;
        s.patch[k] = n < PATCH_MAX ? (size_t)n : PATCH_MAX;
    }
    s.every = (s.size[2] - 1) / SLICES + 1;
    return s;
}

static void measure_patch(const survey *s, const int16_t *v, uint32_t *bins)
{
    double sum = 0, squares = 0;
    for (size_t y = 0; y < s->patch[1]; y++)
        for (size_t x = 0; x < s->patch[0]; x++) {
            double hu =
                v[(ptrdiff_t)x * s->step[0] + (ptrdiff_t)y * s->step[1]];
            sum += hu;
            squares += hu * hu;
        }
    double n = (double)(s->patch[0] * s->patch[1]);
    double mean = sum / n;
    if (mean < SOFT_LOW || mean > SOFT_HIGH)
        return;
    double variance = (squares - sum * mean) / (n - 1);
    double hu = sqrt(variance > 0 ? variance : 0);
    bins[hu < BINS - 1 ? (size_t)hu : BINS - 1]++;
}

static void measure_slices(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const survey *s = ctx;
    uint32_t *bins = s->bins + (size_t)slot * BINS;
    for (size_t i = begin; i < end; i++) {
        const int16_t *slice =
            im_i16(s->scan) + (ptrdiff_t)(i * s->every) * s->step[2];
        for (size_t y = 0; y + s->patch[1] <= s->size[1]; y += s->patch[1])
            for (size_t x = 0; x + s->patch[0] <= s->size[0]; x += s->patch[0])
                measure_patch(s,
                              slice + (ptrdiff_t)x * s->step[0] +
                                  (ptrdiff_t)y * s->step[1],
                              bins);
    }
}

/* The middle of the fullest stretch of bins. */
static double commonest(const uint32_t *bins)
{
    uint64_t best = 0, all = 0;
    double at = 0;
    for (size_t i = 0; i < BINS; i++) {
        uint64_t near = 0;
        double weighted = 0;
        size_t from = i > REACH ? i - REACH : 0;
        for (size_t k = from; k < BINS && k <= i + REACH; k++) {
            near += bins[k];
            weighted += ((double)k + 0.5) * bins[k];
        }
        all += bins[i];
        if (near > best) {
            best = near;
            at = weighted / (double)near;
        }
    }
    return all >= LEAST_PATCHES ? at : 0;
}

int lu_noise_find(const im_run *run, const im_volume *scan, unsigned axis,
                  double *ret, cs_errinfo *info)
{
    survey s = plan(scan, axis);
    unsigned slots = cs_pool_threads(run->pool);
    CS_AUTO_MEM uint32_t *bins = cs_calloc(slots, BINS * sizeof(*bins));
    if (!bins)
        return cs_fail_nomem(info);
    s.bins = bins;
    cs_pool_for(run->pool, (s.size[2] - 1) / s.every + 1, 1, measure_slices,
                &s);
    for (size_t i = BINS; i < (size_t)slots * BINS; i++)
        bins[i % BINS] += bins[i];
    *ret = commonest(bins);
    return 0;
}
