/* How round a nodule is, and whether strands radiate from it. */
#ifndef CS_LUNG_SHAPE_H
#define CS_LUNG_SHAPE_H

#include "lung/finding.h"
#include "lung/outline.h"

/* Sets sphericity, spiculation and spiculated. */
int lu_shape_find(const im_run *run, const lu_patch *patch,
                  const lu_outline *outline, lu_measure *m, cs_errinfo *info);

#endif
