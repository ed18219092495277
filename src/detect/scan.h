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
    size_t window[3]; /* x, y, z voxels; 0: a good size for the head */
    double overlap;   /* share of a window, 0 … 0.75; below 0: a good one */
    double score_min; /* candidates below are dropped */
    size_t most;      /* candidates kept; 0: 100 */
    size_t memory_limit; /* bytes for the network's plan; 0: none */
    void (*progress)(void *ctx, size_t done, size_t windows);
    void *ctx;
} dt_scan_options;

typedef struct dt_scan_report {
    size_t windows, skipped; /* run, and left out for want of lung */
    size_t window[3];        /* voxels */
    size_t bytes;            /* of plan and maps */
} dt_scan_report;

/* Candidates by falling score, merged, each with its centre in a lung or within
 * 3 mm of one. `report` may be NULL. */
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
