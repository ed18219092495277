/* Is this scan fit to be read? Warnings for the report, errors for what is no
 * chest CT at all. Thresholds and where they come from: docs/diagnosis.md. */
#ifndef CS_LUNG_QUALITY_H
#define CS_LUNG_QUALITY_H

#include "lung/finding.h"

typedef struct lu_quality {
    double slice_mm;    /* spacing along the patient's axis nearest to z */
    double pixel_mm;    /* the larger one within a slice */
    double noise_hu;    /* deviation in even soft tissue; 0: not known */
    double coverage_mm; /* height of the lungs in the scan */
    double lungs_ml;
    double emphysema;    /* share of the lungs below -950 HU, in 2 mm blocks */
    bool mirrored;       /* heart and larger lung on the wrong sides */
    bool upside_down;    /* apex below base */
    bool front_to_back;  /* backbone in front */
    bool missing_slices; /* jumps between neighbours */
    double gap_at_mm;    /* where: along the patient's axis of the slices */
} lu_quality;

/* Adds warnings. `scan` is TN_I16, `lungs` as lu_find_lungs() gave it, which
 * refuses most of what is no chest CT. CS_E_FORMAT, saying why, for what is
 * left of that: too few slices. */
int lu_check_quality(const im_run *run, const im_volume *scan,
                     const lu_lungs *lungs, lu_quality *ret, lu_warnings *list,
                     cs_errinfo *info);

/* Whether one of them is severe. */
bool lu_any_severe(const lu_warnings *list);

#endif
