/* Slices of a volume as a radiologist looks at them: axial and coronal with
 * the patient's right on the left side, axial with the front above, coronal
 * and sagittal with the head above, sagittal with the front on the left.
 *
 * Which grid axis is cut follows from the direction: the one that points most
 * from foot to head for axial slices, and so on. An oblique volume is shown
 * along its own axes, not resampled. Pixels are square, as small as the finer
 * of the two spacings; the coarser axis is interpolated. */
#ifndef CS_IMAGE_PNG_SLICE_H
#define CS_IMAGE_PNG_SLICE_H

#include "image/volume.h"

typedef enum im_plane { IM_AXIAL, IM_CORONAL, IM_SAGITTAL } im_plane;

/* The grid axis that these slices follow each other along. */
unsigned im_plane_axis(const im_geometry *g, im_plane plane);

/* Grey values, row by row from the top; freed by im_picture_done(). */
typedef struct im_picture {
    size_t width, height;
    uint8_t *pixels;
} im_picture;

#define IM_PICTURE_INIT                                                        \
    {                                                                          \
        0, 0, NULL                                                             \
    }

void im_picture_done(im_picture *p);

/* Slice `index` (along im_plane_axis(), as the file counts) under a window:
 * centre - width / 2 is black, centre + width / 2 white, NaN black.
 * CS_E_RANGE where there is no such slice, or the width is none. */
int im_slice_render(const im_volume *v, im_plane plane, size_t index,
                    double centre, double width, im_picture *ret,
                    cs_errinfo *info);

int im_write_png_slice(const char *path, const im_volume *v, im_plane plane,
                       size_t index, double centre, double width,
                       cs_errinfo *info);

#endif
