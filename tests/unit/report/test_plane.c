#include "report/plane.h"

#include <string.h>

#include "base/mem.h"
#include "support/test.h"

/* Air with one bright voxel at a world position, in the file's axes given. */
static im_volume lamp(const double direction[9], const double origin[3],
                      const double at[3])
{
    im_geometry g = {.size = {21, 23, 19}, .spacing = {2, 2, 3}};
    memcpy(g.direction, direction, sizeof(g.direction));
    memcpy(g.origin, origin, sizeof(g.origin));
    im_volume v = IM_VOLUME_INIT;
    double grid[3];
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    int16_t *hu = tn_data(&v.voxels);
    for (size_t i = 0; i < g.size[0] * g.size[1] * g.size[2]; i++)
        hu[i] = -1000;
    im_world_to_grid(&g, at, grid);
    hu[im_at(&g, (size_t)(grid[0] + 0.5), (size_t)(grid[1] + 0.5),
             (size_t)(grid[2] + 0.5))] = 300;
    return v;
}

static const double upright[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
static const double reversed[9] = {-1, 0, 0, 0, -1, 0, 0, 0, 1};

static void brightest(const rp_slice *s, size_t ret[2])
{
    size_t best = 0;
    for (size_t i = 0; i < s->plane.width * s->plane.height; i++)
        if (s->grey[i] > s->grey[best])
            best = i;
    assert_true(s->grey[best] > 100); /* -1000 HU is 0 */
    ret[0] = best % s->plane.width;
    ret[1] = best / s->plane.width;
}

/* The lamp is 6 mm to the patient's left, 8 mm to the back and 9 mm to the head
 * of the middle. */
static void check_planes(const im_volume *v)
{
    static const size_t want[RP_AXES][2] = {{36, 38}, {36, 21}, {38, 21}};
    for (int axis = 0; axis < RP_AXES; axis++) {
        rp_plane p = {.axis = (rp_axis)axis,
                      .centre = {100, 50, -20},
                      .mm = 1,
                      .width = 61,
                      .height = 61};
        static const int depth[RP_AXES] = {2, 1, 0};
        const double at[3] = {106, 58, -11};
        p.centre[depth[axis]] = at[depth[axis]];
        rp_slice s;
        size_t seen[2];
        double xy[2];
        assert_int_equal(rp_slice_cut(&(im_run){0}, v, &p, &s, NULL), 0);
        brightest(&s, seen);
        assert_int_equal(seen[0], want[axis][0]);
        assert_int_equal(seen[1], want[axis][1]);
        rp_plane_place(&p, at, xy);
        assert_true(xy[0] == (double)seen[0] + 0.5);
        assert_true(xy[1] == (double)seen[1] + 0.5);
        rp_slice_done(&s);
    }
}

static void left_and_head_are_where_readers_expect_them(void **state)
{
    (void)state;
    const double at[3] = {106, 58, -11};
    const double low[3] = {80, 28, -47};
    im_volume v = lamp(upright, low, at);
    check_planes(&v);
    im_volume_done(&v);
}

static void a_file_with_its_axes_reversed_looks_the_same(void **state)
{
    (void)state;
    const double at[3] = {106, 58, -11};
    const double high[3] = {120, 72, -47};
    im_volume v = lamp(reversed, high, at);
    check_planes(&v);
    im_volume_done(&v);
}

static void a_projection_sees_what_lies_before_and_behind(void **state)
{
    (void)state;
    const double at[3] = {106, 58, -11};
    const double low[3] = {80, 28, -47};
    im_volume v = lamp(upright, low, at);
    const rp_plane p = {.axis = RP_CORONAL,
                        .centre = {100, 50, -20},
                        .mm = 1,
                        .width = 61,
                        .height = 61};
    rp_slice s;
    size_t seen[2];
    assert_int_equal(rp_slice_project(&(im_run){0}, &v, &p, 30, &s, NULL), 0);
    brightest(&s, seen);
    assert_int_equal(seen[0], 36);
    assert_int_equal(seen[1], 21);
    rp_slice_done(&s);
    im_volume_done(&v);
}

static void letters_name_the_sides(void **state)
{
    (void)state;
    assert_string_equal(rp_plane_letters(RP_AXIAL), "RLAP");
    assert_string_equal(rp_plane_letters(RP_CORONAL), "RLHF");
    assert_string_equal(rp_plane_letters(RP_SAGITTAL), "APHF");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(left_and_head_are_where_readers_expect_them),
        cmocka_unit_test(a_file_with_its_axes_reversed_looks_the_same),
        cmocka_unit_test(a_projection_sees_what_lies_before_and_behind),
        cmocka_unit_test(letters_name_the_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
