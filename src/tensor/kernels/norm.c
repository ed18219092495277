#include "tensor/kernels/norm.h"

#include <math.h>
#include <string.h>

#include "tensor/kernels/bias.h"
#include "tensor/kernels/voxels.h"

size_t tk_norm_sets(const tk_norm *norm, const tk_dims *x)
{
    switch (norm->kind) {
    case TK_NORM_BATCH:
        return x->c;
    case TK_NORM_INSTANCE:
        return x->n * x->c;
    default:
        return x->n * norm->groups;
    }
}

size_t tk_norm_set_size(const tk_norm *norm, const tk_dims *x)
{
    size_t sets = tk_norm_sets(norm, x);
    return sets ? x->n * x->c * tk_voxels(x) / sets : 0;
}

static size_t set_of(const tk_norm *norm, const tk_dims *x, size_t n, size_t c)
{
    switch (norm->kind) {
    case TK_NORM_BATCH:
        return c;
    case TK_NORM_INSTANCE:
        return n * x->c + c;
    default:
        return n * norm->groups + c / (x->c / norm->groups);
    }
}

/* --- sums over the voxels of each sample and channel --- */

/* Two sums for each lane of each chunk, in double. */
typedef double chunk_sums[2][TK_LANES];

static size_t lane_index(const tk_dims *s, size_t n, size_t c)
{
    return n * tk_blocks(s->c) * TK_LANES + c;
}

static size_t lanes_of(const tk_dims *s)
{
    return s->n * tk_blocks(s->c) * TK_LANES;
}

size_t tk_norm_scratch(const tk_dims *x)
{
    /* Chunk sums, then two doubles and three floats for each lane. */
    return tk_lines(tk_chunks(x) * sizeof(chunk_sums) / sizeof(float)) +
           tk_lines(lanes_of(x) * 2 * sizeof(double) / sizeof(float)) +
           3 * tk_lines(lanes_of(x));
}

typedef struct scratch {
    chunk_sums *chunks;
    double *first, *second; /* per lane */
    float *a, *b, *c;
} scratch;

static scratch scratch_of(const tk_run *run, const tk_dims *x)
{
    float *p = run->scratch;
    scratch s = {.chunks = (chunk_sums *)(void *)p};
    p += tk_lines(tk_chunks(x) * sizeof(chunk_sums) / sizeof(float));
    s.first = (double *)(void *)p;
    s.second = s.first + lanes_of(x);
    p += tk_lines(lanes_of(x) * 2 * sizeof(double) / sizeof(float));
    s.a = p;
    s.b = s.a + tk_lines(lanes_of(x));
    s.c = s.b + tk_lines(lanes_of(x));
    return s;
}

/* Short runs in f32, their sums in double: few roundings, and fast. */
#define RUN 64

typedef struct sums_job {
    const tk_lanes_table *lanes;
    const tk_image *x, *dy;
    const float *centre; /* per lane; subtracted from x */
    scratch *s;
} sums_job;

static void sum_run(const sums_job *j, const float *x, const float *dy,
                    const float *centre, size_t rows, chunk_sums to)
{
    _Alignas(32) float first[TK_LANES];
    _Alignas(32) float second[TK_LANES];
    if (dy)
        j->lanes->products(x, dy, centre, rows, first, second);
    else
        j->lanes->sums(x, centre, rows, first, second);
    for (size_t l = 0; l < TK_LANES; l++) {
        to[0][l] += (double)first[l];
        to[1][l] += (double)second[l];
    }
}

static void sum_chunks(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const sums_job *j = ctx;
    const tk_dims *dims = &j->x->dims;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(dims, i);
        const float *centre =
            j->centre + lane_index(dims, k.sample, k.block * TK_LANES);
        memset(j->s->chunks[i], 0, sizeof(chunk_sums));
        const float *x = tk_chunk_data(j->x, &k);
        for (size_t v = 0; v < k.end - k.begin; v += RUN) {
            size_t n = CS_MIN((size_t)RUN, k.end - k.begin - v);
            const float *dy =
                j->dy ? tk_chunk_data(j->dy, &k) + v * TK_LANES : NULL;
            sum_run(j, x + v * TK_LANES, dy, centre, n, j->s->chunks[i]);
        }
    }
}

/* Sums of x - centre and its squares, or of dy and dy * (x - centre), into
 * s->first and s->second by sample and channel. */
