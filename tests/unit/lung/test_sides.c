#include "lung/sides.h"

#include "base/mem.h"
#include "lung/chest.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

/* Ones in balls; x, y, z, r of each. */
static void make(im_volume *v, const double balls[][4], size_t count)
{
    im_geometry g = im_geometry_plain(90, 30, 40);
    g.spacing[0] = g.spacing[1] = 2;
    g.spacing[2] = 2.5;
    assert_int_equal(im_volume_init(v, TN_U8, &g, NULL), 0);
    uint8_t *m = im_u8(v);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        double p[3];
        chest_mm(&g, i, p);
        for (size_t b = 0; b < count; b++)
            if (chest_ball(p, balls[b][0], balls[b][1], balls[b][2],
                           balls[b][3]) < 0)
                m[i] = 1;
    }
}

static uint8_t at(const im_volume *v, double x, double y, double z)
{
    return im_u8(v)[im_at(&v->geometry, (size_t)(x / 2), (size_t)(y / 2),
                          (size_t)(z / 2.5))];
}

/* Nothing is lost, nothing is won. */
static void check_all_named(const im_volume *before, const im_volume *v)
{
    for (size_t i = 0; i < im_geometry_voxels(&v->geometry); i++) {
        uint8_t label = im_u8(v)[i];
        assert_int_equal(label == LU_LEFT || label == LU_RIGHT,
                         im_u8(before)[i]);
    }
}

static lu_sides name(im_volume *v, const lu_spine *spine)
{
    CS_SCOPED(im_volume) before = IM_VOLUME_INIT;
    lu_sides s;
    assert_int_equal(im_volume_convert(v, TN_U8, &before, NULL), 0);
    assert_int_equal(lu_sides_name(&here, v, spine, &s, NULL), 0);
    check_all_named(&before, v);
    return s;
}

static const lu_spine middle = {true, 45, 20};

static void two_lungs_get_their_sides(void **state)
{
    (void)state;
    static const double balls[][4] = {{45, 30, 50, 28}, {135, 30, 50, 22}};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    make(&v, balls, 2);
    lu_sides s = name(&v, &middle);
    assert_true(s.two && s.sure == 1 && s.seam_mm == 0);
    assert_int_equal(at(&v, 45, 30, 50), LU_RIGHT);
    assert_int_equal(at(&v, 135, 30, 50), LU_LEFT);
}

/* They overlap in a lens 18 mm across. */
static void lungs_that_touch_are_parted_at_the_seam(void **state)
{
    (void)state;
    static const double balls[][4] = {{62, 30, 50, 30}, {118, 30, 50, 30}};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    make(&v, balls, 2);
    lu_sides s = name(&v, &middle);
    assert_true(s.two);
    assert_true(s.seam_mm >= 7 && s.seam_mm <= 13);
    for (size_t i = 0; i < im_geometry_voxels(&v.geometry); i++) {
        double x = 2 * (double)(i % 90);
        if (im_u8(&v)[i] && fabs(x - 90) > 6)
            assert_int_equal(im_u8(&v)[i], x > 90 ? LU_LEFT : LU_RIGHT);
    }
}

static void an_island_goes_to_the_side_it_lies_on(void **state)
{
    (void)state;
    static const double balls[][4] = {
        {45, 30, 50, 28}, {135, 30, 50, 28}, {80, 6, 12, 5}};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    make(&v, balls, 3);
    name(&v, &middle);
    assert_int_equal(at(&v, 80, 6, 12), LU_RIGHT);
}

/* Upper and lower part of one lung, hardly joined. */
static void a_waist_does_not_make_two_lungs(void **state)
{
    (void)state;
    static const double balls[][4] = {{40, 30, 25, 24}, {44, 30, 68, 24}};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    make(&v, balls, 2);
    lu_sides s = name(&v, &middle);
    assert_false(s.two);
    assert_true(s.sure == 1);
    assert_int_equal(at(&v, 40, 30, 25), LU_RIGHT);
    assert_int_equal(at(&v, 44, 30, 68), LU_RIGHT);
}

static void a_single_lung_is_named_by_the_backbone(void **state)
{
    (void)state;
    static const double balls[][4] = {{90, 30, 50, 28}};
    static const lu_spine right = {true, 88, 20}, near = {true, 42, 20};
    static const lu_spine none = {false, 0, 0};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    make(&v, balls, 1);
    lu_sides s = name(&v, &right);
    assert_true(!s.two && s.sure == 1);
    assert_int_equal(at(&v, 90, 30, 50), LU_RIGHT);
    for (size_t i = 0; i < im_geometry_voxels(&v.geometry); i++)
        im_u8(&v)[i] = im_u8(&v)[i] != 0;
    s = name(&v, &near);
    assert_true(s.sure > 0.1 && s.sure < 0.3);
    assert_int_equal(at(&v, 90, 30, 50), LU_LEFT);
    for (size_t i = 0; i < im_geometry_voxels(&v.geometry); i++)
        im_u8(&v)[i] = im_u8(&v)[i] != 0;
    s = name(&v, &none);
    assert_true(s.sure == 0);
}

static void a_speck_on_the_other_side_is_no_lung(void **state)
{
    (void)state;
    static const double balls[][4] = {{40, 30, 50, 28}, {140, 30, 50, 9}};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    make(&v, balls, 2);
    assert_false(name(&v, &middle).two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_lungs_get_their_sides),
        cmocka_unit_test(lungs_that_touch_are_parted_at_the_seam),
        cmocka_unit_test(an_island_goes_to_the_side_it_lies_on),
        cmocka_unit_test(a_waist_does_not_make_two_lungs),
        cmocka_unit_test(a_single_lung_is_named_by_the_backbone),
        cmocka_unit_test(a_speck_on_the_other_side_is_no_lung),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
