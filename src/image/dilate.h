/* The one operation that all of morphology.h is made of. */
#ifndef CS_IMAGE_DILATE_H
#define CS_IMAGE_DILATE_H

#include "image/morphology.h"

/* dst = src dilated, of the same size, background outside; with `turned`, the
 * same of their complements, which is the erosion with foreground outside. */
int im_dilate_bits(const im_run *run, const im_bits *src, const im_brush *e,
                   bool turned, im_bits *dst, cs_errinfo *info);

#endif