static void sum_lanes(const tk_run *run, const tk_image *x, const tk_image *dy,
                      const float *centre, scratch *s)
{
    sums_job j = {.lanes = &run->table->lanes,
                  .x = x,
                  .dy = dy,
                  .centre = centre,
                  .s = s};
    cs_pool_for(run->pool, tk_chunks(&x->dims), 4, sum_chunks, &j);
    memset(s->first, 0, lanes_of(&x->dims) * sizeof(double));
    memset(s->second, 0, lanes_of(&x->dims) * sizeof(double));
    for (size_t i = 0; i < tk_chunks(&x->dims); i++) {
        tk_chunk k = tk_chunk_at(&x->dims, i);
        size_t at = lane_index(&x->dims, k.sample, k.block * TK_LANES);
        for (size_t l = 0; l < TK_LANES; l++) {
            s->first[at + l] += s->chunks[i][0][l];
            s->second[at + l] += s->chunks[i][1][l];
        }
    }
}

#define FOR_CHANNELS(n_, c_, dims)                                             \
    for (size_t n_ = 0; n_ < (dims)->n; n_++)                                  \
        for (size_t c_ = 0; c_ < (dims)->c; c_++)

/* Each lane's sum into its set. */
static void to_sets(const tk_norm *norm, const tk_dims *x, const double *lanes,
                    double *sets)
{
    memset(sets, 0, tk_norm_sets(norm, x) * sizeof(double));
    FOR_CHANNELS(n, c, x)
    sets[set_of(norm, x, n, c)] += lanes[lane_index(x, n, c)];
}

/* The value of each lane's set, as float, for all lanes. */
static void from_sets(const tk_norm *norm, const tk_dims *x, const double *sets,
                      float *lanes)
{
    memset(lanes, 0, lanes_of(x) * sizeof(float));
    FOR_CHANNELS(n, c, x)
    lanes[lane_index(x, n, c)] = (float)sets[set_of(norm, x, n, c)];
}

void tk_norm_statistics(const tk_run *run, const tk_norm *norm,
                        const tk_image *x, double *mean, double *variance)
{
    const tk_dims *dims = &x->dims;
    scratch s = scratch_of(run, dims);
    size_t sets = tk_norm_sets(norm, dims);
    double size = (double)tk_norm_set_size(norm, dims);
    memset(s.a, 0, lanes_of(dims) * sizeof(float));
    sum_lanes(run, x, NULL, s.a, &s);
    to_sets(norm, dims, s.first, mean);
    for (size_t i = 0; i < sets; i++)
        mean[i] /= size;
    /* Again around that mean, rounded: what is left over is added to it, and
     * its square is no part of the variance. */
    from_sets(norm, dims, mean, s.a);
    sum_lanes(run, x, NULL, s.a, &s);
    double *rest = (double *)s.chunks; /* read no more */
    to_sets(norm, dims, s.first, rest);
    to_sets(norm, dims, s.second, variance);
    for (size_t i = 0; i < sets; i++) {
        rest[i] /= size;
        mean[i] = (double)(float)mean[i] + rest[i];
        variance[i] = CS_MAX(variance[i] / size - rest[i] * rest[i], 0.0);
    }
}

/* --- passes that write --- */

typedef struct affine_job {
    const tk_lanes_table *lanes;
    const tk_image *x, *dy, *to;
    const scratch *s;
    float slope;
} affine_job;

static void forward_chunks(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const affine_job *j = ctx;
    const tk_dims *dims = &j->to->dims;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(dims, i);
        size_t lane = lane_index(dims, k.sample, k.block * TK_LANES);
        const float *a = j->s->a + lane;
        const float *b = j->s->b + lane;
        const float *x = tk_chunk_data(j->x, &k);
        float *y = tk_chunk_data(j->to, &k);
        j->lanes->affine(x, a, b, j->slope, k.end - k.begin, y);
    }
}

/* The parameters are the operands of the formula. */
// NOLINTNEXTLINE(readability-function-size)
void tk_norm_forward(const tk_run *run, const tk_norm *norm, const double *mean,
                     const double *variance, const float *gain,
                     const float *shift, float slope, const tk_image *x,
                     const tk_image *y)
{
    const tk_dims *dims = &x->dims;
    scratch s = scratch_of(run, dims);
    memset(s.a, 0, lanes_of(dims) * sizeof(float));
    memset(s.b, 0, lanes_of(dims) * sizeof(float));
    FOR_CHANNELS(n, c, dims)
    {
        size_t set = set_of(norm, dims, n, c);
        double a =
            (gain ? (double)gain[c] : 1) / sqrt(variance[set] + norm->eps);
        double b = (shift ? (double)shift[c] : 0) - a * mean[set];
        s.a[lane_index(dims, n, c)] = (float)a;
        s.b[lane_index(dims, n, c)] = (float)b;
    }
    affine_job j = {
        .lanes = &run->table->lanes, .x = x, .to = y, .s = &s, .slope = slope};
    cs_pool_for(run->pool, tk_chunks(dims), 4, forward_chunks, &j);
}

