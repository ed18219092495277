#include "lung/blob.h"

#include <math.h>

#include "base/mem.h"
#include "image/smooth.h"

/* Blobs stand out most from a Gaussian of this part of their diameter less a
 * wider one; beyond the largest any part of the nodule will do. */
#define NARROW 0.25
#define NARROW_LEAST_MM 0.7
#define NARROW_MOST_MM 2.5
#define WIDER 1.6

/* Brighter than parenchyma by more than this is the same to it, or else every
 * vessel would outshine a nodule of ground glass. */
#define CLIP_HU 400.0F

/* How far from the seed: a fixed part and a part of the diameter. */
#define REACH_MM 2.0
#define REACH_DIAMETERS 0.2
#define REACH_MOST_MM 5.0

static int gaussian(const im_run *run, const im_volume *v, double sigma,
                    im_volume *ret, cs_errinfo *info)
{
    const double s[3] = {sigma, sigma, sigma};
    return im_smooth(v, s, run, ret, info);
}

static int clip(const lu_patch *p, im_volume *ret, cs_errinfo *info)
{
    int r = im_volume_init(ret, TN_F32, &p->smooth.geometry, info);
    if (r < 0)
        return r;
    const float *from = im_f32(&p->smooth);
    float *to = im_f32(ret);
    const float most = (float)p->parenchyma + CLIP_HU;
    for (size_t i = 0; i < im_geometry_voxels(&ret->geometry); i++)
        to[i] = CS_MIN(from[i], most);
    return 0;
}

/* The best voxel within reach, nearer ones before others. */
static void best(const lu_patch *p, const float *narrow, const float *wide,
                 size_t ret[3])
{
    const im_geometry *g = &p->smooth.geometry;
    double reach =
        CS_MIN(REACH_MM + REACH_DIAMETERS * p->diameter, REACH_MOST_MM);
    ptrdiff_t n = (ptrdiff_t)floor(reach / p->mm),
              mid = (ptrdiff_t)g->size[0] / 2;
    double most = -(double)INFINITY;
    for (int a = 0; a < 3; a++)
        ret[a] = (size_t)mid;
    for (ptrdiff_t z = -n; z <= n; z++)
        for (ptrdiff_t y = -n; y <= n; y++)
            for (ptrdiff_t x = -n; x <= n; x++) {
                double mm = p->mm * sqrt((double)(x * x + y * y + z * z));
                size_t i = im_at(g, (size_t)(mid + x), (size_t)(mid + y),
                                 (size_t)(mid + z));
                double off = mm / reach;
                double score = (double)(narrow[i] - wide[i]) * exp(-off * off);
                if (mm > reach || score <= most)
                    continue;
                most = score;
                ret[0] = (size_t)(mid + x);
                ret[1] = (size_t)(mid + y);
                ret[2] = (size_t)(mid + z);
            }
}

int lu_blob_find(const im_run *run, const lu_patch *patch, size_t ret[3],
                 cs_errinfo *info)
{
    CS_SCOPED(im_volume) clipped = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) narrow = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) wide = IM_VOLUME_INIT;
    double sigma =
        fmin(fmax(NARROW * patch->diameter, NARROW_LEAST_MM), NARROW_MOST_MM);
    int r = clip(patch, &clipped, info);
    if (r == 0)
        r = gaussian(run, &clipped, sigma, &narrow, info);
    if (r == 0)
        r = gaussian(run, &clipped, WIDER * sigma, &wide, info);
    if (r == 0)
        best(patch, im_f32(&narrow), im_f32(&wide), ret);
    return r;
}
