/* The geometries that convolutions are checked with. */
#ifndef CS_TESTS_KERNELS_CONV_CASES_H
#define CS_TESTS_KERNELS_CONV_CASES_H

#include "kc.h"
#include "tensor/kernels/conv.h"

typedef struct conv_case {
    tk_conv conv;
    size_t n, d, h, w; /* of x */
    bool bias;
    float slope;
    bool quick;
} conv_case;

extern const conv_case conv_cases[];
extern const size_t conv_case_count;

#endif
