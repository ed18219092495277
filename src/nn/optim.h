/* Optimisers: SGD, Adam and AdamW over a list of parameters, each by PyTorch's
 * formulas, in float and in the order of PyTorch's operations. No step depends
 * on the number of threads. Formulas: docs/training-arithmetic.md.
 *
 * State (momentum and the like) belongs to the optimiser and is zero at the
 * start. It is seen as a list of named arrays, so that a checkpoint can keep
 * it; with the number of steps done it is all there is. */
#ifndef CS_NN_OPTIM_H
#define CS_NN_OPTIM_H

#include "base/defs.h"
#include "base/error.h"
#include "base/pool.h"
#include "nn/optim_param.h"

typedef enum nn_optim_kind {
    NN_OPTIM_SGD,
    NN_OPTIM_ADAM,  /* weight decay is added to the gradient */
    NN_OPTIM_ADAMW, /* weight decay shrinks the value itself */
} nn_optim_kind;

typedef struct nn_optim_options {
    nn_optim_kind kind;
    double weight_decay; /* >= 0 */
    /* SGD */
    double momentum;  /* in [0, 1]; 0: none, and no state */
    double dampening; /* in [0, 1] */
    bool nesterov;    /* needs momentum and no dampening */
    /* Adam, AdamW */
    double beta1, beta2; /* in [0, 1) */
    double eps;          /* >= 0; outside the square root */
} nn_optim_options;
#define NN_SGD_DEFAULT ((nn_optim_options){.kind = NN_OPTIM_SGD})
#define NN_ADAM_DEFAULT                                                        \
    ((nn_optim_options){                                                       \
        .kind = NN_OPTIM_ADAM, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8})
#define NN_ADAMW_DEFAULT                                                       \
    ((nn_optim_options){.kind = NN_OPTIM_ADAMW,                                \
                        .weight_decay = 0.01,                                  \
                        .beta1 = 0.9,                                          \
                        .beta2 = 0.999,                                        \
                        .eps = 1e-8})

typedef struct nn_optim nn_optim;

/* Copies the list; borrows names and arrays. CS_E_RANGE names the option or
 * the parameter at fault, CS_E_EXISTS a name given twice. */
int nn_optim_new(const nn_optim_options *o, const nn_optim_param *params,
                 size_t n, nn_optim **ret, cs_errinfo *info);
void nn_optim_free(nn_optim *optim); /* NULL is fine */
CS_DEFINE_AUTO(nn_optim)

/* One step down the gradients, which stay as they are. lr is that of this
 * step, finite and at least 0. */
void nn_optim_step(nn_optim *optim, cs_pool *pool, double lr);

/* --- what a checkpoint keeps --- */

uint64_t nn_optim_steps(const nn_optim *optim);
void nn_optim_set_steps(nn_optim *optim, uint64_t steps);

typedef struct nn_optim_state {
    const char *param; /* name of the parameter */
    const char *slot;  /* "momentum_buffer", "exp_avg", "exp_avg_sq" */
    const float *data; /* valid until the optimiser is freed */
    size_t count;
} nn_optim_state;

/* Array i of nn_optim_state_count(), in the order of parameters and slots. */
size_t nn_optim_state_count(const nn_optim *optim);
nn_optim_state nn_optim_state_at(const nn_optim *optim, size_t i);

/* Copies an array in. CS_E_NOTFOUND for names that this optimiser does not
 * have, CS_E_RANGE when the count differs. */
int nn_optim_set_state(nn_optim *optim, const char *param, const char *slot,
                       const float *data, size_t count, cs_errinfo *info);

#endif
