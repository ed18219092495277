/* Masks of bytes to masks of bits and back. */

/* One bit a byte of eight: that byte i is not zero. */
TK_INLINE unsigned nonzero8(const uint8_t *x)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < 8; i++)
        bits |= (unsigned)(x[i] != 0) << i;
    return bits;
}

TK_INLINE uint64_t nonzero64(const uint8_t *x)
{
    uint64_t bits = 0;
#if defined(__AVX2__)
    for (unsigned i = 0; i < 64; i += 32) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(x + i));
        __m256i zero = _mm256_cmpeq_epi8(v, _mm256_setzero_si256());
        bits |= (uint64_t)(uint32_t)~_mm256_movemask_epi8(zero) << i;
    }
#elif defined(__SSE2__)
    for (unsigned i = 0; i < 64; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(x + i));
        __m128i zero = _mm_cmpeq_epi8(v, _mm_setzero_si128());
        bits |= (uint64_t)(uint16_t)~_mm_movemask_epi8(zero) << i;
    }
#else
    for (unsigned i = 0; i < 64; i += 8)
        bits |= (uint64_t)nonzero8(x + i) << i;
#endif
    return bits;
}

static void TK_NAME(pack_bits)(const uint8_t *x, size_t n, uint64_t *y)
{
    size_t i = 0;
    for (; i + 64 <= n; i += 64)
        y[i / 64] = nonzero64(x + i);
    if (i == n)
        return;
    uint8_t rest[64] = {0};
    memcpy(rest, x + i, n - i);
    y[i / 64] = nonzero64(rest);
}

/* Bit i to byte i, 0 or 1. */
TK_INLINE void bytes_of8(unsigned bits, uint8_t *y)
{
    /* Each byte of the product sees all eight bits; the mask leaves it its
     * own, and adding 127 carries it to the top. */
    uint64_t own =
        bits * UINT64_C(0x0101010101010101) & UINT64_C(0x8040201008040201);
    uint64_t one =
        (own & UINT64_C(0x7f7f7f7f7f7f7f7f)) + UINT64_C(0x7f7f7f7f7f7f7f7f);
    one = (one | own) >> 7 & UINT64_C(0x0101010101010101);
    memcpy(y, &one, sizeof(one)); /* the tiers are little-endian machines */
}

static void TK_NAME(unpack_bits)(const uint64_t *x, size_t n, uint8_t *y)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        bytes_of8((unsigned)(x[i / 64] >> i % 64 & 0xff), y + i);
    for (; i < n; i++)
        y[i] = x[i / 64] >> i % 64 & 1;
}
