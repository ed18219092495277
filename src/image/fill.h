/* Holes of a mask: parts of the background that do not touch the border of
 * the volume, or of a slice. Filled in place with 1; other voxels keep their
 * value. Memory: that of im_components (components.h), for the background. */
#ifndef CS_IMAGE_FILL_H
#define CS_IMAGE_FILL_H

#include "image/components.h"

/* Holes of at most `max_voxels` (SIZE_MAX: of any size), the background being
 * connected by `neighbours`; 6 goes with objects connected by 26. *ret_filled
 * (may be NULL): voxels that were filled. */
int im_fill(const im_run *run, im_volume *mask, im_neighbours neighbours,
            size_t max_voxels, size_t *ret_filled, cs_errinfo *info);

/* The same in each slice across `axis` (0: x, 1: y, 2: z) by itself.
 * IM_NEIGHBOURS_6 means the four that share an edge, anything else eight. */
int im_fill_slices(const im_run *run, im_volume *mask, unsigned axis,
                   im_neighbours neighbours, size_t max_voxels,
                   size_t *ret_filled, cs_errinfo *info);

#endif
