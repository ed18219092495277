/* Activation functions of one value; table.h names them. The same bits in every
 * tier. */
#ifndef CS_TENSOR_KERNELS_ACTIVATION_H
#define CS_TENSOR_KERNELS_ACTIVATION_H

#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

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
