/* From the voxels of one grid to positions in another, in the very steps in
 * which ITK computes them: where a position falls half way between two voxels,
 * the last bit decides which one is nearest. */
#ifndef CS_IMAGE_RESAMPLE_MAP_H
#define CS_IMAGE_RESAMPLE_MAP_H

#include "image/geometry.h"

typedef struct im_map {
    size_t size[3];    /* voxels of the new grid */
    size_t from[3];    /* voxels of the old grid */
    double step[9];    /* mm by voxel of the new grid */
    double origin[3];  /* of the new grid, mm */
    double source[3];  /* of the old grid, mm */
    double inverse[9]; /* voxels of the old grid by mm */
} im_map;

void im_map_init(im_map *m, const im_geometry *from, const im_geometry *to);

/* Along row (y, z) of the new grid: the positions of its voxel 0 and of the
 * one behind its last. */
typedef struct im_map_row {
    double first[3], last[3];
    size_t n; /* voxels of the row */
} im_map_row;

void im_map_row_init(im_map_row *row, const im_map *m, size_t y, size_t z);

/* Of voxel x of the row. */
static inline double im_map_at(const im_map_row *row, size_t x, int axis)
{
    double part = (double)x / (double)row->n;
    return row->first[axis] + part * (row->last[axis] - row->first[axis]);
}

/* The voxels [*begin, *end) of the row that lie inside the old grid. */
void im_map_inside(const im_map_row *row, const im_map *m, size_t *begin,
                   size_t *end);

/* Whether each old axis follows one new axis alone, but for less than a
 * millionth of a voxel; along[c] is then the new axis of old axis c. */
bool im_map_is_separable(const im_map *m, int along[3]);

#endif
