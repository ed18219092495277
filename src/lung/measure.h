/* One nodule, outlined and measured. Every number: docs/measurement.md. */
#ifndef CS_LUNG_MEASURE_H
#define CS_LUNG_MEASURE_H

#include "lung/finding.h"

typedef struct lu_seed {
    double centre[3]; /* world mm, within a few mm of the nodule's middle */
    double diameter;  /* mm, about */
} lu_seed;

/* `scan` TN_I16; `lungs` labels on its grid (lu_lungs.labels). `mask`, if not
 * NULL, an empty volume, becomes TN_U8 on a part of the scan's own grid that
 * holds the nodule; never empty. A nodule whose border cannot be told has
 * segmented = false and the seed's size, its mask is a ball of that size,
 * density and HU are those of that ball, and sphericity, edge and spiculation
 * are 0; that is no error. CS_E_RANGE where the seed is not in the scan.
 * The same bits for any number of threads; some 25 MB while it runs. */
int lu_measure_nodule(const im_run *run, const im_volume *scan,
                      const im_volume *lungs, const lu_seed *seed,
                      lu_measure *ret, im_volume *mask, cs_errinfo *info);

#endif
