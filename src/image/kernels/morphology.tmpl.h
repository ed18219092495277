/* Rows of bits, sixty-four voxels a word, for morphology.c. */

typedef uint64_t TK_NAME(w4)
    __attribute__((vector_size(32), aligned(8), may_alias));

/* y = OR of the rows at x + offsets[k]. */
static void TK_NAME(or_rows)(const uint64_t *x, const uint32_t *offsets,
                             size_t count, size_t words, uint64_t *y)
{
    size_t i = 0;
    for (; i + 4 <= words; i += 4) {
        TK_NAME(w4) acc = {0};
        for (size_t k = 0; k < count; k++)
            acc |= *(const TK_NAME(w4) *)(x + offsets[k] + i);
        *(TK_NAME(w4) *)(y + i) = acc;
    }
    for (; i < words; i++) {
        uint64_t acc = 0;
        for (size_t k = 0; k < count; k++)
            acc |= x[offsets[k] + i];
        y[i] = acc;
    }
}

/* y = x, and x moved by `by` voxels both ways; by / 64 + 1 words before and
 * after x are zero. */
static void TK_NAME(widen_row)(const uint64_t *x, size_t words, size_t by,
                               uint64_t *y)
{
    const uint64_t *left = x - by / 64, *right = x + by / 64;
    const unsigned b = by % 64;
    for (ptrdiff_t i = 0; i < (ptrdiff_t)words; i++)
        y[i] = x[i] | left[i] << b | left[i - 1] >> 1 >> (63 - b) |
               right[i] >> b | right[i + 1] << 1 << (63 - b);
}
