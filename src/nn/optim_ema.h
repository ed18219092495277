/* A slow copy of the parameters, an exponential moving average, which often
 * does better on new data than the last step does. */
#ifndef CS_NN_OPTIM_EMA_H
#define CS_NN_OPTIM_EMA_H

#include "base/defs.h"
#include "base/error.h"
#include "base/pool.h"
#include "nn/optim_param.h"

typedef struct nn_ema nn_ema;

/* Starts at the present values. Copies the list, borrows names and arrays. */
int nn_ema_new(const nn_optim_param *params, size_t n, nn_ema **ret,
               cs_errinfo *info);
void nn_ema_free(nn_ema *ema); /* NULL is fine */
CS_DEFINE_AUTO(nn_ema)

/* average = decay * average + (1 - decay) * value; decay in [0, 1]. */
void nn_ema_update(nn_ema *ema, cs_pool *pool, double decay);

/* Exchanges averages and values: once before an evaluation, once after. */
void nn_ema_swap(nn_ema *ema, cs_pool *pool);

/* The average of parameter i, of its count; for reading and restoring. */
float *nn_ema_data(nn_ema *ema, size_t i);

#endif
