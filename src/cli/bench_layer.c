#include "cli/bench_layer.h"

#include <math.h>

#include "base/checked.h"
#include "base/mem.h"
#include "base/parse.h"
#include "cli/bench_time.h"
#include "cli/tier.h"
#include "tensor/kernels/activation.h"
#include "tensor/kernels/conv.h"
#include "tensor/kernels/layout.h"
#include "tensor/kernels/matmul.h"
#include "tensor/kernels/norm.h"
#include "tensor/kernels/pool.h"
#include "tensor/kernels/softmax.h"
#include "tensor/tensor.h"

/* Limits of what a name may ask for. */
#define NUMBER_MAX 65536
#define ELEMENTS_MAX ((size_t)1 << 30)
#define EPSILON 1e-5

/* The series of input values. */
enum { OF_X = 1, OF_Y, OF_WEIGHTS, OF_MEAN, OF_VARIANCE, OF_PROBE };

/* --- names --- */

static const char *const op_names[BENCH_OPS] = {
    "conv",      "data",          "weights", "up",   "maxpool", "maxpoolback",
    "batchnorm", "batchnormback", "linear",  "gelu", "softmax"};

/* A number up to the next `end`, after the letter `mark` unless that is 0. */
static bool number(cs_str *rest, char mark, char end, size_t *ret)
{
    cs_str head = *rest;
    uint64_t value;
    if (end && !cs_str_cut(*rest, end, &head, rest))
        return false;
    if (mark && !cs_str_starts_with(head, (cs_str){&mark, 1}))
        return false;
    if (cs_parse_u64(cs_str_sub(head, mark != 0, head.len), &value) < 0 ||
        value == 0 || value > NUMBER_MAX)
        return false;
    *ret = (size_t)value;
    return true;
}

static bool op_of(cs_str name, bench_op *ret)
{
    for (int i = 0; i < BENCH_OPS; i++)
        if (cs_str_is(name, op_names[i])) {
            *ret = (bench_op)i;
            return true;
        }
    return false;
}

static bool small_enough(const bench_layer *l)
{
    size_t most = CS_MAX(l->in, l->out);
    size_t step = l->op == BENCH_UP ? l->stride : 1;
    const size_t image[] = {l->n,       most, l->size[0], l->size[1],
                            l->size[2], step, step,       step};
    const size_t weights[] = {l->in, l->out, l->kernel, l->kernel, l->kernel};
    size_t n;
    return cs_product_size(image, CS_COUNTOF(image), &n) && n <= ELEMENTS_MAX &&
           cs_product_size(weights, CS_COUNTOF(weights), &n) &&
           n <= ELEMENTS_MAX && l->threads <= CS_POOL_MAX_THREADS;
}

/* What the operations that have no weights leave as it is. */
static bool keeps_channels(bench_op op)
{
    return op >= BENCH_MAXPOOL && op != BENCH_LINEAR;
}

bool bench_layer_parse(const char *name, bench_layer *ret)
{
    bench_layer l = {.op = BENCH_CONV};
    cs_str op;
    cs_str rest;
    size_t threads;
    if (!cs_str_cut(cs_str_of(name), '-', &op, &rest) || !op_of(op, &l.op) ||
        !number(&rest, 0, '-', &l.in) || !number(&rest, 0, '-', &l.out) ||
        !number(&rest, 'k', '-', &l.kernel) ||
        !number(&rest, 's', '-', &l.stride) ||
        !number(&rest, 'g', '-', &l.groups) || !number(&rest, 0, 'x', &l.n) ||
        !number(&rest, 0, 'x', &l.size[0]) ||
        !number(&rest, 0, 'x', &l.size[1]) ||
        !number(&rest, 0, '-', &l.size[2]) || !number(&rest, 't', 0, &threads))
        return false;
    l.threads = (unsigned)threads;
    if (!small_enough(&l) || (keeps_channels(l.op) && l.in != l.out))
        return false;
    *ret = l;
    return true;
}

/* --- values --- */

/* Element i of a series, in [-1, 1): the peer makes the same ones. */
static float value_at(uint32_t series, size_t i)
{
    uint32_t h = (uint32_t)i * 2654435761U + series * 2246822519U;
    h ^= h >> 15;
    h *= 3266489917U;
    h ^= h >> 13;
    return (float)(h >> 8) / 8388608.0F - 1.0F;
}

static float *lines(size_t floats)
{
    size_t bytes = (floats * sizeof(float) + TN_ALIGN) / TN_ALIGN * TN_ALIGN;
    return cs_aligned_alloc(TN_ALIGN, bytes);
}

