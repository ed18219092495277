/* Windows and normalisation: a line, clamped. */

TK_INLINE float clamp_line(float v, float a, float b, float low, float high)
{
    float y = a * v + b;
    y = y > low ? y : low; /* NaN too */
    return y < high ? y : high;
}

static void TK_NAME(affine_i16)(const int16_t *x, size_t n, float a, float b,
                                float low, float high, float *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = clamp_line((float)x[i], a, b, low, high);
}

static void TK_NAME(affine_f32)(const float *x, size_t n, float a, float b,
                                float low, float high, float *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = clamp_line(x[i], a, b, low, high);
}
