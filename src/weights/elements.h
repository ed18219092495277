/* The elements of a tensor, bit for bit: tn_copy() converts, which may quiet a
 * NaN; what is stored must be what was there. */
#ifndef CS_WEIGHTS_ELEMENTS_H
#define CS_WEIGHTS_ELEMENTS_H

#include "tensor/tensor.h"

/* A contiguous view, or copy where strides make that necessary. *ret is
 * empty. */
int wt_contiguous(const tn_tensor *t, tn_tensor *ret, cs_errinfo *info);

/* Elements that are no numbers to compute with; 0 for whole-number types. */
typedef struct wt_oddities {
    size_t nan, inf;
} wt_oddities;

int wt_count_oddities(const tn_tensor *t, wt_oddities *ret, cs_errinfo *info);

#endif
