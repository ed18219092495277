/* Erosion and its kin on masks, with symmetric convex elements, the results
 * being those of ITK's binary filters:
 *
 *   dilate  outside the volume is background
 *   erode   outside the volume is foreground: it eats nothing at the border
 *   close   dilate, then erode, as if the volume went on as background on all
 *           sides (ITK's SafeBorder): it never takes a voxel away
 *   open    erode, then dilate
 *
 * Rows are bits, and a row of an element is a stretch, so the cost is one OR
 * of 64 voxels for each row of the element: it grows with the square of the
 * radius, divided by 64. Memory beside mask and result: twice the mask as
 * bits, and a strip of rows a thread (0.3 MiB at radius 5, 20 MiB at 256). */
#ifndef CS_IMAGE_MORPHOLOGY_H
#define CS_IMAGE_MORPHOLOGY_H

#include "image/bits.h"

/* Voxels (dx, dy, dz) with |dx| < reach[|dz| * (radius[1] + 1) + |dy|]; none
 * in rows whose reach is 0. */
typedef struct im_brush {
    size_t radius[3];
    uint32_t *reach;
} im_brush;

#define IM_BRUSH_INIT                                                          \
    {                                                                          \
        .reach = NULL                                                          \
    }

/* All voxels up to the radius along each axis. Radii up to 256, else
 * CS_E_LIMIT. */
int im_brush_box(im_brush *e, const size_t radius[3], cs_errinfo *info);

/* ITK's BinaryBallStructuringElement: (dx / (rx + 1/2))^2 + ... <= 1. */
int im_brush_ball(im_brush *e, const size_t radius[3], cs_errinfo *info);

/* Voxels whose centre is at most `mm` away, on a grid of this spacing. */
int im_brush_ball_mm(im_brush *e, double mm, const double spacing[3],
                     cs_errinfo *info);

void im_brush_done(im_brush *e);

/* On masks: non-zero is set, results are 0 and 1 in a TN_U8 volume on the same
 * geometry; *ret must be empty. */
int im_dilate(const im_run *run, const im_volume *mask, const im_brush *e,
              im_volume *ret, cs_errinfo *info);
int im_erode(const im_run *run, const im_volume *mask, const im_brush *e,
             im_volume *ret, cs_errinfo *info);
int im_open(const im_run *run, const im_volume *mask, const im_brush *e,
            im_volume *ret, cs_errinfo *info);
int im_close(const im_run *run, const im_volume *mask, const im_brush *e,
             im_volume *ret, cs_errinfo *info);

/* On bits, for chains of operations; b is replaced by the result, and on
 * failure unchanged. */
int im_bits_dilate(const im_run *run, im_bits *b, const im_brush *e,
                   cs_errinfo *info);
int im_bits_erode(const im_run *run, im_bits *b, const im_brush *e,
                  cs_errinfo *info);
int im_bits_open(const im_run *run, im_bits *b, const im_brush *e,
                 cs_errinfo *info);
int im_bits_close(const im_run *run, im_bits *b, const im_brush *e,
                  cs_errinfo *info);

/* The voxels of b with a neighbour outside it; what lies outside the volume is
 * no neighbour. *ret must be empty. */
int im_bits_rim(const im_run *run, const im_bits *b, im_neighbours neighbours,
                im_bits *ret, cs_errinfo *info);

#endif
