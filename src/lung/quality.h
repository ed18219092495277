/* Is this scan fit to be read? Warnings for the report, errors for what is no
 * chest CT at all. Thresholds and where they come from: docs/diagnosis.md. */
#ifndef CS_LUNG_QUALITY_H
#define CS_LUNG_QUALITY_H

#include "lung/finding.h"

typedef struct lu_quality {
    double slice_mm; /* spacing along the patient's axis nearest to z */
    double pixel_mm;
    double noise_hu;    /* deviation in even tissue (aorta, muscle) */
    double coverage_mm; /* height of the lungs in the scan */
    double lungs_ml;
    bool mirrored;       /* heart and larger lung on the wrong sides */
    bool upside_down;    /* apex below base */
    bool missing_slices; /* jumps between neighbours */
} lu_quality;

/* Adds warnings. `lungs` as lu_find_lungs() gave it. CS_E_FORMAT, saying why,
 * for what cannot be read as a chest CT: too few slices, no lungs (a head, an
 * abdomen, a picture). */
int lu_check_quality(const im_run *run, const im_volume *scan,
                     const lu_lungs *lungs, lu_quality *ret, lu_warnings *warn,
                     cs_errinfo *info);

#endif
