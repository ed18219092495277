/* The windpipe and the main bronchi, grown from the windpipe's chain
 * (trachea.h) at all thresholds at once. The growth is stopped before the
 * threshold at which it breaks through a bronchus' wall into the lung and
 * explodes. What is thinner than a main bronchus is left to the lung, as in
 * other masks of lungs. */
#ifndef CS_LUNG_AIRWAY_H
#define CS_LUNG_AIRWAY_H

#include "image/run.h"
#include "lung/trachea.h"

typedef struct lu_airway {
    im_volume main; /* TN_U8: 1 in windpipe and main bronchi, 2 in their wall */
    lu_trachea trachea;
    double ml; /* of main's 1 */
} lu_airway;

/* *ret must be zeroed. Without a windpipe `main` is empty of ones. */
int lu_airway_find(const im_run *run, const im_volume *hu,
                   const im_volume *kinds, const lu_levels *l,
                   const lu_spine *spine, lu_airway *ret, cs_errinfo *info);
void lu_airway_done(lu_airway *a);

#endif
