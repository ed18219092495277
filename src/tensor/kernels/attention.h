/* Scaled dot product attention, y = softmax(scale * q * transposed(k) + mask)
 * * v, for each head on its own. q and y are [batch][heads][queries][dim],
 * k and v [batch][heads][keys][dim], plain f32.
 *
 * Scores exist for one block of queries at a time and thread; the backward
 * pass computes them again. A query that may look at no key at all gives
 * zeros, and passes no gradient. Bits do not depend on threads. */
#ifndef CS_TENSOR_KERNELS_ATTENTION_H
#define CS_TENSOR_KERNELS_ATTENTION_H

#include "tensor/kernels/run.h"

typedef struct tk_attention {
    size_t batch, heads, queries, keys, dim;
    float scale; /* usually 1 / sqrt(dim) */
    /* [queries][keys], added to the scores, -infinity hides a key; or NULL.
     * One sample's mask lies mask_batch floats from the next one's, and one
     * head's mask_head; 0: the same for all. */
    const float *mask;
    size_t mask_batch, mask_head;
    /* [batch][keys], not 0 hides a key; or NULL. */
    const uint8_t *padding;
    bool causal; /* query i looks at keys 0 … i alone */
} tk_attention;

typedef struct tk_attention_inputs {
    const float *q, *k, *v;
} tk_attention_inputs;

typedef struct tk_attention_gradients {
    float *dq, *dk, *dv;
} tk_attention_gradients;

/* Floats of scratch for a pool of so many threads. */
size_t tk_attention_scratch(const tk_attention *p, unsigned threads);
size_t tk_attention_backward_scratch(const tk_attention *p, unsigned threads);

/* y overlaps no input. */
void tk_attention_forward(const tk_run *run, const tk_attention *p,
                          const tk_attention_inputs *in, float *y);

/* Gradients of all inputs; none overlaps an input or dy. One thread does a
 * whole head, its queries in rising order. */
void tk_attention_backward(const tk_run *run, const tk_attention *p,
                           const tk_attention_inputs *in, const float *dy,
                           const tk_attention_gradients *to);

#endif
