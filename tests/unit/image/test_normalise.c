#include "image/normalise.h"

#include "image/plain.h"

static const im_run run = {.tier = CS_CPU_BASELINE};

static void floats(im_volume *v, const float *x, size_t n)
{
    const im_geometry g = im_geometry_plain(n, 1, 1);
    assert_int_equal(im_volume_init(v, TN_F32, &g, NULL), 0);
    for (size_t i = 0; i < n; i++)
        im_f32(v)[i] = x[i];
}

static void statistics_are_those_of_the_population(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    im_statistics st;
    floats(&v, (float[]){2, 4, 4, 4, 5, 5, 7, 9}, 8);
    assert_int_equal(im_statistics_of(&v, &run, &st, NULL), 0);
    assert_true(st.mean == 5 && st.sd == 2 && st.min == 2 && st.max == 9);
    assert_false(st.has_nan);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(101, 90, 33);
    plain_noise(&v, TN_F32, &g);
    im_statistics one, three;
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    const im_run many = {.pool = pool, .tier = cs_cpu_tier_best()};
    assert_int_equal(im_statistics_of(&v, &run, &one, NULL), 0);
    assert_int_equal(im_statistics_of(&v, &many, &three, NULL), 0);
    assert_true(one.mean == three.mean && one.sd == three.sd);
    double sum = 0, squares = 0, n = (double)im_geometry_voxels(&g);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        sum += plain_value(&v, i);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        squares += pow(plain_value(&v, i) - sum / n, 2);
    assert_true(fabs(one.mean - sum / n) < 1e-9);
    assert_true(fabs(one.sd - sqrt(squares / n)) < 1e-9);
}

static void scales_run_from_0_to_1(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) a = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) b = IM_VOLUME_INIT;
    floats(&v, (float[]){-10, 0, 30, 90}, 4);
    assert_int_equal(im_min_max(&v, &run, &a, NULL), 0);
    const float all[] = {0, 0.1F, 0.4F, 1};
    assert_int_equal(im_scale(&v, 0, 60, &run, &b, NULL), 0);
    const float some[] = {0, 0, 0.5F, 1};
    for (int i = 0; i < 4; i++) {
        assert_true(fabsf(im_f32(&a)[i] - all[i]) < 1e-6F);
        assert_true(fabsf(im_f32(&b)[i] - some[i]) < 1e-6F);
    }
}

static void z_scores_have_mean_0_and_sd_1(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) z = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(31, 30, 29);
    plain_noise(&v, TN_I16, &g);
    im_statistics st;
    assert_int_equal(im_z_score(&v, &run, &z, NULL), 0);
    assert_int_equal(im_statistics_of(&z, &run, &st, NULL), 0);
    assert_true(fabs(st.mean) < 1e-5 && fabs(st.sd - 1) < 1e-5);
    assert_true(st.min < -1);
}

static void percentiles_are_clipped(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) p = IM_VOLUME_INIT;
    float x[101];
    for (int i = 0; i <= 100; i++)
        x[i] = (float)(i * 37 % 101) * 10;
    floats(&v, x, 101);
    assert_int_equal(im_scale_percentiles(&v, 1, 99, &run, &p, NULL), 0);
    for (int i = 0; i <= 100; i++) {
        double want = fmin(fmax(((double)x[i] - 10) / 980, 0), 1);
        assert_true(fabs((double)im_f32(&p)[i] - want) < 1e-6);
    }
}

static void constants_become_0_and_nan_is_refused(void **state)
{
    (void)state;
    int (*const ways[])(const im_volume *, const im_run *, im_volume *,
                        cs_errinfo *) = {im_min_max, im_z_score};
    for (size_t i = 0; i < 3; i++) {
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        CS_SCOPED(im_volume) w = IM_VOLUME_INIT;
        CS_SCOPED(im_volume) out = IM_VOLUME_INIT;
        CS_SCOPED(im_volume) none = IM_VOLUME_INIT;
        cs_errinfo info = {0};
        floats(&v, (float[]){5, 5, 5}, 3);
        floats(&w, (float[]){5, NAN, 7}, 3);
        int a = i < 2 ? ways[i](&v, &run, &out, NULL)
                      : im_scale_percentiles(&v, 1, 99, &run, &out, NULL);
        int b = i < 2 ? ways[i](&w, &run, &none, &info)
                      : im_scale_percentiles(&w, 1, 99, &run, &none, &info);
        assert_int_equal(a, 0);
        assert_int_equal(b, CS_E_RANGE);
        assert_null(none.voxels.buffer);
        for (int k = 0; k < 3; k++)
            assert_true(im_f32(&out)[k] == 0);
    }
}

static void percentiles_must_rise(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) out = IM_VOLUME_INIT;
    cs_errinfo info = {0};
    floats(&v, (float[]){1, 2}, 2);
    assert_int_equal(im_scale_percentiles(&v, 99, 1, &run, &out, &info),
                     CS_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_are_those_of_the_population),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(scales_run_from_0_to_1),
        cmocka_unit_test(z_scores_have_mean_0_and_sd_1),
        cmocka_unit_test(percentiles_are_clipped),
        cmocka_unit_test(constants_become_0_and_nan_is_refused),
        cmocka_unit_test(percentiles_must_rise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
