#include "image/volume.h"

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
