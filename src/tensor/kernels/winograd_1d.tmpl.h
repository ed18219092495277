/* One-dimensional Winograd transforms for kernels of three, on vectors `ss`
 * (source) and `ds` (destination) vectors apart. Names end in the number of
 * outputs: _1 is an axis without a kernel, _2 is F(2,3) with the points
 * 0, 1, -1, inf, _4 is F(4,3) with 0, ±3/4, ±3/2, inf. The latter have a ninth
 * of the error of the usual ±1, ±2, and all constants below are exact. */

#define POINT_A 0.75F
#define POINT_B 1.5F
#define SQ_A (POINT_A * POINT_A)
#define SQ_B (POINT_B * POINT_B)

TK_INLINE void input_1(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    (void)ss;
    (void)ds;
    d[0] = s[0];
}

TK_INLINE void input_2(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    v8 x0 = s[0];
    v8 x1 = s[ss];
    v8 x2 = s[2 * ss];
    v8 x3 = s[3 * ss];
    d[0] = x0 - x2;
    d[ds] = x1 + x2;
    d[2 * ds] = x2 - x1;
    d[3 * ds] = x1 - x3;
}

/* Even and odd parts are shared by the points +a and -a. */
TK_INLINE void input_4(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    v8 x0 = s[0];
    v8 x1 = s[ss];
    v8 x2 = s[2 * ss];
    v8 x3 = s[3 * ss];
    v8 x4 = s[4 * ss];
    v8 x5 = s[5 * ss];
    v8 even_a = v8_fnma(v8_set(SQ_B), x2, x4);
    v8 odd_a = v8_fnma(v8_set(SQ_B), x1, x3);
    v8 even_b = v8_fnma(v8_set(SQ_A), x2, x4);
    v8 odd_b = v8_fnma(v8_set(SQ_A), x1, x3);
    v8 sum = v8_set(SQ_A + SQ_B);
    v8 product = v8_set(SQ_A * SQ_B);
    d[0] = v8_fma(product, x0, v8_fnma(sum, x2, x4));
    d[ds] = v8_fma(v8_set(POINT_A), odd_a, even_a);
    d[2 * ds] = v8_fnma(v8_set(POINT_A), odd_a, even_a);
    d[3 * ds] = v8_fma(v8_set(POINT_B), odd_b, even_b);
    d[4 * ds] = v8_fnma(v8_set(POINT_B), odd_b, even_b);
    d[5 * ds] = v8_fma(product, x1, v8_fnma(sum, x3, x5));
}

TK_INLINE void output_1(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    (void)ss;
    (void)ds;
    d[0] = s[0];
}

TK_INLINE void output_2(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    d[0] = s[0] + s[ss] + s[2 * ss];
    d[ds] = s[ss] - s[2 * ss] - s[3 * ss];
}

TK_INLINE void output_4(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    v8 sum_a = s[ss] + s[2 * ss];
    v8 dif_a = s[ss] - s[2 * ss];
    v8 sum_b = s[3 * ss] + s[4 * ss];
    v8 dif_b = s[3 * ss] - s[4 * ss];
    d[0] = s[0] + sum_a + sum_b;
    d[ds] = v8_fma(v8_set(POINT_B), dif_b, v8_set(POINT_A) * dif_a);
    d[2 * ds] = v8_fma(v8_set(SQ_B), sum_b, v8_set(SQ_A) * sum_a);
    d[3 * ds] = v8_fma(v8_set(SQ_B * POINT_B), dif_b,
                       v8_fma(v8_set(SQ_A * POINT_A), dif_a, s[5 * ss]));
}

/* Transposes of output_*. */
TK_INLINE void gradient_1(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    (void)ss;
    (void)ds;
    d[0] = s[0];
}

TK_INLINE void gradient_2(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    d[0] = s[0];
    d[ds] = s[0] + s[ss];
    d[2 * ds] = s[0] - s[ss];
    d[3 * ds] = -s[ss];
}

