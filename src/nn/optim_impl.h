/* How a rule plugs into the optimiser. Private to the room. */
#ifndef CS_NN_OPTIM_IMPL_H
#define CS_NN_OPTIM_IMPL_H

#include "nn/optim.h"

#define NN_OPTIM_SLOTS_MAX 2

/* One parameter in one step. */
typedef struct nn_optim_job {
    const nn_optim_options *o;
    float *value;
    const float *grad;
    float *slot[NN_OPTIM_SLOTS_MAX]; /* those of the rule */
    double lr;                       /* the parameter's own */
    double weight_decay;             /* 0 where it does not apply */
    uint64_t step;                   /* this step's number, from 1 */
    /* Adam: 1 - beta^step, the same for all elements */
    double bias1, bias2_root;
} nn_optim_job;

typedef struct nn_optim_rule {
    const char *slots[NN_OPTIM_SLOTS_MAX + 1]; /* ends with NULL */
    /* What all elements share; or NULL. */
    void (*prepare)(nn_optim_job *job);
    /* Elements [begin, end); a cs_pool_fn whose ctx is the job. */
    cs_pool_fn *update;
} nn_optim_rule;

extern const nn_optim_rule nn_optim_sgd;          /* without momentum */
extern const nn_optim_rule nn_optim_sgd_momentum; /* with it */
extern const nn_optim_rule nn_optim_adam;         /* Adam and AdamW */

#endif
