#include "lung/pose.h"

#include <math.h>

#include "lung/chest.h"
#include "lung/sides.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

/* As the lungs of chest.h, but they reach lower behind. */
static bool in_lung(const double p[3], int side)
{
    double across = chest_sq((p[0] - side * 78) / 60) + chest_sq(p[1] / 82);
    if (across + chest_sq((p[2] - 5) / 112) > 1)
        return false;
    double dome = -85 + 45 * (1 - across) - 0.25 * p[1];
    return p[2] > dome && chest_ball(p, 25, -30, -30, 60) > 0;
}

/* World axes turned over where `turned` says so, while the labels, as anybody
 * would who believes the header, still go by the world. */
static void make(im_volume *v, const bool turned[3], const double mm[3])
{
    im_geometry g = im_geometry_plain(
        (size_t)(300 / mm[0]), (size_t)(200 / mm[1]), (size_t)(250 / mm[2]));
    memcpy(g.spacing, mm, sizeof(g.spacing));
    assert_int_equal(im_volume_init(v, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        double p[3];
        chest_mm(&g, i, p);
        for (int a = 0; a < 3; a++) {
            p[a] -= (double)(g.size[a] - 1) / 2 * mm[a];
            p[a] = turned[a] ? -p[a] : p[a];
        }
        for (int side = -1; side <= 1; side += 2)
            if (in_lung(p, side))
                im_u8(v)[i] = (side > 0) != turned[0] ? LU_LEFT : LU_RIGHT;
    }
}

static void each_axis_that_was_turned_over_is_named(void **state)
{
    (void)state;
    const double mm[] = {3, 2.5, 4};
    for (unsigned k = 0; k < 8; k++) {
        const bool turned[] = {k & 1, k & 2, k & 4};
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        lu_pose p;
        make(&v, turned, mm);
        assert_int_equal(lu_pose_find(&here, &v, &p, NULL), 0);
        assert_true(p.two);
        assert_int_equal(p.mirrored, turned[0]);
        assert_int_equal(p.front_to_back, turned[1]);
        assert_int_equal(p.upside_down, turned[2]);
        assert_true(fabs(p.dome_mm) > 40 && fabs(p.heart_mm) > 12);
    }
}

static void a_part_of_a_chest_says_nothing(void **state)
{
    (void)state;
    const double mm[] = {3, 3, 3};
    const bool turned[3] = {true, false, true};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    make(&v, turned, mm);
    im_geometry *g = &v.geometry;
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        size_t x = i % g->size[0], z = i / (g->size[0] * g->size[1]);
        if (x < 2)
            im_u8(&v)[i] = LU_RIGHT; /* runs out of the scan */
        else if (z < 30 || z > 50)
            im_u8(&v)[i] = 0;
    }
    lu_pose p;
    assert_int_equal(lu_pose_find(&here, &v, &p, NULL), 0);
    assert_false(p.mirrored || p.front_to_back || p.two);
}

/* Its rest here is turned over, and must not turn the chest over. */
static void what_is_left_of_a_collapsed_lung_has_no_say(void **state)
{
    (void)state;
    const double mm[] = {4, 4, 4};
    const bool straight[3] = {false, false, false};
    const bool turned[3] = {false, true, true};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) over = IM_VOLUME_INIT;
    lu_pose p;
    make(&v, straight, mm);
    make(&over, turned, mm);
    size_t plane = v.geometry.size[0] * v.geometry.size[1];
    for (size_t i = 0; i < im_geometry_voxels(&v.geometry); i++) {
        bool low = i / plane < v.geometry.size[2] / 4;
        if (im_u8(&v)[i] == LU_LEFT)
            im_u8(&v)[i] = 0;
        if (low && im_u8(&over)[i] == LU_LEFT)
            im_u8(&v)[i] = LU_LEFT;
    }
    assert_int_equal(lu_pose_find(&here, &v, &p, NULL), 0);
    assert_true(p.right_share > 0.8 && p.right_share < 1);
    assert_false(p.upside_down || p.front_to_back);
}

static void no_lung_and_one_lung_are_no_harm(void **state)
{
    (void)state;
    const double mm[] = {4, 4, 4};
    const bool straight[3] = {false, false, false};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    lu_pose p;
    make(&v, straight, mm);
    size_t n = im_geometry_voxels(&v.geometry);
    for (size_t i = 0; i < n; i++)
        if (im_u8(&v)[i] == LU_LEFT)
            im_u8(&v)[i] = 0;
    assert_int_equal(lu_pose_find(&here, &v, &p, NULL), 0);
    assert_true(p.right_share == 1 && !p.two && p.dome_mm > 40);
    memset(im_u8(&v), 0, n);
    assert_int_equal(lu_pose_find(&here, &v, &p, NULL), 0);
    assert_false(p.upside_down || p.mirrored || p.front_to_back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_axis_that_was_turned_over_is_named),
        cmocka_unit_test(a_part_of_a_chest_says_nothing),
        cmocka_unit_test(what_is_left_of_a_collapsed_lung_has_no_say),
        cmocka_unit_test(no_lung_and_one_lung_are_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
