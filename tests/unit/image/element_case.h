/* Elements for the tests of morphology, and dilation and erosion by looking
 * at every voxel of the element. */
#ifndef CS_TESTS_IMAGE_ELEMENT_CASE_H
#define CS_TESTS_IMAGE_ELEMENT_CASE_H

#include "image/morphology.h"
#include "mask_case.h"

static const size_t ec_radii[][3] = {{0, 0, 0}, {1, 1, 1}, {5, 5, 5}, {4, 0, 1},
                                     {0, 3, 2}, {2, 7, 3}, {70, 1, 1}};

static inline void ec_element(im_brush *e, size_t i, bool ball)
{
    int r = ball ? im_brush_ball(e, ec_radii[i], NULL)
                 : im_brush_box(e, ec_radii[i], NULL);
    assert_int_equal(r, 0);
}

static inline bool ec_has(const im_brush *e, ptrdiff_t dx, ptrdiff_t dy,
                          ptrdiff_t dz)
{
    size_t x = (size_t)(dx < 0 ? -dx : dx), y = (size_t)(dy < 0 ? -dy : dy),
           z = (size_t)(dz < 0 ? -dz : dz);
    return x < e->reach[z * (e->radius[1] + 1) + y];
}

/* Whether some voxel under the element at (x, y, z) is `value`. */
static inline bool ec_meets(const im_volume *v, const im_brush *e, ptrdiff_t x,
                            ptrdiff_t y, ptrdiff_t z, bool value)
{
    const ptrdiff_t r[] = {(ptrdiff_t)e->radius[0], (ptrdiff_t)e->radius[1],
                           (ptrdiff_t)e->radius[2]};
    for (ptrdiff_t dz = -r[2]; dz <= r[2]; dz++)
        for (ptrdiff_t dy = -r[1]; dy <= r[1]; dy++)
            for (ptrdiff_t dx = -r[0]; dx <= r[0]; dx++)
                if (ec_has(e, dx, dy, dz) &&
                    mk_get(v, x + dx, y + dy, z + dz, !value) == value)
                    return true;
    return false;
}

/* The dilation of v, or its erosion, outside being background or foreground;
 * on a grid that is `pad` voxels larger on each side. */
static inline void ec_plain(const im_volume *v, const im_brush *e, bool erode,
                            const size_t pad[3], im_volume *ret)
{
    const size_t *n = v->geometry.size;
    const im_geometry g = im_geometry_plain(
        n[0] + 2 * pad[0], n[1] + 2 * pad[1], n[2] + 2 * pad[2]);
    assert_int_equal(im_volume_init(ret, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        ptrdiff_t x = (ptrdiff_t)(i % g.size[0]) - (ptrdiff_t)pad[0];
        ptrdiff_t y =
            (ptrdiff_t)(i / g.size[0] % g.size[1]) - (ptrdiff_t)pad[1];
        ptrdiff_t z =
            (ptrdiff_t)(i / g.size[0] / g.size[1]) - (ptrdiff_t)pad[2];
        im_u8(ret)[i] = ec_meets(v, e, x, y, z, !erode) != erode;
    }
}

static inline void ec_same(const im_volume *got, const im_volume *want)
{
    assert_int_equal(tn_bytes(&got->voxels), tn_bytes(&want->voxels));
    assert_memory_equal(im_u8(got), im_u8(want), tn_bytes(&want->voxels));
}

#endif
