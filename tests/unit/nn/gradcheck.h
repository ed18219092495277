/* Gradients against central finite differences, worked out in double. */
#ifndef CS_TESTS_NN_GRADCHECK_H
#define CS_TESTS_NN_GRADCHECK_H

#include <math.h>
#include <stddef.h>

#include "support/test.h"

/* A number that depends on the n floats at x. */
typedef double gradcheck_fn(void *ctx, const float *x);

#define GRADCHECK_STEP 0x1p-14F

/* |grad[i] - slope of f in x[i]| stays within tolerance * (1 + |slope|). What
 * x really moved by is divided out, so that its rounding does no harm; the
 * error of the method is a sixth of the third derivative times 4e-9. */
static inline void gradcheck(gradcheck_fn *f, void *ctx, float *x, size_t n,
                             const float *grad, double tolerance)
{
    for (size_t i = 0; i < n; i++) {
        float at = x[i];
        float above = at + GRADCHECK_STEP;
        float below = at - GRADCHECK_STEP;
        x[i] = above;
        double high = f(ctx, x);
        x[i] = below;
        double low = f(ctx, x);
        x[i] = at;
        double slope = (high - low) / ((double)above - (double)below);
        double off = fabs((double)grad[i] - slope);
        if (!(off <= tolerance * (1 + fabs(slope))))
            fail_msg("gradient %zu is %.9g, the slope is %.9g", i,
                     (double)grad[i], slope);
    }
}

#endif
