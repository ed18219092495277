/* Convolutions in 2D and 3D with any kernel, stride, dilation, padding and
 * groups, their two gradients, and so also transposed convolutions.
 *
 * Three operations, on images x and y with y = conv(x, w):
 *   FORWARD  y from x. Also the data gradient of a transposed convolution.
 *   DATA     x from y: the gradient of the input; and a transposed
 *            convolution's forward pass.
 *   WEIGHTS  the gradient of w from x and the gradient of y.
 * Weights are f32 [out][in / groups][kd][kh][kw], PyTorch's order; of a
 * transposed convolution the same, its input being this one's output.
 *
 * A plan fixes geometry, algorithm and memory once. The choice depends on the
 * geometry alone, never on the number of threads, so bits do not either. */
#ifndef CS_TENSOR_KERNELS_CONV_H
#define CS_TENSOR_KERNELS_CONV_H

#include "base/error.h"
#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

typedef struct tk_conv {
    size_t in, out, groups;
    size_t kernel[3], stride[3], dilation[3], pad[3]; /* d, h, w */
} tk_conv;

typedef enum tk_conv_op {
    TK_CONV_FORWARD,
    TK_CONV_DATA,
    TK_CONV_WEIGHTS,
} tk_conv_op;

typedef enum tk_conv_algorithm {
    TK_ALGO_AUTO,      /* the fastest by a model of cost */
    TK_ALGO_DIRECT,    /* sums of products as the definition has them */
    TK_ALGO_WINOGRAD,  /* `kind` says which */
    TK_ALGO_DEPTHWISE, /* direct, one channel each */
} tk_conv_algorithm;

/* What a plan should use. All zero is the usual: the fastest for weights that
 * are packed once and used often. */
typedef struct tk_conv_choice {
    tk_conv_algorithm algorithm;
    tk_winograd_kind kind; /* for TK_ALGO_WINOGRAD */
    bool training;         /* packing is paid for at each run */
} tk_conv_choice;

typedef struct tk_conv_plan {
    tk_conv conv;
    tk_conv_op op;
    tk_dims x, y;
    tk_conv_algorithm algorithm;
    tk_winograd_kind kind;
    size_t rows;          /* voxels or tiles that one step works on */
    size_t packed_floats; /* of tk_conv_pack(), or of the WEIGHTS sum */
    size_t shared_floats; /* scratch: common … */
    size_t slot_floats;   /* … and of each thread */
} tk_conv_plan;

/* Output extents for an input; CS_E_RANGE when the kernel does not fit, or the
 * channels do not divide. */
int tk_conv_output(const tk_conv *conv, const tk_dims *x, tk_dims *ret,
                   cs_errinfo *info);

/* x and y must agree with each other under the geometry (a transposed
 * convolution may give any of the x that lead to its y). An
 * algorithm that cannot do the geometry is CS_E_UNSUPPORTED. */
int tk_conv_plan_init(tk_conv_plan *plan, const tk_conv *conv, tk_conv_op op,
                      const tk_dims *x, const tk_dims *y,
                      const tk_conv_choice *choice, cs_errinfo *info);

/* Floats of scratch for a pool of so many threads. */
size_t tk_conv_scratch(const tk_conv_plan *plan, unsigned threads);

/* FORWARD and DATA: weights brought into the form that the plan runs with. */
void tk_conv_pack(const tk_conv_plan *plan, const tk_run *run,
                  const float *weights, float *packed);

/* FORWARD: to = y from x; DATA: to = x from y. `bias` has one float for each
 * lane of `to` (zeros in those beyond its channels) or is NULL. Afterwards
 * t becomes max(t, slope * t): 0 is ReLU, 1 nothing, between is LeakyReLU.
 * `to` must not overlap `from`. */
void tk_conv_run(const tk_conv_plan *plan, const tk_run *run,
                 const float *packed, const tk_image *from, const float *bias,
                 float slope, const tk_image *to);

/* --- a part of the result: FORWARD and DATA, planes [begin, end) of `to` ---
 */

/* Planes of `from` that they are made of. */
tk_planes tk_conv_reads(const tk_conv_plan *plan, tk_planes to);
/* The plan for tk_conv_run() on those parts of both images, with the packed
 * weights and scratch of the whole, and its bits. `begin` is a multiple of
 * tk_conv_plane_step(), and `end` too or the last. */
tk_conv_plan tk_conv_window(const tk_conv_plan *plan, tk_planes to);
size_t tk_conv_plane_step(const tk_conv_plan *plan);

/* WEIGHTS: dw (as weights) = the gradient; `sum` has packed_floats. */
void tk_conv_gradient(const tk_conv_plan *plan, const tk_run *run,
                      const tk_image *x, const tk_image *dy, float *sum,
                      float *dw);

/* The specification, in double, one output element after the other. With
 * `magnitude` (same layout as the result) also the sum of |products|, from
 * which an error bound follows. */
void tk_ref_conv_forward(const tk_conv *conv, const tk_image *x,
                         const float *weights, const float *bias, float slope,
                         const tk_image *y, const tk_image *magnitude);
void tk_ref_conv_data(const tk_conv *conv, const tk_image *dy,
                      const float *weights, const float *bias, float slope,
                      const tk_image *dx, const tk_image *magnitude);
void tk_ref_conv_weights(const tk_conv *conv, const tk_image *x,
                         const tk_image *dy, float *dw, float *magnitude);

#endif
