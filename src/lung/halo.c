#include "lung/halo.h"

#include <math.h>

#include "lung/levels.h"

/* Ground glass stands out from parenchyma by at least this much. */
#define LEAST_HU 130.0
/* It changes by no more than this per mm; a solid border passes this range at
 * 200 HU per mm and more. Where slices are thick, that border's fall along
 * them is slower: this part of the contrast over a slice. */
#define SLOPE_HU_MM 150.0
#define SLOPE_SLICE (0.55 * 900.0)

/* Share of the voxels from which on it is no chance. Slices thicker than
 * usual make borders wide. */
#define SHARE 0.08
#define USUAL_SLICE_MM 1.5
#define SHARE_MM 0.035

/* The level of ground glass: many of its voxels lie in its blurred border. */
#define LEVEL 0.85

static double slope(const float *v, size_t i, const size_t step[3], double mm)
{
    double sum = 0;
    for (int a = 0; a < 3; a++) {
        double d = (double)v[i + step[a]] - (double)v[i - step[a]];
        sum += d * d;
    }
    return sqrt(sum) / (2 * mm);
}

lu_halo lu_halo_find(const lu_patch *patch, const im_volume *mask)
{
    const im_geometry *g = &mask->geometry;
    const size_t step[3] = {1, g->size[0], g->size[0] * g->size[1]};
    const uint8_t *m = im_u8(mask);
    const float *v = im_f32(&patch->smooth);
    const double most = CS_MIN(SLOPE_HU_MM, SLOPE_SLICE / patch->slice_mm);
    uint32_t bins[LU_BINS] = {0};
    size_t all = 0, even = 0;
    for (size_t z = 1; z + 1 < g->size[2]; z++)
        for (size_t y = 1; y + 1 < g->size[1]; y++)
            for (size_t x = 1; x + 1 < g->size[0]; x++) {
                size_t i = im_at(g, x, y, z);
                double above = (double)v[i] - patch->parenchyma;
                all += m[i];
                if (!m[i] || above < LEAST_HU || above > LU_HALO_MOST_HU ||
                    slope(v, i, step, patch->mm) > most)
                    continue;
                even++;
                bins[lu_bin((int)floorf(v[i]))]++;
            }
    lu_halo h = {.share = 0};
    if (even > 0) {
        h.share = (double)even / (double)all;
        h.hu = lu_percentile(bins, LEVEL);
        double thick = fmax(patch->slice_mm - USUAL_SLICE_MM, 0);
        h.is = h.share >= SHARE + SHARE_MM * thick;
    }
    return h;
}
