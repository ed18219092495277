/* A chest CT that was never taken: image, masks and annotations, exact because
 * all come from one description. Deterministic: the same site, seed, index and
 * size give the same bits on any number of threads; other scans play no part.
 * See docs/phantoms.md. */
#ifndef CS_IMAGE_PHANTOM_PHANTOM_H
#define CS_IMAGE_PHANTOM_PHANTOM_H

#include "image/phantom/nodule.h"
#include "image/run.h"
#include "image/volume.h"

/* Labels of the mask of the lungs, those of LUNA16's. */
enum { IM_LABEL_LEFT_LUNG = 3, IM_LABEL_RIGHT_LUNG = 4, IM_LABEL_TRACHEA = 5 };

#define IM_PHANTOM_UID_MAX 65
#define IM_PHANTOM_NODULES 8

typedef struct im_phantom_finding {
    double centre[3]; /* world, mm: the centroid of its voxels in the mask */
    double diameter;  /* mm: of the ball of the same volume */
    double volume;    /* mm3, of the shape itself */
    size_t voxels;    /* in the mask */
    im_phantom_type type;
    im_phantom_place place;
    const char *lobe; /* "RUL", "RML", "RLL", "LUL", "LLL" */
    bool spiculated, lobulated, malignant;
    double risk;
} im_phantom_finding;

typedef struct im_phantom_spec {
    const im_phantom_site *site;
    uint64_t seed, index;
    size_t size[3]; /* zeros: the site's own */
} im_phantom_spec;

typedef struct im_phantom {
    char uid[IM_PHANTOM_UID_MAX];
    im_volume image;   /* TN_I16, HU */
    im_volume lungs;   /* TN_U8, the labels above */
    im_volume nodules; /* TN_U8: i + 1 where finding i is */
    im_phantom_finding findings[IM_PHANTOM_NODULES]; /* 3 mm and more */
    size_t finding_count;
    im_phantom_finding specks[IM_PHANTOM_NODULES]; /* less; not in the mask */
    size_t speck_count;
    double age;
    bool female;
    double emphysema, thickness, noise, blood;
} im_phantom;

#define IM_PHANTOM_INIT                                                        \
    {                                                                          \
        .image = IM_VOLUME_INIT, .lungs = IM_VOLUME_INIT,                      \
        .nodules = IM_VOLUME_INIT                                              \
    }

/* Raised whenever the same spec gives other voxels than before. */
#define IM_PHANTOM_VERSION 3

#define IM_PHANTOM_SIZE_MIN 16
#define IM_PHANTOM_SIZE_MAX 1024

/* CS_E_RANGE where a size is given that is outside the limits above. */
int im_phantom_make(const im_phantom_spec *spec, const im_run *run,
                    im_phantom *ret, cs_errinfo *info);
void im_phantom_done(im_phantom *p);

/* The name of a scan: below 2.25, the root of UIDs made from UUIDs, and the
 * UUID begins with the letters "PHAN". Follows from the whole spec. */
int im_phantom_uid(const im_phantom_spec *spec, char ret[IM_PHANTOM_UID_MAX],
                   cs_errinfo *info);

#endif
