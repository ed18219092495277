#include "lung/parts.h"

#include "base/mem.h"
#include "lung/chest.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

/* Three bars: of 2, 5 and 3 voxels. */
static void make(im_volume *v)
{
    im_geometry g = im_geometry_plain(9, 5, 1);
    assert_int_equal(im_volume_init(v, TN_U8, &g, NULL), 0);
    memset(im_u8(v) + 1, 1, 2);
    memset(im_u8(v) + 18 + 3, 1, 5);
    memset(im_u8(v) + 36 + 2, 1, 3);
}

static void parts_come_by_size_without_the_small_ones(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    CS_SCOPED(lu_parts) parts = LU_PARTS_INIT;
    make(&mask);
    assert_int_equal(
        lu_parts_find(&here, &mask, IM_NEIGHBOURS_6, 3, &parts, NULL), 0);
    assert_int_equal(parts.found.count, 2);
    assert_int_equal(parts.found.items[0].voxels, 5);
    const int32_t *l = lu_parts_labels(&parts);
    assert_int_equal(l[1], 0);
    assert_int_equal(l[18 + 3], 1);
    assert_int_equal(l[36 + 4], 2);
}

static void chosen_parts_are_ones(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    CS_SCOPED(lu_parts) parts = LU_PARTS_INIT;
    make(&mask);
    assert_int_equal(
        lu_parts_find(&here, &mask, IM_NEIGHBOURS_6, 1, &parts, NULL), 0);
    const uint8_t keep[] = {1, 0, 1, 0}; /* the background never counts */
    uint8_t *m = im_u8(&mask);
    lu_parts_choose(&parts, keep, m);
    size_t sum = 0;
    for (size_t i = 0; i < 45; i++)
        sum += m[i];
    assert_int_equal(sum, 3);
    assert_int_equal(m[36 + 2] + m[36 + 3] + m[36 + 4], 3);
}

static void an_empty_mask_has_none(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    CS_SCOPED(lu_parts) parts = LU_PARTS_INIT;
    im_geometry g = im_geometry_plain(1, 1, 1);
    assert_int_equal(im_volume_init(&mask, TN_U8, &g, NULL), 0);
    assert_int_equal(
        lu_parts_find(&here, &mask, IM_NEIGHBOURS_26, 1, &parts, NULL), 0);
    assert_int_equal(parts.found.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_come_by_size_without_the_small_ones),
        cmocka_unit_test(chosen_parts_are_ones),
        cmocka_unit_test(an_empty_mask_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
