#include "image/spline.h"

#include "image/plain.h"

static void check(size_t x, size_t y, size_t z, unsigned threads)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(x, y, z);
    plain_noise(&v, TN_I16, &g);
    CS_AUTO_MEM double *want = plain_coefficients(&v);
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
    for (cs_cpu_tier tier = CS_CPU_BASELINE; tier <= cs_cpu_tier_best();
         tier++) {
        CS_SCOPED(im_spline) s = IM_SPLINE_INIT;
        const im_run run = {.pool = pool, .tier = tier};
        assert_int_equal(im_spline_init(&s, &v, &run, NULL), 0);
        for (size_t i = 0; i < x * y * z; i++) {
            double got = (double)s.c[i / x * s.stride + i % x];
            if (!(fabs(got - want[i]) < 0.02))
                fail_msg("%zu of %zux%zux%zu: %f, not %f", i, x, y, z, got,
                         want[i]);
        }
    }
}

static void coefficients_solve_the_equations_of_the_spline(void **state)
{
    (void)state;
    check(33, 21, 40, 1);
    check(16, 17, 18, 2);
    check(19, 1, 5, 3);
    check(2, 3, 2, 1);
    check(1, 1, 1, 1);
    check(1, 64, 1, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_solve_the_equations_of_the_spline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
