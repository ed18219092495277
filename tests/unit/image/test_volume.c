#include "image/volume.h"

#include <math.h>
#include <string.h>

#include "support/test.h"

static void a_volume_is_zeros_in_its_place(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(4, 3, 2);
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    assert_true(tn_shape_equal(&v.voxels.shape, &TN_SHAPE(2, 3, 4)));
    for (size_t i = 0; i < 24; i++)
        assert_int_equal(im_i16(&v)[i], 0);
    assert_int_equal(im_at(&g, 1, 2, 1), 21);
}

static void sharing_shows_the_same_voxels(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) copy = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) view = IM_VOLUME_INIT;
    {
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        const im_geometry g = im_geometry_plain(2, 2, 2);
        assert_int_equal(im_volume_init(&v, TN_U8, &g, NULL), 0);
        assert_int_equal(im_volume_share(&v, &view, NULL), 0);
        uint8_t *voxels = im_u8(&v);
        voxels[3] = 200;
        assert_int_equal(im_volume_convert(&v, TN_F32, &copy, NULL), 0);
    }
    assert_int_equal(im_u8(&view)[3], 200);
    assert_true(im_f32(&copy)[3] == 200);
    assert_int_equal(copy.geometry.size[1], 2);
}

static void refuse_at(tn_dtype type, size_t at, double value)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    cs_errinfo info = {0};
    im_geometry g = im_geometry_plain(3, 4, 5);
    assert_int_equal(im_volume_init(&v, type, &g, NULL), 0);
    assert_int_equal(im_volume_check_finite(&v, NULL), 0);
    if (type == TN_F32)
        ((float *)tn_data(&v.voxels))[at] = (float)value;
    else
        ((double *)tn_data(&v.voxels))[at] = value;
    assert_int_equal(im_volume_check_finite(&v, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, at == 0 ? "(0, 0, 0)" : "(2, 1, 4)"));
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    size_t at = 2 + 3 * (1 + 4 * 4);
    refuse_at(TN_F32, at, (double)NAN);
    refuse_at(TN_F32, 0, -(double)INFINITY);
    refuse_at(TN_F64, at, (double)INFINITY);
    refuse_at(TN_F64, 0, (double)NAN);
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(3, 4, 5);
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    memset(tn_data(&v.voxels), 0xff, (size_t)3 * 4 * 5 * 2);
    assert_int_equal(im_volume_check_finite(&v, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_volume_is_zeros_in_its_place),
        cmocka_unit_test(sharing_shows_the_same_voxels),
        cmocka_unit_test(what_is_no_number_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
