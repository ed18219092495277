#include "image/resample.h"

#include "image/resample_check.h"

static void interpolations_have_names(void **state)
{
    (void)state;
    for (im_interpolation by = 0; by < IM_INTERPOLATIONS; by++) {
        im_interpolation got = IM_INTERPOLATIONS;
        assert_true(im_interpolation_parse(im_interpolation_name(by), &got));
        assert_int_equal(got, by);
    }
    im_interpolation got = IM_CUBIC;
    assert_false(im_interpolation_parse("bicubic", &got));
    assert_int_equal(got, IM_CUBIC);
}

/* Axes exchanged and turned round: as a plain walk through world positions
 * says. */
static void axes_may_be_exchanged(void **state)
{
    (void)state;
    const double turned[][9] = {{0, 0, -1, 1, 0, 0, 0, 1, 0},
                                {0, 1, 0, 0, 0, 1, 1, 0, 0},
                                {0, -1, 0, -1, 0, 0, 0, 0, 1}};
    const im_geometry from = im_geometry_plain(11, 12, 13);
    for (size_t t = 0; t < CS_COUNTOF(turned); t++) {
        im_geometry to = im_geometry_plain(14, 15, 16);
        double middle[3], shift[3];
        for (int i = 0; i < 9; i++)
            to.direction[i] = turned[t][i];
        to.spacing[0] = 0.83, to.spacing[1] = 0.91, to.spacing[2] = 0.77;
        im_grid_to_world(&to, (double[]){6.5, 7, 7.5}, middle);
        im_grid_to_world(&from, (double[]){5.1, 5.6, 6.2}, shift);
        for (int i = 0; i < 3; i++)
            to.origin[i] = shift[i] - middle[i];
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        plain_noise(&v, TN_I16, &from);
        for (im_interpolation by = IM_NEAREST; by <= IM_CUBIC; by++) {
            const tn_dtype d = by == IM_NEAREST ? TN_I16 : TN_F32;
            check_resample(&v, &to, &(im_resampling){by, 3000, d}, 0.005);
        }
    }
}

static void to_a_spacing_covers_the_same_box(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
    im_geometry g = plain_oblique(20, 21, 22);
    plain_noise(&v, TN_I16, &g);
    const im_run run = {.tier = cs_cpu_tier_best()};
    const im_resampling how = {IM_LINEAR, -1024, TN_I16};
    const double one[3] = {1, 1, 1};
    assert_int_equal(im_resample_to_spacing(&v, one, &how, &run, &got, NULL),
                     0);
    const size_t size[3] = {14, 17, 36}; /* of 14, 16.8 and 35.2 mm */
    assert_memory_equal(got.geometry.size, size, sizeof(size));
    CS_AUTO_MEM double *want =
        plain_resample(&v, &got.geometry, IM_LINEAR, -1024);
    plain_check(&got, want, 0.505);
    cs_errinfo info = {0};
    const double none[3] = {1, 0, 1};
    CS_SCOPED(im_volume) no = IM_VOLUME_INIT;
    assert_int_equal(im_resample_to_spacing(&v, none, &how, &run, &no, &info),
                     CS_E_RANGE);
    assert_null(no.voxels.buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interpolations_have_names),
        cmocka_unit_test(axes_may_be_exchanged),
        cmocka_unit_test(to_a_spacing_covers_the_same_box),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
