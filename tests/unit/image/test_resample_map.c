#include "image/resample_map.h"

#include "image/plain.h"

static void positions_are_those_of_the_geometries(void **state)
{
    (void)state;
    const im_geometry to = plain_oblique(9, 8, 7);
    const im_geometry from = im_geometry_plain(20, 21, 22);
    im_map m;
    im_map_init(&m, &from, &to);
    for (size_t i = 0; i < 9; i++) {
        im_map_row row;
        double world[3], want[3];
        im_map_row_init(&row, &m, 5, 3);
        im_grid_to_world(&to, (double[]){(double)i, 5, 3}, world);
        im_world_to_grid(&from, world, want);
        for (int k = 0; k < 3; k++)
            assert_true(fabs(im_map_at(&row, i, k) - want[k]) < 1e-10);
    }
}

static void a_row_is_inside_in_one_piece(void **state)
{
    (void)state;
    const im_geometry from = im_geometry_plain(10, 10, 10);
    im_geometry to = im_geometry_plain(50, 1, 1);
    to.spacing[0] = 0.5;
    to.origin[0] = -3;
    im_map m;
    im_map_row row;
    size_t begin, end;
    im_map_init(&m, &from, &to);
    im_map_row_init(&row, &m, 0, 0);
    im_map_inside(&row, &m, &begin, &end);
    assert_int_equal(begin, 5); /* -0.5 is inside */
    assert_int_equal(end, 25);  /* 9.5 is not */
    to.origin[1] = -0.51;
    im_map_init(&m, &from, &to);
    im_map_row_init(&row, &m, 0, 0);
    im_map_inside(&row, &m, &begin, &end);
    assert_int_equal(begin, end);
}

static void what_is_inside_is_found_on_oblique_rows(void **state)
{
    (void)state;
    const im_geometry from = im_geometry_plain(8, 9, 10);
    im_geometry to = plain_oblique(40, 30, 20);
    im_map m;
    to.origin[0] = -5, to.origin[1] = -4, to.origin[2] = 1;
    im_map_init(&m, &from, &to);
    size_t inside = 0;
    for (size_t i = 0; i < 600; i++) {
        im_map_row row;
        size_t begin, end;
        im_map_row_init(&row, &m, i % 30, i / 30);
        im_map_inside(&row, &m, &begin, &end);
        inside += end - begin;
        for (size_t x = 0; x < 40; x++) {
            bool in = true;
            for (int k = 0; k < 3; k++) {
                double at = im_map_at(&row, x, k);
                in = in && at >= -0.5 && at < (double)from.size[k] - 0.5;
            }
            assert_int_equal(in, x >= begin && x < end);
        }
    }
    assert_true(inside > 200);
}

static void turned_by_right_angles_is_separable(void **state)
{
    (void)state;
    im_geometry from = im_geometry_plain(8, 9, 10), to = from;
    const double turned[9] = {0, 0, -1, 1, 0, 0, 0, 1, 0};
    int along[3];
    im_map m;
    for (int i = 0; i < 9; i++)
        to.direction[i] = turned[i];
    im_map_init(&m, &from, &to);
    assert_true(im_map_is_separable(&m, along));
    assert_int_equal(along[0], 2);
    assert_int_equal(along[1], 0);
    assert_int_equal(along[2], 1);
    to = plain_oblique(8, 8, 8);
    im_map_init(&m, &from, &to);
    assert_false(im_map_is_separable(&m, along));
    im_map_init(&m, &to, &to);
    assert_true(im_map_is_separable(&m, along));
    assert_int_equal(along[0], 0);
    assert_int_equal(along[2], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_are_those_of_the_geometries),
        cmocka_unit_test(a_row_is_inside_in_one_piece),
        cmocka_unit_test(what_is_inside_is_found_on_oblique_rows),
        cmocka_unit_test(turned_by_right_angles_is_separable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
