/* What check_networks and check_transformer share: how far our numbers are from
 * PyTorch's in f64, with the error of PyTorch's own f32 as the yardstick. */
#ifndef CS_TESTS_GOLDEN_COMPARE_H
#define CS_TESTS_GOLDEN_COMPARE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "tensor/npy.h"
#include "tensor/tensor.h"

/* Of a parameter's gradient, against all: make_*.py have it too. */
#define NEXT_TO_NOTHING 1e-5

static cs_errinfo info;
static unsigned failures, compared;

static inline void must(int r)
{
    if (r >= 0)
        return;
    fprintf(stderr, "%s: %s\n", info.place, info.message);
    exit(1);
}

static inline void must_hold(bool yes, const char *what)
{
    if (yes)
        return;
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static inline void compare_read(const char *path, tn_dtype type, tn_tensor *ret)
{
    CS_SCOPED(tn_tensor) raw = TN_TENSOR_INIT;
    must(tn_npy_read(path, &raw, &info));
    must(tn_copy(&raw, type, ret, &info));
}

/* --- how far off --- */

typedef struct distance {
    double most, largest;   /* |got - exact|, |exact| */
    double square, squares; /* sums of both, squared */
} distance;

/* NaN is the worst, and stays so. */
static inline double worse(double a, double b)
{
    return b > a || isnan(b) ? b : a;
}

static inline void measure(distance *d, const float *got,
                           const tn_tensor *exact)
{
    const double *e = tn_data(exact);
    for (size_t i = 0; i < tn_count(exact); i++) {
        double off = fabs((double)got[i] - e[i]);
        d->most = worse(d->most, off);
        d->largest = fmax(d->largest, fabs(e[i]));
        d->square += off * off;
        d->squares += e[i] * e[i];
    }
}

static inline double by_maximum(const distance *d)
{
    return d->most / d->largest;
}

static inline double by_norm(const distance *d)
{
    return sqrt(d->square / d->squares);
}

/* --- a row of the table --- */

/* A limit is so many times PyTorch's own error, but never below the floor:
 * PyTorch's is a single draw, and of an output of two numbers it may be small
 * by luck. */
typedef struct limit {
    double times, floor;
} limit;

typedef struct error_pair {
    double ours, theirs;
} error_pair;

static inline void compare_heading(const char *first)
{
    printf("%-15s %-18s %-24s %9s %9s %6s %9s\n", first, "case", "what", "ours",
           "PyTorch's", "ratio", "limit");
}

static inline void compare_row(const char *name, const char *at,
                               const char *what, const error_pair *e, limit l)
{
    double most = fmax(l.times * e->theirs, l.floor);
    bool fine = e->ours <= most;
    compared++;
    failures += !fine;
    printf("%-15s %-18s %-24s %9.2e %9.2e %6.2f %9.2e%s\n", name, at, what,
           e->ours, e->theirs, e->ours / e->theirs, most,
           fine ? "" : "  TOO MUCH");
    fflush(stdout);
}

static inline int compare_end(void)
{
    printf("%u comparisons, %u failed\n", compared, failures);
    return failures > 0;
}

#endif
