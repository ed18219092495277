/* Activations of arrays: see table.h and activation.h. `kind` is a constant
 * after inlining. */

#define INV_SQRT_2PI 0.398942280401432678F

TK_INLINE v8 v8_activation(const tk_activation_kind kind, v8 slope, v8 x)
{
    const v8 zero = v8_set(0);
    switch (kind) {
    case TK_RELU:
        return v8_select(x <= 0.0F, zero, x); /* NaN stays NaN */
    case TK_LEAKY_RELU:
        return v8_select(x > 0.0F, x, slope * x);
    case TK_GELU:
        return x * v8_normal(x).phi;
    case TK_SILU:
        return x * v8_sigmoid(x);
    case TK_SIGMOID:
        return v8_sigmoid(x);
    case TK_TANH:
        return v8_tanh(x);
    default: {
        v8 middle = v8_select(x >= 3.0F, x, x * (x + 3.0F) / 6.0F);
        return v8_select(x <= -3.0F, zero, middle);
    }
    }
}

/* At the input x, or at the output where that suffices. */
TK_INLINE v8 v8_slope(const tk_activation_kind kind, v8 slope, v8 x)
{
    const v8 zero = v8_set(0);
    const v8 one = v8_set(1);
    switch (kind) {
    case TK_RELU:
        return v8_select(x <= 0.0F, zero, one);
    case TK_LEAKY_RELU:
        return v8_select(x > 0.0F, one, slope);
    case TK_GELU: {
        tk_v8_normal n = v8_normal(x);
        return n.phi + x * INV_SQRT_2PI * n.density;
    }
    case TK_SILU: {
        v8 s = v8_sigmoid(x);
        return s * (x * (1.0F - s) + 1.0F);
    }
    case TK_SIGMOID:
        return x * (1.0F - x);
    case TK_TANH:
        return 1.0F - x * x;
    default: {
        v8 middle = v8_select(x >= 3.0F, one, (2.0F * x + 3.0F) / 6.0F);
        return v8_select(x <= -3.0F, zero, middle);
    }
    }
}

/* A rectifier gives 0 even where dy is infinite. */
TK_INLINE v8 v8_back(const tk_activation_kind kind, v8 slope, v8 x, v8 dy)
{
    if (kind == TK_RELU)
        return v8_select(x <= 0.0F, v8_set(0), dy);
    return dy * v8_slope(kind, slope, x);
}

TK_INLINE void activate_all(const tk_activation_kind kind, float slope,
                            const float *x, size_t n, float *y)
{
    v8 factor = v8_set(slope);
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        v8_store_any(y + i, v8_activation(kind, factor, v8_load_any(x + i)));
    if (i < n) {
        float last[8] = {0};
        memcpy(last, x + i, (n - i) * sizeof(float));
        v8_store_any(last, v8_activation(kind, factor, v8_load_any(last)));
        memcpy(y + i, last, (n - i) * sizeof(float));
    }
}

TK_INLINE void activate_back_all(const tk_activation_kind kind, float slope,
                                 const float *x, const float *dy, size_t n,
                                 float *dx)
{
    v8 factor = v8_set(slope);
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        v8_store_any(dx + i, v8_back(kind, factor, v8_load_any(x + i),
                                     v8_load_any(dy + i)));
    if (i < n) {
        float last[2][8] = {{0}};
        memcpy(last[0], x + i, (n - i) * sizeof(float));
        memcpy(last[1], dy + i, (n - i) * sizeof(float));
        v8_store_any(last[1], v8_back(kind, factor, v8_load_any(last[0]),
                                      v8_load_any(last[1])));
        memcpy(dx + i, last[1], (n - i) * sizeof(float));
    }
}

/* Runs DO with every kind as a constant. */
#define WITH_KIND(kind, DO)                                                    \
    switch (kind) {                                                            \
    case TK_RELU:                                                              \
        DO(TK_RELU);                                                           \
        break;                                                                 \
    case TK_LEAKY_RELU:                                                        \
        DO(TK_LEAKY_RELU);                                                     \
        break;                                                                 \
    case TK_GELU:                                                              \
        DO(TK_GELU);                                                           \
        break;                                                                 \
    case TK_SILU:                                                              \
        DO(TK_SILU);                                                           \
        break;                                                                 \
    case TK_SIGMOID:                                                           \
        DO(TK_SIGMOID);                                                        \
        break;                                                                 \
    case TK_TANH:                                                              \
        DO(TK_TANH);                                                           \
        break;                                                                 \
    default:                                                                   \
        DO(TK_HARD_SWISH);                                                     \
        break;                                                                 \
    }

static void TK_NAME(activate)(tk_activation_kind kind, float slope,
                              const float *x, size_t n, float *y)
{
#define DO(constant) activate_all(constant, slope, x, n, y)
    WITH_KIND(kind, DO)
#undef DO
}

static void TK_NAME(activate_back)(tk_activation_kind kind, float slope,
                                   const float *x, const float *dy, size_t n,
                                   float *dx)
{
#define DO(constant) activate_back_all(constant, slope, x, dy, n, dx)
    WITH_KIND(kind, DO)
#undef DO
}

#undef WITH_KIND
