/* What a phantom's nodule really is, beside what was measured. */
#ifndef CS_BENCH_MEASURE_TRUTH_H
#define CS_BENCH_MEASURE_TRUTH_H

#include "image/phantom/phantom.h"
#include "lung/measure.h"

typedef struct truth {
    double dice;    /* of the measured mask and the true one, on the scan */
    double mean_mm; /* of long and short axis of the true mask */
    bool left;
} truth;

/* `mask`: what lu_measure_nodule() gave for finding `i`. */
int truth_find(const im_run *run, const im_phantom *p, size_t i,
               const im_volume *mask, truth *ret, cs_errinfo *info);

#endif
