/* Checks of kernels against their references, and their timing.
 *
 * A check has a name; kc_begin() starts it and ends the one before. Memory
 * lives until the check ends. It is surrounded by guards, filled with a
 * pattern (a NaN, so that reading it shows in results); when the check ends,
 * what the check was not given to write must still hold the pattern, and lanes
 * of images beyond their channels must hold zeros.
 *
 * The data of a check follow from the seed and the check's name alone. */
#ifndef CS_TESTS_KERNELS_KC_H
#define CS_TESTS_KERNELS_KC_H

#include "base/random.h"
#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

/* Half a unit in the last place of 1: the relative error of one rounding. */
#define KC_U 0x1p-24
/* What roundings below the smallest normal number may add up to. */
#define KC_TINY 1e-42

#define KC_NAME_MAX 200
#define KC_POOLS 3

typedef struct kc_memory kc_memory;

typedef struct kc {
    uint64_t seed;
    bool quick; /* a part of the cases, for slow builds */
    bool show_ulps;
    const char *only;
    cs_pool *pools[KC_POOLS]; /* of 1, 2, 3 threads */
    cs_pool *pool;            /* of as many as asked for */
    cs_cpu_tier tier;
    const tk_table *table;
    char name[KC_NAME_MAX];
    size_t name_len; /* without the part that kc_part() appends */
    bool open;       /* a check is under way */
    cs_rng rng;
    kc_memory *memory;
    size_t checks, failures;
    /* Largest error / largest result that normal data have shown, by kind and
     * operation. */
    double winograd_errors[TK_WINOGRADS][3];
} kc;

/* False: not asked for. */
bool kc_begin(kc *k, const char *format, ...) CS_PRINTF(2, 3);
/* Names a part of the check, for its failures; counts as a check. */
void kc_part(kc *k, const char *format, ...) CS_PRINTF(2, 3);
void kc_end(kc *k);
void kc_fail(kc *k, const char *format, ...) CS_PRINTF(2, 3);

/* --- memory, all of it full of the pattern --- */

float *kc_floats(kc *k, size_t n); /* 64-byte aligned */
double *kc_doubles(kc *k, size_t n);
bool kc_untouched(const float *p, size_t n);

/* An image that is a part of a wider one, by a random number of blocks before
 * and after; aligned to 32 bytes and no more. */
tk_image kc_image(kc *k, tk_dims dims);

/* A run with scratch, of the pool that was asked for, or of pool `i`. */
tk_run kc_run(kc *k, size_t scratch_floats);
tk_run kc_run_on(kc *k, cs_pool *pool, size_t scratch_floats);

typedef enum kc_fill {
    KC_NORMAL,  /* mean 0, deviation 1 */
    KC_EXTREME, /* magnitudes 1e-20 to 1e15, zeros of both signs, denormals */
    KC_OFFSET,  /* mean 10000, deviation 1 */
    KC_FEW,     /* small whole numbers: many are equal */
} kc_fill;

void kc_fill_floats(kc *k, float *p, size_t n, kc_fill fill);
void kc_fill_image(kc *k, const tk_image *x, kc_fill fill);
/* An image with values. */
tk_image kc_filled(kc *k, tk_dims dims, kc_fill fill);
/* The same values in an image of its own. */
tk_image kc_copy_of(kc *k, const tk_image *x);

/* --- comparison --- */

/* What is expected, and the error that is allowed: in the plain order
 * [n][c][d][h][w] for images. */
typedef struct kc_want {
    double *value, *bound;
    size_t count;
} kc_want;

kc_want kc_want_new(kc *k, size_t count);
/* The value of image `x` at plain index i. */
float kc_plain(const tk_image *x, size_t i);
double *kc_plain_doubles(kc *k, const tk_image *x);

typedef struct kc_worst {
    size_t index;
    double got, want, bound;
    double excess;  /* error / bound of that element */
    double largest; /* error of any element */
    bool bad;
} kc_worst;

void kc_compare(kc_worst *w, size_t index, double got, double want,
                double bound);
void kc_report(kc *k, const char *what, const kc_worst *w);

void kc_expect_image(kc *k, const char *what, const tk_image *got,
                     const kc_want *want);
void kc_expect_floats(kc *k, const char *what, const float *got,
                      const kc_want *want);
/* Equal bits. */
void kc_expect_same(kc *k, const char *what, const tk_image *a,
                    const tk_image *b);
/* Largest error, and largest expected value. */
double kc_largest_error(const tk_image *got, const kc_want *want);
double kc_largest(const double *p, size_t n);

/* --- timing --- */

/* `work` is what one call does, in units of 1e9 of which are a `unit`. */
void kc_bench(kc *k, double work, const char *unit, void (*fn)(void *ctx),
              void *ctx);

/* --- the checks --- */

void check_gemm(kc *k);
void bench_gemm(kc *k);
void check_winograd(kc *k);
void bench_winograd(kc *k);
void check_conv(kc *k);
void bench_conv(kc *k);
void check_pool(kc *k);
void bench_pool(kc *k);
void check_norm(kc *k);
void bench_norm(kc *k);
void check_activation(kc *k);
void bench_activation(kc *k);
void check_elementary(kc *k);
void check_layout(kc *k);
void bench_layout(kc *k);

#endif
