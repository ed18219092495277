/* Shared by the files conv_*.c alone. */
#ifndef CS_TENSOR_KERNELS_CONV_IMPL_H
#define CS_TENSOR_KERNELS_CONV_IMPL_H

#include "tensor/kernels/conv.h"

/* FORWARD and DATA seen as one thing: every voxel of `to` gathers from voxels
 * of `from` at fixed offsets. FORWARD is one pass. DATA with a stride falls
 * apart into one pass for each remainder of the coordinates by the stride:
 * within it, the same taps of the kernel meet the same offsets. */

#define TK_AXIS_MAX 64   /* extent of a kernel along one axis */
#define TK_TAPS_MAX 4096 /* and their product */

typedef struct tk_tap {
    ptrdiff_t offset[3]; /* from the voxel's place in `from` */
    size_t index;        /* in the kernel */
} tk_tap;

/* Voxels first + j * step of `to`, for j < count, read at j * from_step. */
typedef struct tk_pass {
    size_t first[3], step[3], count[3], from_step[3];
    size_t taps; /* the product of axis_taps */
    size_t axis_taps[3];
    unsigned char index[3][TK_AXIS_MAX];
    ptrdiff_t offset[3][TK_AXIS_MAX];
} tk_pass;

size_t tk_conv_passes(const tk_conv_plan *plan);
void tk_conv_pass(const tk_conv_plan *plan, size_t i, tk_pass *ret);
tk_tap tk_pass_tap(const tk_pass *pass, const tk_conv *conv, size_t t);

static inline size_t tk_conv_taps(const tk_conv *conv)
{
    return conv->kernel[0] * conv->kernel[1] * conv->kernel[2];
}

/* The sides by role: channels of each group. */
static inline size_t tk_from_channels(const tk_conv_plan *p)
{
    return (p->op == TK_CONV_DATA ? p->conv.out : p->conv.in) / p->conv.groups;
}

static inline size_t tk_to_channels(const tk_conv_plan *p)
{
    return (p->op == TK_CONV_DATA ? p->conv.in : p->conv.out) / p->conv.groups;
}

static inline const tk_dims *tk_from_dims(const tk_conv_plan *p)
{
    return p->op == TK_CONV_DATA ? &p->y : &p->x;
}

static inline const tk_dims *tk_to_dims(const tk_conv_plan *p)
{
    return p->op == TK_CONV_DATA ? &p->x : &p->y;
}

static inline size_t tk_round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

/* Few or oddly grouped channels are packed without their empty lanes: row
 * tap * channels + c. Otherwise row (tap * blocks + block) * 8 + lane. */
bool tk_conv_compact(const tk_conv_plan *plan);

/* Rows of the gathered matrix for so many taps. */
size_t tk_conv_depth(const tk_conv_plan *plan, size_t taps);

/* A gathered matrix of `rows` voxels from lattice point `begin` on, for one
 * sample and group, [depth/8][rows][8]. */
typedef struct tk_gather {
    const tk_conv_plan *plan;
    const tk_pass *pass;
    const tk_image *from;
    size_t sample, group, begin, rows;
} tk_gather;

/* A stretch of rows that lie side by side in the image. */
typedef struct tk_span {
    size_t row, rows; /* of the gathered matrix */
    size_t z, y, x;   /* lattice point of the first */
    size_t low, high; /* rows [low, high) of them are inside for a tap … */
    ptrdiff_t source; /* … row r reading at source + r * step floats */
} tk_span;

/* `spans` has room for `rows` of them. */
void tk_conv_gather(const tk_gather *g, tk_span *spans, float *to);

/* Splits rows [begin, begin + rows) of a pass; returns how many. */
size_t tk_conv_spans(const tk_pass *pass, size_t begin, size_t rows,
                     tk_span *spans);

/* Voxel index in an image of dims s of a span's first row. */
static inline size_t tk_span_voxel(const tk_pass *p, const tk_dims *s,
                                   const tk_span *span)
{
    size_t z = p->first[0] + span->z * p->step[0];
    size_t y = p->first[1] + span->y * p->step[1];
    return (z * s->h + y) * s->w + p->first[2] + span->x * p->step[2];
}

/* One algorithm each. */
void tk_direct_plan(tk_conv_plan *plan);
void tk_direct_pack(const tk_conv_plan *plan, const tk_run *run,
                    const float *weights, float *packed);
void tk_direct_run(const tk_conv_plan *plan, const tk_run *run,
                   const float *packed, const tk_image *from, const float *bias,
                   float slope, const tk_image *to);
void tk_direct_gradient(const tk_conv_plan *plan, const tk_run *run,
                        const tk_image *x, const tk_image *dy, float *sum,
                        float *dw);

bool tk_winograd_fits(const tk_conv *conv, tk_winograd_kind kind);
void tk_winograd_plan(tk_conv_plan *plan);
void tk_winograd_pack(const tk_conv_plan *plan, const tk_run *run,
                      const float *weights, float *packed);
void tk_winograd_run(const tk_conv_plan *plan, const tk_run *run,
                     const float *packed, const tk_image *from,
                     const float *bias, float slope, const tk_image *to);
void tk_winograd_gradient(const tk_conv_plan *plan, const tk_run *run,
                          const tk_image *x, const tk_image *dy, float *sum,
                          float *dw);

void tk_winograd_unpack(const tk_conv_plan *plan, const tk_run *run,
                        const float *sum, float *dw);

void tk_depthwise_plan(tk_conv_plan *plan);
void tk_depthwise_pack(const tk_conv_plan *plan, const float *weights,
                       float *packed);
void tk_depthwise_run(const tk_conv_plan *plan, const tk_run *run,
                      const float *packed, const tk_image *from,
                      const float *bias, float slope, const tk_image *to);
void tk_depthwise_gradient(const tk_conv_plan *plan, const tk_run *run,
                           const tk_image *x, const tk_image *dy, float *sum,
                           float *dw);

#endif
