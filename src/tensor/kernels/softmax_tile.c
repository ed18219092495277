#include "tensor/kernels/softmax_tile.h"

#include <math.h>
#include <string.h>

#define LANES ((size_t)8)

static size_t lanes_used(const tk_tile *t, size_t block)
{
    return CS_MIN(t->c - block * LANES, LANES);
}

static size_t blocks_of(const tk_tile *t)
{
    return (t->c + LANES - 1) / LANES;
}

/* The larger one; a NaN is passed over. */
static float larger(float x, float most)
{
    return x > most ? x : most;
}

/* Full blocks go lane by lane, and lanes are joined at the end. */
static void largest_of(const tk_tile *t, const float *from, float *most)
{
    float lanes[TK_TILE_ROWS * LANES];
    for (size_t i = 0; i < CS_COUNTOF(lanes); i++)
        lanes[i] = -INFINITY;
    for (size_t b = 0; b < t->c / LANES; b++)
        for (size_t i = 0; i < t->rows * LANES; i++)
            lanes[i] = larger(from[b * t->from_stride + i], lanes[i]);
    const float *rest = from + t->c / LANES * t->from_stride;
    for (size_t r = 0; r < t->rows; r++) {
        for (size_t l = 0; l < t->c % LANES; l++)
            lanes[r * LANES] = larger(rest[r * LANES + l], lanes[r * LANES]);
        most[r] = lanes[r * LANES];
        for (size_t l = 1; l < LANES; l++)
            most[r] = larger(lanes[r * LANES + l], most[r]);
    }
}

typedef double lane_sums[TK_TILE_ROWS][LANES];

static void add_block(const tk_tile *t, size_t block, const float *a,
                      const float *b, lane_sums to)
{
    size_t used = lanes_used(t, block);
    for (size_t r = 0; r < t->rows; r++)
        for (size_t l = 0; l < used; l++) {
            double v = (double)a[r * LANES + l];
            to[r][l] += b ? v * (double)b[r * LANES + l] : v;
        }
}

static void join_lanes(const tk_tile *t, lane_sums lanes, double *sums)
{
    for (size_t r = 0; r < t->rows; r++) {
        sums[r] = lanes[r][0];
        for (size_t l = 1; l < LANES; l++)
            sums[r] += lanes[r][l];
    }
}

void tk_tile_sums(const tk_tile *t, const float *a, const float *b,
                  double *sums)
{
    lane_sums lanes = {{0}};
    for (size_t i = 0; i < blocks_of(t); i++)
        add_block(t, i, a + i * t->from_stride, b ? b + i * t->to_stride : NULL,
                  lanes);
    join_lanes(t, lanes, sums);
}

static void zero_rest(const tk_tile *t, size_t block, float *to)
{
    size_t used = lanes_used(t, block);
    for (size_t r = 0; used < LANES && r < t->rows; r++)
        memset(to + r * LANES + used, 0, (LANES - used) * sizeof(float));
}

void tk_tile_softmax(const tk_math_table *math, const tk_tile *t,
                     const float *from, bool hidden_is_zero, float *to)
{
    float most[TK_TILE_ROWS];
    double sums[TK_TILE_ROWS];
    float shares[TK_TILE_ROWS] = {0};
    lane_sums lanes = {{0}};
    largest_of(t, from, most);
    for (size_t r = 0; hidden_is_zero && r < t->rows; r++)
        most[r] = most[r] == -INFINITY ? 0 : most[r];
    for (size_t b = 0; b < blocks_of(t); b++) {
        float *y = to + b * t->to_stride;
        math->exp_rows(from + b * t->from_stride, most, t->rows, y);
        add_block(t, b, y, NULL, lanes);
    }
    join_lanes(t, lanes, sums);
    for (size_t r = 0; r < t->rows; r++)
        shares[r] = sums[r] == 0 ? 0 : (float)(1 / sums[r]);
    for (size_t b = 0; b < blocks_of(t); b++) {
        float *y = to + b * t->to_stride;
        for (size_t r = 0; r < t->rows; r++)
            for (size_t l = 0; l < LANES; l++)
                y[r * LANES + l] *= shares[r];
        zero_rest(t, b, y);
    }
}

/* The logarithm of x >= 1, or NaN: libm's differs between versions and CPUs.
 * With x = 2^e m, m about 1, and s = (m - 1) / (m + 1) it is e ln 2 + 2 artanh
 * s; the terms left out are below 1e-12 of it. */
static double log_of_sum(double x)
{
    int e;
    double m = frexp(x, &e);
    if (m < 0.70710678118654752) {
        m *= 2;
        e--;
    }
    double s = (m - 1) / (m + 1);
    double q = s * s;
    double p = 0;
    for (int k = 17; k >= 1; k -= 2)
        p = p * q + 1.0 / k;
    return e * 0.69314718055994531 + 2 * s * p;
}

void tk_tile_log_softmax(const tk_math_table *math, const tk_tile *t,
                         const float *from, float *to)
{
    _Alignas(32) float e[TK_TILE_ROWS * LANES];
    float most[TK_TILE_ROWS];
    double sums[TK_TILE_ROWS];
    lane_sums lanes = {{0}};
    largest_of(t, from, most);
    for (size_t b = 0; b < blocks_of(t); b++) {
        math->exp_rows(from + b * t->from_stride, most, t->rows, e);
        add_block(t, b, e, NULL, lanes);
    }
    join_lanes(t, lanes, sums);
    for (size_t r = 0; r < t->rows; r++)
        sums[r] = log_of_sum(sums[r]);
    for (size_t b = 0; b < blocks_of(t); b++) {
        float *y = to + b * t->to_stride;
        const float *x = from + b * t->from_stride;
        for (size_t r = 0; r < t->rows; r++)
            for (size_t l = 0; l < LANES; l++)
                y[r * LANES + l] = x[r * LANES + l] - most[r] - (float)sums[r];
        zero_rest(t, b, y);
    }
}
