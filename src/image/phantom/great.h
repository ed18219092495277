/* The great vessels, the windpipe and the gullet, in the standard frame. */
#ifndef CS_IMAGE_PHANTOM_GREAT_H
#define CS_IMAGE_PHANTOM_GREAT_H

#include "image/phantom/patient.h"
#include "image/phantom/shape.h"

/* Appends them. */
int ph_great_tubes(const ph_patient *p, ph_tubes *list);

/* Where the trees of a lobe begin. */
typedef enum ph_lobe {
    PH_RIGHT_UPPER,
    PH_RIGHT_MIDDLE,
    PH_RIGHT_LOWER,
    PH_LEFT_UPPER,
    PH_LEFT_LOWER,
    PH_LOBES
} ph_lobe;

extern const char *const ph_lobe_names[PH_LOBES]; /* "RUL" and so on */

typedef struct ph_hilum {
    ph_vec artery, vein, bronchus; /* standard frame */
    float bronchus_radius;
} ph_hilum;

extern const ph_hilum ph_hila[PH_LOBES];

#endif
