/* Shared by import.c and lower_*.c alone. */
#ifndef CS_ONNX_IMPORT_IMPL_H
#define CS_ONNX_IMPORT_IMPL_H

#include "base/map.h"
#include "onnx/import.h"

/* How far a value of ONNX has come. What an exporter writes as several nodes is
 * one layer here, so some values wait for the node that completes them; where
 * another node comes, ox_ready() makes layers of what there is. */
typedef enum ox_form {
    OX_READY,        /* `at` */
    OX_CONSTANT,     /* `constant` */
    OX_SCALED,       /* at * factor */
    OX_ERF,          /* erf(at * factor) */
    OX_ERF_AND_ONE,  /* the same + 1 */
    OX_GELU_TWICE,   /* 2 * gelu(at) */
    OX_SIGMOID,      /* of at */
    OX_HARD_SIGMOID, /* of at: clamp(at / 6 + 1/2, 0, 1) */
    OX_NORMED,       /* at, normalised in `groups`, times gain, plus shift */
    OX_PRODUCT,      /* at times the matrix `gain` */
    OX_PADDED,       /* at, with zeros around it: `begin` and `end` */
    OX_ROWS,         /* at, its channels moved behind its voxels */
    OX_WHOLE,        /* at, as whole numbers */
    OX_HEADS,        /* at, as [n, heads, tokens, channels of a head] */
    OX_SCORES,       /* at, as queries, times `keys` times factor */
    OX_WEIGHTS,      /* the softmax of that */
    OX_FILLED,       /* `factor` everywhere; no layer */
    OX_CAUSAL,       /* zeros, and minus infinity above the diagonal */
} ox_form;

typedef struct ox_value ox_value;
struct ox_value {
    ox_form form;
    nn_value at;
    tn_shape shape;     /* as ONNX has it; elements in the order of `at` */
    cs_str name;        /* of a constant: the initializer it came from */
    tn_tensor constant; /* owned */
    float factor;
    size_t groups;
    double eps;
    const ox_value *gain, *shift; /* constants; NULL: none */
    size_t begin[3], end[3];      /* along d, h, w */
    nn_value keys;
    bool causal; /* of scores: the mask is added */
};

typedef struct ox_importer {
    const ox_model *model;
    nn_graph *graph;
    nn_params *params;
    unsigned rank; /* of space: 3 for volumes, 2 for images and less */
    cs_map values; /* by name */
    CS_VEC(ox_value *) all;
    cs_map layers; /* names in use; what they stand for */
    CS_VEC(void *) owned;
    const ox_node *node; /* being lowered, and its place */
    size_t index;
    size_t copied; /* numbers of the file, and of our own */
    cs_errinfo *info;
} ox_importer;

typedef int ox_lower(ox_importer *imp);

/* --- values.c --- */

/* Input i of the node. */
int ox_input(ox_importer *imp, size_t i, ox_value **ret);
bool ox_has_input(const ox_importer *imp, size_t i);

/* An input that must be a constant. */
int ox_constant(ox_importer *imp, size_t i, const ox_value **ret);
/* The same; NULL where it is left out. */
int ox_optional(ox_importer *imp, size_t i, const ox_value **ret);

/* Turns a waiting value into a layer. */
int ox_ready(ox_importer *imp, ox_value *v);
/* Input i, ready; `plain`: its shape is also that of our layers. */
int ox_ready_input(ox_importer *imp, size_t i, bool plain, ox_value **ret);

/* Names the node's first output. Takes v's constant. */
int ox_define(ox_importer *imp, ox_value *v);
/* The same for a layer; NULL: the shape follows from the layer and the rank. A
 * mistake in the layer is reported. */
int ox_define_layer(ox_importer *imp, nn_value at, const tn_shape *shape,
                    unsigned rank);
