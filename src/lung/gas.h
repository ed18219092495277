/* Air in the chest that is not breathed: beside a lung that has collapsed, or
 * where there is no lung tissue any more. All on the coarse scan. */
#ifndef CS_LUNG_GAS_H
#define CS_LUNG_GAS_H

#include "image/run.h"
#include "lung/levels.h"

typedef struct lu_gas {
    double beside_ml; /* the largest body of plain air along the lungs, that is
                         neither lung nor windpipe nor outside */
    double empty[2];  /* left, right: share of the lung that is plain air */
    double emphysema; /* share of the lungs below -950 HU */
} lu_gas;

/* `hu` and `labels` as of coarse.h; `l` as of lu_lungs. */
int lu_gas_find(const im_run *run, const im_volume *hu, const im_volume *labels,
                const lu_levels *l, lu_gas *ret, cs_errinfo *info);

#endif
