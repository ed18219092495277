/* exp and what is made of it, on vectors: + - * / and comparisons only, never
 * fused, so that every tier has the same bits, whatever libm there is.
 *
 * Polynomials are near-minimax fits of float coefficients; check_kernels holds
 * the functions to the errors that docs/kernels.md tells. */

/* Coefficients from the constant one on. */
TK_INLINE v8 v8_polynomial(v8 x, const float *c, const size_t n)
{
    v8 p = v8_set(c[n - 1]);
    TK_UNROLL
    for (size_t i = 1; i < n; i++)
        p = p * x + c[n - 1 - i];
    return p;
}

/* 2^n for -252 <= n <= 254, in two factors: a result below the smallest normal
 * number is rounded once. */
TK_INLINE v8 v8_scale(v8 x, v8i n)
{
    v8i half = n >> 1;
    v8u one = (v8u)(half + 127) << 23;
    v8u other = (v8u)(n - half + 127) << 23;
    return x * (v8)one * (v8)other;
}

/* exp(x + rest), where the rest is small beside 1. Below -104 it is 0, above 89
 * infinite; NaN stays. With x = n ln 2 + r, the product of n and the upper part
 * of ln 2 is exact. */
TK_INLINE v8 v8_exp_sum(v8 x, v8 rest)
{
    static const float c[] = {0x1.fffffcp-2F, 0x1.555492p-3F, 0x1.5558f2p-5F,
                              0x1.1239e4p-7F, 0x1.6a242cp-10F};
    const v8 magic = v8_set(0x1.8p23F); /* brings the units to the last bit */
    x = v8_select(x < -104.0F, v8_set(-104), x);
    x = v8_select(x > 89.0F, v8_set(89), x);
    v8 t = x * 0x1.715476p0F + magic;
    v8i n = (v8i)t - (v8i)magic;
    v8 units = t - magic;
    v8 r = ((x - units * 0x1.62e4p-1F) - units * 0x1.7f7d1cp-20F) + rest;
    v8 p = (r + (r * r) * v8_polynomial(r, c, 5)) + 1.0F;
    return v8_scale(p, n);
}

TK_INLINE v8 v8_exp(v8 x)
{
    return v8_exp_sum(x, v8_set(0));
}

/* 1 / (1 + exp(-x)), without overflow on either side. */
TK_INLINE v8 v8_sigmoid(v8 x)
{
    v8 e = v8_exp(-v8_abs(x));
    return v8_select(x >= 0.0F, v8_set(1), e) / (e + 1.0F);
}

/* Odd polynomial near 0, where 1 - 2 / (exp(2x) + 1) would cancel. */
TK_INLINE v8 v8_tanh(v8 x)
{
    static const float c[] = {-0.3333333134651184F,   0.13333210349082947F,
                              -0.05394720286130905F,  0.021702965721488F,
                              -0.008182669058442116F, 0.0021475329995155334F};
    v8 a = v8_abs(x);
    v8 s = x * x;
    v8 small = x + x * (s * v8_polynomial(s, c, 6));
    v8 large = 1.0F - 2.0F / (v8_exp(a + a) + 1.0F);
    large = v8_select(x < 0.0F, -large, large);
    return v8_select(a < 0.625F, small, large);
}

/* The normal distribution: its density exp(-x^2 / 2) without the factor, and
 * Phi(x), its integral from -infinity. */
typedef struct tk_v8_normal {
    v8 density, phi;
} tk_v8_normal;

/* Phi(-a) = exp(-a^2 / 2) p(t) / (1 + a), t = (a - 4) / (a + 4), for a >= 0.
 * The square is split into an exact part and a small rest, for the exponent's
 * rounding would show in the result a^2 / 2 times. Beyond 14.6 Phi(-a) is 0.
 * Near 0 an odd polynomial on top of 1/2 loses less. */
TK_INLINE tk_v8_normal v8_normal(v8 x)
{
    static const float c[] = {0.472053200006485F,     -0.09670346975326538F,
                              0.013999597169458866F,  0.028599977493286133F,
                              -0.03219728544354439F,  0.017940208315849304F,
                              -0.005004288163036108F, -0.0003036934358533472F,
                              0.0006927168578840792F, -6.077148282201961e-05F,
                              -7.169180753408e-05F};
    static const float odd[] = {0.3989422917366028F, -0.0664902999997139F,
                                0.009972370229661465F, -0.0011813452001661062F,
                                0.00010299383575329557F};
    v8 a = v8_abs(x);
    a = v8_select(a > 14.6F, v8_set(14.6F), a);
    v8 upper = (v8)((v8i)a & ~0xfff);
    v8 rest = (a - upper) * (a + upper) * -0.5F;
    v8 e = v8_exp_sum(upper * upper * -0.5F, rest);
    v8 t = (a - 4.0F) / (a + 4.0F);
    v8 tail = e * v8_polynomial(t, c, 11) / (a + 1.0F);
    v8 large = v8_select(x < 0.0F, tail, 1.0F - tail);
    v8 small = x * v8_polynomial(x * x, odd, 5) + 0.5F;
    return (tk_v8_normal){e, v8_select(a < 0.75F, small, large)};
}

static void TK_NAME(exp_rows)(const float *x, const float *minus, size_t rows,
                              float *y)
{
    for (size_t r = 0; r < rows; r++)
        v8_store(y + r * 8, v8_exp(v8_load(x + r * 8) - minus[r]));
}

static void TK_NAME(exp)(const float *x, float minus, size_t n, float *y)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        v8_store_any(y + i, v8_exp(v8_load_any(x + i) - minus));
    if (i < n) {
        float last[8] = {0};
        memcpy(last, x + i, (n - i) * sizeof(float));
        v8_store_any(last, v8_exp(v8_load_any(last) - minus));
        memcpy(y + i, last, (n - i) * sizeof(float));
    }
}
