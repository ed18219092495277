/* The four numbers of a scan that everything else is measured by: what air,
 * lung and soft tissue are here, and where between them the line runs. All in
 * HU, of the coarse scan (coarse.h). */
#ifndef CS_LUNG_LEVELS_H
#define CS_LUNG_LEVELS_H

#include "lung/coarse.h"

typedef struct lu_levels {
    double cut;    /* gas or lung below, tissue above */
    double air;    /* plain air; set by lu_cores_find() */
    double lung;   /* median inside the lungs; set by lu_levels_of_lung() */
    double tissue; /* median of soft tissue; likewise */
} lu_levels;

/* The cut that parts the histogram best (Otsu). CS_E_FORMAT where the values
 * cannot be a chest in Hounsfield units. */
int lu_levels_init(const im_volume *hu, lu_levels *ret, cs_errinfo *info);

/* Lung and tissue from voxels with mask 1 (inner lung) and all others, and
 * the cut anew, half way between them: where a blurred edge has its place. */
void lu_levels_of_lung(const im_volume *hu, const uint8_t *inner, lu_levels *l);

/* --- histograms, for these and for regions.h --- */

#define LU_BINS 338
#define LU_BIN_HU 8

static inline size_t lu_bin(int hu)
{
    int bin = (hu - LU_HU_MIN) / LU_BIN_HU;
    if (bin < 0)
        return 0;
    return bin < LU_BINS ? (size_t)bin : LU_BINS - 1;
}

/* The HU below which `share` of what was counted lies; the lowest for an
 * empty histogram. */
double lu_percentile(const uint32_t *bins, double share);

#endif
