/* Convolution by its definition. Slow on purpose: this is what the fast ones
 * are held against. */
#include <math.h>

#include "tensor/kernels/conv.h"

/* A sum of products in double, and of their magnitudes. */
typedef struct sum {
    double value, magnitude;
} sum;

static void add_product(sum *s, float a, float b)
{
    double p = (double)a * (double)b;
    s->value += p;
    s->magnitude += fabs(p);
}

/* Input coordinate along axis a for output o and tap t; false outside. */
static bool source(const tk_conv *conv, int a, size_t o, size_t t,
                   size_t extent, size_t *ret)
{
    size_t shifted = o * conv->stride[a] + t * conv->dilation[a];
    *ret = shifted - conv->pad[a];
    return shifted >= conv->pad[a] && *ret < extent;
}

/* Calls visit(ctx, tap, output voxel o[3], input voxel i[3]) for all pairs. */
typedef void visit_fn(void *ctx, size_t tap, const size_t o[3],
                      const size_t i[3]);

static void for_taps(const tk_conv *conv, const tk_dims *x, const size_t o[3],
                     visit_fn *visit, void *ctx)
{
    size_t i[3];
    size_t tap = 0;
    for (size_t z = 0; z < conv->kernel[0]; z++)
        for (size_t y = 0; y < conv->kernel[1]; y++)
            for (size_t w = 0; w < conv->kernel[2]; w++, tap++)
                if (source(conv, 0, o[0], z, x->d, &i[0]) &&
                    source(conv, 1, o[1], y, x->h, &i[1]) &&
                    source(conv, 2, o[2], w, x->w, &i[2]))
                    visit(ctx, tap, o, i);
}

static size_t taps_of(const tk_conv *conv)
{
    return conv->kernel[0] * conv->kernel[1] * conv->kernel[2];
}

static void store(const tk_image *to, const tk_image *magnitude, size_t n,
                  size_t c, const size_t at[3], sum s, float bias, float slope)
{
    double t = s.value + (double)bias;
    double r = t * (double)slope > t ? t * (double)slope : t;
    *tk_at(to, n, c, at[0], at[1], at[2]) = (float)r;
    if (magnitude)
        *tk_at(magnitude, n, c, at[0], at[1], at[2]) =
            (float)(s.magnitude + fabs((double)bias));
}

typedef struct problem {
    const tk_conv *conv;
    const tk_image *x, *y;
    const float *weights;
    size_t n, k, c; /* sample, output and input channel at hand */
    sum s;
} problem;

static float weight(const problem *p, size_t tap)
{
    size_t per_group = p->conv->in / p->conv->groups;
    return p->weights[(p->k * per_group + p->c % per_group) * taps_of(p->conv) +
                      tap];
}

static void forward_tap(void *ctx, size_t tap, const size_t o[3],
                        const size_t i[3])
{
    (void)o;
    problem *p = ctx;
    add_product(&p->s, *tk_at(p->x, p->n, p->c, i[0], i[1], i[2]),
                weight(p, tap));
}

static void forward_element(problem *p, const size_t o[3])
{
    size_t per_group = p->conv->in / p->conv->groups;
    size_t group = p->k / (p->conv->out / p->conv->groups);
    p->s = (sum){0, 0};
    for (size_t c = 0; c < per_group; c++) {
        p->c = group * per_group + c;
        for_taps(p->conv, &p->x->dims, o, forward_tap, p);
    }
}

#define FOR_VOXELS(at, dims)                                                   \
    for ((at)[0] = 0; (at)[0] < (dims).d; (at)[0]++)                           \
        for ((at)[1] = 0; (at)[1] < (dims).h; (at)[1]++)                       \
            for ((at)[2] = 0; (at)[2] < (dims).w; (at)[2]++)

void tk_ref_conv_forward(const tk_conv *conv, const tk_image *x,
                         const float *weights, const float *bias, float slope,
                         const tk_image *y, const tk_image *magnitude)
{
    problem p = {.conv = conv, .x = x, .y = y, .weights = weights};
    size_t o[3];
    for (p.n = 0; p.n < y->dims.n; p.n++)
        for (p.k = 0; p.k < conv->out; p.k++)
            FOR_VOXELS(o, y->dims)
            {
                forward_element(&p, o);
                store(y, magnitude, p.n, p.k, o, p.s, bias ? bias[p.k] : 0,
                      slope);
            }
}