static float *valued(uint32_t series, size_t n)
{
    float *v = lines(n);
    for (size_t i = 0; v && i < n; i++)
        v[i] = value_at(series, i);
    return v;
}

/* --- the work --- */

typedef struct work {
    const bench_layer *l;
    tk_run run;
    tk_image x, y, dx; /* dx where the result can take the place of neither */
    float *weights, *packed;
    size_t weight_count;
    double *mean, *variance;
    tk_conv_plan plan;
    tk_pool pool;
    tk_norm norm;
    tk_matmul matmul;
    const float *result; /* in PyTorch's order, or … */
    const tk_image *result_image;
    size_t result_count;
} work;

static void work_done(work *w)
{
    cs_free(w->x.data);
    cs_free(w->y.data);
    cs_free(w->dx.data);
    cs_free(w->weights);
    cs_free(w->packed);
    cs_free(w->mean);
    cs_free(w->variance);
    cs_free(w->run.scratch);
    cs_pool_free(w->run.pool);
}

static int image_new(const work *w, uint32_t series, tk_dims dims,
                     tk_image *ret, cs_errinfo *info)
{
    float *plain = valued(series, dims.n * dims.c * tk_voxels(&dims));
    *ret = tk_image_at(lines(tk_image_floats(&dims)), dims);
    if (plain && ret->data)
        tk_from_plain(&w->run, plain, ret);
    cs_free(plain);
    return plain && ret->data ? 0 : cs_fail_nomem(info);
}

static int scratch_new(work *w, size_t floats, cs_errinfo *info)
{
    w->run.scratch = lines(floats);
    return w->run.scratch ? 0 : cs_fail_nomem(info);
}

static tk_dims dims_of(const bench_layer *l, size_t channels)
{
    return (tk_dims){l->n, channels, l->size[0], l->size[1], l->size[2]};
}

/* Along an axis: of d in two dimensions there is nothing to do. */
static void axes_of(const bench_layer *l, size_t kernel[3], size_t stride[3],
                    size_t pad[3])
{
    for (int a = 0; a < 3; a++) {
        bool flat = a == 0 && l->size[0] == 1;
        kernel[a] = flat ? 1 : l->kernel;
        stride[a] = flat ? 1 : l->stride;
        pad[a] = flat ? 0 : (l->kernel - 1) / 2;
    }
}

static int images_new(work *w, const tk_dims *x, const tk_dims *y,
                      cs_errinfo *info)
{
    int r = image_new(w, OF_X, *x, &w->x, info);
    return r < 0 ? r : image_new(w, OF_Y, *y, &w->y, info);
}

/* --- convolutions --- */

static int conv_step(void *ctx, cs_errinfo *info)
{
    (void)info;
    work *w = ctx;
    bool forward = w->plan.op == TK_CONV_FORWARD;
    if (w->plan.op == TK_CONV_WEIGHTS)
        tk_conv_gradient(&w->plan, &w->run, &w->x, &w->y, w->packed,
                         w->weights);
    else
        tk_conv_run(&w->plan, &w->run, w->packed, forward ? &w->x : &w->y, NULL,
                    1, forward ? &w->y : &w->x);
    return 0;
}

/* The convolution, and its two images: a transposed one swaps them. */
static int conv_geometry(const bench_layer *l, tk_conv *conv, tk_dims *x,
                         tk_dims *y, cs_errinfo *info)
{
    bool up = l->op == BENCH_UP;
    *conv = (tk_conv){.in = up ? l->out : l->in,
                      .out = up ? l->in : l->out,
                      .groups = l->groups,
                      .dilation = {1, 1, 1}};
    axes_of(l, conv->kernel, conv->stride, conv->pad);
    *x = dims_of(l, conv->in);
    if (!up)
        return tk_conv_output(conv, x, y, info);
    *y = dims_of(l, conv->out);
    x->d *= conv->stride[0];
    x->h *= conv->stride[1];
    x->w *= conv->stride[2];
    return 0;
}

static int conv_memory(work *w, cs_errinfo *info)
{
    const tk_conv *c = &w->plan.conv;
    w->weight_count = c->out * (c->in / c->groups) * c->kernel[0] *
                      c->kernel[1] * c->kernel[2];
    int r = images_new(w, &w->plan.x, &w->plan.y, info);
    if (r == 0)
        r = scratch_new(w, tk_conv_scratch(&w->plan, w->l->threads), info);
    w->weights = valued(OF_WEIGHTS, w->weight_count);
    w->packed = lines(w->plan.packed_floats);
    if (r == 0 && (!w->weights || !w->packed))
        r = cs_fail_nomem(info);
    return r;
}

