/* What the tests of volumes in files share: volumes whose every voxel differs
 * from its neighbours, geometries that are no multiple of anything, and files
 * made byte by byte. */
#ifndef CS_TESTS_SUPPORT_VOLUME_H
#define CS_TESTS_SUPPORT_VOLUME_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "image/file.h"
#include "support/test.h"
#include "support/tmp.h"

/* Odd extents, anisotropic, and turned about no axis of the world. */
static inline im_geometry vt_oblique(void)
{
    im_geometry g = im_geometry_plain(5, 4, 3);
    const double spacing[3] = {0.7, 0.8125, 2.5};
    const double origin[3] = {-123.456789012345, 17.25, -1434.5};
    const double a = 0.3, b = -0.2;
    const double direction[9] = {cos(a),          -sin(a),         0,
                                 sin(a) * cos(b), cos(a) * cos(b), -sin(b),
                                 sin(a) * sin(b), cos(a) * sin(b), cos(b)};
    memcpy(g.spacing, spacing, sizeof(spacing));
    memcpy(g.origin, origin, sizeof(origin));
    memcpy(g.direction, direction, sizeof(direction));
    return g;
}

/* Value of voxel i in a volume of this type: all of its range is met. */
static inline int64_t vt_value(size_t i, tn_dtype d)
{
    uint64_t v = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    unsigned bits = (unsigned)tn_dtype_size(d) * 8;
    bool is_unsigned = d == TN_U8 || d == TN_U16;
    if (d == TN_F32)
        bits = 24;
    if (d == TN_F64)
        bits = 53;
    v >>= 64 - bits;
    return is_unsigned ? (int64_t)v
                       : (int64_t)(v - (UINT64_C(1) << (bits - 1)));
}

static inline void vt_fill(im_volume *v)
{
    void *p = tn_data(&v->voxels);
    for (size_t i = 0; i < tn_count(&v->voxels); i++) {
        int64_t x = vt_value(i, v->voxels.dtype);
        if (v->voxels.dtype == TN_F32)
            ((float *)p)[i] = (float)x / 1024;
        else if (v->voxels.dtype == TN_F64)
            ((double *)p)[i] = (double)x / 1024;
        else
            memcpy((char *)p + i * tn_dtype_size(v->voxels.dtype), &x,
                   tn_dtype_size(v->voxels.dtype));
    }
}

static inline void vt_init(im_volume *v, tn_dtype d, const im_geometry *g)
{
    assert_int_equal(im_volume_init(v, d, g, NULL), 0);
    vt_fill(v);
}

static inline void vt_same_voxels(const im_volume *a, const im_volume *b)
{
    assert_int_equal(a->voxels.dtype, b->voxels.dtype);
    assert_true(tn_shape_equal(&a->voxels.shape, &b->voxels.shape));
    assert_memory_equal(tn_data(&a->voxels), tn_data(&b->voxels),
                        tn_bytes(&a->voxels));
}

/* To the bit, or within so many mm. */
static inline void vt_same_place(const im_geometry *a, const im_geometry *b,
                                 double mm)
{
    assert_true(im_geometry_same(a, b, mm));
    for (int i = 0; i < 3; i++)
        assert_true(fabs(a->spacing[i] - b->spacing[i]) <= mm);
    for (int i = 0; i < 9; i++)
        assert_true(fabs(a->direction[i] - b->direction[i]) <= mm);
}

static inline const char *vt_bytes(const char *dir, const char *name,
                                   const void *p, size_t n)
{
    const char *path = tmp_path(dir, name);
    assert_int_equal(cs_file_write(path, p, n, 0644, NULL), 0);
    return path;
}

/* Reading fails with this code, and the one line it says holds `part`. */
static inline void vt_refused(const char *path, int code, const char *part)
{
    im_volume v = IM_VOLUME_INIT;
    cs_errinfo info = {0};
    char text[1024];
    int r = im_read(path, &v, &info);
    cs_errinfo_format(&info, text, sizeof(text));
    if (r != code || !strstr(text, part))
        fail_msg("%s: %d '%s', expected %d '%s'", path, r, text, code, part);
    assert_null(v.voxels.buffer);
}

#endif
