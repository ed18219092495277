/* What an optimiser changes: named float arrays with their gradients. The
 * arrays belong to the caller, and so do names; whoever keeps a list of
 * parameters borrows both for its own lifetime. */
#ifndef CS_NN_OPTIM_PARAM_H
#define CS_NN_OPTIM_PARAM_H

#include "base/defs.h"

typedef struct nn_optim_param {
    const char *name; /* differs from all others of its list */
    float *value;
    float *grad;
    size_t count;
    double lr_scale; /* times the learning rate; 1 as a rule, at least 0 */
    bool decay;      /* weight decay applies: not to biases and norms */
} nn_optim_param;

#endif
