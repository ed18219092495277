/* Boxes of voxels: a mask's bounding box, a part of a volume that may reach
 * beyond it, and the way back. */
#ifndef CS_IMAGE_CROP_H
#define CS_IMAGE_CROP_H

#include "image/volume.h"

/* `size` voxels from voxel `begin` on, along x, y and z; the box may reach
 * beyond the volume. */
typedef struct im_box {
    ptrdiff_t begin[3];
    size_t size[3];
} im_box;

/* What a crop did, for the way back. */
typedef struct im_crop {
    im_geometry whole; /* where it was cut from */
    im_box box;
    size_t inside[3];  /* voxels of the box within the volume, ... */
    size_t skipped[3]; /* ... after so many that lie before it */
} im_crop;

/* The box on a volume's grid; CS_E_RANGE for sizes of 0 or boxes too large or
 * too far away to count. */
int im_crop_init(im_crop *c, const im_geometry *whole, const im_box *box,
                 cs_errinfo *info);

/* The box's voxels, on their own geometry (world positions stay), `outside`
 * (rounded and clamped) beyond the volume. v has the size of c->whole; *ret
 * must be empty. */
int im_crop_cut(const im_crop *c, const im_volume *v, double outside,
                im_volume *ret, cs_errinfo *info);

/* The way back: part, of the box's size, into v, of the whole's size and of
 * the same element type. What of the box lies beyond is dropped, the rest of v
 * stays. The caller alone holds v's voxels. */
void im_crop_paste(const im_crop *c, const im_volume *part, im_volume *v);

/* The smallest box that holds all voxels of a mask that are not 0, widened by
 * `margin` mm on all sides (whole voxels, rounded up) but not beyond the
 * volume. False where the mask is empty. Any element type. */
bool im_mask_box(const im_volume *mask, double margin, im_box *ret);

#endif
