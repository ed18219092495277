/* One axis of the distance transform, for 16 columns at once:
 * y[i] = min over j of f[j] + q(i - j), where q(k) is the square of k steps.
 *
 * The j that is best for i never falls as i grows, so the middle row is tried
 * against all j, the rows between it and the ends against what its j leaves
 * over, and so on by halves: n log n trials a column without a branch that
 * depends on a lane. The lanes share the range of trials, which is small where
 * neighbouring columns are alike, and only longer where they are not. */

#define DISTANCE_VECTORS (IM_DISTANCE_LANES / 8)

TK_INLINE v8 v8_min(v8 a, v8 b)
{
#ifdef __AVX__
    return (v8)_mm256_min_ps((__m256)a, (__m256)b);
#else
    return v8_select((v8i)(a < b), a, b);
#endif
}

TK_INLINE float least8(v8 v)
{
    float a = v[0] < v[1] ? v[0] : v[1], b = v[2] < v[3] ? v[2] : v[3];
    float c = v[4] < v[5] ? v[4] : v[5], d = v[6] < v[7] ? v[6] : v[7];
    a = a < b ? a : b;
    c = c < d ? c : d;
    return a < c ? a : c;
}

typedef struct TK_NAME(columns) {
    float *f;            /* [n][16] */
    float *q;            /* [n] */
    int32_t *low, *high; /* [n]: the best j of row i, over the lanes */
    size_t n;
} TK_NAME(columns);

/* The minimum of row i over j from low to high. */
TK_INLINE void trial(const TK_NAME(columns) * c, size_t i, size_t low,
                     size_t high, v8 best[DISTANCE_VECTORS])
{
    for (size_t j = low; j <= high; j++) {
        v8 q = v8_set(c->q[j < i ? i - j : j - i]);
        for (size_t k = 0; k < DISTANCE_VECTORS; k++)
            best[k] = v8_min(v8_load(c->f + j * IM_DISTANCE_LANES + 8 * k) + q,
                             best[k]);
    }
}

/* The same, and which j it was: c->low and c->high of row i. */
TK_INLINE void trial_where(const TK_NAME(columns) * c, size_t i, size_t low,
                           size_t high, v8 best[DISTANCE_VECTORS])
{
    v8 where[DISTANCE_VECTORS];
    for (size_t k = 0; k < DISTANCE_VECTORS; k++)
        where[k] = v8_set((float)low);
    for (size_t j = low; j <= high; j++) {
        v8 q = v8_set(c->q[j < i ? i - j : j - i]), at = v8_set((float)j);
        for (size_t k = 0; k < DISTANCE_VECTORS; k++) {
            v8 d = v8_load(c->f + j * IM_DISTANCE_LANES + 8 * k) + q;
            where[k] = v8_select((v8i)(d < best[k]), at, where[k]);
            best[k] = v8_min(d, best[k]);
        }
    }
    /* Columns without a set voxel have no say. */
    v8 first = v8_set((float)high), last = v8_set((float)low);
    for (size_t k = 0; k < DISTANCE_VECTORS; k++) {
        v8i some = (v8i)(best[k] < v8_set(INFINITY));
        first = v8_min(v8_select(some, where[k], first), first);
        last = v8_max(v8_select(some, where[k], last), last);
    }
    c->low[i] = (int32_t)least8(first);
    c->high[i] = (int32_t)-least8(-last);
}

/* Loads the columns; false where nothing is finite. */
static bool TK_NAME(load_columns)(TK_NAME(columns) * c, const float *f,
                                  size_t lanes, size_t stride)
{
    v8 least = v8_set(INFINITY);
    for (size_t i = 0; i < c->n; i++) {
        float *to = c->f + i * IM_DISTANCE_LANES;
        if (lanes < IM_DISTANCE_LANES)
            for (size_t k = 0; k < DISTANCE_VECTORS; k++)
                v8_store(to + 8 * k, v8_set(INFINITY));
        memcpy(to, f + i * stride, lanes * sizeof(float));
        for (size_t k = 0; k < DISTANCE_VECTORS; k++)
            least = v8_min(v8_load(to + 8 * k), least);
    }
    return least8(least) < INFINITY;
}

TK_INLINE void finish_distance(const v8 best[DISTANCE_VECTORS], bool root,
                               float *y, size_t lanes)
{
    _Alignas(32) float t[IM_DISTANCE_LANES];
    for (size_t k = 0; k < DISTANCE_VECTORS; k++)
        v8_store(t + 8 * k, best[k]);
    if (root)
        for (size_t l = 0; l < IM_DISTANCE_LANES; l++)
            t[l] = __builtin_sqrtf(t[l]);
    if (lanes == IM_DISTANCE_LANES)
        memcpy(y, t, sizeof(t));
    else
        memcpy(y, t, lanes * sizeof(float));
}

// NOLINTBEGIN(readability-non-const-parameter): scratch is written through c
static void TK_NAME(distance_columns)(float *f, size_t lanes, size_t n,
                                      size_t stride, double spacing, bool root,
                                      float *scratch)
// NOLINTEND(readability-non-const-parameter)
{
    TK_NAME(columns)
    c = {.f = scratch, .q = scratch + n * IM_DISTANCE_LANES, .n = n};
    c.low = (int32_t *)(void *)(c.q + n);
    c.high = c.low + n;
    if (!TK_NAME(load_columns)(&c, f, lanes, stride))
        return;
    for (size_t k = 0; k < n; k++)
        c.q[k] = (float)(spacing * (double)k * (spacing * (double)k));
    size_t step = 1;
    while (step * 2 <= n)
        step *= 2;
    for (; step; step /= 2)
        for (size_t i = step - 1; i < n; i += 2 * step) {
            size_t low = i < step ? 0 : (size_t)c.low[i - step];
            size_t high = i + step < n ? (size_t)c.high[i + step] : n - 1;
            v8 best[DISTANCE_VECTORS];
            for (size_t k = 0; k < DISTANCE_VECTORS; k++)
                best[k] = v8_set(INFINITY);
            if (step > 1)
                trial_where(&c, i, low, high, best);
            else
                trial(&c, i, low, high, best);
            finish_distance(best, root, f + i * stride, lanes);
        }
}
