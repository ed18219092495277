/* Winograd's transforms as matrices in double, by which the kernels' ones are
 * checked: y = A'[(G g) * (B' x)] along each axis. */
#ifndef CS_TESTS_KERNELS_MATRICES_H
#define CS_TESTS_KERNELS_MATRICES_H

#include "base/defs.h"

#define KM_SIDE 6
#define KM_MAX (KM_SIDE * KM_SIDE * KM_SIDE)

typedef struct km_matrix {
    size_t rows, columns;
    double at[KM_SIDE][KM_SIDE];
} km_matrix;

typedef enum km_transform {
    KM_INPUT,    /* B' */
    KM_OUTPUT,   /* A' */
    KM_GRADIENT, /* A */
    KM_KERNEL,   /* G */
    KM_TAPS,     /* G' */
} km_transform;

/* For m outputs along an axis, as tk_winograd.m has it. */
km_matrix km_axis(km_transform t, unsigned char m);
km_matrix km_absolute(const km_matrix *m);

/* The sum of magnitudes of a row. */
double km_row(const km_matrix *m, size_t row);

/* to = the transform along all three axes of `from`, both dense. */
void km_apply(const km_matrix m[3], const double *from, double *to);

/* By how much Winograd's way may exceed a plain sum of products of one
 * channel, along one axis; see matrices.c. */
double km_forward_amplification(unsigned char m);
double km_weights_amplification(unsigned char m);

#endif
