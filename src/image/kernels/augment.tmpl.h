/* Augmentation: rows of a patch sampled from anywhere in a scan, displacement
 * fields, sums of rows, noise. */

TK_INLINE v8 aug_min(v8 a, v8 b)
{
#ifdef __AVX__
    return (v8)_mm256_min_ps((__m256)a, (__m256)b);
#else
    return v8_select(a < b, a, b);
#endif
}

TK_INLINE v8 aug_lanes(float first)
{
    return (v8){0, 1, 2, 3, 4, 5, 6, 7} + first;
}

/* --- sampling --- */

/* Where eight voxels of a row lie along one axis of the box. */
TK_INLINE v8 aug_places(const im_sample_row *row, int axis, size_t i)
{
    v8 at = v8_fma(aug_lanes((float)i), v8_set(row->step[axis]),
                   v8_set(row->start[axis]));
    return row->move[axis] ? at + v8_load_any(row->move[axis] + i) : at;
}

TK_INLINE v8i aug_inside(const im_sample_box *box, int axis, v8 at)
{
    return (at >= box->low[axis]) & (at < box->high[axis]);
}

TK_INLINE v8 aug_clamped(const im_sample_box *box, int axis, v8 at)
{
    return aug_min(v8_max(at, v8_set(0)), v8_set((float)(box->size[axis] - 1)));
}

/* Eight voxels and their neighbours along x. */
typedef struct aug_two {
    v8 here, next;
} aug_two;

#ifdef __AVX2__
/* Two neighbours of two bytes are one load of four. */
TK_INLINE aug_two aug_pair_i16(const int16_t *p, v8i at, int next)
{
    if (next == 0) {
        float values[8];
        v8 here;
        for (int i = 0; i < 8; i++)
            values[i] = p[at[i]];
        memcpy(&here, values, sizeof(here));
        return (aug_two){here, here};
    }
    __m256i both =
        _mm256_i32gather_epi32((const int *)(const void *)p, (__m256i)at, 2);
    __m256i here = _mm256_srai_epi32(_mm256_slli_epi32(both, 16), 16);
    __m256i there = _mm256_srai_epi32(both, 16);
    return (aug_two){(v8)_mm256_cvtepi32_ps(here),
                     (v8)_mm256_cvtepi32_ps(there)};
}

TK_INLINE aug_two aug_pair_f32(const float *p, v8i at, int next)
{
    return (aug_two){(v8)_mm256_i32gather_ps(p, (__m256i)at, 4),
                     (v8)_mm256_i32gather_ps(p + next, (__m256i)at, 4)};
}
#else
TK_INLINE aug_two aug_pair_i16(const int16_t *p, v8i at, int next)
{
    aug_two r = {v8_set(0), v8_set(0)};
    for (int i = 0; i < 8; i++) {
        r.here[i] = p[at[i]];
        r.next[i] = p[at[i] + next];
    }
    return r;
}

TK_INLINE aug_two aug_pair_f32(const float *p, v8i at, int next)
{
    aug_two r = {v8_set(0), v8_set(0)};
    for (int i = 0; i < 8; i++) {
        r.here[i] = p[at[i]];
        r.next[i] = p[at[i] + next];
    }
    return r;
}
#endif

/* Between two, exact at both ends. */
TK_INLINE v8 aug_mix(v8 a, v8 b, v8 share)
{
    return v8_fma(b, share, a * (1.0F - share));
}

/* The two neighbours along x, at the place between them. */
TK_INLINE v8 aug_along_x(const im_sample_box *box, bool is_i16,
                         ptrdiff_t offset, v8i at, v8 share)
{
    aug_two p = is_i16 ? aug_pair_i16((const int16_t *)box->voxels + offset, at,
                                      box->next[0])
                       : aug_pair_f32((const float *)box->voxels + offset, at,
                                      box->next[0]);
    return aug_mix(p.here, p.next, share);
}

TK_INLINE v8 aug_sample_eight(const im_sample_box *box,
                              const im_sample_row *row, bool is_i16, size_t i)
{
    v8i at = {0}, inside = ~at;
    v8 share[3];
    for (int axis = 0; axis < 3; axis++) {
        v8 place = aug_places(row, axis, i);
        inside &= aug_inside(box, axis, place);
        place = aug_clamped(box, axis, place);
        v8 last = v8_set((float)(box->size[axis] - 1 - (box->next[axis] != 0)));
        v8i cell = __builtin_convertvector(aug_min(place, last), v8i);
        share[axis] = place - __builtin_convertvector(cell, v8);
        at += cell * box->stride[axis];
    }
    ptrdiff_t y = box->next[1], z = box->next[2];
    v8 near = aug_mix(aug_along_x(box, is_i16, 0, at, share[0]),
                      aug_along_x(box, is_i16, y, at, share[0]), share[1]);
    v8 far = aug_mix(aug_along_x(box, is_i16, z, at, share[0]),
                     aug_along_x(box, is_i16, z + y, at, share[0]), share[1]);
    return v8_select(inside, aug_mix(near, far, share[2]), v8_set(box->fill));
}

TK_INLINE void aug_sample_row(const im_sample_box *box,
                              const im_sample_row *row, bool is_i16, size_t n,
                              float *y)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        v8_store_any(y + i, aug_sample_eight(box, row, is_i16, i));
    if (i < n) {
        v8 last = aug_sample_eight(box, row, is_i16, i);
        memcpy(y + i, &last, (n - i) * sizeof(*y));
    }
}

static void TK_NAME(sample_i16)(const im_sample_box *box,
                                const im_sample_row *row, size_t n, float *y)
{
    aug_sample_row(box, row, true, n, y);
}

