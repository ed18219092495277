#include "image/voxels.h"

#include <string.h>

size_t im_voxels_bytes(const im_file_info *i)
{
    return im_geometry_voxels(&i->geometry) * im_element_size(i->element);
}

/* --- of another type than in the file --- */

static int widen(const unsigned char *from, const im_file_info *i,
                 const char *name, im_volume *ret, cs_errinfo *info)
{
    int r = im_volume_init(ret, TN_I64, &i->geometry, info);
    if (r == 0)
        r = im_element_widen(i->element, from, tn_count(&ret->voxels),
                             tn_data(&ret->voxels), info);
    if (r < 0)
        cs_errinfo_set_place(info, name);
    return r;
}

static void scale_f32(const float *from, size_t n, const im_file_info *i,
                      float *to)
{
    for (size_t k = 0; k < n; k++)
        to[k] = (float)((double)from[k] * i->slope + i->intercept);
}

static void scale_f64(const double *from, size_t n, const im_file_info *i,
                      double *to)
{
    for (size_t k = 0; k < n; k++)
        to[k] = from[k] * i->slope + i->intercept;
}

/* Whole numbers go through double, which holds those of 32 bits exactly. */
#define SLICE ((size_t)4096)

static int scale_rest(const im_volume *v, const im_file_info *i, float *to,
                      cs_errinfo *info)
{
    size_t n = tn_count(&v->voxels);
    for (size_t at = 0; at < n; at += SLICE) {
        CS_SCOPED(tn_tensor) part = TN_TENSOR_INIT;
        CS_SCOPED(tn_tensor) wide = TN_TENSOR_INIT;
        size_t count = CS_MIN(n - at, SLICE);
        const tn_shape shape = TN_SHAPE(count);
        int r = tn_tensor_over(&part, v->voxels.buffer, v->voxels.offset + at,
                               v->voxels.dtype, &shape, info);
        if (r == 0)
            r = tn_copy(&part, TN_F64, &wide, info);
        if (r < 0)
            return r;
        const double *x = tn_data(&wide);
        for (size_t k = 0; k < count; k++)
            to[at + k] = (float)(x[k] * i->slope + i->intercept);
    }
    return 0;
}

static int scale(im_volume *v, const im_file_info *i, cs_errinfo *info)
{
    im_volume made = IM_VOLUME_INIT;
    size_t n = tn_count(&v->voxels);
    int r = im_volume_init(&made, i->dtype, &i->geometry, info);
    if (r == 0 && i->element == IM_F32)
        scale_f32(im_f32(v), n, i, im_f32(&made));
    else if (r == 0 && i->element == IM_F64)
        scale_f64(tn_data(&v->voxels), n, i, tn_data(&made.voxels));
    else if (r == 0)
        r = scale_rest(v, i, im_f32(&made), info);
    if (r < 0) {
        im_volume_done(&made);
        return r;
    }
    im_volume_done(v);
    *v = made;
    return 0;
}

/* --- --- */

/* Where vectors can load them. */
static int adopt(tn_buffer *b, size_t offset, const im_file_info *i,
                 im_volume *ret, cs_errinfo *info)
{
    const im_geometry *g = &i->geometry;
    unsigned char *p = tn_buffer_data(b);
    if ((uintptr_t)(p + offset) % IM_VOXELS_ALIGN != 0) {
        memmove(p, p + offset, im_voxels_bytes(i));
        offset = 0;
    }
    const tn_shape shape = TN_SHAPE(g->size[2], g->size[1], g->size[0]);
    int r =
        tn_tensor_over(&ret->voxels, b, offset / im_element_size(i->element),
                       im_element_dtype(i->element), &shape, info);
    if (r == 0)
        ret->geometry = *g;
    return r;
}

int im_voxels_take(tn_buffer *b, size_t offset, const im_file_info *i,
                   const char *name, im_volume *ret, cs_errinfo *info)
{
    im_volume made = IM_VOLUME_INIT;
    unsigned char *p = (unsigned char *)tn_buffer_data(b) + offset;
    size_t size = im_element_size(i->element);
    if (i->big_endian)
        im_swap_bytes(p, im_geometry_voxels(&i->geometry), size, p);
    bool wider = i->element == IM_U32 || i->element == IM_U64;
    int r = wider ? widen(p, i, name, &made, info)
                  : adopt(b, offset, i, &made, info);
    if (r == 0 && (i->slope != 1 || i->intercept != 0))
        r = scale(&made, i, info);
    if (r < 0) {
        im_volume_done(&made);
        return r;
    }
    *ret = made;
    return 0;
}
