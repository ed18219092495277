#include "image/volume.h"

#include <math.h>

int im_volume_init(im_volume *v, tn_dtype dtype, const im_geometry *g,
                   cs_errinfo *info)
{
    const tn_shape shape = TN_SHAPE(g->size[2], g->size[1], g->size[0]);
    int r = tn_tensor_init(&v->voxels, dtype, &shape, info);
    if (r == 0)
        v->geometry = *g;
    return r;
}

void im_volume_done(im_volume *v)
{
    tn_tensor_done(&v->voxels);
}

int im_volume_share(const im_volume *v, im_volume *ret, cs_errinfo *info)
{
    int r = tn_tensor_over(&ret->voxels, v->voxels.buffer, v->voxels.offset,
                           v->voxels.dtype, &v->voxels.shape, info);
    if (r == 0)
        ret->geometry = v->geometry;
    return r;
}

int im_volume_convert(const im_volume *v, tn_dtype dtype, im_volume *ret,
                      cs_errinfo *info)
{
    int r = tn_copy(&v->voxels, dtype, &ret->voxels, info);
    if (r == 0)
        ret->geometry = v->geometry;
    return r;
}

static size_t first_not_finite(const im_volume *v, size_t n)
{
    const float *f = tn_data(&v->voxels);
    const double *d = tn_data(&v->voxels);
    size_t i = 0;
    if (v->voxels.dtype == TN_F32)
        while (i < n && isfinite(f[i]))
            i++;
    else if (v->voxels.dtype == TN_F64)
        while (i < n && isfinite(d[i]))
            i++;
    else
        return n;
    return i;
}

int im_volume_check_finite(const im_volume *v, cs_errinfo *info)
{
    const size_t *size = v->geometry.size;
    size_t n = im_geometry_voxels(&v->geometry);
    size_t i = first_not_finite(v, n);
    if (i == n)
        return 0;
    return cs_fail(info, CS_E_FORMAT,
                   "voxel (%zu, %zu, %zu) is NaN or infinite: write the scan "
                   "anew with a number there",
                   i % size[0], i / size[0] % size[1], i / size[0] / size[1]);
}
