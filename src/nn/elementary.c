#include "nn/elementary.h"

#include <math.h>
#include <string.h>

/* ln 2 in two parts: the first has 21 zero bits at its end, so that its
 * product with an exponent is exact. */
#define LN2_HIGH 0x1.62e42fee00000p-1
#define LN2_LOW 0x1.a39ef35793c76p-33
#define LOG2_E 0x1.71547652b82fep+0
#define PI 0x1.921fb54442d18p+1

static double from_bits(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof(v));
    return v;
}

static uint64_t to_bits(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof(bits));
    return bits;
}

/* 2^k for a normal result. */
static double power_of_two(int k)
{
    return from_bits((uint64_t)(k + 1023) << 52);
}

/* Horner's rule: c[0] is the coefficient of the highest power. */
static double polynomial(const double *c, size_t n, double x)
{
    double v = c[0];
    for (size_t i = 1; i < n; i++)
        v = v * x + c[i];
    return v;
}

/* e^r = 1 + (r + r^2 q(r)) by its Taylor series, |r| <= ln 2 / 2. */
static double exp_small(double high, double low)
{
    static const double q[] = {
        1.0 / 87178291200, 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800,
        1.0 / 3628800,     1.0 / 362880,     1.0 / 40320,     1.0 / 5040,
        1.0 / 720,         1.0 / 120,        1.0 / 24,        1.0 / 6,
        1.0 / 2,
    };
    double r = high - low;
    double tail = (high - r) - low;
    return 1 + (r + (r * r * polynomial(q, CS_COUNTOF(q), r) + tail));
}

double nn_exp(double x)
{
    if (isnan(x))
        return x;
    if (x > 709.79)
        return (double)INFINITY;
    if (x < -745.2)
        return 0;
    double scaled = x * LOG2_E;
    int k = (int)(scaled + (scaled < 0 ? -0.5 : 0.5));
    double v = exp_small(x - k * LN2_HIGH, k * LN2_LOW);
    /* In two steps, since 2^k itself may lie outside the range. */
    int half = k / 2;
    return v * power_of_two(half) * power_of_two(k - half);
}

/* log(1 + f) - f for s = f / (2 + f): 2 artanh(s) without its first term.
 * |s| <= 0.1716 */
static double log_tail(double s)
{
    static const double q[] = {
        2.0 / 23, 2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13,
        2.0 / 11, 2.0 / 9,  2.0 / 7,  2.0 / 5,  2.0 / 3,
    };
    double z = s * s;
    return z * polynomial(q, CS_COUNTOF(q), z);
}

/* log(x 2^k) for x in (sqrt(1/2), sqrt(2)]. */
static double log_parts(double x, int k)
{
    double f = x - 1;
    double s = f / (2 + f);
    double half = 0.5 * f * f;
    /* 2 s = f - s f, and s f = f^2/2 - s f^2/2: f stays exact in front. */
    double rest = half - s * (half + log_tail(s));
    return k * LN2_HIGH - ((rest - k * LN2_LOW) - f);
}

double nn_log(double x)
{
    if (isnan(x) || x < 0)
        return (double)NAN;
    if (x == 0)
        return -(double)INFINITY;
    if (isinf(x))
        return x;
    int k = 0;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        k = -54;
    }
    uint64_t bits = to_bits(x);
    k += (int)(bits >> 52) - 1023;
    x = from_bits((bits & 0x000fffffffffffffU) | 0x3ff0000000000000U);
    if (x > 0x1.6a09e667f3bcdp+0) {
        x *= 0.5;
        k++;
    }
    return log_parts(x, k);
}

/* The rounding of 1 + x, which is known exactly, is put right afterwards. */
double nn_log1p(double x)
{
    double u = 1 + x;
    if (u == 1 || !isfinite(u) || u <= 0)
        return u == 1 ? x : nn_log(u);
    double lost = x > 1 ? 1 - (u - x) : x - (u - 1);
    return nn_log(u) + lost / u;
}

/* cos and sin of pi x for |x| <= 1/4, by their Taylor series. */
static double cos_small(double x)
{
    static const double q[] = {
        1.0 / 20922789888000,
        -1.0 / 87178291200,
        1.0 / 479001600,
        -1.0 / 3628800,
        1.0 / 40320,
        -1.0 / 720,
        1.0 / 24,
        -1.0 / 2,
        1,
    };
    double t = PI * x;
    return polynomial(q, CS_COUNTOF(q), t * t);
}

static double sin_small(double x)
{
    static const double q[] = {
        1.0 / 355687428096000,
        -1.0 / 1307674368000,
        1.0 / 6227020800,
        -1.0 / 39916800,
        1.0 / 362880,
        -1.0 / 5040,
        1.0 / 120,
        -1.0 / 6,
        1,
    };
    double t = PI * x;
    return t * polynomial(q, CS_COUNTOF(q), t * t);
}

double nn_cos_pi(double x)
{
    x = fabs(x);
    x -= 2 * floor(x / 2); /* exact */
    if (x > 1)
        x = 2 - x;
    if (x <= 0.25)
        return cos_small(x);
    return x < 0.75 ? sin_small(0.5 - x) : -cos_small(1 - x);
}

double nn_pow_int(double x, uint64_t n)
{
    double v = 1;
    for (; n; n >>= 1) {
        if (n & 1)
            v *= x;
        x *= x;
    }
    return v;
}

nn_logistic nn_logistic_at(double x)
{
    double e = nn_exp(-fabs(x)); /* in [0, 1] */
    double small = nn_log1p(e);
    double near = 1 / (1 + e);
    double far = e / (1 + e);
    bool yes = x >= 0;
    return (nn_logistic){
        .pos = isnan(x) || yes ? near : far,
        .neg = isnan(x) || !yes ? near : far,
        .minus_log_pos = yes ? small : small - x,
        .minus_log_neg = yes ? small + x : small,
    };
}