static int conv_prepare(work *w, cs_errinfo *info)
{
    static const tk_conv_op ops[] = {[BENCH_CONV] = TK_CONV_FORWARD,
                                     [BENCH_DATA] = TK_CONV_DATA,
                                     [BENCH_WEIGHTS] = TK_CONV_WEIGHTS,
                                     [BENCH_UP] = TK_CONV_DATA};
    bench_op op = w->l->op;
    /* Gradients as in training, the rest as in inference. */
    const tk_conv_choice choice = {.training =
                                       op == BENCH_DATA || op == BENCH_WEIGHTS};
    tk_conv conv;
    tk_dims x;
    tk_dims y;
    int r = conv_geometry(w->l, &conv, &x, &y, info);
    if (r == 0)
        r = tk_conv_plan_init(&w->plan, &conv, ops[op], &x, &y, &choice, info);
    if (r == 0)
        r = conv_memory(w, info);
    if (r < 0)
        return r;
    if (op == BENCH_WEIGHTS) {
        w->result = w->weights;
        w->result_count = w->weight_count;
        return 0;
    }
    tk_conv_pack(&w->plan, &w->run, w->weights, w->packed);
    w->result_image = op == BENCH_CONV ? &w->y : &w->x;
    return 0;
}

/* --- pooling --- */

static int pool_prepare(work *w, cs_errinfo *info)
{
    tk_dims x = dims_of(w->l, w->l->in);
    tk_dims y;
    axes_of(w->l, w->pool.kernel, w->pool.stride, w->pool.pad);
    int r = tk_pool_output(&w->pool, &x, &y, info);
    if (r == 0)
        r = images_new(w, &x, &y, info);
    if (r == 0)
        r = image_new(w, OF_X, x, &w->dx, info);
    w->result_image = w->l->op == BENCH_MAXPOOL ? &w->y : &w->dx;
    return r;
}

static int pool_step(void *ctx, cs_errinfo *info)
{
    (void)info;
    work *w = ctx;
    if (w->l->op == BENCH_MAXPOOL)
        tk_pool_forward(&w->run, &w->pool, &w->x, &w->y);
    else
        tk_pool_backward(&w->run, &w->pool, &w->x, &w->y, &w->dx);
    return 0;
}

/* --- normalisation --- */

static int norm_memory(work *w, const tk_dims *x, cs_errinfo *info)
{
    size_t c = x->c;
    w->mean = cs_calloc(c, sizeof(*w->mean));
    w->variance = cs_calloc(c, sizeof(*w->variance));
    w->weights = valued(OF_WEIGHTS, 2 * c);
    w->packed = lines(2 * c);
    if (!w->mean || !w->variance || !w->weights || !w->packed)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < c; i++) {
        w->mean[i] = (double)value_at(OF_MEAN, i);
        w->variance[i] = (double)(value_at(OF_VARIANCE, i) + 2);
    }
    return scratch_new(w, tk_norm_scratch(x), info);
}

static int norm_prepare(work *w, cs_errinfo *info)
{
    tk_dims x = dims_of(w->l, w->l->in);
    w->norm = (tk_norm){.kind = TK_NORM_BATCH, .eps = EPSILON};
    int r = images_new(w, &x, &x, info);
    if (r == 0)
        r = image_new(w, OF_X, x, &w->dx, info);
    if (r == 0)
        r = norm_memory(w, &x, info);
    w->result_image = w->l->op == BENCH_BATCHNORM ? &w->y : &w->dx;
    return r;
}

static int norm_step(void *ctx, cs_errinfo *info)
{
    (void)info;
    work *w = ctx;
    const float *gain = w->weights;
    size_t c = w->l->in;
    if (w->l->op == BENCH_BATCHNORM) {
        tk_norm_statistics(&w->run, &w->norm, &w->x, w->mean, w->variance);
        tk_norm_forward(&w->run, &w->norm, w->mean, w->variance, gain, gain + c,
                        1, &w->x, &w->y);
    } else {
        tk_norm_backward(&w->run, &w->norm, w->mean, w->variance, gain, &w->x,
                         &w->y, &w->dx, w->packed, w->packed + c);
    }
    return 0;
}

/* --- the rest --- */

static int linear_prepare(work *w, cs_errinfo *info)
{
    const bench_layer *l = w->l;
    w->matmul = tk_matmul_dense(1, l->n, l->out, l->in, false, true);
    w->weight_count = l->in * l->out;
    w->x.data = valued(OF_X, l->n * l->in);
    w->y.data = valued(OF_Y, l->n * l->out);
    w->weights = valued(OF_WEIGHTS, w->weight_count);
    w->result = w->y.data;
    w->result_count = l->n * l->out;
    if (!w->x.data || !w->y.data || !w->weights)
        return cs_fail_nomem(info);
    return scratch_new(w, tk_matmul_scratch(&w->matmul, l->threads), info);
}

