#include <string.h>

#include "base/checked.h"
#include "tensor/kernels/conv_impl.h"

static const char axis_names[3] = {'d', 'h', 'w'};

static int check_geometry(const tk_conv *c, const tk_dims *x, cs_errinfo *info)
{
    if (c->groups == 0 || c->in % c->groups || c->out % c->groups || !c->in ||
        !c->out)
        return cs_fail(info, CS_E_RANGE,
                       "%zu groups do not divide %zu and %zu channels",
                       c->groups, c->in, c->out);
    if (x->c != c->in)
        return cs_fail(info, CS_E_RANGE,
                       "an input of %zu channels, where %zu are expected", x->c,
                       c->in);
    size_t taps;
    bool fits = c->kernel[0] <= TK_AXIS_MAX && c->kernel[1] <= TK_AXIS_MAX &&
                c->kernel[2] <= TK_AXIS_MAX;
    if (!fits || !cs_product_size(c->kernel, 3, &taps) || taps == 0 ||
        taps > TK_TAPS_MAX)
        return cs_fail(info, CS_E_RANGE,
                       "a kernel of %zu x %zu x %zu is not supported",
                       c->kernel[0], c->kernel[1], c->kernel[2]);
    return 0;
}

#define EXTENT_MAX ((size_t)1 << 40)

static int output_extent(const tk_conv *c, int a, size_t in, size_t *ret,
                         cs_errinfo *info)
{
    if (c->stride[a] == 0 || c->dilation[a] == 0 || in > EXTENT_MAX ||
        c->pad[a] > EXTENT_MAX || c->dilation[a] > EXTENT_MAX / TK_TAPS_MAX)
        return cs_fail(info, CS_E_RANGE,
                       "stride, dilation or padding along %c is out of range",
                       axis_names[a]);
    size_t padded = in + 2 * c->pad[a];
    size_t reach = (c->kernel[a] - 1) * c->dilation[a] + 1;
    if (padded < reach)
        return cs_fail(
            info, CS_E_RANGE,
            "a kernel that spans %zu does not fit in %zu voxels along %c",
            reach, padded, axis_names[a]);
    *ret = (padded - reach) / c->stride[a] + 1;
    return 0;
}

int tk_conv_output(const tk_conv *conv, const tk_dims *x, tk_dims *ret,
                   cs_errinfo *info)
{
    int r = check_geometry(conv, x, info);
    if (r < 0)
        return r;
    tk_dims y = {.n = x->n, .c = conv->out};
    if ((r = output_extent(conv, 0, x->d, &y.d, info)) < 0 ||
        (r = output_extent(conv, 1, x->h, &y.h, info)) < 0 ||
        (r = output_extent(conv, 2, x->w, &y.w, info)) < 0)
        return r;
    *ret = y;
    return 0;
}

/* --- passes and taps --- */

static size_t extent(const tk_dims *s, int a)
{
    return a == 0 ? s->d : a == 1 ? s->h : s->w;
}

size_t tk_conv_passes(const tk_conv_plan *plan)
{
    const size_t *s = plan->conv.stride;
    return plan->op == TK_CONV_DATA ? s[0] * s[1] * s[2] : 1;
}

static void forward_axis(const tk_conv *c, int a, tk_pass *p)
{
    p->axis_taps[a] = c->kernel[a];
    for (size_t i = 0; i < c->kernel[a]; i++) {
        p->index[a][i] = (unsigned char)i;
        p->offset[a][i] =
            (ptrdiff_t)(i * c->dilation[a]) - (ptrdiff_t)c->pad[a];
    }
}

/* Input voxel r + j * stride meets tap t in output j + (r + pad - t *
 * dilation) / stride, if that divides. */
static void data_axis(const tk_conv *c, int a, size_t r, tk_pass *p)
{
    size_t n = 0;
    ptrdiff_t stride = (ptrdiff_t)c->stride[a];
    for (size_t i = 0; i < c->kernel[a]; i++) {
        ptrdiff_t at =
            (ptrdiff_t)(r + c->pad[a]) - (ptrdiff_t)(i * c->dilation[a]);
        if (at % stride)
            continue;
        p->index[a][n] = (unsigned char)i;
        p->offset[a][n++] = at / stride;
    }
    p->axis_taps[a] = n;
}

