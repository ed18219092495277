#include "image/crop.h"

#include "image/plain.h"

static void check_box(const im_box *box)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) part = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) blank = IM_VOLUME_INIT;
    const im_geometry g = plain_oblique(7, 6, 5);
    im_crop c;
    plain_noise(&v, TN_I16, &g);
    assert_int_equal(im_volume_init(&blank, TN_I16, &g, NULL), 0);
    assert_int_equal(im_crop_init(&c, &g, box, NULL), 0);
    assert_int_equal(im_crop_cut(&c, &v, -1024, &part, NULL), 0);
    const im_geometry *p = &part.geometry;
    size_t shared = 0, pasted = 0;
    for (size_t i = 0; i < im_geometry_voxels(p); i++) {
        const size_t y = i / p->size[0] % p->size[1];
        const size_t z = i / p->size[0] / p->size[1];
        const double at[3] = {(double)(i % p->size[0]), (double)y, (double)z};
        double world[3], old[3];
        size_t voxel[3];
        bool in = true;
        im_grid_to_world(p, at, world);
        im_world_to_grid(&g, world, old);
        for (int k = 0; k < 3; k++) {
            double whole = round(old[k]);
            in = in && whole >= 0 && whole < (double)g.size[k];
            voxel[k] = in ? (size_t)whole : 0;
        }
        int want =
            in ? im_i16(&v)[im_at(&g, voxel[0], voxel[1], voxel[2])] : -1024;
        assert_int_equal(im_i16(&part)[i], want);
        shared += in;
    }
    im_crop_paste(&c, &part, &blank);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        int16_t got = im_i16(&blank)[i];
        assert_true(got == 0 || got == im_i16(&v)[i]);
        pasted += got != 0;
    }
    assert_true(pasted <= shared && pasted + 2 >= shared); /* zeros in noise */
}

static void cut_padded_and_put_back(void **state)
{
    (void)state;
    const im_box boxes[] = {
        {{0, 0, 0}, {7, 6, 5}},    {{2, 1, 3}, {3, 4, 2}},
        {{-2, -3, 1}, {5, 12, 9}}, {{6, 5, 4}, {1, 1, 1}},
        {{20, 0, 0}, {3, 3, 3}},   {{-9, -9, -9}, {3, 3, 3}},
    };
    for (size_t i = 0; i < CS_COUNTOF(boxes); i++)
        check_box(&boxes[i]);
}

static void boxes_that_are_none_are_refused(void **state)
{
    (void)state;
    const im_geometry g = im_geometry_plain(7, 6, 5);
    const im_box boxes[] = {{{0, 0, 0}, {0, 1, 1}},
                            {{PTRDIFF_MAX, 0, 0}, {1, 1, 1}},
                            {{0, 0, 0}, {SIZE_MAX, 1, 1}},
                            {{0, 0, 0}, {1u << 31, 1u << 31, 1u << 31}}};
    for (size_t i = 0; i < CS_COUNTOF(boxes); i++) {
        im_crop c;
        cs_errinfo info = {0};
        assert_int_equal(im_crop_init(&c, &g, &boxes[i], &info), CS_E_RANGE);
    }
}

static void a_mask_has_a_box_with_a_margin_in_mm(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) m = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(20, 20, 20);
    im_box box;
    g.spacing[0] = 0.5, g.spacing[2] = 2.5;
    assert_int_equal(im_volume_init(&m, TN_I16, &g, NULL), 0);
    assert_false(im_mask_box(&m, 3, &box));
    int16_t *p = tn_data(&m.voxels);
    p[im_at(&g, 8, 18, 3)] = 256; /* a low byte of 0 */
    p[im_at(&g, 10, 17, 9)] = -1;
    assert_true(im_mask_box(&m, 0, &box));
    assert_memory_equal(&box, (&(im_box){{8, 17, 3}, {3, 2, 7}}), sizeof(box));
    assert_true(im_mask_box(&m, 3, &box)); /* 6, 3 and 2 voxels */
    assert_memory_equal(&box, (&(im_box){{2, 14, 1}, {15, 6, 11}}),
                        sizeof(box));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_padded_and_put_back),
        cmocka_unit_test(boxes_that_are_none_are_refused),
        cmocka_unit_test(a_mask_has_a_box_with_a_margin_in_mm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
