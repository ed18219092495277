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

#ifdef __AVX2__
/* Eight at once; the machine's own rounding is to even. */
TK_INLINE __m256i round_eight(const float *x, float low, float high)
{
    __m256 v = _mm256_loadu_ps(x);
    v = _mm256_and_ps(v, _mm256_cmp_ps(v, v, _CMP_ORD_Q));
    v = _mm256_max_ps(v, _mm256_set1_ps(low));
    v = _mm256_min_ps(v, _mm256_set1_ps(high));
    return _mm256_cvtps_epi32(v);
}

TK_INLINE size_t store_i16_by_16(const float *x, size_t n, int16_t *y)
{
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        __m256i a = round_eight(x + i, -32768, 32767);
        __m256i b = round_eight(x + i + 8, -32768, 32767);
        __m256i both = _mm256_packs_epi32(a, b); /* in halves of each */
        both = _mm256_permute4x64_epi64(both, 0xd8);
        memcpy(y + i, &both, sizeof(both));
    }
    return i;
}
#endif

static void TK_NAME(store_i16)(const float *x, size_t n, int16_t *y)
{
    size_t i = 0;
#ifdef __AVX2__
    i = store_i16_by_16(x, n, y);
#endif
    for (; i < n; i++)
        y[i] = (int16_t)round_between(x[i], -32768, 32767);
}

static void TK_NAME(store_u8)(const float *x, size_t n, uint8_t *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (uint8_t)round_between(x[i], 0, 255);
}
