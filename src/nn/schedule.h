/* Learning rates as pure functions of the step: nothing to save, and a run
 * that is taken up at any step goes on as if it had never stopped. Steps count
 * from 0; a step is whatever the caller counts, batches or epochs. */
#ifndef CS_NN_SCHEDULE_H
#define CS_NN_SCHEDULE_H

#include "base/defs.h"
#include "base/error.h"

typedef enum nn_schedule_kind {
    NN_SCHEDULE_CONSTANT,
    NN_SCHEDULE_STEP,       /* times gamma after every `period` steps */
    NN_SCHEDULE_MULTI_STEP, /* times gamma at each milestone */
    NN_SCHEDULE_COSINE,     /* half a wave from lr down to min_lr in `period`
                               steps, then min_lr */
    NN_SCHEDULE_ONE_CYCLE,  /* up to lr and down to almost nothing in `period`
                               steps, by cosines (Smith and Topin 2017) */
} nn_schedule_kind;

typedef struct nn_schedule {
    nn_schedule_kind kind;
    double lr;     /* base rate; of one cycle the highest */
    double gamma;  /* step, multi-step: > 0 */
    double min_lr; /* cosine: >= 0 */
    uint64_t period;
    const uint64_t *milestones; /* borrowed, rising */
    size_t milestone_count;
    /* One cycle: starts at lr / div and ends at lr / div / final_div. */
    double rise; /* share of the steps that go up, in [0, 1] */
    double div, final_div;
    bool three_phase; /* down to the start as slowly as up, then to the end */
    /* Warm-up in front of any of them: from warm_up_from times its first rate
     * in a straight line to that rate, which step `warm_up` has. */
    uint64_t warm_up; /* 0: none */
    double warm_up_from;
} nn_schedule;

#define NN_ONE_CYCLE_DEFAULT                                                   \
    ((nn_schedule){.kind = NN_SCHEDULE_ONE_CYCLE,                              \
                   .rise = 0.3,                                                \
                   .div = 25,                                                  \
                   .final_div = 1e4})

/* CS_E_RANGE names what is out of range. */
int nn_schedule_check(const nn_schedule *s, cs_errinfo *info);

/* The rate of a step, of a schedule that nn_schedule_check() accepts. */
double nn_schedule_lr(const nn_schedule *s, uint64_t step);

#endif
