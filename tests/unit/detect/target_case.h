/* A batch of which only the truth matters. */
#ifndef CS_TESTS_DETECT_TARGET_CASE_H
#define CS_TESTS_DETECT_TARGET_CASE_H

#include <math.h>

#include "detect/head_impl.h"
#include "support/test.h"

static inline dt_batch batch_of(const md_recipe *r, const dt_truth *truths,
                                size_t n, size_t x, size_t y, size_t z)
{
    dt_batch b = {.r = r, .truths = truths, .n = n, .cells = {x, y, z}};
    b.points = x * y * z;
    return b;
}

static inline dt_seen seen(double x, double y, double z, double diameter)
{
    return (dt_seen){{x, y, z}, diameter, false};
}

static inline dt_seen excluded(double x, double y, double z, double diameter)
{
    return (dt_seen){{x, y, z}, diameter, true};
}

#endif
