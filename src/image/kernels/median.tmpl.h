/* Medians of 3x3x3 voxels for one element type. Included once for each, with
 *   MEDIAN_TYPE      the element
 *   MEDIAN_NAME(f)   f with the ending of type and tier
 *   MEDIAN_MIN, MEDIAN_MAX of two vectors of MEDIAN_BYTES
 *
 * Sorting the 3 voxels along z, then the 3 lows, middles and highs along y,
 * is shared by the voxels around. What is left per voxel are three tables
 * (x - 1, x, x + 1) of 3x3, rising along both of their sides; the network
 * (median_network.tmpl.h) takes the middle of these 27. */

typedef MEDIAN_TYPE MEDIAN_NAME(mv)
    __attribute__((vector_size(MEDIAN_BYTES), aligned(1), may_alias));
#define MEDIAN_LANES (MEDIAN_BYTES / sizeof(MEDIAN_TYPE))

TK_INLINE void MEDIAN_NAME(sort_vector)(MEDIAN_NAME(mv) a, MEDIAN_NAME(mv) b,
                                        MEDIAN_NAME(mv) c, size_t i,
                                        MEDIAN_TYPE *const y[3])
{
    MEDIAN_NAME(mv) low = MEDIAN_MIN(a, b), high = MEDIAN_MAX(a, b);
    MEDIAN_NAME(mv) middle = MEDIAN_MIN(high, c);
    *(MEDIAN_NAME(mv) *)(y[2] + i) = MEDIAN_MAX(high, c);
    *(MEDIAN_NAME(mv) *)(y[0] + i) = MEDIAN_MIN(low, middle);
    *(MEDIAN_NAME(mv) *)(y[1] + i) = MEDIAN_MAX(low, middle);
}

/* low, middle and high of three rows, element by element. */
static void MEDIAN_NAME(sort3)(const MEDIAN_TYPE *const x[3], size_t n,
                               MEDIAN_TYPE *const y[3])
{
    size_t i = 0;
    for (; i + MEDIAN_LANES <= n; i += MEDIAN_LANES)
        MEDIAN_NAME(sort_vector)
    (*(const MEDIAN_NAME(mv) *)(x[0] + i), *(const MEDIAN_NAME(mv) *)(x[1] + i),
     *(const MEDIAN_NAME(mv) *)(x[2] + i), i, y);
    if (i == n)
        return;
    MEDIAN_NAME(mv) rest[3] = {{0}};
    for (unsigned k = 0; k < 3; k++)
        memcpy(&rest[k], x[k] + i, (n - i) * sizeof(MEDIAN_TYPE));
    MEDIAN_NAME(sort_vector)(rest[0], rest[1], rest[2], i, y);
}

/* One vector of medians. */
// NOLINTBEGIN(readability-function-size): the network is one list of exchanges
TK_INLINE MEDIAN_NAME(mv)
    MEDIAN_NAME(middle)(const MEDIAN_TYPE *const x[9], size_t i)
{
    MEDIAN_NAME(mv) v[27];
    TK_UNROLL
    for (unsigned e = 0; e < 9; e++) {
        v[e] = *(const MEDIAN_NAME(mv) *)(x[e] + i - 1);
        v[9 + e] = *(const MEDIAN_NAME(mv) *)(x[e] + i);
        v[18 + e] = *(const MEDIAN_NAME(mv) *)(x[e] + i + 1);
    }
#define MEDIAN_PAIR(a, b)                                                      \
    {                                                                          \
        MEDIAN_NAME(mv) low = MEDIAN_MIN(v[a], v[b]);                          \
        v[b] = MEDIAN_MAX(v[a], v[b]);                                         \
        v[a] = low;                                                            \
    }
#include "image/kernels/median_network.tmpl.h"
#undef MEDIAN_PAIR
    return v[MEDIAN_OUT];
}
// NOLINTEND(readability-function-size)

/* y[i] = the middle of x[*][i - 1 .. i + 1]; x[3 r + c] rises with r and c. */
static void MEDIAN_NAME(median27)(const MEDIAN_TYPE *const x[9], size_t n,
                                  MEDIAN_TYPE *y)
{
    size_t i = 0;
    for (; i + MEDIAN_LANES <= n; i += MEDIAN_LANES)
        *(MEDIAN_NAME(mv) *)(y + i) = MEDIAN_NAME(middle)(x, i);
    if (i == n)
        return;
    MEDIAN_NAME(mv) last = MEDIAN_NAME(middle)(x, i);
    memcpy(y + i, &last, (n - i) * sizeof(MEDIAN_TYPE));
}

#undef MEDIAN_LANES
#undef MEDIAN_TYPE
#undef MEDIAN_NAME
#undef MEDIAN_MIN
#undef MEDIAN_MAX
