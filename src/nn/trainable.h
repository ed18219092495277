/* What of a network's parameters an optimiser changes. */
#ifndef CS_NN_TRAINABLE_H
#define CS_NN_TRAINABLE_H

#include "nn/optim_param.h"
#include "nn/params.h"

/* One entry for each trained parameter, in the order of `p`, at rate scale 1;
 * weight decay applies to NN_WEIGHT alone. Names, values and gradients are
 * those of `p`, which outlives the list. Allocates gradients that are not yet
 * there, zero. cs_free() *ret. */
int nn_trainable(nn_params *p, nn_optim_param **ret, size_t *ret_n,
                 cs_errinfo *info);

#endif
