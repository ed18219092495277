#include "lung/spine.h"

#include "lung/chest.h"
#include "lung/cores.h"

static void kinds_of(const chest *t, im_volume *ret)
{
    assert_int_equal(im_volume_init(ret, TN_U8, &t->truth.geometry, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&ret->geometry); i++)
        if (im_u8(&t->truth)[i] == CHEST_LEFT ||
            im_u8(&t->truth)[i] == CHEST_RIGHT)
            im_u8(ret)[i] = LU_LUNG;
}

static void the_backbone_is_found(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(2.6, 3);
    CS_SCOPED(chest) t;
    CS_SCOPED(im_volume) kinds = IM_VOLUME_INIT;
    chest_make(&t, &g, 20);
    kinds_of(&t, &kinds);
    lu_spine s;
    assert_int_equal(lu_spine_find(&t.hu, &kinds, &s, NULL), 0);
    assert_true(s.found);
    double x = s.x * g.spacing[0] + g.origin[0];
    double y = s.y * g.spacing[1] + g.origin[1];
    assert_true(fabs(x) < 6);
    assert_true(fabs(y - 84) < 12);
}

/* Its middle is beyond the edge, its near half is not. */
static void half_a_backbone_at_the_edge_is_enough(void **state)
{
    (void)state;
    im_geometry whole = chest_geometry(2.6, 3);
    const ptrdiff_t begin[] = {0, 0, 0};
    const size_t size[] = {84, whole.size[1], whole.size[2]};
    im_geometry g = im_geometry_part(&whole, begin, size);
    CS_SCOPED(chest) t;
    CS_SCOPED(im_volume) kinds = IM_VOLUME_INIT;
    chest_make(&t, &g, 20);
    kinds_of(&t, &kinds);
    lu_spine s;
    assert_int_equal(lu_spine_find(&t.hu, &kinds, &s, NULL), 0);
    assert_true(s.found);
    assert_true(s.x * g.spacing[0] + g.origin[0] > -25);
}

static void soft_tissue_is_no_backbone(void **state)
{
    (void)state;
    im_geometry g = im_geometry_plain(30, 30, 10);
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) kinds = IM_VOLUME_INIT;
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    assert_int_equal(im_volume_init(&kinds, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < 9000; i++)
        ((int16_t *)tn_data(&v.voxels))[i] = 55;
    lu_spine s;
    assert_int_equal(lu_spine_find(&v, &kinds, &s, NULL), 0); /* no lung */
    assert_false(s.found);
    im_u8(&kinds)[4000] = LU_LUNG;
    assert_int_equal(lu_spine_find(&v, &kinds, &s, NULL), 0);
    assert_false(s.found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_backbone_is_found),
        cmocka_unit_test(half_a_backbone_at_the_edge_is_enough),
        cmocka_unit_test(soft_tissue_is_no_backbone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
