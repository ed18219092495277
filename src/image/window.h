/* Windows over Hounsfield units: what a reader sees.
 *
 * A window maps centre - width / 2 to 0 and centre + width / 2 to 1, and what
 * lies beyond to those. This is DICOM's LINEAR_EXACT (PS3.3 C.11.2.1.3.2), and
 * what most programs do. DICOM's own default, LINEAR (C.11.2.1.2.1), maps
 * centre - 0.5 - (width - 1) / 2 to 0 and centre - 0.5 + (width - 1) / 2 to 1;
 * it wants a width of 1 or more, and one of exactly 1 is a step. */
#ifndef CS_IMAGE_WINDOW_H
#define CS_IMAGE_WINDOW_H

#include "image/run.h"
#include "image/volume.h"

typedef enum im_window_law {
    IM_WINDOW_EXACT,
    IM_WINDOW_DICOM, /* DICOM's LINEAR */
} im_window_law;

typedef struct im_window {
    double centre, width; /* HU; width above 0 */
    im_window_law law;
} im_window;

/* "lung", "mediastinum", "soft-tissue", "bone", "brain", "liver", "stroke":
 * false for another name. */
bool im_window_preset(const char *name, im_window *ret);

/* The names one by one; NULL behind the last. */
const char *im_window_preset_name(size_t i);

/* To TN_F32 in [0, 1] or TN_U8 in 0..255, rounded. NaN gives 0. CS_E_RANGE for
 * a width that is none; *ret must be empty. */
int im_window_over(const im_volume *v, const im_window *w, tn_dtype dtype,
                   const im_run *run, im_volume *ret, cs_errinfo *info);

#endif
