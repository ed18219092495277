/* Where an element of a plain array [n][c][d][h][w] is found in one that is
 * repeated to its extents. */
#ifndef CS_TESTS_SUPPORT_BROADCAST_H
#define CS_TESTS_SUPPORT_BROADCAST_H

#include "tensor/kernels/image.h"

static inline size_t kt_repeated(const tk_dims *wide, size_t i,
                                 const tk_dims *narrow)
{
    const size_t of[5] = {wide->n, wide->c, wide->d, wide->h, wide->w};
    const size_t to[5] = {narrow->n, narrow->c, narrow->d, narrow->h,
                          narrow->w};
    size_t at[5];
    for (int a = 4; a >= 0; i /= of[a], a--)
        at[a] = to[a] == 1 ? 0 : i % of[a];
    size_t index = 0;
    for (int a = 0; a < 5; a++)
        index = index * to[a] + at[a];
    return index;
}

#endif
