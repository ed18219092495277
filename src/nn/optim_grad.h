/* What happens to gradients between the backward pass and the step: summing
 * over several batches, scaling, clipping. */
#ifndef CS_NN_OPTIM_GRAD_H
#define CS_NN_OPTIM_GRAD_H

#include "base/defs.h"
#include "base/error.h"
#include "base/pool.h"
#include "nn/optim_param.h"

/* Accumulation over k batches: zero; k times: backward into fresh arrays and
 * nn_grads_add(); nn_grads_scale(1.0 / k); step. A backward pass that adds by
 * itself needs no nn_grads_add(). */
void nn_grads_zero(cs_pool *pool, const nn_optim_param *params, size_t n);
/* grad[i] += more[i], arrays of the parameters' counts. */
void nn_grads_add(cs_pool *pool, const nn_optim_param *params, size_t n,
                  const float *const *more);
void nn_grads_scale(cs_pool *pool, const nn_optim_param *params, size_t n,
                    double factor);

/* Each element into [-limit, limit]; limit >= 0. NaN stays. */
void nn_grads_clip_value(cs_pool *pool, const nn_optim_param *params, size_t n,
                         double limit);

/* Euclidean norm of all gradients together, summed in double in the order of
 * the list. CS_E_RANGE names the first parameter whose gradient is not finite.
 */
int nn_grads_norm(cs_pool *pool, const nn_optim_param *params, size_t n,
                  double *ret_norm, cs_errinfo *info);

/* Scales all gradients so that their norm is at most max_norm, and reports the
 * norm before. As nn_grads_norm(); on failure nothing is changed. */
int nn_grads_clip_norm(cs_pool *pool, const nn_optim_param *params, size_t n,
                       double max_norm, double *ret_norm, cs_errinfo *info);

#endif
