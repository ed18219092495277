/* The chest's large organs as signed distances on a coarse grid over the
 * patient's frame. Image and masks read the same fields, so a mask is exact by
 * construction. */
#ifndef CS_IMAGE_PHANTOM_ORGANS_H
#define CS_IMAGE_PHANTOM_ORGANS_H

#include "base/pool.h"
#include "image/phantom/field.h"
#include "image/phantom/great.h"

typedef enum ph_organ {
    PH_BODY,
    PH_MUSCLE,    /* body less skin and fat */
    PH_CAVITY,    /* inside the ribs */
    PH_DIAPHRAGM, /* negative below */
    PH_HEART,
    PH_CHAMBERS,
    PH_LIVER,
    PH_SPLEEN,
    PH_STOMACH,
    PH_LUNG_LEFT,
    PH_LUNG_RIGHT,
    PH_OBLIQUE,    /* fissure of either side; negative below */
    PH_HORIZONTAL, /* fissure of the right; negative below */
    PH_ORGANS
} ph_organ;

typedef struct ph_organs {
    ph_grid grid;
    ph_field fields[PH_ORGANS];
    float *values; /* owned: of all fields */
} ph_organs;

#define PH_ORGANS_INIT                                                         \
    {                                                                          \
        .values = NULL                                                         \
    }

/* For heights [low, high] of the patient's frame. `great` are the great tubes
 * in the standard frame, which the lungs make way for. The organs must not be
 * moved: its fields point into it. */
int ph_organs_init(ph_organs *o, const ph_patient *p, const ph_tubes *great,
                   float low, float high, cs_pool *pool, cs_errinfo *info);
void ph_organs_done(ph_organs *o);

/* PH_LOBES where v is in neither lung. */
ph_lobe ph_lobe_at(const ph_organs *o, ph_vec v);
/* Signed distance to the nearer lung. */
float ph_lung_distance(const ph_organs *o, ph_vec v);

/* The chest wall of the standard frame at height z: half width, front and back
 * of the inside of the ribs; also used to lay the ribs. */
typedef struct ph_wall {
    float half, front, back;
} ph_wall;
ph_wall ph_wall_at(float z);
/* How far the wall is drawn back at (x, y), on either side of the spine. */
float ph_wall_gutter(float x, float y);
/* y of the middle of the vertebral bodies. */
float ph_spine_at(float z);

#endif
