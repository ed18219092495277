#include "image/line.h"

#include "image/plain.h"

static void every_type_against_the_formula(void **state)
{
    (void)state;
    const im_geometry g = im_geometry_plain(45, 50, 31); /* odd, > a chunk */
    const im_line line = {.a = 0.01, .b = 3, .low = -2, .high = 200};
    for (tn_dtype d = 0; d < TN_DTYPES; d++) {
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        CS_SCOPED(im_volume) f = IM_VOLUME_INIT;
        CS_SCOPED(im_volume) u = IM_VOLUME_INIT;
        CS_AUTO(cs_pool) pool = NULL;
        assert_int_equal(cs_pool_new(2, &pool, NULL), 0);
        const im_run run = {.pool = pool, .tier = cs_cpu_tier_best()};
        plain_noise(&v, d, &g);
        assert_int_equal(im_line_over(&v, &line, TN_F32, &run, &f, NULL), 0);
        assert_int_equal(im_line_over(&v, &line, TN_U8, &run, &u, NULL), 0);
        for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
            double y = 0.01 * plain_value(&v, i) + 3;
            y = fmin(fmax(y, -2), 200);
            assert_true(fabs((double)im_f32(&f)[i] - y) < 1e-5);
            assert_true(fabs(im_u8(&u)[i] - fmax(y, 0)) < 0.5001);
        }
        assert_true(im_geometry_same(&f.geometry, &g, 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_against_the_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
