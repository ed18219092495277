/* A detector over a whole scan: windows that overlap, blended with Gaussian
 * weights, only where lung is. Maps of whole planes are given up as soon as no
 * window reaches them any more, so memory does not grow with the scan's
 * height. */
#ifndef CS_DETECT_SCAN_H
#define CS_DETECT_SCAN_H

#include "detect/candidate.h"
#include "detect/prepare.h"
#include "model/model.h"

typedef struct dt_scan_options {
    size_t window[3]; /* x, y, z voxels, multiples of 16; 0: what goes over the
                         lungs with the fewest voxels */
    double overlap;   /* share of a window, 0 … 0.75; below 0: 16 voxels */
    double score_min; /* candidates below are dropped; of a head of voxels what
                         counts is at least 0.3, be this lower */
    size_t most;      /* candidates kept; 0: 100 */
    size_t memory_limit; /* bytes for the network's plan; 0: 1 GiB, and for
                            windows that were asked for: none. Where a plan
                            does not fit, windows are smaller than asked for */
    void (*progress)(void *ctx, size_t done, size_t windows);
    void *ctx;
} dt_scan_options;

typedef struct dt_scan_report {
    size_t windows, skipped; /* run, and left out for want of lung */
    size_t window[3];        /* voxels */
    size_t bytes;            /* of plan and maps */
} dt_scan_report;

/* Candidates by falling score, merged, each with its centre in a lung or within
 * 3 mm of one; *ret is empty, or holds what is given up for them. `report` may
 * be NULL. The same bits for any pool. How: docs/sliding-window.md.
 *
 * A head of voxels: a candidate for each component of voxels that count (26
 * neighbours, 8 mm3 or more), its score their mean, its diameter that of the
 * ball with its volume. Others: one for each local maximum of the cells. */
int dt_scan(const md_recipe *r, nn_params *params, const im_run *run,
            const dt_prepared *p, const dt_scan_options *o, dt_candidates *ret,
            dt_scan_report *report, cs_errinfo *info);

/* The logits of a network of MD_HEAD_CLASS for patches about `n` world
 * positions, cut from the scan itself (TN_I16) and resampled by straight lines
 * to the recipe's spacing along the patient's axes. */
int dt_classify(const md_recipe *r, nn_params *params, const im_run *run,
                const im_volume *scan, const double (*centres)[3], size_t n,
                double *logits, cs_errinfo *info);

#endif
