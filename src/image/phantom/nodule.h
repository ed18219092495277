/* Nodules: what they look like, where they sit, how likely they are cancer. */
#ifndef CS_IMAGE_PHANTOM_NODULE_H
#define CS_IMAGE_PHANTOM_NODULE_H

#include "image/phantom/organs.h"

typedef enum im_phantom_place {
    IM_PHANTOM_ISOLATED,
    IM_PHANTOM_ON_VESSEL,
    IM_PHANTOM_ON_PLEURA,
    IM_PHANTOM_PLACES
} im_phantom_place;

extern const char *const im_phantom_type_names[IM_PHANTOM_TYPES];
extern const char *const im_phantom_place_names[IM_PHANTOM_PLACES];

#define PH_BUMPS 6
#define PH_SPICULES 20

typedef struct ph_nodule {
    im_phantom_type type;
    im_phantom_place place;
    ph_lobe lobe;
    ph_vec c;     /* patient's frame */
    float radius; /* of the smooth core shape, before its axes and bumps */
    ph_vec axes;  /* relative, product about 1 */
    struct {
        ph_vec n;
        float height, width;
    } bump[PH_BUMPS];
    unsigned bumps;
    bool lobulated, spiculated;
    ph_tube spicule[PH_SPICULES];
    unsigned spicules;
    ph_vec core; /* of a part-solid one */
    float core_radius;
    float hu, core_hu, mottle;
    float diameter; /* mm, of the ball of the same volume, inside the lung */
    float risk;
    bool malignant;
} ph_nodule;

/* Draws a nodule of about this diameter and sets it down where it does not
 * touch the `n` others. 1, or 0 where no place was found. */
int ph_nodule_draw(ph_nodule *ret, const im_phantom_site *site,
                   const ph_organs *o, const ph_tubes *vessels,
                   const ph_nodule *others, size_t n, float diameter,
                   cs_rng *r);

/* Signed distance to its surface, without spicules and without the lung. */
float ph_nodule_distance(const ph_nodule *nodule, ph_vec v);
/* The same, cut where the lung ends: what the mask holds. */
float ph_nodule_inside(const ph_nodule *nodule, const ph_organs *o, ph_vec v);
/* No part of it, spicules included, is further from c. */
float ph_nodule_reach(const ph_nodule *nodule);

/* Probability of cancer, in the manner of the Brock model (docs/phantoms.md);
 * `count` nodules in the scan. */
float ph_nodule_risk(const ph_nodule *nodule, const ph_patient *p,
                     unsigned count);

#endif
