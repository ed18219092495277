/* Exact Euclidean distances in mm, voxel centre to voxel centre, the spacing
 * of each axis respected. Results are TN_F32 volumes on the mask's geometry;
 * *ret must be empty. Exact for equal whole spacings; else within 2 units in
 * the last place of a float, the same bits in every tier. Memory: the result,
 * the mask as bits, and one plane of floats a thread. */
#ifndef CS_IMAGE_DISTANCE_H
#define CS_IMAGE_DISTANCE_H

#include "image/bits.h"

/* To the nearest non-zero voxel: 0 in the mask, infinite where it is empty. */
int im_distance(const im_run *run, const im_volume *mask, im_volume *ret,
                cs_errinfo *info);

/* To the nearest zero voxel: 0 outside the mask. What lies outside the volume
 * is nothing. */
int im_distance_inside(const im_run *run, const im_volume *mask, im_volume *ret,
                       cs_errinfo *info);

/* As ITK's SignedMaurerDistanceMapImageFilter with spacing: to the nearest
 * voxel of the mask's rim (its voxels with one of 26 neighbours outside the
 * mask), negative inside; the rim itself is 0. Infinite where there is no rim,
 * and negative so where the mask is full. */
int im_distance_signed(const im_run *run, const im_volume *mask, im_volume *ret,
                       cs_errinfo *info);

/* The nearest set bit, spacing in mm. */
int im_distance_of_bits(const im_run *run, const im_bits *bits,
                        const im_geometry *g, im_volume *ret, cs_errinfo *info);

#endif