static void backward_chunks(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const affine_job *j = ctx;
    const tk_dims *dims = &j->to->dims;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(dims, i);
        size_t lane = lane_index(dims, k.sample, k.block * TK_LANES);
        const float *a = j->s->a + lane;
        const float *b = j->s->b + lane;
        const float *c = j->s->c + lane;
        const float *x = tk_chunk_data(j->x, &k);
        const float *dy = tk_chunk_data(j->dy, &k);
        float *dx = tk_chunk_data(j->to, &k);
        j->lanes->affine_back(dy, x, a, b, c, k.end - k.begin, dx);
    }
}

/* dx = a dy + b x + c: with r = 1 / sqrt(variance + eps), m elements in the
 * set, and sums over the set of g = gain * dy and g * (x - mean),
 * a = gain r, b = -r^3 S2 / m, c = -r S1 / m - b mean. */
static void backward_lanes(const tk_norm *norm, const tk_dims *dims,
                           const double *mean, const double *variance,
                           const float *gain, scratch *s)
{
    double m = (double)tk_norm_set_size(norm, dims);
    /* Sums by set are kept in the first chunk sums, which are read no more. */
    double *by_set = (double *)s->chunks;
    FOR_CHANNELS(n, c, dims)
    {
        double weight = gain ? (double)gain[c] : 1;
        s->first[lane_index(dims, n, c)] *= weight;
        s->second[lane_index(dims, n, c)] *= weight;
    }
    size_t sets = tk_norm_sets(norm, dims);
    to_sets(norm, dims, s->first, by_set);
    to_sets(norm, dims, s->second, by_set + sets);
    memset(s->a, 0, lanes_of(dims) * sizeof(float));
    memset(s->b, 0, lanes_of(dims) * sizeof(float));
    memset(s->c, 0, lanes_of(dims) * sizeof(float));
    FOR_CHANNELS(n, c, dims)
    {
        size_t set = set_of(norm, dims, n, c);
        size_t lane = lane_index(dims, n, c);
        double r = 1 / sqrt(variance[set] + norm->eps);
        double b = -r * r * r * by_set[sets + set] / m;
        s->a[lane] = (float)((gain ? (double)gain[c] : 1) * r);
        s->b[lane] = (float)b;
        s->c[lane] = (float)(-r * by_set[set] / m - b * mean[set]);
    }
}

static void parameter_gradients(const tk_norm *norm, const tk_dims *dims,
                                const double *variance, const scratch *s,
                                float *dgain, float *dshift)
{
    for (size_t c = 0; c < dims->c; c++) {
        double g = 0;
        double b = 0;
        for (size_t n = 0; n < dims->n; n++) {
            double v = variance[set_of(norm, dims, n, c)];
            b += s->first[lane_index(dims, n, c)];
            g += s->second[lane_index(dims, n, c)] / sqrt(v + norm->eps);
        }
        if (dgain)
            dgain[c] = (float)g;
        if (dshift)
            dshift[c] = (float)b;
    }
}

/* Its parameters are the formula's: a struct of them would be filled once. */
// NOLINTNEXTLINE(readability-function-size)
void tk_norm_backward(const tk_run *run, const tk_norm *norm,
                      const double *mean, const double *variance,
                      const float *gain, const tk_image *x, const tk_image *dy,
                      const tk_image *dx, float *dgain, float *dshift)
{
    const tk_dims *dims = &x->dims;
    scratch s = scratch_of(run, dims);
    from_sets(norm, dims, mean, s.a);
    sum_lanes(run, x, dy, s.a, &s);
    FOR_CHANNELS(n, c, dims) /* the sums were around the rounded mean */
    {
        size_t lane = lane_index(dims, n, c);
        double rest = mean[set_of(norm, dims, n, c)] - (double)s.a[lane];
        s.second[lane] -= rest * s.first[lane];
    }
    parameter_gradients(norm, dims, variance, &s, dgain, dshift);
    backward_lanes(norm, dims, mean, variance, gain, &s);
    affine_job j = {
        .lanes = &run->table->lanes, .x = x, .dy = dy, .to = dx, .s = &s};
    cs_pool_for(run->pool, tk_chunks(dims), 4, backward_chunks, &j);
}

void tk_channel_sums(const tk_run *run, const tk_image *x, float *sum)
{
    const tk_dims *dims = &x->dims;
    scratch s = scratch_of(run, dims);
    memset(s.a, 0, lanes_of(dims) * sizeof(float));
    sum_lanes(run, x, NULL, s.a, &s);
    for (size_t c = 0; c < dims->c; c++) {
        double total = 0;
        for (size_t n = 0; n < dims->n; n++)
            total += s.first[lane_index(dims, n, c)];
        sum[c] = (float)total;
    }
}
