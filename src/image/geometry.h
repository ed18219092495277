/* Where a grid of voxels lies in the patient. World positions are millimetres
 * in LPS: x grows to the patient's left, y to the back, z to the head. A grid
 * position (i, j, k) counts voxels along the grid's own axes, x first, and may
 * be fractional; voxel centres are at whole numbers.
 *
 *     world = origin + direction * (spacing .* grid)
 *
 * A geometry that im_geometry_check() accepted has sizes from 1 up whose
 * product fits, spacings from 1e-9 to 1e9, an origin within 1e12 of 0, and a
 * direction whose columns are of length 1 and at right angles, left-handed ones
 * included. */
#ifndef CS_IMAGE_GEOMETRY_H
#define CS_IMAGE_GEOMETRY_H

#include "base/defs.h"
#include "base/error.h"

typedef struct im_geometry {
    size_t size[3];      /* voxels along x, y, z */
    double spacing[3];   /* mm from centre to centre */
    double origin[3];    /* world position of the centre of voxel (0, 0, 0) */
    double direction[9]; /* row by row; column c is the world direction of grid
                            axis c */
} im_geometry;

/* `size` voxels of 1 mm, along the world's axes, the first one at 0. */
im_geometry im_geometry_plain(size_t x, size_t y, size_t z);

/* CS_E_FORMAT, naming the field as MetaImage calls it, where it is no
 * geometry. Directions up to 1e-4 from right angles and unit length are
 * accepted and set right; others are refused. */
int im_geometry_check(im_geometry *g, cs_errinfo *info);

size_t im_geometry_voxels(const im_geometry *g);

/* ret may be the input. */
void im_grid_to_world(const im_geometry *g, const double grid[3],
                      double ret[3]);
void im_world_to_grid(const im_geometry *g, const double world[3],
                      double ret[3]);

/* Whether both are the same grid in the same place: sizes equal, and no voxel
 * further than `mm` from its fellow. */
bool im_geometry_same(const im_geometry *a, const im_geometry *b, double mm);

/* Whether the boxes of both grids, voxel edges included, share space. Boxes
 * that lie askew, edge past edge, may count as meeting where they just do not.
 */
bool im_geometry_meet(const im_geometry *a, const im_geometry *b);

/* Three letters that say where each grid axis points most: "LPS" for the
 * identity. Returns dst. */
char *im_geometry_letters(const im_geometry *g, char dst[4]);

/* The grid that covers the same box of space (voxel edges, not centres) with
 * another spacing: ceil(size * spacing / wanted) voxels, at least one, centred
 * over the old. CS_E_RANGE where the spacing is no spacing or the grid is too
 * large. */
int im_geometry_respaced(const im_geometry *g, const double spacing[3],
                         im_geometry *ret, cs_errinfo *info);

/* A part of the grid: `size` voxels from voxel `begin` on, which may lie
 * outside. Spacing and direction stay. */
im_geometry im_geometry_part(const im_geometry *g, const ptrdiff_t begin[3],
                             const size_t size[3]);

#endif