TK_INLINE void gradient_4(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    v8 y0 = s[0];
    v8 y1 = s[ss];
    v8 y2 = s[2 * ss];
    v8 y3 = s[3 * ss];
    v8 even_a = v8_fma(v8_set(SQ_A), y2, y0);
    v8 odd_a = v8_fma(v8_set(SQ_A * POINT_A), y3, v8_set(POINT_A) * y1);
    v8 even_b = v8_fma(v8_set(SQ_B), y2, y0);
    v8 odd_b = v8_fma(v8_set(SQ_B * POINT_B), y3, v8_set(POINT_B) * y1);
    d[0] = y0;
    d[ds] = even_a + odd_a;
    d[2 * ds] = even_a - odd_a;
    d[3 * ds] = even_b + odd_b;
    d[4 * ds] = even_b - odd_b;
    d[5 * ds] = y3;
}

/* Kernels of three taps to points, scaled so that `input` has no fractions;
 * and the transposes, from sums over points to the gradient of the taps. */
#define SCALE_0 (1.0F / (SQ_A * SQ_B))
#define SCALE_A (1.0F / (2 * SQ_A * (SQ_A - SQ_B)))
#define SCALE_B (1.0F / (2 * SQ_B * (SQ_B - SQ_A)))

TK_INLINE void kernel_1(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    (void)ss;
    (void)ds;
    d[0] = s[0];
}

TK_INLINE void kernel_2(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    v8 even = v8_set(0.5F) * (s[0] + s[2 * ss]);
    v8 odd = v8_set(0.5F) * s[ss];
    d[0] = s[0];
    d[ds] = even + odd;
    d[2 * ds] = even - odd;
    d[3 * ds] = s[2 * ss];
}

TK_INLINE void kernel_4(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    v8 even_a = v8_set(SCALE_A) * v8_fma(v8_set(SQ_A), s[2 * ss], s[0]);
    v8 odd_a = v8_set(SCALE_A * POINT_A) * s[ss];
    v8 even_b = v8_set(SCALE_B) * v8_fma(v8_set(SQ_B), s[2 * ss], s[0]);
    v8 odd_b = v8_set(SCALE_B * POINT_B) * s[ss];
    d[0] = v8_set(SCALE_0) * s[0];
    d[ds] = even_a + odd_a;
    d[2 * ds] = even_a - odd_a;
    d[3 * ds] = even_b + odd_b;
    d[4 * ds] = even_b - odd_b;
    d[5 * ds] = s[2 * ss];
}

TK_INLINE void taps_1(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    (void)ss;
    (void)ds;
    d[0] = s[0];
}

TK_INLINE void taps_2(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    v8 half_sum = v8_set(0.5F) * (s[ss] + s[2 * ss]);
    d[0] = s[0] + half_sum;
    d[ds] = v8_set(0.5F) * (s[ss] - s[2 * ss]);
    d[2 * ds] = half_sum + s[3 * ss];
}

TK_INLINE void taps_4(const v8 *s, size_t ss, v8 *d, size_t ds)
{
    v8 sum_a = v8_set(SCALE_A) * (s[ss] + s[2 * ss]);
    v8 dif_a = v8_set(SCALE_A) * (s[ss] - s[2 * ss]);
    v8 sum_b = v8_set(SCALE_B) * (s[3 * ss] + s[4 * ss]);
    v8 dif_b = v8_set(SCALE_B) * (s[3 * ss] - s[4 * ss]);
    d[0] = v8_fma(v8_set(SCALE_0), s[0], sum_a + sum_b);
    d[ds] = v8_fma(v8_set(POINT_A), dif_a, v8_set(POINT_B) * dif_b);
    d[2 * ds] =
        v8_fma(v8_set(SQ_A), sum_a, v8_fma(v8_set(SQ_B), sum_b, s[5 * ss]));
}
