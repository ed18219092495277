#include "kc_memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define GUARD ((size_t)64) /* floats before and after */
#define PATTERN UINT32_C(0x7fc5a5a5)

struct kc_memory {
    kc_memory *next;
    float *base;
    size_t total;   /* floats, with guards */
    float *data;    /* what the check may write: … */
    size_t count;   /* … all of it, or an image in it */
    tk_image image; /* data NULL: none */
};

static void *need(void *p)
{
    if (!p) {
        fprintf(stderr, "check_kernels: out of memory\n");
        exit(2);
    }
    return p;
}

static void fill_pattern(float *p, size_t n)
{
    const uint32_t pattern = PATTERN;
    for (size_t i = 0; i < n; i++)
        memcpy(p + i, &pattern, sizeof(pattern));
}

bool kc_untouched(const float *p, size_t n)
{
    const uint32_t pattern = PATTERN;
    for (size_t i = 0; i < n; i++)
        if (memcmp(p + i, &pattern, sizeof(pattern)) != 0)
            return false;
    return true;
}

/* `skew` floats off the alignment of 64 bytes. */
static kc_memory *memory_new(kc *k, size_t count, size_t skew)
{
    kc_memory *m = need(cs_new0(kc_memory));
    m->total = (count + skew + 2 * GUARD + 15) / 16 * 16;
    m->base = need(cs_aligned_alloc(64, m->total * sizeof(float)));
    fill_pattern(m->base, m->total);
    m->data = m->base + GUARD + skew;
    m->count = count;
    m->next = k->memory;
    k->memory = m;
    return m;
}

float *kc_floats(kc *k, size_t n)
{
    return memory_new(k, n, 0)->data;
}

double *kc_doubles(kc *k, size_t n)
{
    return (double *)(void *)memory_new(k, 2 * n, 0)->data;
}

tk_image kc_image(kc *k, tk_dims dims)
{
    size_t before = cs_rng_below(&k->rng, 2);
    size_t after = cs_rng_below(&k->rng, 3);
    tk_dims wide = dims;
    wide.c = (before + tk_blocks(dims.c) + after) * TK_LANES;
    kc_memory *m = memory_new(k, tk_image_floats(&wide), TK_LANES);
    tk_image whole = tk_image_at(m->data, wide);
    m->image = tk_image_channels(&whole, before * TK_LANES, dims.c);
    return m->image;
}

tk_run kc_run_on(kc *k, cs_pool *pool, size_t scratch_floats)
{
    return (tk_run){k->table, pool, kc_floats(k, scratch_floats)};
}

tk_run kc_run(kc *k, size_t scratch_floats)
{
    return kc_run_on(k, k->pool, scratch_floats);
}

/* --- at the end of a check --- */

static void verify_lanes(kc *k, const tk_image *x)
{
    size_t used = x->dims.c % TK_LANES;
    if (used == 0)
        return;
    for (size_t n = 0; n < x->dims.n; n++) {
        const float *block = tk_block(x, n, x->dims.c / TK_LANES);
        for (size_t f = 0; f < tk_block_floats(&x->dims); f++)
            if (f % TK_LANES >= used && block[f] != 0) {
                kc_fail(k, "lane %zu beyond %zu channels holds %.9g",
                        f % TK_LANES, x->dims.c, (double)block[f]);
                return;
            }
    }
}

static void verify_image(kc *k, const kc_memory *m)
{
    const tk_image *x = &m->image;
    size_t own = tk_sample_floats(&x->dims);
    const float *at = m->base;
    for (size_t n = 0; n < x->dims.n; n++) {
        const float *sample = tk_block(x, n, 0);
        if (!kc_untouched(at, (size_t)(sample - at)))
            kc_fail(k, "wrote before sample %zu of an image", n);
        at = sample + own;
    }
    if (!kc_untouched(at, (size_t)(m->base + m->total - at)))
        kc_fail(k, "wrote behind the last sample of an image");
    verify_lanes(k, x);
}

void kc_memory_verify(kc *k)
{
    for (const kc_memory *m = k->memory; m; m = m->next) {
        const float *end = m->data + m->count;
        if (m->image.data)
            verify_image(k, m);
        else if (!kc_untouched(m->base, (size_t)(m->data - m->base)))
            kc_fail(k, "wrote before a buffer of %zu floats", m->count);
        else if (!kc_untouched(end, (size_t)(m->base + m->total - end)))
            kc_fail(k, "wrote behind a buffer of %zu floats", m->count);
    }
}

void kc_memory_free(kc *k)
{
    while (k->memory) {
        kc_memory *m = k->memory;
        k->memory = m->next;
        cs_free(m->base);
        cs_free(m);
    }
}

/* --- values --- */

static float extreme(cs_rng *r)
{
    float sign = cs_rng_below(r, 2) ? 1.0F : -1.0F;
    float size = 1 + cs_rng_uniform_f32(r);
    switch (cs_rng_below(r, 8)) {
    case 0:
        return sign * 0.0F;
    case 1:
        return sign * size * 0x1p-130F;
    default: /* 2^-66 is 1.4e-20, 2^49 is 5.6e14 */
        return sign * ldexpf(size, (int)cs_rng_below(r, 116) - 66);
    }
}

static float value_of(cs_rng *r, kc_fill fill)
{
    switch (fill) {
    case KC_NORMAL:
        return cs_rng_normal_f32(r);
    case KC_EXTREME:
        return extreme(r);
    case KC_OFFSET:
        return 10000 + cs_rng_normal_f32(r);
    default:
        return (float)cs_rng_below(r, 5) - 2;
    }
}

void kc_fill_floats(kc *k, float *p, size_t n, kc_fill fill)
{
    for (size_t i = 0; i < n; i++)
        p[i] = value_of(&k->rng, fill);
}

void kc_fill_image(kc *k, const tk_image *x, kc_fill fill)
{
    for (size_t n = 0; n < x->dims.n; n++)
        for (size_t b = 0; b < tk_blocks(x->dims.c); b++) {
            float *block = tk_block(x, n, b);
            for (size_t f = 0; f < tk_block_floats(&x->dims); f++)
                block[f] = b * TK_LANES + f % TK_LANES < x->dims.c
                               ? value_of(&k->rng, fill)
                               : 0;
        }
}

tk_image kc_filled(kc *k, tk_dims dims, kc_fill fill)
{
    tk_image x = kc_image(k, dims);
    kc_fill_image(k, &x, fill);
    return x;
}

tk_image kc_copy_of(kc *k, const tk_image *x)
{
    tk_image copy = kc_image(k, x->dims);
    for (size_t n = 0; n < x->dims.n; n++)
        memcpy(tk_block(&copy, n, 0), tk_block(x, n, 0),
               tk_sample_floats(&x->dims) * sizeof(float));
    return copy;
}