static void TK_NAME(sample_f32)(const im_sample_box *box,
                                const im_sample_row *row, size_t n, float *y)
{
    aug_sample_row(box, row, false, n, y);
}

static void TK_NAME(nearest)(const im_sample_box *box, const im_sample_row *row,
                             size_t n, int32_t *offsets)
{
    for (size_t i = 0; i < n; i += 8) {
        v8i at = {0}, inside = ~at;
        for (int axis = 0; axis < 3; axis++) {
            v8 place = aug_places(row, axis, i);
            inside &= aug_inside(box, axis, place);
            v8 half_up = aug_clamped(box, axis, place) + 0.5F;
            v8i cell = __builtin_convertvector(half_up, v8i);
            at += cell * box->stride[axis];
        }
        at = (at & inside) | ~inside;
        memcpy(offsets + i, &at, sizeof(at));
    }
}

/* --- fields and filters --- */

static void TK_NAME(cubic)(const float c[4], float t, float step, size_t n,
                           float *y)
{
    for (size_t i = 0; i < n; i += 8) {
        v8 at = v8_fma(aug_lanes((float)i), v8_set(step), v8_set(t));
        v8 sum = v8_fma(at, v8_set(c[3]), v8_set(c[2]));
        sum = v8_fma(at, sum, v8_set(c[1]));
        v8_store_any(y + i, v8_fma(at, sum, v8_set(c[0])));
    }
}

static void TK_NAME(weigh)(const float *const *rows, const float *weights,
                           size_t taps, size_t n, float *y)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        v8 sum = v8_load_any(rows[0] + i) * weights[0];
        for (size_t k = 1; k < taps; k++)
            sum = v8_fma(v8_load_any(rows[k] + i), v8_set(weights[k]), sum);
        v8_store_any(y + i, sum);
    }
    for (; i < n; i++) {
        v8 sum = v8_set(rows[0][i]) * weights[0];
        for (size_t k = 1; k < taps; k++)
            sum = v8_fma(v8_set(rows[k][i]), v8_set(weights[k]), sum);
        y[i] = sum[0];
    }
}

static void TK_NAME(line)(float a, float b, size_t n, float *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = a * y[i] + b;
}

/* --- noise --- */

/* c[0] + c[1] x + … */
TK_INLINE v8 aug_polynomial(const float *c, size_t n, v8 x)
{
    v8 sum = v8_set(c[n - 1]);
    TK_UNROLL
    for (size_t i = n - 1; i-- > 0;)
        sum = v8_fma(sum, x, v8_set(c[i]));
    return sum;
}

TK_INLINE v8 aug_sqrt(v8 x)
{
#ifdef __AVX__
    return (v8)_mm256_sqrt_ps((__m256)x);
#else
    v8 r = x;
    for (int i = 0; i < 8; i++)
        r[i] = __builtin_sqrtf(x[i]);
    return r;
#endif
}

/* -log(x) of normal x, to 1e-7 beside max(1, -log x). */
TK_INLINE v8 aug_minus_log(v8 x)
{
    static const float c[] = {0.999999974F,  -0.49999988F,  0.333341856F,
                              -0.250020737F, 0.199568328F,  -0.165624019F,
                              0.14952283F,   -0.143667883F, 0.0872224343F};
    v8i exponent =
        ((v8i)x - 0x3f3504f3) >> 23; /* of a mantissa from sqrt 1/2 */
    v8 f = (v8)((v8i)x - (exponent << 23)) - 1.0F;
    v8 e = __builtin_convertvector(exponent, v8);
    return -v8_fma(e, v8_set(0.693147181F), f * aug_polynomial(c, 9, f));
}

/* Normal numbers of random words: the top bit is the sign, the others the
 * probability p of the tail, and with x = 1 - 2 p the quantile is x times a
 * smooth function of -log(1 - x^2). Two fits of that, for the middle and for
 * tails beyond 2.7 deviations; within 3e-6 of the quantile. */
TK_INLINE v8 aug_normal(v8u words)
{
    static const float middle[] = {
        2.12331357F,      0.34880266F,     -0.00590817095F,
        -0.00177301017F,  0.000309150187F, -6.21798768e-06F,
        -4.99056104e-06F, 4.86103469e-07F, 4.03542871e-08F};
    static const float tail[] = {
        4.57467465F,    1.42360069F,    0.0056213217F,   -0.00354101775F,
        0.00208793998F, -0.0016262086F, 0.000966358226F, -0.00023939534F};
    v8i low = (v8i)(words & 0x7fffffffu);
    v8 p = (__builtin_convertvector(low, v8) + 0.5F) * 0x1p-32F;
    v8 x = 1.0F - 2.0F * p;
    v8 w = aug_minus_log(4.0F * p * (1.0F - p));
    w = v8_max(w, v8_set(0)); /* the logarithm's error, near p = 1/2 */
    v8 z = x * v8_select(w < 5.0F, aug_polynomial(middle, 9, w - 2.5F),
                         aug_polynomial(tail, 8, aug_sqrt(w) - 3.4F));
    return (v8)((v8i)z | (v8i)(words & 0x80000000u));
}

static void TK_NAME(add_normal)(const uint32_t *words, size_t n, float sigma,
                                float *y)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        v8u w;
        memcpy(&w, words + i, sizeof(w));
        v8_store_any(y + i,
                     v8_fma(aug_normal(w), v8_set(sigma), v8_load_any(y + i)));
    }
    if (i < n) {
        v8u w = {0};
        v8 last = v8_set(0);
        memcpy(&w, words + i, (n - i) * sizeof(*words));
        memcpy(&last, y + i, (n - i) * sizeof(*y));
        last = v8_fma(aug_normal(w), v8_set(sigma), last);
        memcpy(y + i, &last, (n - i) * sizeof(*y));
    }
}