static int linear_step(void *ctx, cs_errinfo *info)
{
    (void)info;
    work *w = ctx;
    tk_matmul_run(&w->run, &w->matmul, w->x.data, w->weights, NULL, w->y.data);
    return 0;
}

static int plain_prepare(work *w, cs_errinfo *info)
{
    tk_dims x = dims_of(w->l, w->l->in);
    w->result_image = &w->y;
    return images_new(w, &x, &x, info);
}

static int gelu_step(void *ctx, cs_errinfo *info)
{
    (void)info;
    work *w = ctx;
    tk_activate(&w->run, (tk_activation){.kind = TK_GELU}, &w->x, &w->y);
    return 0;
}

static int softmax_step(void *ctx, cs_errinfo *info)
{
    (void)info;
    work *w = ctx;
    tk_softmax_forward(&w->run, TK_SOFTMAX, &w->x, &w->y);
    return 0;
}

typedef struct operation {
    int (*prepare)(work *w, cs_errinfo *info);
    bench_step *step;
} operation;

static const operation operations[BENCH_OPS] = {
    [BENCH_CONV] = {conv_prepare, conv_step},
    [BENCH_DATA] = {conv_prepare, conv_step},
    [BENCH_WEIGHTS] = {conv_prepare, conv_step},
    [BENCH_UP] = {conv_prepare, conv_step},
    [BENCH_MAXPOOL] = {pool_prepare, pool_step},
    [BENCH_MAXPOOL_BACK] = {pool_prepare, pool_step},
    [BENCH_BATCHNORM] = {norm_prepare, norm_step},
    [BENCH_BATCHNORM_BACK] = {norm_prepare, norm_step},
    [BENCH_LINEAR] = {linear_prepare, linear_step},
    [BENCH_GELU] = {plain_prepare, gelu_step},
    [BENCH_SOFTMAX] = {plain_prepare, softmax_step},
};

/* --- what is told --- */

static void boil_down(const float *y, size_t n, bench_row *row)
{
    double squares = 0;
    double probe = 0;
    for (size_t i = 0; i < n; i++) {
        squares += (double)y[i] * (double)y[i];
        probe += (double)y[i] * (double)value_at(OF_PROBE, i);
    }
    row->norm = sqrt(squares);
    row->probe = probe;
}

static int tell_result(const work *w, bench_row *row, cs_errinfo *info)
{
    if (w->result) {
        boil_down(w->result, w->result_count, row);
        return 0;
    }
    const tk_dims *s = &w->result_image->dims;
    size_t n = s->n * s->c * tk_voxels(s);
    float *plain = lines(n);
    if (!plain)
        return cs_fail_nomem(info);
    tk_to_plain(&w->run, w->result_image, plain);
    boil_down(plain, n, row);
    cs_free(plain);
    return 0;
}

/* Products of a direct convolution in G, or bytes in GB: images read or
 * written, each counted once. */
static void tell_amount(const work *w, bench_row *row)
{
    const bench_layer *l = w->l;
    row->unit = l->op <= BENCH_UP || l->op == BENCH_LINEAR ? "GF/s" : "GB/s";
    double places = (double)l->n;
    if (l->op <= BENCH_UP)
        places *= (double)tk_voxels(&w->y.dims);
    double floats = (double)tk_image_floats(&w->x.dims) +
                    (double)tk_image_floats(&w->y.dims);
    if (w->result_image == &w->dx)
        floats += (double)tk_image_floats(&w->dx.dims);
    row->amount =
        row->unit[1] == 'F' ? 2 * places * (double)w->weight_count : 4 * floats;
    row->amount /= 1e9;
}

int bench_layer_run(const cli_context *ctx, const bench_layer *l,
                    bench_row *row, cs_errinfo *info)
{
    CS_SCOPED(work) w = {.l = l};
    cs_cpu_tier tier;
    int r = cli_cpu_tier(ctx, &tier, info);
    if (r == 0)
        r = cs_pool_new(l->threads, &w.run.pool, info);
    if (r < 0)
        return r;
    w.run.table = tk_table_of(tier);
    r = operations[l->op].prepare(&w, info);
    if (r == 0)
        r = bench_time(operations[l->op].step, &w, &row->seconds, info);
    if (r < 0)
        return r;
    tell_amount(&w, row);
    return tell_result(&w, row, info);
}
