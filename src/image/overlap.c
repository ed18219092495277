#include "image/overlap.h"

#include <math.h>
#include <stdlib.h>

#include "image/distance.h"
#include "image/labels.h"

/* A voxel's fellow may be this far off, as a part of the smallest spacing,
 * before two grids are different ones. */
#define SAME_PART 0.01

/* --- surfaces --- */

/* Word x of a row; nothing is set outside the volume. */
static uint64_t word_at(const im_bits *m, size_t x, ptrdiff_t y, ptrdiff_t z)
{
    if (y < 0 || z < 0 || (size_t)y >= m->size[1] || (size_t)z >= m->size[2])
        return 0;
    return im_bits_row(m, (size_t)z * m->size[1] + (size_t)y)[x];
}

/* The voxels of word x of a row whose neighbours along x are both set. */
static uint64_t inner_along_x(const im_bits *m, const uint64_t *row, size_t x)
{
    uint64_t left = row[x] << 1 | (x ? row[x - 1] >> 63 : 0);
    uint64_t right = row[x] >> 1 | (x + 1 < m->words ? row[x + 1] << 63 : 0);
    return left & right;
}

static void surface_row(const im_bits *m, size_t y, size_t z, uint64_t *to)
{
    static const ptrdiff_t steps[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    const uint64_t *row = im_bits_row(m, z * m->size[1] + y);
    for (size_t x = 0; x < m->words; x++) {
        uint64_t inner = inner_along_x(m, row, x);
        for (int k = 0; k < 4; k++)
            inner &= word_at(m, x, (ptrdiff_t)y + steps[k][0],
                             (ptrdiff_t)z + steps[k][1]);
        to[x] = row[x] & ~inner;
    }
}

static int surface_of(const im_bits *m, im_bits *ret, cs_errinfo *info)
{
    int r = im_bits_init(ret, m->size, info);
    for (size_t row = 0; r == 0 && row < im_bits_rows(m); row++)
        surface_row(m, row % m->size[1], row / m->size[1],
                    im_bits_row(ret, row));
    return r;
}

/* --- distances between two surfaces --- */

typedef struct directed {
    float *mm; /* of every surface voxel; owned */
    size_t n;
    double sum, most, p95;
} directed;

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a;
    float y = *(const float *)b;
    return (x > y) - (x < y);
}

static void gather(const im_bits *surface, const float *field, directed *d)
{
    for (size_t row = 0; row < im_bits_rows(surface); row++) {
        const uint64_t *words = im_bits_row(surface, row);
        for (size_t w = 0; w < surface->words; w++) {
            for (uint64_t left = words[w]; left; left &= left - 1) {
                size_t x = w * 64 + (size_t)__builtin_ctzll(left);
                d->mm[d->n++] = field[row * surface->size[0] + x];
            }
        }
    }
}

/* numpy.percentile(v, 95). */
static double percentile95(const float *sorted, size_t n)
{
    double at = 0.95 * (double)(n - 1);
    size_t low = (size_t)at;
    double part = at - (double)low;
    double first = (double)sorted[low];
    double second = (double)sorted[low + 1 < n ? low + 1 : low];
    return first + part * (second - first);
}

static int measure(const im_run *run, const im_bits *from, const im_bits *to,
                   const im_geometry *g, directed *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) field = IM_VOLUME_INIT;
    CS_AUTO_MEM float *mm = cs_calloc(im_bits_count(from), sizeof(*mm));
    if (!mm)
        return cs_fail_nomem(info);
    int r = im_distance_of_bits(run, to, g, &field, info);
    if (r < 0)
        return r;
    directed d = {.mm = mm};
    gather(from, im_f32(&field), &d);
    qsort(mm, d.n, sizeof(*mm), by_value);
    for (size_t i = 0; i < d.n; i++)
        d.sum += (double)mm[i];
    d.most = (double)mm[d.n - 1];
    d.p95 = percentile95(mm, d.n);
    d.mm = NULL;
    *ret = d;
    return 0;
}

