/* Counting and collecting for ranks. `count` is two tables, for every other
 * element, so that equal neighbours do not wait for each other. */

/* Unsigned and in the order of floats. */
TK_INLINE uint32_t key_of_bits(uint32_t bits)
{
    return bits ^ ((0u - (bits >> 31)) | 0x80000000u);
}

static void TK_NAME(count_f32)(const float *x, size_t n, uint32_t *count)
{
    const uint32_t *bits = (const uint32_t *)(const void *)x;
    uint32_t *other = count + 4096;
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        count[key_of_bits(bits[i]) >> 20]++;
        other[key_of_bits(bits[i + 1]) >> 20]++;
    }
    if (i < n)
        count[key_of_bits(bits[i]) >> 20]++;
}

static void TK_NAME(count_i32)(const int32_t *x, size_t n, uint32_t *count)
{
    for (size_t i = 0; i < n; i++)
        count[((uint32_t)x[i] ^ 0x80000000u) >> 20]++;
}

static void TK_NAME(count_16)(const uint16_t *x, size_t n, uint32_t flip,
                              uint32_t *count)
{
    uint32_t *other = count + 65536;
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        count[x[i] ^ flip]++;
        other[x[i + 1] ^ flip]++;
    }
    if (i < n)
        count[x[i] ^ flip]++;
}

static void TK_NAME(count_8)(const uint8_t *x, size_t n, uint32_t flip,
                             uint32_t *count)
{
    uint32_t *other = count + 256;
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        count[x[i] ^ flip]++;
        other[x[i + 1] ^ flip]++;
    }
    if (i < n)
        count[x[i] ^ flip]++;
}

static bool TK_NAME(has_nan)(const float *x, size_t n)
{
    int found = 0;
    for (size_t i = 0; i < n; i++)
        found |= x[i] != x[i];
    return found != 0;
}

#ifdef __AVX2__
/* Eight at a time, most of which hold none that is wanted. */
TK_INLINE size_t keys_by_eight(const uint32_t *bits, size_t n, bool floats,
                               uint32_t low, uint32_t high, uint32_t *out,
                               size_t *kept)
{
    const __m256i sign = _mm256_set1_epi32(INT32_MIN);
    const __m256i from = _mm256_set1_epi32((int)low);
    const __m256i last = _mm256_set1_epi32((int)(high - low));
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256i v = _mm256_loadu_si256((const __m256i_u *)(bits + i));
        __m256i flip =
            floats ? _mm256_or_si256(_mm256_srai_epi32(v, 31), sign) : sign;
        __m256i over = _mm256_sub_epi32(_mm256_xor_si256(v, flip), from);
        __m256i in = _mm256_cmpeq_epi32(_mm256_min_epu32(over, last), over);
        unsigned mask = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(in));
        for (; mask; mask &= mask - 1) {
            uint32_t b = bits[i + (size_t)__builtin_ctz(mask)];
            out[(*kept)++] = floats ? key_of_bits(b) : b ^ 0x80000000u;
        }
    }
    return i;
}
#endif

TK_INLINE size_t keys_between(const uint32_t *bits, size_t n, bool floats,
                              uint32_t low, uint32_t high, uint32_t *out)
{
    size_t kept = 0, i = 0;
#ifdef __AVX2__
    i = keys_by_eight(bits, n, floats, low, high, out, &kept);
#endif
    for (; i < n; i++) {
        uint32_t key = floats ? key_of_bits(bits[i]) : bits[i] ^ 0x80000000u;
        out[kept] = key;
        kept += key - low <= high - low;
    }
    return kept;
}

static size_t TK_NAME(keys_between_f32)(const float *x, size_t n, uint32_t low,
                                        uint32_t high, uint32_t *out)
{
    return keys_between((const uint32_t *)(const void *)x, n, true, low, high,
                        out);
}

static size_t TK_NAME(keys_between_i32)(const int32_t *x, size_t n,
                                        uint32_t low, uint32_t high,
                                        uint32_t *out)
{
    return keys_between((const uint32_t *)(const void *)x, n, false, low, high,
                        out);
}