/* Reports a mistake, and extents that nobody can mean. */
int ox_check_layer(ox_importer *imp, nn_value at);
int ox_define_ints(ox_importer *imp, const int64_t *v, size_t n, bool scalar);
/* As a reshaped view of a constant that came from `like`. */
int ox_define_view(ox_importer *imp, const ox_value *like,
                   const tn_shape *shape);
int ox_add_value(ox_importer *imp, cs_str name, ox_value *v);

/* Extents in our layers of a shape of ONNX: [n, c], [n, c, w], [n, c, h, w]
 * or [n, c, d, h, w]. False for any other rank. */
bool ox_dims_of(const tn_shape *s, tk_dims *ret);
tn_shape ox_shape_of(const tk_dims *d, unsigned rank);
/* Weights that follow are those of layers over x. */
void ox_set_rank(ox_importer *imp, const ox_value *x);
const tk_dims *ox_dims_at(const ox_importer *imp, nn_value v);
/* True where the value's shape is that of its layer. */
bool ox_is_plain(const ox_importer *imp, const ox_value *v);

/* --- attributes.c --- */

int ox_int(ox_importer *imp, const char *name, int64_t otherwise, int64_t min,
           int64_t max, int64_t *ret);
double ox_float(const ox_importer *imp, const char *name, double otherwise);
/* "" where there is none. */
cs_str ox_text(const ox_importer *imp, const char *name);
/* A list of n numbers in [min, max]; `otherwise` each where there is none. */
int ox_list(ox_importer *imp, const char *name, size_t n, int64_t otherwise,
            int64_t min, int64_t max, int64_t *ret);
/* An axis in [0, rank) of an attribute that may count from the end. */
int ox_axis(ox_importer *imp, int64_t value, unsigned rank, unsigned *ret);
/* The whole numbers of a constant, at most `max`. */
int ox_ints(ox_importer *imp, const ox_value *v, int64_t *ret, size_t max,
            size_t *ret_n);
/* The numbers of the attribute `name`, or of input i where that is how newer
 * opsets have it. None: *ret_n is 0. */
int ox_ints_of(ox_importer *imp, const char *name, size_t i, int64_t *ret,
               size_t max, size_t *ret_n);
/* True for one number, and which. */
bool ox_scalar(const ox_value *v, float *ret);

/* Numbers as the author wrote them: 1e-5, not the float nearest to it. */
double ox_written(float v);

/* --- parameters.c --- */

#define OX_LAYER_MAX 112

/* A name for a layer with this weight and bias (may be NULL), not yet in use
 * unless for just these. */
int ox_layer_name(ox_importer *imp, const ox_value *weight,
                  const ox_value *bias, char ret[OX_LAYER_MAX]);
/* Fills the parameter LAYER.WHAT with a constant's numbers, in order. */
int ox_fill(ox_importer *imp, const char *layer, const char *what,
            const ox_value *from);
/* The same with other numbers. */
int ox_fill_with(ox_importer *imp, const char *layer, const char *what,
                 const float *from, size_t n);
/* A constant beside x as a value of a layer, repeated as ONNX repeats it. It
 * keeps its name. */
int ox_learned(ox_importer *imp, const ox_value *x, const ox_value *c,
               nn_role role, nn_value *ret);
/* Whether x and the constant suit each other so. */
bool ox_repeats(const ox_importer *imp, const ox_value *x, const ox_value *c);
/* Accounts for n numbers in memory; CS_E_LIMIT beyond what the file's size
 * gives reason for. Before they are allocated, where the file does not have
 * them. */
int ox_afford(ox_importer *imp, size_t n);
/* The constant as contiguous f32 in *ret, which is empty. */
int ox_floats(ox_importer *imp, const ox_value *v, tn_tensor *ret);
/* True where all numbers are `what`. */
int ox_all_are(ox_importer *imp, const ox_value *v, float what, bool *ret);

/* --- window.c --- */

/* Windows of convolutions and pooling along d, h, w; ones and zeros for the
 * axes that ONNX does not have. */
