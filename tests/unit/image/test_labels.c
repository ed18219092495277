#include "image/labels.h"

#include <string.h>

#include "support/test.h"

static void make(im_volume *v, size_t x, size_t y, size_t z)
{
    im_geometry g = im_geometry_plain(x, y, z);
    *v = (im_volume)IM_VOLUME_INIT;
    assert_int_equal(im_volume_init(v, TN_I16, &g, NULL), 0);
}

static int16_t *at(im_volume *v, size_t x, size_t y, size_t z)
{
    return (int16_t *)tn_data(&v->voxels) + im_at(&v->geometry, x, y, z);
}

static void labels_rise_with_their_boxes_and_counts(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) a = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) b = IM_VOLUME_INIT;
    im_label_list l = CS_VEC_INIT;
    make(&a, 70, 4, 5);
    make(&b, 70, 4, 5);
    *at(&a, 69, 3, 4) = -7;
    *at(&a, 2, 1, 3) = 300;
    *at(&b, 66, 1, 1) = 300;
    *at(&b, 2, 1, 3) = 300;
    assert_int_equal(im_labels_find(&a, &b, &l, NULL), 0);
    assert_int_equal(l.len, 2);
    assert_true(l.items[0].value == -7 && l.items[1].value == 300);
    assert_true(l.items[0].voxels[0] == 1 && l.items[0].voxels[1] == 0);
    const im_label *v = &l.items[1];
    assert_true(v->voxels[0] == 1 && v->voxels[1] == 2 && v->both == 1);
    assert_true(v->low[0] == 2 && v->high[0] == 66 && v->low[1] == 1);
    assert_true(v->high[1] == 1 && v->low[2] == 1 && v->high[2] == 3);
    CS_SCOPED(im_bits) bits = IM_BITS_INIT;
    assert_int_equal(im_label_bits(&b, v, &bits, NULL), 0);
    assert_true(bits.size[0] == 65 && bits.size[1] == 1 && bits.size[2] == 3);
    assert_true(im_bits_get(&bits, 64, 0, 0) && im_bits_get(&bits, 0, 0, 2));
    assert_int_equal(im_bits_count(&bits), 2);
    cs_vec_done(&l);
}

static void a_picture_is_no_mask(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) a = IM_VOLUME_INIT;
    im_label_list l = CS_VEC_INIT;
    cs_errinfo info = {0};
    make(&a, 64, 64, 2);
    for (size_t i = 0; i < 64 * 64 * 2; i++)
        *at(&a, i % 64, i / 64 % 64, i / 4096) = (int16_t)(i * 7);
    assert_int_equal(im_labels_find(&a, &a, &l, &info), CS_E_LIMIT);
    assert_string_equal(info.message,
                        "the first volume has more than 256 labels; is it a "
                        "mask, or the scan itself?");
    cs_vec_done(&l);
}

/* Two atlases that share no label are two atlases. */
static void each_volume_has_its_own_limit(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) a = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) b = IM_VOLUME_INIT;
    im_label_list l = CS_VEC_INIT;
    cs_errinfo info = {0};
    make(&a, 300, 1, 1);
    make(&b, 300, 1, 1);
    for (int i = 0; i < 256; i++) {
        *at(&a, (size_t)i, 0, 0) = (int16_t)(i + 1);
        *at(&b, (size_t)i, 0, 0) = (int16_t)(-i - 1);
    }
    assert_int_equal(im_labels_find(&a, &b, &l, &info), 0);
    assert_int_equal(l.len, 512);
    cs_vec_clear(&l);
    *at(&b, 299, 0, 0) = 999;
    assert_int_equal(im_labels_find(&a, &b, &l, &info), CS_E_LIMIT);
    assert_non_null(strstr(info.message, "the second volume"));
    cs_vec_done(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_rise_with_their_boxes_and_counts),
        cmocka_unit_test(a_picture_is_no_mask),
        cmocka_unit_test(each_volume_has_its_own_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
