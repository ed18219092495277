/* Where a plan moves what lies in the patient, as seen in one patch. The map
 * turns, scales, flips, shifts and bends in millimetres along the patch's
 * axes, about the patch's centre, in that order. Positions are world
 * positions (geometry.h): of the scan before, of the patch after.
 *
 * Both ways are exact to 1e-6 mm; the voxels of augment_patch.h are sampled
 * through the same map, to some 1e-4 voxel. */
#ifndef CS_IMAGE_AUGMENT_MAP_H
#define CS_IMAGE_AUGMENT_MAP_H

#include "image/augment.h"
#include "image/augment_field.h"
#include "image/geometry.h"

typedef struct im_augment_map {
    double centre[3];  /* of the patch; stays where it is but for the shift */
    double axes[9];    /* the patch's direction */
    double forward[9]; /* the linear part, and its inverse; along the axes */
    double back[9];
    double shift[3];
    im_field field;
} im_augment_map;

im_augment_map im_augment_map_of(const im_augment_plan *plan,
                                 const im_geometry *patch);

/* Where a point of the scan is seen in the patch. ret may be the input. */
void im_augment_point(const im_augment_map *m, const double scan[3],
                      double ret[3]);

/* Which point of the scan is seen at a place in the patch. */
void im_augment_origin(const im_augment_map *m, const double patch[3],
                       double ret[3]);

/* A box along the axes of a patch. */
typedef struct im_augment_box {
    double centre[3]; /* world position */
    double half[3];   /* half its edges, mm */
} im_augment_box;

/* The box around a round thing that filled the box before: an ellipsoid, moved
 * by the map's linear part at its centre. A ball that is turned keeps its
 * size. */
im_augment_box im_augment_box_round(const im_augment_map *m,
                                    const im_augment_box *box);

/* The box around everything the box held; turning makes it larger. With
 * elastic deformation it is measured at 27 points of the box. */
im_augment_box im_augment_box_all(const im_augment_map *m,
                                  const im_augment_box *box);

/* A grid of `size` voxels about a centre, with the scan's axes: what a patch's
 * volume is made with. CS_E_FORMAT or CS_E_RANGE as im_geometry_check() has
 * it. */
int im_augment_patch_around(const im_geometry *scan, const double centre[3],
                            const size_t size[3], const double spacing[3],
                            im_geometry *ret, cs_errinfo *info);

/* How indices of the patch's voxels become indices of the scan's, where no
 * elastic field bends them: index = start + step * patch index. Whole numbers
 * are exactly whole. */
typedef struct im_augment_index {
    double start[3];
    double step[9];   /* row by row, as directions are */
    double centre[3]; /* patch index of the map's centre */
    double per_mm[9]; /* from mm along the patch's axes to indices */
} im_augment_index;

im_augment_index im_augment_index_of(const im_augment_map *m,
                                     const im_geometry *scan,
                                     const im_geometry *patch);

#endif
