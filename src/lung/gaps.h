/* Slices that are missing or there twice. From one slice to the next a body
 * changes by about as much as from the slices before and after; where one is
 * missing it changes twice as much, where one is repeated not at all. */
#ifndef CS_LUNG_GAPS_H
#define CS_LUNG_GAPS_H

#include "image/run.h"
#include "image/volume.h"

typedef struct lu_gaps {
    double step;     /* the largest change, in units of those around it */
    size_t after;    /* the slice before it */
    size_t repeated; /* slices like the one before */
} lu_gaps;

/* From here on a step is no accident: whole scans have up to 1.36, those that
 * lack one slice from 1.66 on (docs/diagnosis.md). */
#define LU_GAPS_STEP 1.55

/* Among slices [begin, end) along scan axis `axis` of a TN_I16 scan; of fewer
 * than 8 nothing is said. */
int lu_gaps_find(const im_run *run, const im_volume *scan, unsigned axis,
                 size_t begin, size_t end, lu_gaps *ret, cs_errinfo *info);

#endif
