#include "lung/gaps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Means of blocks so wide hold little noise, but a rib or a vessel that moves
 * on still shows. */
#define BLOCK_MM 8.0
#define BLOCK_MAX 64
/* Bone, metal and padding would drown the rest. */
#define HU_LOW (-1000)
#define HU_HIGH 200
/* Changes to either side that one is held against. */
#define AROUND 4
#define FEWEST 8

typedef struct blocks {
    const im_volume *scan;
    size_t factor[3], count[3]; /* factor 1 along the slices */
    size_t begin[3];            /* in voxels */
    int32_t *sum;               /* [count2][count1][count0] */
} blocks;

static void plan(const im_volume *scan, unsigned axis, size_t begin, size_t end,
                 blocks *b)
{
    const im_geometry *g = &scan->geometry;
    *b = (blocks){.scan = scan};
    for (unsigned a = 0; a < 3; a++) {
        double f = floor(BLOCK_MM / g->spacing[a] + 0.5);
        f = f < BLOCK_MAX ? f : BLOCK_MAX;
        size_t n = f > 1 ? (size_t)f : 1;
        b->factor[a] = CS_MIN(n, g->size[a]);
        b->count[a] = g->size[a] / b->factor[a];
    }
    b->factor[axis] = 1;
    b->begin[axis] = begin;
    b->count[axis] = end - begin;
}

static void add_row(const blocks *b, const int16_t *v, int32_t *sum)
{
    size_t f = b->factor[0];
    for (size_t x = 0; x < b->count[0]; x++)
        for (size_t k = 0; k < f; k++) {
            int hu = *v++;
            hu = hu < HU_LOW ? HU_LOW : hu;
            sum[x] += hu > HU_HIGH ? HU_HIGH : hu;
        }
}

static void add_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const blocks *b = ctx;
    const im_geometry *g = &b->scan->geometry;
    for (size_t bz = begin; bz < end; bz++)
        for (size_t dz = 0; dz < b->factor[2]; dz++)
            for (size_t y = 0; y < b->count[1] * b->factor[1]; y++) {
                size_t z = b->begin[2] + bz * b->factor[2] + dz;
                size_t row = bz * b->count[1] + y / b->factor[1];
                add_row(b,
                        im_i16(b->scan) +
                            im_at(g, b->begin[0], b->begin[1] + y, z),
                        b->sum + row * b->count[0]);
            }
}

/* Of slice k to the next: the mean over all blocks, in HU times voxels. */
static double change_of(const blocks *b, unsigned axis, size_t k)
{
    const size_t stride[3] = {1, b->count[0], b->count[0] * b->count[1]};
    unsigned u = axis == 0 ? 1 : 0, v = axis == 2 ? 1 : 2;
    double sum = 0;
    for (size_t j = 0; j < b->count[v]; j++)
        for (size_t i = 0; i < b->count[u]; i++) {
            size_t at = k * stride[axis] + j * stride[v] + i * stride[u];
            sum += abs(b->sum[at + stride[axis]] - b->sum[at]);
        }
    return sum;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of the changes near the k-th, which is left out. */
static double usual_near(const double *change, size_t n, size_t k)
{
    double near[2 * AROUND] = {0};
    size_t count = 0;
    size_t from = k > AROUND ? k - AROUND : 0;
    for (size_t i = from; i < n && i <= k + AROUND; i++)
        if (i != k)
            near[count++] = change[i];
    if (count == 0)
        return 0;
    qsort(near, count, sizeof(*near), by_size);
    return (near[count / 2] + near[(count - 1) / 2]) / 2;
}

static void judge(const double *change, size_t n, size_t begin, lu_gaps *ret)
{
    *ret = (lu_gaps){.step = 1, .after = begin};
    size_t same = 0;
    for (size_t k = 0; k < n; k++) {
        double usual = usual_near(change, n, k);
        same += change[k] <= 0;
        if (usual > 0 && change[k] / usual > ret->step) {
            ret->step = change[k] / usual;
            ret->after = begin + k;
        }
    }
    /* Where nothing changes at all there is nothing to repeat. */
    ret->repeated = same < n ? same : 0;
}

int lu_gaps_find(const im_run *run, const im_volume *scan, unsigned axis,
                 size_t begin, size_t end, lu_gaps *ret, cs_errinfo *info)
{
    if (end < begin + FEWEST) {
        *ret = (lu_gaps){.step = 1, .after = begin};
        return 0;
    }
    blocks b;
    plan(scan, axis, begin, end, &b);
    size_t n = end - begin - 1;
    CS_AUTO_MEM int32_t *sum =
        cs_calloc(b.count[0] * b.count[1] * b.count[2], sizeof(*sum));
    CS_AUTO_MEM double *change = cs_calloc(n, sizeof(*change));
    if (!sum || !change)
        return cs_fail_nomem(info);
    b.sum = sum;
    cs_pool_for(run->pool, b.count[2], 1, add_planes, &b);
    for (size_t k = 0; k < n; k++)
        change[k] = change_of(&b, axis, k);
    judge(change, n, begin, ret);
    return 0;
}
