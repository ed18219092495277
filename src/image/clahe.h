/* Contrast-limited adaptive histogram equalisation (K. Zuiderveld, Graphics
 * Gems IV, 1994): the image is cut into tiles; the histogram of each is
 * clipped, what was cut off is spread over all bins, and its running sum maps
 * values to [0, 1]; between the tiles' centres the mappings of the tiles around
 * are mixed linearly, beyond the outermost centres the outermost one holds.
 *
 * - The limit of a bin is clip * voxels of the tile / bins, rounded down, at
 *   least 1. What is cut off is spread once, as OpenCV does: the same number to
 *   each bin, the rest one by one at equal distances; bins may end above the
 *   limit by what they were given.
 * - Tile i of n voxels in t tiles is [i n / t, (i + 1) n / t), rounded down, so
 *   sizes differ by one where t does not divide n. (OpenCV lengthens the image
 *   instead, and mixes half a voxel off the centres.)
 * - Bin b holds [low + b (high - low) / bins, ...); values beyond fall into the
 *   outermost bins, NaN into the first. */
#ifndef CS_IMAGE_CLAHE_H
#define CS_IMAGE_CLAHE_H

#include "image/run.h"
#include "image/volume.h"

typedef struct im_clahe {
    size_t tiles[3];  /* along x, y, z; no more than there are voxels */
    size_t bins;      /* 2 to 65536 */
    double clip;      /* times the mean bin; 0: no limit */
    double low, high; /* of the bins */
    bool whole;       /* tiles along z too; otherwise slice by slice, and
                         tiles[2] is not looked at */
} im_clahe;

/* 8 x 8 tiles a slice, 256 bins, clip 2. */
im_clahe im_clahe_plain(double low, double high);

/* To TN_F32 in [0, 1]; *ret must be empty. CS_E_RANGE for settings that are
 * none. */
int im_clahe_over(const im_volume *v, const im_clahe *how, const im_run *run,
                  im_volume *ret, cs_errinfo *info);

#endif