void tk_conv_pass(const tk_conv_plan *plan, size_t i, tk_pass *ret)
{
    const tk_conv *c = &plan->conv;
    bool data = plan->op == TK_CONV_DATA;
    ret->taps = 1;
    for (int a = 2; a >= 0; a--) {
        size_t stride = c->stride[a];
        size_t r = data ? i % stride : 0;
        i = data ? i / stride : 0;
        ret->first[a] = r;
        ret->step[a] = data ? stride : 1;
        ret->from_step[a] = data ? 1 : stride;
        size_t whole = extent(tk_to_dims(plan), a);
        ret->count[a] = whole > r ? (whole - r - 1) / ret->step[a] + 1 : 0;
        if (data)
            data_axis(c, a, r, ret);
        else
            forward_axis(c, a, ret);
        ret->taps *= ret->axis_taps[a];
    }
}

tk_tap tk_pass_tap(const tk_pass *pass, const tk_conv *conv, size_t t)
{
    size_t at[3];
    at[2] = t % pass->axis_taps[2];
    t /= pass->axis_taps[2];
    at[1] = t % pass->axis_taps[1];
    at[0] = t / pass->axis_taps[1];
    tk_tap tap = {.index = 0};
    for (int a = 0; a < 3; a++) {
        tap.offset[a] = pass->offset[a][at[a]];
        tap.index = tap.index * conv->kernel[a] + pass->index[a][at[a]];
    }
    return tap;
}

/* --- choice --- */

/* Seconds for a plan on one core, roughly. Only the order matters. Constants
 * were fitted to a Zen 3 core: products per second in the matrix kernel, and
 * the time to transform or gather one float. */
#define PRODUCTS_PER_S 44e9
#define TRANSFORM_S 0.13e-9
#define GATHER_S 0.06e-9
#define STREAM_S 0.2e-9
#define PACK_S 0.6e-9

/* For each packed weight. */
static double weights_s(bool training)
{
    return training ? STREAM_S + PACK_S : STREAM_S;
}

static double direct_cost(const tk_conv_plan *p, bool training)
{
    double voxels = (double)(p->y.n * tk_voxels(&p->y));
    double depth = (double)tk_conv_depth(p, tk_conv_taps(&p->conv));
    double to = (double)tk_round_up(tk_to_channels(p), TK_PANEL);
    return voxels * (depth * to / PRODUCTS_PER_S + depth * GATHER_S) +
           depth * to * weights_s(training);
}

static double winograd_cost(const tk_conv_plan *p, tk_winograd_kind kind,
                            bool training)
{
    const tk_winograd *w = &tk_table_baseline.winograd[kind];
    const tk_dims *to = tk_to_dims(p);
    size_t tiles = to->n * (tk_round_up(to->d, w->m[0]) / w->m[0]) *
                   (tk_round_up(to->h, w->m[1]) / w->m[1]) *
                   (tk_round_up(to->w, w->m[2]) / w->m[2]);
    double in = (double)tk_round_up(tk_from_channels(p), 8);
    double out = (double)tk_round_up(tk_to_channels(p), TK_PANEL);
    double one = in * out / PRODUCTS_PER_S + (in + out) * TRANSFORM_S;
    double weights = in * out * weights_s(training);
    return w->points * ((double)tiles * one + weights);
}

/* Training does without F(4,4,4): its rounding is small in an output, but makes
 * the gradient of a whole U-Net eight times less exact than plain arithmetic;
 * with F(2,4,4) the factor is 1.3. */
