/* A learning rate that falls when a metric no longer gets better. Unlike the
 * others it depends on what was seen, so it has a state: plain numbers, which
 * a checkpoint keeps as they are. */
#ifndef CS_NN_PLATEAU_H
#define CS_NN_PLATEAU_H

#include "base/defs.h"
#include "base/error.h"

typedef struct nn_plateau_options {
    bool rising;       /* true: more is better, as with Dice */
    bool absolute;     /* threshold is a difference, not a share of the best */
    double threshold;  /* >= 0; what counts as better */
    double factor;     /* in (0, 1) */
    uint64_t patience; /* looks without progress that are let pass */
    uint64_t cooldown; /* looks after a fall that do not count */
    double min_lr;     /* >= 0 */
    double eps;        /* >= 0; smaller falls are not made */
} nn_plateau_options;
#define NN_PLATEAU_DEFAULT                                                     \
    ((nn_plateau_options){                                                     \
        .threshold = 1e-4, .factor = 0.1, .patience = 10, .eps = 1e-8})

typedef struct nn_plateau {
    double lr;
    double best;
    uint64_t bad;  /* looks without progress so far */
    uint64_t rest; /* looks of cooldown left */
} nn_plateau;

/* CS_E_RANGE names what is out of range. */
int nn_plateau_init(nn_plateau *state, const nn_plateau_options *o, double lr,
                    cs_errinfo *info);

/* Looks at the metric, once an epoch, and returns the rate from now on. NaN is
 * never better. */
double nn_plateau_look(nn_plateau *state, const nn_plateau_options *o,
                       double metric);

#endif
