#include "tensor/kernels/dropout.h"

#include "support/kernel.h"

typedef struct kt_case {
    tk_dropout drop;
    tk_dims dims;
    const tk_image *x;
} kt_case;

static void image(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image y = tk_image_at(out, k->dims);
    tk_dropout_run(run, &k->drop, k->x, &y);
}

/* Word that decides on element (n, c, v). */
static uint64_t word_of(const kt_case *k, size_t n, size_t c, size_t v)
{
    const tk_dims *s = &k->dims;
    if (k->drop.channels)
        return n * s->c + c;
    return ((n * tk_blocks(s->c) + c / 8) * tk_voxels(s) + v) * 8 + c % 8;
}

static void check_against_words(const kt_case *k, const double *x)
{
    const tk_dims *s = &k->dims;
    size_t voxels = tk_voxels(s);
    CS_AUTO_MEM double *y = kt_run_image(image, k, *s, 0);
    for (size_t i = 0; i < kt_elements(s); i++) {
        cs_rng r = k->drop.stream;
        cs_rng_seek(
            &r, word_of(k, i / voxels / s->c, i / voxels % s->c, i % voxels));
        bool kept = cs_rng_uniform_f32(&r) >= k->drop.p;
        float scaled = (float)x[i] * (1 / (1 - k->drop.p));
        assert_true(y[i] == (kept ? (double)scaled : 0));
    }
}

static void the_mask_follows_from_the_stream(void **state)
{
    (void)state;
    static const size_t channels[] = {1, 3, 8, 13};
    for (size_t i = 0; i < CS_COUNTOF(channels); i++)
        for (int whole = 0; whole < 2; whole++) {
            kt_case k = {.dims = {2, channels[i], 3, 17, 25}};
            k.drop = (tk_dropout){cs_rng_stream(11, i), 0.3F, whole == 1};
            CS_AUTO_MEM double *x = kt_values(kt_elements(&k.dims), 1);
            tk_image from = kt_image(k.dims, x);
            k.x = &from;
            check_against_words(&k, x);
            cs_free(from.data);
        }
}

static double share_kept(const double *y, size_t n)
{
    double kept = 0;
    for (size_t i = 0; i < n; i++)
        kept += y[i] != 0 ? 1 : 0;
    return kept / (double)n;
}

static void the_share_is_one_minus_p(void **state)
{
    (void)state;
    static const float p[] = {0, 0.1F, 0.5F, 0.9F, 1};
    kt_case k = {.dims = {1, 20000, 1, 1, 1}};
    CS_AUTO_MEM double *x = kt_values(20000, 1);
    tk_image from = kt_image(k.dims, x);
    k.x = &from;
    for (size_t i = 0; i < CS_COUNTOF(p); i++) {
        k.drop = (tk_dropout){.stream = cs_rng_stream(5, i), .p = p[i]};
        CS_AUTO_MEM double *got = kt_run_image(image, &k, k.dims, 0);
        /* Four deviations of the share of 20000 draws. */
        double q = 1 - (double)p[i];
        assert_true(fabs(share_kept(got, 20000) - q) <=
                    4 * sqrt(q * (1 - q) / 20000));
        if (p[i] == 0)
            assert_memory_equal(got, x, 20000 * sizeof(double));
    }
    cs_free(from.data);
}

static void the_mask_does_not_depend_on_where_the_image_lies(void **state)
{
    (void)state;
    tk_dims wide = {2, 24, 1, 3, 5};
    CS_AUTO_MEM double *x = kt_values(kt_elements(&wide), 1);
    tk_image whole = kt_image(wide, x);
    tk_image part = tk_image_channels(&whole, 8, 13);
    /* Lanes beyond 13 hold the wide image's values: a part owns its own. */
    for (size_t n = 0; n < 2; n++)
        for (size_t v = 0; v < 15; v++)
            memset(tk_block(&part, n, 1) + v * 8 + 5, 0, 3 * sizeof(float));
    CS_AUTO_MEM double *alone = kt_plain(&part);
    tk_image copy = kt_image(part.dims, alone);
    kt_case k = {.dims = part.dims, .x = &part};
    k.drop = (tk_dropout){.stream = cs_rng_stream(3, 3), .p = 0.5F};
    CS_AUTO_MEM double *a = kt_run_image(image, &k, part.dims, 0);
    k.x = &copy;
    CS_AUTO_MEM double *b = kt_run_image(image, &k, part.dims, 0);
    assert_memory_equal(a, b, kt_elements(&part.dims) * sizeof(double));
    cs_free(whole.data);
    cs_free(copy.data);
}

static void what_is_dropped_is_zero_even_if_infinite(void **state)
{
    (void)state;
    double x[] = {KT_INFINITY, KT_NAN, -KT_INFINITY};
    kt_case k = {.dims = {1, 3, 1, 1, 1}, .drop = {.p = 1}};
    tk_image from = kt_image(k.dims, x);
    k.x = &from;
    CS_AUTO_MEM double *y = kt_run_image(image, &k, k.dims, 0);
    assert_true(y[0] == 0 && y[1] == 0 && y[2] == 0);
    cs_free(from.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mask_follows_from_the_stream),
        cmocka_unit_test(the_share_is_one_minus_p),
        cmocka_unit_test(the_mask_does_not_depend_on_where_the_image_lies),
        cmocka_unit_test(what_is_dropped_is_zero_even_if_infinite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
