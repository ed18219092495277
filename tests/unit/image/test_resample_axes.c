/* Linear and cubic along the axes: upwards, downwards, mirrored, in part,
 * more planes than a block, element types. */
#include "image/resample_check.h"

static im_geometry grid_of(size_t x, size_t y, size_t z, double first,
                           const double spacing[3])
{
    im_geometry g = im_geometry_plain(x, y, z);
    for (int i = 0; i < 3; i++) {
        g.spacing[i] = fabs(spacing[i]);
        g.direction[4 * i] = spacing[i] < 0 ? -1 : 1;
        g.origin[i] = first;
    }
    return g;
}

typedef struct grid_case {
    size_t from[3], to[3];
    double first, spacing[3];
} grid_case;

static const grid_case cases[] = {
    {{20, 19, 47}, {31, 13, 61}, -0.9, {0.71, 1.43, 0.83}},
    {{33, 40, 90}, {9, 9, 100}, 0.13, {4.1, 3.9, 0.91}},
    {{17, 5, 70}, {25, 9, 30}, 17.2, {-0.7, -1.9, -0.63}},
    {{150, 3, 3}, {290, 7, 3}, -0.4, {0.51, 0.37, 0.77}},
    {{1, 2, 3}, {4, 5, 6}, -0.3, {0.4, 0.41, 0.43}},
    {{8, 1, 30}, {7, 3, 30}, 0.2, {1, 0.2, 1}},
    {{1, 1, 1}, {3, 3, 3}, -0.6, {0.5, 0.5, 0.5}},
    {{10, 11, 120}, {5, 5, 5}, 6.1, {0.9, 0.9, 0.9}},
    {{9, 9, 9}, {4, 4, 4}, 40, {1, 1, 1}},
};

static void the_plain_result_on_each_grid(void **state)
{
    (void)state;
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        const grid_case *c = &cases[i];
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        const im_geometry from =
            im_geometry_plain(c->from[0], c->from[1], c->from[2]);
        const im_geometry to =
            grid_of(c->to[0], c->to[1], c->to[2], c->first, c->spacing);
        plain_noise(&v, TN_I16, &from);
        for (im_interpolation by = IM_LINEAR; by <= IM_CUBIC; by++) {
            check_resample(&v, &to, &(im_resampling){by, -1000, TN_F32}, 0.005);
            check_resample(&v, &to, &(im_resampling){by, -1000, TN_I16}, 0.505);
        }
    }
}

static void every_element_type_is_read_and_written(void **state)
{
    (void)state;
    const im_geometry from = im_geometry_plain(13, 12, 30);
    const im_geometry to =
        grid_of(17, 10, 33, 0.21, (double[]){0.7, 1.1, 0.87});
    for (tn_dtype d = 0; d < TN_DTYPES; d++) {
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        plain_noise(&v, d, &from);
        for (im_interpolation by = IM_NEAREST; by <= IM_CUBIC; by++)
            check_resample(&v, &to, &(im_resampling){by, 7, TN_F32}, 0.005);
    }
}

static void a_constant_stays_constant(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry from = im_geometry_plain(21, 22, 53);
    const im_geometry to =
        grid_of(30, 30, 60, -0.3, (double[]){0.7, 0.7, 0.87});
    assert_int_equal(im_volume_init(&v, TN_F32, &from, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&from); i++)
        im_f32(&v)[i] = -987.123F;
    for (im_interpolation by = IM_LINEAR; by <= IM_CUBIC; by++) {
        CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
        const im_run run = {.tier = cs_cpu_tier_best()};
        const im_resampling how = {by, -987.123, TN_F32};
        assert_int_equal(im_resample(&v, &to, &how, &run, &got, NULL), 0);
        for (size_t i = 0; i < im_geometry_voxels(&to); i++)
            assert_true(fabsf(im_f32(&got)[i] + 987.123F) <=
                        (by == IM_LINEAR ? 0.0F : 1e-3F));
    }
}

/* Linear everywhere; the spline where the mirrored ends are far away. */
static void a_slope_stays_a_slope(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry from = im_geometry_plain(50, 50, 50);
    const im_geometry to =
        grid_of(16, 15, 14, 18.1, (double[]){0.9, 0.95, 0.99});
    assert_int_equal(im_volume_init(&v, TN_F32, &from, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&from); i++) {
        size_t z = i / 2500;
        im_f32(&v)[i] =
            (float)(3 * (i % 50)) - 2 * (float)(i / 50 % 50) + 0.5F * (float)z;
    }
    for (im_interpolation by = IM_LINEAR; by <= IM_CUBIC; by++) {
        CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
        const im_run run = {.tier = cs_cpu_tier_best()};
        const im_resampling how = {by, 0, TN_F32};
        assert_int_equal(im_resample(&v, &to, &how, &run, &got, NULL), 0);
        for (size_t z = 0; z < 14; z++)
            for (size_t y = 0; y < 15; y++)
                for (size_t x = 0; x < 16; x++) {
                    double want = 3 * (18.1 + 0.9 * (double)x) -
                                  2 * (18.1 + 0.95 * (double)y) +
                                  0.5 * (18.1 + 0.99 * (double)z);
                    double value = (double)im_f32(&got)[im_at(&to, x, y, z)];
                    assert_true(fabs(value - want) < 1e-4);
                }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_result_on_each_grid),
        cmocka_unit_test(every_element_type_is_read_and_written),
        cmocka_unit_test(a_constant_stays_constant),
        cmocka_unit_test(a_slope_stays_a_slope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
