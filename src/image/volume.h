/* A volume: voxels and where they lie in the patient (geometry.h).
 *
 * Voxels are a contiguous tensor of shape [z, y, x], x fastest, of any element
 * type; CT is TN_I16 in Hounsfield units, masks are TN_U8 with 0 and 1, labels
 * TN_U8, TN_I16 or TN_I32. A struct of its holder's; its voxels may be shared
 * with another volume, so who writes must know that nobody else looks. */
#ifndef CS_IMAGE_VOLUME_H
#define CS_IMAGE_VOLUME_H

#include "image/geometry.h"
#include "tensor/tensor.h"

typedef struct im_volume {
    im_geometry geometry;
    tn_tensor voxels; /* empty before init and after done */
} im_volume;

#define IM_VOLUME_INIT                                                         \
    {                                                                          \
        .voxels = TN_TENSOR_INIT                                               \
    }

/* Zeros on a checked geometry. On failure *v stays empty. */
int im_volume_init(im_volume *v, tn_dtype dtype, const im_geometry *g,
                   cs_errinfo *info);
void im_volume_done(im_volume *v);

/* The same voxels, with a reference of its own; *ret must be empty. */
int im_volume_share(const im_volume *v, im_volume *ret, cs_errinfo *info);

/* A copy of another element type, converted as tn_copy() does. */
int im_volume_convert(const im_volume *v, tn_dtype dtype, im_volume *ret,
                      cs_errinfo *info);

/* CS_E_FORMAT where a voxel (TN_F32, TN_F64) is NaN or infinite: as an integer
 * it would be a number like others, in a lung perhaps a nodule's. */
int im_volume_check_finite(const im_volume *v, cs_errinfo *info);

/* Elements of the volume; the type is the caller's to know. */
static inline const int16_t *im_i16(const im_volume *v)
{
    return (const int16_t *)tn_data(&v->voxels);
}
static inline uint8_t *im_u8(const im_volume *v)
{
    return (uint8_t *)tn_data(&v->voxels);
}
static inline float *im_f32(const im_volume *v)
{
    return (float *)tn_data(&v->voxels);
}

/* The index of voxel (x, y, z). */
static inline size_t im_at(const im_geometry *g, size_t x, size_t y, size_t z)
{
    return (z * g->size[1] + y) * g->size[0] + x;
}

#endif
