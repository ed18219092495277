/* Labels spread through a volume, lowest key first: from each labelled voxel to
 * its six neighbours, in order of the least height to which one must climb to
 * get there. With a distance for key this is the watershed between the
 * labels; with Hounsfield units it is region growing for all thresholds at
 * once. */
#ifndef CS_LUNG_FLOOD_H
#define CS_LUNG_FLOOD_H

#include "image/volume.h"

#define LU_WALL UINT16_MAX /* a key that is never passed */

/* The key of a voxel this deep in a mask: deep ones first, those outside (0)
 * never. An eighth of a mm tells apart, down to half a metre. */
static inline uint16_t lu_key_of_depth(float mm)
{
    float eighths = mm < 500 ? mm * 8 : 4000;
    return mm > 0 ? (uint16_t)(4000 - (int)eighths) : LU_WALL;
}

/* `key` and `label` are of g's voxels; labels 0 are filled where they are
 * reached. `level`, where not NULL, gets for each voxel reached the least
 * height of a way to it; others keep what they hold. Stops after `most`
 * voxels. Equal keys go in the order in which they were met, from the first
 * voxel on: the result depends on nothing but the input. */
int lu_flood(const im_geometry *g, const uint16_t *key, uint8_t *label,
             uint16_t *level, size_t most, cs_errinfo *info);

#endif
