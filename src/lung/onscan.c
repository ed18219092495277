#include "lung/onscan.h"

#include <math.h>

#include "base/defs.h"
#include "image/crop.h"
#include "lung/patch.h"

#define IN 250 /* between 0 and this, lines between voxels are fine enough */

/* The scan's voxels around all corners of the mask's box. */
static bool box_on_scan(const im_volume *mask, const im_geometry *scan,
                        im_box *ret)
{
    im_box in;
    if (!im_mask_box(mask, 0, &in))
        return false;
    double low[3] = {(double)INFINITY, (double)INFINITY, (double)INFINITY};
    double high[3] = {-(double)INFINITY, -(double)INFINITY, -(double)INFINITY};
    for (unsigned corner = 0; corner < 8; corner++) {
        double at[3], world[3];
        for (unsigned a = 0; a < 3; a++) {
            double width = corner >> a & 1 ? (double)in.size[a] : -1;
            at[a] = (double)in.begin[a] + width;
        }
        im_grid_to_world(&mask->geometry, at, world);
        im_world_to_grid(scan, world, at);
        for (int a = 0; a < 3; a++) {
            low[a] = fmin(low[a], at[a]);
            high[a] = fmax(high[a], at[a]);
        }
    }
    for (int a = 0; a < 3; a++) {
        double last = (double)scan->size[a] - 1;
        low[a] = fmax(floor(low[a]), 0);
        high[a] = fmin(ceil(high[a]), last);
        if (low[a] > high[a])
            return false;
        ret->begin[a] = (ptrdiff_t)low[a];
        ret->size[a] = (size_t)(high[a] - low[a]) + 1;
    }
    return true;
}

/* Thick slices may leave a small nodule between them. */
static void set_nearest(im_volume *v, const double middle[3])
{
    const im_geometry *g = &v->geometry;
    double at[3];
    size_t p[3];
    im_world_to_grid(g, middle, at);
    for (int a = 0; a < 3; a++)
        p[a] =
            (size_t)fmin(fmax(floor(at[a] + 0.5), 0), (double)(g->size[a] - 1));
    im_u8(v)[im_at(g, p[0], p[1], p[2])] = 1;
}

int lu_mask_on_scan(const im_run *run, const im_volume *mask,
                    const im_geometry *scan, const double middle[3],
                    im_volume *ret, cs_errinfo *info)
{
    im_box box;
    if (!box_on_scan(mask, scan, &box))
        return cs_fail(info, CS_E_RANGE,
                       "the nodule at %.1f, %.1f, %.1f mm is not in the scan",
                       middle[0], middle[1], middle[2]);
    const im_geometry part = im_geometry_part(scan, box.begin, box.size);
    CS_SCOPED(im_volume) grey = IM_VOLUME_INIT;
    int r = im_volume_init(&grey, TN_U8, &mask->geometry, info);
    if (r < 0)
        return r;
    for (size_t i = 0; i < im_geometry_voxels(&grey.geometry); i++)
        im_u8(&grey)[i] = im_u8(mask)[i] ? IN : 0;
    r = lu_patch_take(run, &grey, &part, 0, TN_U8, ret, info);
    if (r < 0)
        return r;
    size_t set = 0;
    for (size_t i = 0; i < im_geometry_voxels(&part); i++) {
        im_u8(ret)[i] = im_u8(ret)[i] >= IN / 2;
        set += im_u8(ret)[i];
    }
    if (!set)
        set_nearest(ret, middle);
    return 0;
}