typedef struct ox_window {
    unsigned axes;
    size_t kernel[3], stride[3], dilation[3];
    size_t begin[3], end[3]; /* padding */
} ox_window;

/* `kernel`: as many as x has spatial axes. Reads strides, dilations, pads and
 * auto_pad; adds the padding that x came with. */
int ox_window_read(ox_importer *imp, const ox_value *x, const int64_t *kernel,
                   ox_window *ret);
/* True where padding both ends as the beginning gives the same outputs, rounded
 * up with `ceil`. */
bool ox_window_even(const ox_importer *imp, const ox_value *x,
                    const ox_window *w, bool ceil);
int ox_window_uneven(ox_importer *imp, const ox_window *w, bool ceil);

/* --- lower_*.c --- */

/* Input i without the zeros around it, which are in its `begin` and `end`. A
 * copy, ready and plain. */
int ox_padded_input(ox_importer *imp, size_t i, ox_value *ret);

/* x * gain + shift by channels, or of all by one number; either may be NULL. */
int ox_affine(ox_importer *imp, ox_value *x, const ox_value *gain,
              const ox_value *shift, bool negate, bool divide);
bool ox_by_channel(const ox_value *x, const ox_value *c);
/* x (one voxel, or all voxels of a flattened one) times a matrix. */
typedef struct ox_matrix {
    ox_value *x;
    const ox_value *weight, *bias; /* bias: NULL for none */
    bool transposed;               /* the weight is [out][in] */
    float alpha, beta;             /* factors of weight and bias */
} ox_matrix;
int ox_linear(ox_importer *imp, const ox_matrix *m, nn_value *ret);
/* The axes of the node as bits, counted by ONNX: attribute or input 1. */
int ox_read_axes(ox_importer *imp, unsigned rank, unsigned *ret);
/* Transpositions that move numbers: of channels behind voxels, or of tokens
 * before the channels of a head, and back. *done: it was one, and is defined.
 */
int ox_rows(ox_importer *imp, const ox_value *x, const unsigned *order,
            bool *done);
int ox_heads(ox_importer *imp, const ox_value *x, const unsigned *order,
             bool *done);
/* Parts of attention: the node is a product of two values, the softmax of
 * scores x, the sum of scores x with a mask. */
int ox_matmul_values(ox_importer *imp);
int ox_weights_of(ox_importer *imp, const ox_value *x);
int ox_masked(ox_importer *imp, const ox_value *x, const ox_value *mask);
/* The node takes rows of a constant by numbers that are computed. */
int ox_gather_rows(ox_importer *imp, const ox_value *table);

/* A start or end of a slice of n entries: numbers below zero count from the
 * end, what lies outside is cut off. */
size_t ox_bound(int64_t v, size_t n);
/* The node cuts a box out of x. */
int ox_slice_layer(ox_importer *imp, ox_value *x);
/* The layers of an OX_NORMED value. */
int ox_norm_layer(ox_importer *imp, const ox_value *v, nn_value *ret);

ox_lower ox_lower_conv, ox_lower_conv_transposed, ox_lower_gemm,
    ox_lower_matmul, ox_lower_pad;
ox_lower ox_lower_batch_norm, ox_lower_instance_norm, ox_lower_layer_norm;
ox_lower ox_lower_pool, ox_lower_global_pool, ox_lower_reduce;
ox_lower ox_lower_unary, ox_lower_softmax, ox_lower_same, ox_lower_erf,
    ox_lower_prelu;
ox_lower ox_lower_add, ox_lower_sub, ox_lower_mul, ox_lower_div;
ox_lower ox_lower_reshape, ox_lower_flatten, ox_lower_squeeze,
    ox_lower_unsqueeze, ox_lower_transpose, ox_lower_concat;
ox_lower ox_lower_constant, ox_lower_shape, ox_lower_gather, ox_lower_slice,
    ox_lower_cast, ox_lower_expand, ox_lower_trilu;
ox_lower ox_lower_resize;

#endif
