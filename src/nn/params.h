/* The parameters and buffers of a network by name, as a state dict has them.
 * A network's builder declares them; they outlive the graphs that use them, so
 * that one set serves inputs of many shapes. */
#ifndef CS_NN_PARAMS_H
#define CS_NN_PARAMS_H

#include "base/random.h"
#include "tensor/tensor.h"

typedef enum nn_role {
    NN_WEIGHT, /* trained; decays */
    NN_BIAS,   /* trained, as the two below */
    NN_GAIN,
    NN_SHIFT,
    NN_MEAN, /* running statistics: kept, not trained */
    NN_VARIANCE,
    NN_COUNT, /* i64: batches that the statistics have seen */
} nn_role;

typedef struct nn_param {
    char *name;
    nn_role role;
    size_t fan_in;   /* inputs of one output, for the first values */
    tn_tensor value; /* contiguous; f32, NN_COUNT i64 */
    tn_tensor grad;  /* trained ones; empty until nn_params_gradients() */
} nn_param;

typedef struct nn_params nn_params;

int nn_params_new(nn_params **ret, cs_errinfo *info);
void nn_params_free(nn_params *p);
CS_DEFINE_AUTO(nn_params)

size_t nn_params_count(const nn_params *p);
nn_param *nn_params_at(nn_params *p, size_t i);
/* NULL when there is none. */
nn_param *nn_params_find(nn_params *p, const char *name);

/* Finds the parameter or adds it, with zeros. One that exists with another
 * shape or role is CS_E_RANGE. *ret is its index. */
int nn_params_declare(nn_params *p, const char *name, nn_role role,
                      const tn_shape *shape, size_t fan_in, size_t *ret,
                      cs_errinfo *info);

bool nn_param_trained(const nn_param *p);

/* Elements of all that are trained: what a network's size is said to be. */
size_t nn_params_size(nn_params *p);

/* PyTorch's default start: weights and biases uniform in ±1/sqrt(fan in),
 * gains 1, shifts 0, statistics 0 and 1. A function of seed and names. */
void nn_params_reset(nn_params *p, uint64_t seed);

/* Gradients for all that are trained, zero. */
int nn_params_gradients(nn_params *p, cs_errinfo *info);
void nn_params_zero_gradients(nn_params *p);

#endif
