/* Rows of a phantom's slices. */

static void TK_NAME(phantom_mix)(const float *a, const float *b, float share,
                                 size_t n, float *restrict y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = a[i] + share * (b[i] - a[i]);
}

static void TK_NAME(phantom_expand)(const float *row, const uint32_t *first,
                                    const float *share, size_t n,
                                    float *restrict y)
{
    for (size_t i = 0; i < n; i++) {
        float a = row[first[i]];
        y[i] = a + share[i] * (row[first[i] + 1] - a);
    }
}

TK_INLINE float phantom_unit(float v)
{
    v = v > 0 ? v : 0;
    return v < 1 ? v : 1;
}

static void TK_NAME(phantom_cover)(float *restrict y, const float *distance,
                                   const float *texture, size_t n, float shift,
                                   float base, float amount, float sharp)
{
    for (size_t i = 0; i < n; i++) {
        float a = phantom_unit(0.5F - (distance[i] + shift) * sharp);
        y[i] += a * (base + amount * texture[i] - y[i]);
    }
}

static void TK_NAME(phantom_taps)(const float *x, size_t step,
                                  const float *taps, size_t count, size_t n,
                                  float *restrict y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = taps[0] * x[i];
    for (size_t k = 1; k < count; k++) {
        const float *row = x + k * step;
        float tap = taps[k];
        for (size_t i = 0; i < n; i++)
            y[i] += tap * row[i];
    }
}

static void TK_NAME(phantom_store)(const float *x, const float *noise,
                                   const float *more, const float *amount,
                                   size_t n, int16_t *restrict y)
{
    for (size_t i = 0; i < n; i++) {
        float v = x[i] + amount[i] * (noise[i] + more[i]);
        v = v > -1024.0F ? v : -1024.0F;
        v = v < 3071.0F ? v : 3071.0F;
        y[i] = (int16_t)((int32_t)(v + 32768.5F) - 32768);
    }
}