static void choose(tk_conv_plan *p, bool training)
{
    double best = direct_cost(p, training);
    p->algorithm = TK_ALGO_DIRECT;
    for (int k = 0; k < TK_WINOGRADS; k++) {
        bool coarse = training && k == TK_F444;
        if (coarse || !tk_winograd_fits(&p->conv, (tk_winograd_kind)k))
            continue;
        double cost = winograd_cost(p, (tk_winograd_kind)k, training);
        if (cost < best) {
            best = cost;
            p->algorithm = TK_ALGO_WINOGRAD;
            p->kind = (tk_winograd_kind)k;
        }
    }
}

static bool is_depthwise(const tk_conv *c)
{
    return c->groups > 1 && c->groups == c->in && c->groups == c->out;
}

static int choose_algorithm(tk_conv_plan *p, const tk_conv_choice *choice,
                            cs_errinfo *info)
{
    tk_conv_algorithm want = choice->algorithm;
    tk_winograd_kind kind = choice->kind;
    bool depthwise = is_depthwise(&p->conv);
    p->algorithm = want;
    p->kind = kind;
    if (want == TK_ALGO_AUTO && depthwise)
        p->algorithm = TK_ALGO_DEPTHWISE;
    else if (want == TK_ALGO_AUTO)
        choose(p, choice->training);
    else if ((want == TK_ALGO_DEPTHWISE && !depthwise) ||
             (want == TK_ALGO_WINOGRAD && !tk_winograd_fits(&p->conv, kind)))
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "this algorithm cannot do this convolution");
    return 0;
}

int tk_conv_plan_init(tk_conv_plan *plan, const tk_conv *conv, tk_conv_op op,
                      const tk_dims *x, const tk_dims *y,
                      const tk_conv_choice *choice, cs_errinfo *info)
{
    tk_dims expected;
    int r = tk_conv_output(conv, x, &expected, info);
    if (r < 0)
        return r;
    if (memcmp(&expected, y, sizeof(expected)) != 0)
        return cs_fail(info, CS_E_RANGE,
                       "input and output of the convolution do not agree");
    tk_conv_plan p = {.conv = *conv, .op = op, .x = *x, .y = *y};
    r = choose_algorithm(&p, choice, info);
    if (r < 0)
        return r;
    if (p.algorithm == TK_ALGO_WINOGRAD)
        tk_winograd_plan(&p);
    else if (p.algorithm == TK_ALGO_DIRECT)
        tk_direct_plan(&p);
    else
        tk_depthwise_plan(&p);
    *plan = p;
    return 0;
}

size_t tk_conv_scratch(const tk_conv_plan *plan, unsigned threads)
{
    return plan->shared_floats + plan->slot_floats * threads;
}

void tk_conv_pack(const tk_conv_plan *plan, const tk_run *run,
                  const float *weights, float *packed)
{
    if (plan->algorithm == TK_ALGO_WINOGRAD)
        tk_winograd_pack(plan, run, weights, packed);
    else if (plan->algorithm == TK_ALGO_DIRECT)
        tk_direct_pack(plan, run, weights, packed);
    else
        tk_depthwise_pack(plan, weights, packed);
}

void tk_conv_run(const tk_conv_plan *plan, const tk_run *run,
                 const float *packed, const tk_image *from, const float *bias,
                 float slope, const tk_image *to)
{
    if (plan->algorithm == TK_ALGO_WINOGRAD)
        tk_winograd_run(plan, run, packed, from, bias, slope, to);
    else if (plan->algorithm == TK_ALGO_DIRECT)
        tk_direct_run(plan, run, packed, from, bias, slope, to);
    else
        tk_depthwise_run(plan, run, packed, from, bias, slope, to);
}

void tk_conv_gradient(const tk_conv_plan *plan, const tk_run *run,
                      const tk_image *x, const tk_image *dy, float *sum,
                      float *dw)
{
    if (plan->algorithm == TK_ALGO_WINOGRAD)
        tk_winograd_gradient(plan, run, x, dy, sum, dw);
    else if (plan->algorithm == TK_ALGO_DEPTHWISE)
        tk_depthwise_gradient(plan, run, x, dy, sum, dw);
    else
        tk_direct_gradient(plan, run, x, dy, sum, dw);
}
