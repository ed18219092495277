/* Between the parameters of a network and dictionaries of weights. */
#ifndef CS_ZOO_STATE_H
#define CS_ZOO_STATE_H

#include "nn/params.h"
#include "weights/check.h"

/* What the parameters expect of a dictionary, one entry each, in their order.
 * Names are the parameters'; cs_free() the array. */
int zoo_expect(nn_params *params, wt_expected **ret, cs_errinfo *info);

/* Copies a dictionary into the parameters, f16, bf16 and f64 being converted.
 * All of them, or none: a dictionary with anything missing, unexpected or
 * misshapen is CS_E_FORMAT, and the parameters stay as they were. */
int zoo_load(nn_params *params, const wt_dict *weights, cs_errinfo *info);

/* Adds every parameter to a dictionary, as a view of its value. */
int zoo_save(nn_params *params, wt_dict *ret, cs_errinfo *info);

#endif
