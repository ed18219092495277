/* Activation functions of one value. */
#ifndef CS_TENSOR_KERNELS_ACTIVATION_H
#define CS_TENSOR_KERNELS_ACTIVATION_H

#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

typedef enum tk_activation_kind {
    TK_RELU,
    TK_LEAKY_RELU, /* `slope` below zero */
    TK_GELU,       /* with the error function, PyTorch's default */
    TK_SILU,
    TK_SIGMOID,
    TK_TANH,
    TK_HARD_SWISH, /* x * clamp(x + 3, 0, 6) / 6 */
    TK_ACTIVATIONS,
} tk_activation_kind;

typedef struct tk_activation {
    tk_activation_kind kind;
    float slope;
} tk_activation;

/* y = f(x); y may be x. */
void tk_activate(const tk_run *run, tk_activation f, const tk_image *x,
                 const tk_image *y);

/* True when the derivative is found from y alone, so that x need not live. */
bool tk_activation_needs_only_y(tk_activation_kind kind);

/* dx = dy * f'(x). `x` is the input, or the output where that suffices;
 * dx may be dy. */
void tk_activate_backward(const tk_run *run, tk_activation f, const tk_image *x,
                          const tk_image *dy, const tk_image *dx);

#endif
