/* Nearest, and grids that coincide. */
#include "image/resample_check.h"

static void labels_keep_their_values(void **state)
{
    (void)state;
    const tn_dtype types[] = {TN_U8, TN_I16, TN_I32, TN_F64};
    const im_geometry from = im_geometry_plain(23, 20, 21);
    im_geometry to = im_geometry_plain(50, 11, 64);
    to.spacing[0] = 0.47, to.spacing[1] = 1.93, to.spacing[2] = 0.35;
    to.origin[0] = -0.613, to.origin[2] = -0.371;
    for (size_t i = 0; i < CS_COUNTOF(types); i++) {
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        plain_noise(&v, types[i], &from);
        check_resample(&v, &to, &(im_resampling){IM_NEAREST, 9, types[i]}, 0);
    }
}

static void the_same_grid_gives_the_same_bits(void **state)
{
    (void)state;
    const im_geometry g = plain_oblique(13, 14, 15);
    for (im_interpolation by = IM_NEAREST; by <= IM_CUBIC; by++) {
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
        const im_run run = {.tier = cs_cpu_tier_best()};
        const im_resampling how = {by, 0, TN_F64};
        plain_noise(&v, TN_F64, &g);
        assert_int_equal(im_resample(&v, &g, &how, &run, &got, NULL), 0);
        assert_memory_equal(tn_data(&v.voxels), tn_data(&got.voxels),
                            tn_bytes(&v.voxels));
    }
}

static void a_part_of_the_grid_is_a_copy(void **state)
{
    (void)state;
    const im_geometry g = plain_oblique(13, 14, 15);
    const im_geometry part =
        im_geometry_part(&g, (ptrdiff_t[]){-2, 3, 10}, (size_t[]){12, 8, 9});
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
    const im_run run = {.tier = cs_cpu_tier_best()};
    plain_noise(&v, TN_I32, &g);
    assert_int_equal(im_resample(&v, &part,
                                 &(im_resampling){IM_CUBIC, -5, TN_I32}, &run,
                                 &got, NULL),
                     0);
    const int32_t *from = tn_data(&v.voxels), *to = tn_data(&got.voxels);
    for (size_t z = 0; z < 9; z++)
        for (size_t y = 0; y < 8; y++)
            for (size_t x = 0; x < 12; x++)
                assert_int_equal(to[im_at(&part, x, y, z)],
                                 x < 2 || z > 4
                                     ? -5
                                     : from[im_at(&g, x - 2, y + 3, z + 10)]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_keep_their_values),
        cmocka_unit_test(the_same_grid_gives_the_same_bits),
        cmocka_unit_test(a_part_of_the_grid_is_a_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
