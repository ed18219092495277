/* What a nodule is made of, by its grey values. */
#ifndef CS_LUNG_DENSITY_H
#define CS_LUNG_DENSITY_H

#include "lung/finding.h"
#include "lung/outline.h"

/* Sets mean_hu, std_hu, max_hu, density, solid_mm3 and solid_mm, whose
 * volume_mm3 and mean_mm are set. */
int lu_density_find(const im_run *run, const lu_patch *patch,
                    const lu_outline *outline, lu_measure *m, cs_errinfo *info);

#endif