/* --- gradient of the input: the same pairs, gathered by input voxel --- */

typedef struct wanted {
    problem *p;
    const size_t *input;
} wanted;

static void data_tap(void *ctx, size_t tap, const size_t o[3],
                     const size_t i[3])
{
    wanted *q = ctx;
    problem *p = q->p;
    if (i[0] == q->input[0] && i[1] == q->input[1] && i[2] == q->input[2])
        add_product(&p->s, *tk_at(p->y, p->n, p->k, o[0], o[1], o[2]),
                    weight(p, tap));
}

/* Outputs that can see input i along axis a: o * stride + t * dilation - pad =
 * i for a tap t. */
static void output_range(const tk_conv *conv, int a, size_t i, size_t extent,
                         size_t range[2])
{
    size_t reach = (conv->kernel[a] - 1) * conv->dilation[a];
    size_t last = (i + conv->pad[a]) / conv->stride[a];
    size_t low = i + conv->pad[a] > reach ? i + conv->pad[a] - reach : 0;
    range[0] = low / conv->stride[a];
    range[1] = CS_MIN(last + 1, extent);
}

static void data_element(problem *p, const size_t i[3])
{
    wanted q = {p, i};
    size_t r[3][2];
    size_t o[3];
    output_range(p->conv, 0, i[0], p->y->dims.d, r[0]);
    output_range(p->conv, 1, i[1], p->y->dims.h, r[1]);
    output_range(p->conv, 2, i[2], p->y->dims.w, r[2]);
    for (o[0] = r[0][0]; o[0] < r[0][1]; o[0]++)
        for (o[1] = r[1][0]; o[1] < r[1][1]; o[1]++)
            for (o[2] = r[2][0]; o[2] < r[2][1]; o[2]++)
                for_taps(p->conv, &p->x->dims, o, data_tap, &q);
}

void tk_ref_conv_data(const tk_conv *conv, const tk_image *dy,
                      const float *weights, const float *bias, float slope,
                      const tk_image *dx, const tk_image *magnitude)
{
    problem p = {.conv = conv, .x = dx, .y = dy, .weights = weights};
    size_t per_group = conv->out / conv->groups;
    size_t i[3];
    for (p.n = 0; p.n < dx->dims.n; p.n++)
        for (p.c = 0; p.c < conv->in; p.c++)
            FOR_VOXELS(i, dx->dims)
            {
                size_t first = p.c / (conv->in / conv->groups) * per_group;
                p.s = (sum){0, 0};
                for (p.k = first; p.k < first + per_group; p.k++)
                    data_element(&p, i);
                store(dx, magnitude, p.n, p.c, i, p.s, bias ? bias[p.c] : 0,
                      slope);
            }
}

/* --- gradient of the weights --- */

typedef struct weight_sums {
    problem *p;
    sum *taps;
} weight_sums;

static void weights_tap(void *ctx, size_t tap, const size_t o[3],
                        const size_t i[3])
{
    weight_sums *q = ctx;
    problem *p = q->p;
    add_product(&q->taps[tap], *tk_at(p->x, p->n, p->c, i[0], i[1], i[2]),
                *tk_at(p->y, p->n, p->k, o[0], o[1], o[2]));
}

#define REF_TAPS_MAX 512

void tk_ref_conv_weights(const tk_conv *conv, const tk_image *x,
                         const tk_image *dy, float *dw, float *magnitude)
{
    problem p = {.conv = conv, .x = x, .y = dy};
    size_t per_group = conv->in / conv->groups;
    size_t taps = taps_of(conv);
    size_t o[3];
    for (p.k = 0; p.k < conv->out; p.k++)
        for (size_t c = 0; c < per_group; c++) {
            sum sums[REF_TAPS_MAX] = {{0, 0}};
            weight_sums q = {&p, sums};
            p.c = p.k / (conv->out / conv->groups) * per_group + c;
            for (p.n = 0; p.n < dy->dims.n; p.n++)
                FOR_VOXELS(o, dy->dims)
            for_taps(conv, &x->dims, o, weights_tap, &q);
            for (size_t t = 0; t < taps; t++) {
                dw[(p.k * per_group + c) * taps + t] = (float)sums[t].value;
                if (magnitude)
                    magnitude[(p.k * per_group + c) * taps + t] =
                        (float)sums[t].magnitude;
            }
        }
}
