/* 3 x 3 matrices, row by row, as augmentation needs them. */
#ifndef CS_IMAGE_AUGMENT_MATRIX_H
#define CS_IMAGE_AUGMENT_MATRIX_H

#include "base/defs.h"

static inline void im_matrix_times(const double a[9], const double b[9],
                                   double ret[9])
{
    for (size_t r = 0; r < 3; r++)
        for (size_t c = 0; c < 3; c++)
            ret[3 * r + c] = a[3 * r] * b[c] + a[3 * r + 1] * b[3 + c] +
                             a[3 * r + 2] * b[6 + c];
}

/* v and ret differ. */
static inline void im_matrix_apply(const double a[9], const double v[3],
                                   double ret[3])
{
    for (size_t r = 0; r < 3; r++)
        ret[r] = a[3 * r] * v[0] + a[3 * r + 1] * v[1] + a[3 * r + 2] * v[2];
}

static inline void im_matrix_transpose(const double a[9], double ret[9])
{
    for (size_t r = 0; r < 3; r++)
        for (size_t c = 0; c < 3; c++)
            ret[3 * r + c] = a[3 * c + r];
}

/* The inverse of I + a, which has one, by cofactors. */
static inline void im_matrix_inverse_beside_one(const double a[9],
                                                double ret[9])
{
    double m[9];
    for (size_t i = 0; i < 9; i++)
        m[i] = a[i] + (i % 4 == 0);
    for (size_t c = 0; c < 3; c++) {
        size_t c1 = (c + 1) % 3, c2 = (c + 2) % 3;
        for (size_t r = 0; r < 3; r++) {
            size_t r1 = (r + 1) % 3, r2 = (r + 2) % 3;
            ret[3 * c + r] = m[3 * r1 + c1] * m[3 * r2 + c2] -
                             m[3 * r1 + c2] * m[3 * r2 + c1];
        }
    }
    double det = m[0] * ret[0] + m[3] * ret[1] + m[6] * ret[2];
    for (size_t i = 0; i < 9; i++)
        ret[i] /= det;
}

#endif
