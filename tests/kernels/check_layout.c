/* Between the plain order and the blocked one; copies, sums, zeros: exact. */
#include <string.h>

#include "kc.h"
#include "tensor/kernels/layout.h"

static const tk_dims shapes[] = {
    {1, 1, 1, 1, 1},  {2, 3, 1, 5, 7},  {1, 8, 2, 3, 4},
    {3, 13, 3, 1, 5}, {1, 16, 1, 9, 9}, {2, 20, 11, 12, 17}, /* chunks */
};

static void plain(kc *k, const tk_dims *s)
{
    const tk_run run = kc_run(k, 0);
    size_t n = s->n * s->c * tk_voxels(s);
    float *from = kc_floats(k, n);
    float *back = kc_floats(k, n);
    const tk_image x = kc_image(k, *s);
    kc_want want = kc_want_new(k, n);
    kc_fill_floats(k, from, n, KC_EXTREME);
    for (size_t i = 0; i < n; i++)
        want.value[i] = (double)from[i];
    tk_from_plain(&run, from, &x);
    kc_expect_image(k, "blocked", &x, &want);
    tk_to_plain(&run, &x, back);
    if (memcmp(from, back, n * sizeof(float)) != 0)
        kc_fail(k, "plain values did not come back");
}

static void copies(kc *k, const tk_dims *s)
{
    const tk_run run = kc_run(k, 0);
    const tk_image x = kc_filled(k, *s, KC_NORMAL);
    const tk_image y = kc_image(k, *s);
    tk_copy(&run, &x, &y);
    kc_expect_same(k, "copy", &x, &y);
    const tk_image z = kc_filled(k, *s, KC_NORMAL);
    kc_want want = kc_want_new(k, s->n * s->c * tk_voxels(s));
    for (size_t i = 0; i < want.count; i++)
        want.value[i] = (double)(kc_plain(&x, i) + kc_plain(&z, i));
    tk_add_to(&run, &x, &z);
    kc_expect_image(k, "sum", &z, &want);
    memset(want.value, 0, want.count * sizeof(double));
    tk_fill_zero(&run, &z);
    kc_expect_image(k, "zeros", &z, &want);
}

void check_layout(kc *k)
{
    for (size_t i = 0; i < CS_COUNTOF(shapes); i++) {
        if (kc_begin(k, "layout plain case %zu", i))
            plain(k, &shapes[i]);
        if (kc_begin(k, "layout copies case %zu", i))
            copies(k, &shapes[i]);
    }
}

/* --- timing --- */

typedef struct bench {
    tk_run run;
    tk_image x, y;
    float *plain;
} bench;

static void run_from_plain(void *ctx)
{
    const bench *b = ctx;
    tk_from_plain(&b->run, b->plain, &b->x);
}

static void run_to_plain(void *ctx)
{
    const bench *b = ctx;
    tk_to_plain(&b->run, &b->x, b->plain);
}

static void run_copy(void *ctx)
{
    const bench *b = ctx;
    tk_copy(&b->run, &b->x, &b->y);
}

static void run_add(void *ctx)
{
    const bench *b = ctx;
    tk_add_to(&b->run, &b->x, &b->y);
}

void bench_layout(kc *k)
{
    static const struct {
        const char *name;
        void (*fn)(void *ctx);
        double sides;
    } rows[] = {{"from plain", run_from_plain, 2},
                {"to plain", run_to_plain, 2},
                {"copy", run_copy, 2},
                {"add", run_add, 3}};
    const tk_dims s = {1, 32, 48, 48, 48};
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        if (!kc_begin(k, "layout %s 32x48x48x48", rows[i].name))
            continue;
        bench b = {.run = kc_run(k, 0),
                   .plain = kc_floats(k, tk_image_floats(&s))};
        b.x = kc_filled(k, s, KC_NORMAL);
        b.y = kc_filled(k, s, KC_NORMAL);
        memset(b.plain, 0, tk_image_floats(&s) * sizeof(float));
        kc_bench(k, rows[i].sides * 4 * (double)tk_image_floats(&s), "GB/s",
                 rows[i].fn, &b);
    }
}
