/* Resampling along one axis, of IM_LINES lines side by side: `lines` holds
 * their first voxels, then their second ones, and so on, so that a vector goes
 * along all lines at once, whatever voxels a position falls between. */

/* IM_LINES columns of an image: `lines` from `rows`, row by row. */
static void TK_NAME(lines_of_columns)(const float *rows, size_t stride,
                                      size_t n, float *lines)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < IM_LINES; k++)
            lines[i * IM_LINES + k] = rows[i * stride + k];
}

static void TK_NAME(columns_of_lines)(const float *lines, size_t n, float *rows,
                                      size_t stride)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < IM_LINES; k++)
            rows[i * stride + k] = lines[i * IM_LINES + k];
}

#ifdef __AVX2__
/* Eight vectors become their columns. */
TK_INLINE void transpose8(const float *from, size_t from_stride, float *to,
                          size_t to_stride)
{
    __m256 r[8], t[8], u[8];
    TK_UNROLL
    for (size_t i = 0; i < 8; i++)
        r[i] = _mm256_loadu_ps(from + i * from_stride);
    TK_UNROLL
    for (size_t i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    TK_UNROLL
    for (size_t i = 0; i < 8; i += 4) {
        u[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
        u[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
        u[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        u[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
    }
    TK_UNROLL
    for (size_t i = 0; i < 4; i++) {
        __m256 low = _mm256_permute2f128_ps(u[i], u[i + 4], 0x20);
        __m256 high = _mm256_permute2f128_ps(u[i], u[i + 4], 0x31);
        _mm256_storeu_ps(to + i * to_stride, low);
        _mm256_storeu_ps(to + (i + 4) * to_stride, high);
    }
}
#else
TK_INLINE void transpose8(const float *from, size_t from_stride, float *to,
                          size_t to_stride)
{
    for (size_t i = 0; i < 8; i++)
        for (size_t k = 0; k < 8; k++)
            to[k * to_stride + i] = from[i * from_stride + k];
}
#endif

/* IM_LINES rows of n voxels: `lines` are their columns. */
static void TK_NAME(lines_of_rows)(const float *rows, size_t stride, size_t n,
                                   float *lines)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t k = 0; k < IM_LINES; k += 8)
            transpose8(rows + k * stride + i, stride, lines + i * IM_LINES + k,
                       IM_LINES);
    for (; i < n; i++)
        for (size_t k = 0; k < IM_LINES; k++)
            lines[i * IM_LINES + k] = rows[k * stride + i];
}

/* The way back, of the first `count` lines. */
static void TK_NAME(rows_of_lines)(const float *lines, size_t n, float *rows,
                                   size_t stride, size_t count)
{
    for (size_t k = 0; k < count; k += 8) {
        size_t i = 0;
        if (k + 8 <= count)
            for (; i + 8 <= n; i += 8)
                transpose8(lines + i * IM_LINES + k, IM_LINES,
                           rows + k * stride + i, stride);
        for (; i < n; i++)
            for (size_t j = k; j < k + 8 && j < count; j++)
                rows[j * stride + i] = lines[i * IM_LINES + j];
    }
}

/* --- between voxels --- */

/* a where w is 0; equal values stay as they are, to the bit. */
TK_INLINE v8 between(v8 a, v8 b, v8 w)
{
    return v8_fma(b - a, w, a);
}

static void TK_NAME(taps2)(const float *lines, const im_tap *tap, size_t n,
                           float *out, size_t stride)
{
    for (size_t i = 0; i < n; i++) {
        const float *a = lines + (size_t)tap[i].at[0] * IM_LINES;
        const float *b = lines + (size_t)tap[i].at[1] * IM_LINES;
        v8 w = v8_set(tap[i].weight[1]);
        TK_UNROLL
        for (size_t k = 0; k < IM_LINES; k += 8)
            v8_store_any(out + i * stride + k,
                         between(v8_load_any(a + k), v8_load_any(b + k), w));
    }
}

static void TK_NAME(taps4)(const float *lines, const im_tap *tap, size_t n,
                           float *out, size_t stride)
{
    for (size_t i = 0; i < n; i++)
        TK_UNROLL
    for (size_t k = 0; k < IM_LINES; k += 8) {
        v8 sum = v8_set(0);
        TK_UNROLL
        for (size_t t = 0; t < 4; t++)
            sum =
                v8_fma(v8_load_any(lines + (size_t)tap[i].at[t] * IM_LINES + k),
                       v8_set(tap[i].weight[t]), sum);
        v8_store_any(out + i * stride + k, sum);
    }
}

static void TK_NAME(mix2)(const float *a, const float *b, float weight,
                          size_t n, float *out)
{
    v8 w = v8_set(weight);
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        v8_store_any(out + i,
                     between(v8_load_any(a + i), v8_load_any(b + i), w));
    for (; i < n; i++)
        out[i] = between(v8_set(a[i]), v8_set(b[i]), w)[0];
}

static void TK_NAME(mix4)(const float *const row[4], const float weight[4],
                          size_t n, float *out)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        v8 sum = v8_set(0);
        TK_UNROLL
        for (size_t t = 0; t < 4; t++)
            sum = v8_fma(v8_load_any(row[t] + i), v8_set(weight[t]), sum);
        v8_store_any(out + i, sum);
    }
    for (; i < n; i++) {
        v8 sum = v8_set(0);
        TK_UNROLL
        for (size_t t = 0; t < 4; t++)
            sum = v8_fma(v8_set(row[t][i]), v8_set(weight[t]), sum);
        out[i] = sum[0];
    }
}

/* --- from voxels to the coefficients of a cubic B-spline --- */

/* What the causal filter starts with: the sum over the signal, mirrored at
 * both ends, of pole^distance. */
TK_INLINE v8 spline_start(const float *lines, size_t n)
{
    float power = 1;
    v8 sum = v8_set(0);
    const size_t far = IM_SPLINE_HORIZON, all = 2 * n - 2;
    const size_t count = n > far ? far : all;
    for (size_t i = 0; i < count; i++) {
        size_t at = i < n ? i : all - i;
        sum = v8_fma(v8_load_any(lines + at * IM_LINES), v8_set(power), sum);
        power *= IM_SPLINE_POLE;
    }
    if (n > far)
        return sum;
    return sum / (1 - power);
}

static void TK_NAME(spline_lines)(float *lines, size_t n)
{
    if (n < 2)
        return;
    const v8 pole = v8_set(IM_SPLINE_POLE), gain = v8_set(6);
    v8 c[IM_LINES / 8];
    for (size_t k = 0; k < IM_LINES / 8; k++) {
        c[k] = gain * spline_start(lines + k * 8, n);
        v8_store_any(lines + k * 8, c[k]);
    }
    for (size_t i = 1; i < n; i++)
        TK_UNROLL
    for (size_t k = 0; k < IM_LINES / 8; k++) {
        float *p = lines + i * IM_LINES + k * 8;
        c[k] = v8_fma(pole, c[k], gain * v8_load_any(p));
        v8_store_any(p, c[k]);
    }
    const v8 turn = v8_set(IM_SPLINE_TURN);
    for (size_t k = 0; k < IM_LINES / 8; k++) {
        float *last = lines + (n - 1) * IM_LINES + k * 8;
        c[k] = turn * v8_fma(pole, v8_load_any(last - IM_LINES), c[k]);
        v8_store_any(last, c[k]);
    }
    for (size_t i = n - 1; i-- > 0;)
        TK_UNROLL
    for (size_t k = 0; k < IM_LINES / 8; k++) {
        float *p = lines + i * IM_LINES + k * 8;
        c[k] = pole * (c[k] - v8_load_any(p));
        v8_store_any(p, c[k]);
    }
}

/* The same filters, a step at a time over rows. */
static void TK_NAME(spline_forth)(const float *before, const float *x, size_t n,
                                  float *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = 6 * x[i] + IM_SPLINE_POLE * before[i];
}

static void TK_NAME(spline_back)(const float *after, const float *x, size_t n,
                                 float *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = IM_SPLINE_POLE * (after[i] - x[i]);
}

/* --- nearest --- */

#define TAKE(bits)                                                             \
    static void TK_NAME(take##bits)(const uint##bits##_t *row,                 \
                                    const uint32_t *at, size_t n,              \
                                    uint##bits##_t *out)                       \
    {                                                                          \
        for (size_t i = 0; i < n; i++)                                         \
            out[i] = row[at[i]];                                               \
    }
TAKE(8)
TAKE(16)
TAKE(32)
TAKE(64)
#undef TAKE
