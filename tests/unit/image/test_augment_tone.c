#include "image/augment_tone.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/normal.h"
#include "image/kernels/table.h"
#include "support/test.h"

/* Words at the ends, in the middle, where the two fits meet, and others. */
static void noise_is_the_normal_quantile_of_its_words(void **state)
{
    (void)state;
    enum { N = 100003 };
    static const uint32_t special[] = {
        0,           1,           2,           0x7fffffffu, 0x7ffffffeu,
        0x80000000u, 0x80000001u, 0xffffffffu, 0x00dcb000u, 0x00dce000u};
    CS_AUTO_MEM uint32_t *words = cs_calloc(N, sizeof(*words));
    CS_AUTO_MEM float *y = cs_calloc(N, sizeof(*y));
    assert_true(words && y);
    const cs_rng r = cs_rng_stream(1, 2);
    cs_rng_fill_u32(&r, 0, words, N);
    memcpy(words, special, sizeof(special));
    const cs_cpu_tier tiers[] = {CS_CPU_BASELINE, cs_cpu_tier_best()};
    for (int t = 0; t < 2; t++) {
        for (size_t i = 0; i < N; i++)
            y[i] = 100;
        im_table_of(tiers[t])->add_normal(words, N, 10, y);
        for (size_t i = 0; i < N; i++) {
            double tail = ((double)(words[i] & 0x7fffffffu) + 0.5) * 0x1p-32;
            double z = -cs_normal_quantile(tail);
            z = words[i] >> 31 ? -z : z;
            /* 100 is rounded to 8e-6 */
            assert_true(fabs(((double)y[i] - 100) / 10 - z) < 6e-6);
        }
    }
}

static void noise_has_its_moments_and_is_the_samples_own(void **state)
{
    (void)state;
    enum { N = 1 << 20 };
    const im_run run = {NULL, cs_cpu_tier_best()};
    im_augment_spec s = im_augment_nothing();
    s.noise.probability = 1;
    s.noise.sigma_hu = (im_augment_range){25, 25};
    CS_AUTO_MEM float *a = cs_calloc(N, sizeof(*a));
    CS_AUTO_MEM float *b = cs_calloc(N, sizeof(*b));
    assert_true(a && b);
    const im_augment_plan p = im_augment_draw(&s, 1, 1);
    const im_augment_plan q = im_augment_draw(&s, 1, 2);
    im_augment_tone(&run, &p, N, a);
    im_augment_tone(&run, &q, N, b);
    double sum = 0, square = 0, cube = 0, fourth = 0, both = 0, next = 0;
    for (size_t i = 0; i < N; i++) {
        double z = (double)a[i] / 25;
        sum += z;
        square += z * z;
        cube += z * z * z;
        fourth += z * z * z * z;
        both += z * (double)b[i] / 25;
        next += i ? z * (double)a[i - 1] / 25 : 0;
    }
    /* four standard errors each, of 2^20 values: 2^-10 times … */
    assert_true(fabs(sum / N) < 4 * 0x1p-10);
    assert_true(fabs(square / N - 1) < 4 * 1.42 * 0x1p-10);
    assert_true(fabs(cube / N) < 4 * 3.9 * 0x1p-10);
    assert_true(fabs(fourth / N - 3) < 4 * 9.8 * 0x1p-10);
    assert_true(fabs(both / N) < 4 * 0x1p-10);
    assert_true(fabs(next / N) < 4 * 0x1p-10);
}

static void tones_are_what_they_say(void **state)
{
    (void)state;
    const im_run run = {NULL, cs_cpu_tier_best()};
    im_augment_plan p = im_augment_identity();
    const float before[] = {-1024, -1000, -600, -250, 0, 400, 3000};
    enum { N = CS_COUNTOF(before) };
    float v[N];
    memcpy(v, before, sizeof(v));
    im_augment_tone(&run, &p, N, v);
    assert_memory_equal(v, before, sizeof(v));

    p.contrast = 1.5;
    p.contrast_centre = -600;
    p.brightness_hu = 10;
    im_augment_tone(&run, &p, N, v);
    for (int i = 0; i < N; i++)
        assert_true(fabs((double)v[i] -
                         (-600 + 1.5 * ((double)before[i] + 600) + 10)) < 1e-3);

    p = im_augment_identity();
    p.gamma = 2;
    p.gamma_low = -1000;
    p.gamma_high = 400;
    memcpy(v, before, sizeof(v));
    im_augment_tone(&run, &p, N, v);
    const double want[] = {-1024,
                           -1000,
                           -1000 + 160000.0 / 1400,
                           -1000 + 562500.0 / 1400,
                           -1000 + 1000000.0 / 1400,
                           400,
                           3000};
    for (int i = 0; i < N; i++)
        assert_true(fabs((double)v[i] - want[i]) < 1e-3);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    enum { N = 100001 };
    im_augment_plan p = im_augment_identity();
    p.noise_hu = 30;
    p.noise = cs_rng_stream(4, 4);
    p.contrast = 1.1;
    CS_AUTO_MEM float *a = cs_calloc(N, sizeof(*a));
    CS_AUTO_MEM float *b = cs_calloc(N, sizeof(*b));
    assert_true(a && b);
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(4, &pool, NULL), 0);
    const im_run one = {NULL, cs_cpu_tier_best()};
    const im_run four = {pool, cs_cpu_tier_best()};
    im_augment_tone(&one, &p, N, a);
    im_augment_tone(&four, &p, N, b);
    assert_memory_equal(a, b, N * sizeof(*a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_is_the_normal_quantile_of_its_words),
        cmocka_unit_test(noise_has_its_moments_and_is_the_samples_own),
        cmocka_unit_test(tones_are_what_they_say),
        cmocka_unit_test(threads_do_not_change_a_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