static int surface_distances(const im_run *run, const im_bits *a,
                             const im_bits *b, const im_geometry *g,
                             im_overlap *o, cs_errinfo *info)
{
    CS_SCOPED(im_bits) edge_a = IM_BITS_INIT;
    CS_SCOPED(im_bits) edge_b = IM_BITS_INIT;
    directed ab = {.n = 0};
    directed ba = {.n = 0};
    int r = surface_of(a, &edge_a, info);
    if (r == 0)
        r = surface_of(b, &edge_b, info);
    if (r == 0)
        r = measure(run, &edge_a, &edge_b, g, &ab, info);
    if (r == 0)
        r = measure(run, &edge_b, &edge_a, g, &ba, info);
    if (r < 0)
        return r;
    o->hausdorff = fmax(ab.most, ba.most);
    o->hausdorff95 = fmax(ab.p95, ba.p95);
    o->mean = (ab.sum + ba.sum) / (double)(ab.n + ba.n);
    o->mean_ab = ab.sum / (double)ab.n;
    o->mean_ba = ba.sum / (double)ba.n;
    return 0;
}

/* --- one label --- */

/* Nothing of either mask lies outside the box around both, so surfaces and
 * distances are those of the whole volumes. */
static int compare(const im_run *run, const im_volume *a, const im_volume *b,
                   const im_label *l, im_overlap *o, cs_errinfo *info)
{
    ptrdiff_t begin[3];
    size_t size[3];
    for (int k = 0; k < 3; k++) {
        begin[k] = (ptrdiff_t)l->low[k];
        size[k] = l->high[k] - l->low[k] + 1;
    }
    im_geometry g = im_geometry_part(&a->geometry, begin, size);
    CS_SCOPED(im_bits) in_a = IM_BITS_INIT;
    CS_SCOPED(im_bits) in_b = IM_BITS_INIT;
    int r = im_label_bits(a, l, &in_a, info);
    if (r == 0)
        r = im_label_bits(b, l, &in_b, info);
    return r < 0 ? r : surface_distances(run, &in_a, &in_b, &g, o, info);
}

static im_overlap counts_of(const im_label *l, const im_geometry *g)
{
    double voxel = g->spacing[0] * g->spacing[1] * g->spacing[2];
    double both = (double)l->both;
    double sum = (double)l->voxels[0] + (double)l->voxels[1];
    return (im_overlap){.label = l->value,
                        .voxels_a = l->voxels[0],
                        .voxels_b = l->voxels[1],
                        .both = l->both,
                        .volume_a = (double)l->voxels[0] * voxel,
                        .volume_b = (double)l->voxels[1] * voxel,
                        .dice = 2 * both / sum,
                        .iou = both / (sum - both),
                        .hausdorff = (double)NAN,
                        .hausdorff95 = (double)NAN,
                        .mean = (double)NAN,
                        .mean_ab = (double)NAN,
                        .mean_ba = (double)NAN};
}

/* A single slice lies where it lies whatever its thickness; its volume does
 * not. */
static bool same_spacing(const double a[3], const double b[3])
{
    for (int k = 0; k < 3; k++)
        if (fabs(a[k] - b[k]) > SAME_PART * a[k])
            return false;
    return true;
}

static int check_grids(const im_volume *a, const im_volume *b, cs_errinfo *info)
{
    const im_geometry *g = &a->geometry;
    const double *s = g->spacing;
    double least = fmin(s[0], fmin(s[1], s[2]));
    if (im_geometry_same(g, &b->geometry, SAME_PART * least) &&
        same_spacing(s, b->geometry.spacing))
        return 0;
    return cs_fail(info, CS_E_FORMAT,
                   "the volumes are not on the same grid: %zu x %zu x %zu and "
                   "%zu x %zu x %zu voxels, or placed differently; resample "
                   "one onto the other",
                   g->size[0], g->size[1], g->size[2], b->geometry.size[0],
                   b->geometry.size[1], b->geometry.size[2]);
}

int im_overlap_of(const im_run *run, const im_volume *a, const im_volume *b,
                  im_overlaps *ret, cs_errinfo *info)
{
    im_label_list labels = CS_VEC_INIT;
    int r = check_grids(a, b, info);
    if (r == 0)
        r = im_labels_find(a, b, &labels, info);
    for (size_t i = 0; r == 0 && i < labels.len; i++) {
        const im_label *l = &labels.items[i];
        im_overlap o = counts_of(l, &a->geometry);
        if (l->voxels[0] && l->voxels[1])
            r = compare(run, a, b, l, &o, info);
        if (r == 0 && cs_vec_push(ret, o) < 0)
            r = cs_fail_nomem(info);
    }
    cs_vec_done(&labels);
    if (r < 0)
        cs_vec_done(ret);
    return r;
}
