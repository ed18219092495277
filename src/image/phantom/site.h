/* Hospital profiles: how a site scans and whom. Two sites differ in kernel,
 * dose, slices, field of view, patients and nodules, so that a model trained
 * at one has something to learn at the other. */
#ifndef CS_IMAGE_PHANTOM_SITE_H
#define CS_IMAGE_PHANTOM_SITE_H

#include "base/defs.h"
#include "base/error.h"

typedef enum im_phantom_type {
    IM_PHANTOM_SOLID,
    IM_PHANTOM_PART_SOLID,
    IM_PHANTOM_GROUND_GLASS,
    IM_PHANTOM_CALCIFIED,
    IM_PHANTOM_TYPES
} im_phantom_type;

typedef struct im_phantom_site {
    const char *name;
    const char *about; /* CS_N_(): one line for people */
    float slice[2];    /* mm between slices: from, to */
    float thickness;   /* of a slice, in units of the distance */
    float fov[2];      /* field of view in plane, mm: from, to */
    float blur;        /* kernel: Gaussian, mm */
    float edge;        /* kernel: share of high frequencies added */
    float grain;       /* correlation length of the noise, mm */
    float noise[2];    /* deviation in soft tissue at 0.7 mm, HU: from, to */
    float streaks;     /* photon starvation at the shoulders, 0 to 1 */
    float contrast;    /* share of scans with iodine */
    float age[2];      /* mean and deviation, years */
    float female;      /* share */
    float emphysema;   /* share of patients */
    float fat[2];      /* under the skin, mm: from, to */
    float nodules;     /* mean number per scan */
    float median;      /* of the diameters, mm */
    float types[IM_PHANTOM_TYPES]; /* shares */
    float spiculated;              /* share of those that can be */
    bool flipped; /* x and y run to the right and to the front */
    bool padded;  /* -3024 outside the circle of reconstruction */
} im_phantom_site;

extern const im_phantom_site im_phantom_sites[];
extern const size_t im_phantom_site_count;

/* CS_E_USAGE, with a suggestion, where there is no such site. */
int im_phantom_site_find(const char *name, const im_phantom_site **ret,
                         cs_errinfo *info);

#endif
