#include "kc.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "kc_memory.h"

bool kc_begin(kc *k, const char *format, ...)
{
    kc_end(k);
    va_list args;
    va_start(args, format);
    vsnprintf(k->name, sizeof(k->name), format, args);
    va_end(args);
    k->name_len = strlen(k->name);
    k->open = !k->only || strstr(k->name, k->only);
    if (!k->open)
        return false;
    const cs_rng root = cs_rng_stream(k->seed, 0);
    k->rng = cs_rng_derive(&root, k->name, 0);
    k->checks++;
    return true;
}

void kc_part(kc *k, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    k->name[k->name_len] = ' ';
    vsnprintf(k->name + k->name_len + 1, sizeof(k->name) - k->name_len - 1,
              format, args);
    va_end(args);
    k->checks++;
}

void kc_end(kc *k)
{
    if (!k->open)
        return;
    kc_memory_verify(k);
    kc_memory_free(k);
    k->open = false;
}

void kc_fail(kc *k, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("FAIL %s %s, seed %llu: ", cs_cpu_tier_name(k->tier), k->name,
           (unsigned long long)k->seed);
    vprintf(format, args);
    printf("\n");
    va_end(args);
    k->failures++;
}

/* --- comparison --- */

void kc_compare(kc_worst *w, size_t index, double got, double want,
                double bound)
{
    double error = fabs(got - want);
    bool nan = isnan(got) || isnan(want);
    if (nan ? isnan(got) == isnan(want) : error == 0 || got == want)
        return;
    w->largest = nan ? HUGE_VAL : fmax(w->largest, error);
    double excess = nan ? HUGE_VAL : error / bound;
    if (excess <= w->excess)
        return;
    w->bad |= !(error <= bound);
    w->excess = excess;
    w->index = index;
    w->got = got;
    w->want = want;
    w->bound = bound;
}

void kc_report(kc *k, const char *what, const kc_worst *w)
{
    if (w->bad)
        kc_fail(
            k, "%s element %zu is %.9g, expected %.9g: error %.3g, bound %.3g",
            what, w->index, w->got, w->want, fabs(w->got - w->want), w->bound);
}

kc_want kc_want_new(kc *k, size_t count)
{
    kc_want w = {kc_doubles(k, count), kc_doubles(k, count), count};
    memset(w.value, 0, count * sizeof(double));
    memset(w.bound, 0, count * sizeof(double));
    return w;
}

float kc_plain(const tk_image *x, size_t i)
{
    size_t voxels = tk_voxels(&x->dims);
    size_t c = i / voxels % x->dims.c;
    size_t n = i / voxels / x->dims.c;
    return tk_block(x, n, c / TK_LANES)[i % voxels * TK_LANES + c % TK_LANES];
}

static size_t plain_count(const tk_dims *s)
{
    return s->n * s->c * tk_voxels(s);
}

double *kc_plain_doubles(kc *k, const tk_image *x)
{
    size_t n = plain_count(&x->dims);
    double *p = kc_doubles(k, n);
    for (size_t i = 0; i < n; i++)
        p[i] = (double)kc_plain(x, i);
    return p;
}

static kc_worst compare_image(const tk_image *got, const kc_want *want)
{
    kc_worst w = {0};
    for (size_t i = 0; i < want->count; i++)
        kc_compare(&w, i, (double)kc_plain(got, i), want->value[i],
                   want->bound[i]);
    return w;
}

void kc_expect_image(kc *k, const char *what, const tk_image *got,
                     const kc_want *want)
{
    kc_worst w = compare_image(got, want);
    if (!w.bad)
        return;
    const tk_dims *s = &got->dims;
    size_t i = w.index;
    size_t at[5] = {i / s->w / s->h / s->d / s->c,
                    i / s->w / s->h / s->d % s->c, i / s->w / s->h % s->d,
                    i / s->w % s->h, i % s->w};
    kc_fail(k,
            "%s of %zux%zux%zux%zux%zu at [%zu][%zu][%zu][%zu][%zu] is %.9g, "
            "expected %.9g: error %.3g, bound %.3g",
            what, s->n, s->c, s->d, s->h, s->w, at[0], at[1], at[2], at[3],
            at[4], w.got, w.want, fabs(w.got - w.want), w.bound);
}

void kc_expect_floats(kc *k, const char *what, const float *got,
                      const kc_want *want)
{
    kc_worst w = {0};
    for (size_t i = 0; i < want->count; i++)
        kc_compare(&w, i, (double)got[i], want->value[i], want->bound[i]);
    kc_report(k, what, &w);
}

void kc_expect_same(kc *k, const char *what, const tk_image *a,
                    const tk_image *b)
{
    size_t bytes = tk_sample_floats(&a->dims) * sizeof(float);
    for (size_t n = 0; n < a->dims.n; n++)
        if (memcmp(tk_block(a, n, 0), tk_block(b, n, 0), bytes) != 0) {
            kc_fail(k, "%s: other bits in sample %zu", what, n);
            return;
        }
}

double kc_largest_error(const tk_image *got, const kc_want *want)
{
    return compare_image(got, want).largest;
}

double kc_largest(const double *p, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(p[i]));
    return most;
}

/* --- timing --- */

#define BENCH_RUNS 51
#define BENCH_NS (400 * CS_NS_PER_MS)

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

void kc_bench(kc *k, double work, const char *unit, void (*fn)(void *ctx),
              void *ctx)
{
    const cs_clock *clock = cs_clock_system();
    int64_t times[BENCH_RUNS];
    size_t n = 0;
    fn(ctx);
    int64_t begin = cs_mono_ns(clock);
    while (n < BENCH_RUNS && (n < 5 || cs_mono_ns(clock) - begin < BENCH_NS)) {
        int64_t from = cs_mono_ns(clock);
        fn(ctx);
        times[n++] = cs_mono_ns(clock) - from;
    }
    qsort(times, n, sizeof(times[0]), by_value);
    int64_t median = times[n / 2];
    double ns = (double)CS_MAX(median, INT64_C(1));
    printf("%-9s %-52s %9.3f ms %8.1f %s\n", cs_cpu_tier_name(k->tier), k->name,
           ns / 1e6, work / ns, unit);
    fflush(stdout);
}
