/* What a validation found: its measures by name, and where the network should
 * be worked. */
#ifndef CS_TRAIN_VERDICT_H
#define CS_TRAIN_VERDICT_H

#include "train/plan.h"

#define TR_METRICS_MAX 16

/* Every name that a measure may have; NULL-terminated. */
extern const char *const tr_metric_names[];

typedef struct tr_verdict {
    uint64_t epoch;                    /* after which; 0: never validated */
    md_metric metrics[TR_METRICS_MAX]; /* names are those above */
    size_t count;
    double threshold; /* of the calibrated probability */
    md_calibration calibration;
} tr_verdict;

#define TR_VERDICT_INIT                                                        \
    {                                                                          \
        .threshold = 0.5, .calibration = {1, 0},                               \
    }

/* `name` is one of tr_metric_names, by value; false for any other, and when
 * there is no room. One that is there is replaced. */
bool tr_verdict_set(tr_verdict *v, const char *name, double value);

/* NaN where it was not measured. */
double tr_verdict_get(const tr_verdict *v, const char *name);

/* Whether `now` is progress over `best`; never where it is NaN, always over
 * NaN. */
bool tr_metric_better(tr_metric m, double now, double best);

#endif
