#include "image/surface.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

/* Lines along direction d, one through each voxel of a plane across it, stand
 * apart by the voxel's volume / |d|. Each time one passes the boundary it has
 * seen that much of the surface as it looks from d; over all directions a
 * surface looks half as large as it is. A pair of voxels (p, p + d) differs at
 * the boundary: 2 (voxels - pairs with both set) times. */

#define DIRECTIONS 13
#define ROWS 5

/* Rows that hold the other ends of the pairs, (y, z) from here; the first with
 * x + 1 only, the others with x - 1, x and x + 1. */
static const int row_steps[ROWS][2] = {{0, 0}, {1, 0}, {-1, 1}, {0, 1}, {1, 1}};

typedef struct pairs {
    const im_bits *bits;
    size_t (*both)[DIRECTIONS]; /* of each plane */
} pairs;

/* Which direction the pair of `row` and x step `dx` is: 0 is x alone. */
static size_t direction_of(size_t row, int dx)
{
    return row ? 3 * row - 1 + (size_t)dx : 0;
}

static size_t count_bits(uint64_t w)
{
    return w ? (size_t)__builtin_popcountll(w) : 0;
}

/* Adds the pairs of one row with another, or with itself. */
static void count_row(const uint64_t *a, const uint64_t *b, size_t words,
                      size_t row, size_t both[DIRECTIONS])
{
    for (size_t i = 0; i < words; i++) {
        if (!a[i])
            continue;
        uint64_t next = i + 1 < words ? b[i + 1] << 63 : 0;
        uint64_t after = b[i] >> 1 | next;
        both[direction_of(row, 1)] += count_bits(a[i] & after);
        if (row == 0)
            continue;
        uint64_t before = b[i] << 1 | (i ? b[i - 1] >> 63 : 0);
        both[direction_of(row, 0)] += count_bits(a[i] & b[i]);
        both[direction_of(row, -1)] += count_bits(a[i] & before);
    }
}

static void count_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const pairs *p = ctx;
    const im_bits *b = p->bits;
    for (size_t z = begin; z < end; z++)
        for (size_t y = 0; y < b->size[1]; y++)
            for (size_t r = 0; r < ROWS; r++) {
                /* Below zero wraps around, to above every size. */
                size_t oy = y + (size_t)row_steps[r][0];
                size_t oz = z + (size_t)row_steps[r][1];
                if (oy < b->size[1] && oz < b->size[2])
                    count_row(im_bits_row(b, z * b->size[1] + y),
                              im_bits_row(b, oz * b->size[1] + oy), b->words, r,
                              p->both[z]);
            }
}

static void direction(size_t row, int dx, const double spacing[3],
                      double ret[3])
{
    ret[0] = dx * spacing[0];
    ret[1] = row_steps[row][0] * spacing[1];
    ret[2] = row_steps[row][1] * spacing[2];
}

/* Adds `weight` to the kind of direction (which axes it has, a set of three
 * bits) that is nearest to v, of positive parts. */
static void add_to_nearest(const double v[3], const double spacing[3],
                           double weight, double kinds[8])
{
    unsigned best = 0;
    double most = 0;
    for (unsigned kind = 1; kind < 8; kind++) {
        double dot = 0, square = 0;
        for (unsigned a = 0; a < 3; a++)
            if (kind >> a & 1) {
                dot += v[a] * spacing[a];
                square += spacing[a] * spacing[a];
            }
        if (dot / sqrt(square) > most) {
            most = dot / sqrt(square);
            best = kind;
        }
    }
    kinds[best] += weight;
}

/* The share of the sphere nearest to each kind of direction. One eighth of
 * the sphere is as good as all; it is seen through the faces of a cube. */
static void weigh_kinds(const double spacing[3], double kinds[8])
{
    enum { STEPS = 100 };
    double all = 0;
    for (int i = 0; i < STEPS * STEPS; i++) {
        const int row = i / STEPS;
        const double u = (i % STEPS + 0.5) / STEPS, v = (row + 0.5) / STEPS;
        double square = 1 + u * u + v * v;
        double weight = 1 / (square * sqrt(square));
        const double at[5] = {1, u, v, 1, u};
        for (unsigned face = 0; face < 3; face++)
            add_to_nearest(at + face, spacing, weight, kinds);
        all += 3 * weight;
    }
    for (unsigned kind = 1; kind < 8; kind++)
        kinds[kind] /= all;
}

/* From the pairs of all planes. */
static double crofton_area(const size_t both[DIRECTIONS], size_t voxels,
                           const double spacing[3])
{
    /* How many directions there are of each kind. */
    static const double fellows[8] = {1, 1, 1, 2, 1, 2, 2, 4};
    const double volume = spacing[0] * spacing[1] * spacing[2];
    double kinds[8] = {0}, area = 0;
    weigh_kinds(spacing, kinds);
    for (size_t row = 0; row < ROWS; row++)
        for (int dx = row ? -1 : 1; dx <= 1; dx++) {
            double d[3];
            direction(row, dx, spacing, d);
            unsigned kind = (d[0] != 0) | (unsigned)(d[1] != 0) << 1 |
                            (unsigned)(d[2] != 0) << 2;
            double length = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
            double passed = 2 * (double)(voxels - both[direction_of(row, dx)]);
            area += 2 * kinds[kind] / fellows[kind] * passed * volume / length;
        }
    return area;
}

int im_shape_of_bits(const im_run *run, const im_bits *bits,
                     const double spacing[3], im_shape *ret, cs_errinfo *info)
{
    size_t all[DIRECTIONS] = {0};
    pairs p = {.bits = bits};
    p.both = cs_calloc(bits->size[2], sizeof(*p.both));
    if (!p.both)
        return cs_fail_nomem(info);
    cs_pool_for(run->pool, bits->size[2], 0, count_planes, &p);
    for (size_t z = 0; z < bits->size[2]; z++)
        for (size_t d = 0; d < DIRECTIONS; d++)
            all[d] += p.both[z][d];
    cs_free(p.both);

    im_shape s = {.voxels = im_bits_count(bits)};
    if (s.voxels) {
        s.volume_mm3 =
            (double)s.voxels * (spacing[0] * spacing[1] * spacing[2]);
        s.area_mm2 = crofton_area(all, s.voxels, spacing);
        /* pi^(1/3) (6 V)^(2/3) = (36 pi V^2)^(1/3) */
        s.sphericity =
            cbrt(36 * 3.14159265358979323846 * s.volume_mm3 * s.volume_mm3) /
            s.area_mm2;
    }
    *ret = s;
    return 0;
}

int im_shape_of(const im_run *run, const im_volume *mask, im_shape *ret,
                cs_errinfo *info)
{
    CS_SCOPED(im_bits) bits = IM_BITS_INIT;
    int r = im_bits_of(run, mask, &bits, info);
    if (r == 0)
        r = im_shape_of_bits(run, &bits, mask->geometry.spacing, ret, info);
    return r;
}
