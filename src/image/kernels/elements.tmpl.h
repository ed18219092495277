/* Rows of voxels to floats and back. */

static void TK_NAME(load_i16)(const int16_t *x, size_t n, float *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (float)x[i];
}

static void TK_NAME(load_u8)(const uint8_t *x, size_t n, float *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (float)x[i];
}

/* To nearest, ties to even, for |v| < 2^22: adding 1.5 * 2^23 leaves no bits
 * behind the point, and the whole number stands in the low bits of the sum. */
TK_INLINE int round_to_int(float v)
{
    float shifted = v + 12582912.0F;
    int bits;
    memcpy(&bits, &shifted, sizeof(bits));
    return bits - 0x4b400000;
}

/* NaN gives 0. */
TK_INLINE int round_between(float v, float low, float high)
{
    v = v == v ? v : 0.0F;
    v = v > low ? v : low;
    v = v < high ? v : high;
    return round_to_int(v);
}

static void TK_NAME(store_i16)(const float *x, size_t n, int16_t *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (int16_t)round_between(x[i], -32768, 32767);
}

static void TK_NAME(store_u8)(const float *x, size_t n, uint8_t *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (uint8_t)round_between(x[i], 0, 255);
}
