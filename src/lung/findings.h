/* From candidates to findings: each outlined and measured, and those that turn
 * out to be one nodule made one. */
#ifndef CS_LUNG_FINDINGS_H
#define CS_LUNG_FINDINGS_H

#include "detect/candidate.h"
#include "lung/finding.h"

/* Findings have numbers that fit a label. */
#define LU_NODULES_MAX 250

typedef struct lu_nodules {
    lu_findings findings; /* by number */
    im_volume labels;     /* TN_U8 on the scan's grid: their numbers */
    bool more;            /* there were more than `most` */
} lu_nodules;

#define LU_NODULES_INIT                                                        \
    {                                                                          \
        .findings = CS_VEC_INIT, .labels = IM_VOLUME_INIT                      \
    }

typedef struct lu_nodules_options {
    size_t most; /* LU_NODULES_MAX at most */
    void (*progress)(void *ctx, size_t done, size_t of);
    void *ctx;
} lu_nodules_options;

/* `c` by falling score, which becomes the findings' confidence. A candidate
 * whose outline lies in a better one's by a third and more, or whose border
 * cannot be told and whose centre lies in one, is that nodule again. Those
 * outside the scan are dropped. `scan` is TN_I16, `lungs` labels on its grid;
 * *ret must be empty, and stays so on failure. */
int lu_nodules_measure(const im_run *run, const im_volume *scan,
                       const im_volume *lungs, const dt_candidates *c,
                       const lu_nodules_options *o, lu_nodules *ret,
                       cs_errinfo *info);
void lu_nodules_done(lu_nodules *n);

#endif
