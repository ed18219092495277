#include "lung/spine.h"

#include "base/mem.h"
#include "lung/regions.h"

/* Bone, up to what dense bone and contrast have: a single bright vessel must
 * not outweigh a vertebra. */
#define BONE_MAX 400
/* A vertebra is 30 to 45 mm wide. */
#define SMOOTH_MM 12.0
/* Of the brightest spot, smoothed: soft tissue alone gives about 50. */
#define LEAST_MEAN 70.0
/* The backbone is behind this share of the lungs' depth. */
#define BEHIND 0.5

typedef struct box {
    size_t begin[3], end[3];
} box;

static void include(box *b, size_t axis, size_t at)
{
    b->begin[axis] = CS_MIN(b->begin[axis], at);
    b->end[axis] = CS_MAX(b->end[axis], at + 1);
}

static box lung_box(const im_volume *kinds)
{
    const size_t *n = kinds->geometry.size;
    box b = {{n[0], n[1], n[2]}, {0, 0, 0}};
    const uint8_t *kind = im_u8(kinds);
    for (size_t z = 0; z < n[2]; z++)
        for (size_t y = 0; y < n[1]; y++)
            for (size_t x = 0; x < n[0]; x++)
                if (*kind++ == LU_LUNG) {
                    include(&b, 0, x);
                    include(&b, 1, y);
                    include(&b, 2, z);
                }
    return b;
}

/* The mean of bone over the slices from z0 to z1. */
static void project(const im_volume *hu, size_t z0, size_t z1, float *map)
{
    const im_geometry *g = &hu->geometry;
    size_t plane = g->size[0] * g->size[1];
    for (size_t z = z0; z < z1; z++) {
        const int16_t *v = im_i16(hu) + z * plane;
        for (size_t i = 0; i < plane; i++) {
            int bone = v[i] > 0 ? v[i] : 0;
            map[i] += (float)(bone < BONE_MAX ? bone : BONE_MAX);
        }
    }
    for (size_t i = 0; i < plane; i++)
        map[i] /= (float)(z1 - z0);
}

/* Running means along one axis; beyond the ends lies nothing. */
static void smooth_line(const float *from, size_t n, size_t stride,
                        size_t reach, float *to)
{
    double sum = 0;
    for (size_t i = 0; i < n + reach; i++) {
        if (i < n)
            sum += (double)from[i * stride];
        if (i >= 2 * reach + 1)
            sum -= (double)from[(i - 2 * reach - 1) * stride];
        if (i >= reach)
            to[(i - reach) * stride] = (float)(sum / (double)(2 * reach + 1));
    }
}

static void smooth(const im_geometry *g, float *map, float *spare)
{
    size_t nx = g->size[0], ny = g->size[1];
    size_t rx = (size_t)(SMOOTH_MM / g->spacing[0]);
    size_t ry = (size_t)(SMOOTH_MM / g->spacing[1]);
    for (size_t y = 0; y < ny; y++)
        smooth_line(map + y * nx, nx, 1, rx, spare + y * nx);
    for (size_t x = 0; x < nx; x++)
        smooth_line(spare + x, ny, nx, ry, map + x);
}

static lu_spine brightest(const im_geometry *g, const float *map, size_t from)
{
    size_t nx = g->size[0];
    size_t best = from * nx;
    for (size_t i = best; i < nx * g->size[1]; i++)
        if (map[i] > map[best])
            best = i;
    size_t x = best % nx, y = best / nx;
    return (lu_spine){(double)map[best] >= LEAST_MEAN, (double)x, (double)y};
}

int lu_spine_find(const im_volume *hu, const im_volume *kinds, lu_spine *ret,
                  cs_errinfo *info)
{
    const im_geometry *g = &hu->geometry;
    box b = lung_box(kinds);
    size_t plane = g->size[0] * g->size[1];
    CS_AUTO_MEM float *map = cs_calloc(2 * plane, sizeof(*map));
    if (!map)
        return cs_fail_nomem(info);
    if (b.end[2] == 0) {
        *ret = (lu_spine){false, 0, 0};
        return 0;
    }
    project(hu, b.begin[2], b.end[2], map);
    smooth(g, map, map + plane);
    double depth = (double)(b.end[1] - b.begin[1]);
    *ret = brightest(g, map, b.begin[1] + (size_t)(depth * BEHIND));
    return 0;
}
