#include "image/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image/plain.h"

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Every rank of x, or every `step`th, against sorting. */
static void check(tn_dtype d, const void *x, size_t n, size_t step)
{
    CS_AUTO_MEM double *sorted = cs_calloc(n, sizeof(*sorted));
    assert_non_null(sorted);
    const size_t size = tn_dtype_size(d);
    for (size_t i = 0; i < n; i++) {
        const char *p = (const char *)x + i * size;
        float f;
        im_load_row(im_table_of(CS_CPU_BASELINE), d, p, 1, &f);
        sorted[i] = d == TN_I32 ? *(const int32_t *)(const void *)p : (double)f;
    }
    qsort(sorted, n, sizeof(*sorted), by_value);
    for (cs_cpu_tier t = CS_CPU_BASELINE; t <= cs_cpu_tier_best(); t++) {
        CS_SCOPED(im_ranks) r = IM_RANKS_INIT;
        const im_run run = {.tier = t};
        assert_int_equal(im_ranks_init(&r, d, x, n, &run, NULL), 0);
        assert_false(r.has_nan);
        for (size_t i = 0; i < n; i += step) {
            double got;
            assert_int_equal(im_ranks_at(&r, i, &got, NULL), 0);
            assert_true(got == sorted[i]);
        }
    }
}

static void ranks_are_those_of_sorting(void **state)
{
    (void)state;
    const tn_dtype types[] = {TN_U8,  TN_I8,  TN_I16, TN_U16,
                              TN_I32, TN_F32, TN_BOOL};
    for (size_t i = 0; i < CS_COUNTOF(types); i++) {
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        const im_geometry g = im_geometry_plain(13, 11, 7);
        plain_noise(&v, types[i], &g);
        check(types[i], tn_data(&v.voxels), 13 * 11 * 7, 1);
    }
}

/* All bits of floats, of both signs, with zeros and infinities. */
static void all_floats_are_ordered(void **state)
{
    (void)state;
    float x[997];
    cs_rng rng = cs_rng_stream(5, 1);
    for (size_t i = 0; i < CS_COUNTOF(x); i++)
        do {
            uint32_t bits = cs_rng_u32(&rng);
            memcpy(&x[i], &bits, sizeof(bits));
        } while (isnan(x[i]));
    x[3] = 0;
    x[5] = -0.0F;
    x[7] = INFINITY;
    x[11] = -INFINITY;
    check(TN_F32, x, CS_COUNTOF(x), 1);
}

static void equal_elements_and_single_ones(void **state)
{
    (void)state;
    float x[100];
    for (size_t i = 0; i < 100; i++)
        x[i] = -3.25F;
    check(TN_F32, x, 100, 1);
    check(TN_F32, x, 1, 1);
}

/* More than one chunk, on several threads. */
static void threads_count_together(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(700, 600, 2);
    plain_noise(&v, TN_I16, &g);
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    CS_SCOPED(im_ranks) one = IM_RANKS_INIT;
    CS_SCOPED(im_ranks) three = IM_RANKS_INIT;
    const im_run alone = {.tier = cs_cpu_tier_best()};
    const im_run run = {.pool = pool, .tier = cs_cpu_tier_best()};
    const void *x = tn_data(&v.voxels);
    assert_int_equal(im_ranks_init(&one, TN_I16, x, 840000, &alone, NULL), 0);
    assert_int_equal(im_ranks_init(&three, TN_I16, x, 840000, &run, NULL), 0);
    assert_memory_equal(one.count, three.count, 65536 * sizeof(size_t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_are_those_of_sorting),
        cmocka_unit_test(all_floats_are_ordered),
        cmocka_unit_test(equal_elements_and_single_ones),
        cmocka_unit_test(threads_count_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
