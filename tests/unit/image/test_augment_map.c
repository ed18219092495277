#include "image/augment_map.h"

#include <math.h>
#include <string.h>

#include "support/test.h"

/* Turned by 30 degrees around z, then by 20 around x. */
static im_geometry oblique(size_t x, size_t y, size_t z)
{
    im_geometry g = {.size = {x, y, z},
                     .spacing = {0.7, 0.8, 2.5},
                     .origin = {-120.5, 33, 1000.25},
                     .direction = {0.866025, -0.5, 0, 0.469846, 0.813798,
                                   -0.342020, 0.171010, 0.296198, 0.939693}};
    assert_int_equal(im_geometry_check(&g, NULL), 0);
    return g;
}

/* 21 voxels of 2 mm about (100, 200, 300). */
static im_geometry plain_patch(void)
{
    im_geometry g;
    const im_geometry scan = im_geometry_plain(1, 1, 1);
    assert_int_equal(im_augment_patch_around(&scan, (double[]){100, 200, 300},
                                             (size_t[]){21, 21, 21},
                                             (double[]){2, 2, 2}, &g, NULL),
                     0);
    return g;
}

static void assert_near(const double a[3], double x, double y, double z,
                        double mm)
{
    assert_true(fabs(a[0] - x) < mm);
    assert_true(fabs(a[1] - y) < mm);
    assert_true(fabs(a[2] - z) < mm);
}

static void a_patch_lies_around_its_centre(void **state)
{
    (void)state;
    const im_geometry g = plain_patch();
    assert_near(g.origin, 80, 180, 280, 1e-12);
    const im_geometry scan = oblique(9, 9, 9);
    im_geometry p;
    const double centre[3] = {1, 2, 3};
    assert_int_equal(im_augment_patch_around(&scan, centre, (size_t[]){4, 5, 1},
                                             (double[]){1, 2, 0.5}, &p, NULL),
                     0);
    double world[3];
    im_grid_to_world(&p, (double[]){1.5, 2, 0}, world);
    assert_near(world, 1, 2, 3, 1e-9);
    assert_memory_equal(p.direction, scan.direction, sizeof(p.direction));
    cs_errinfo info = {0};
    assert_int_equal(im_augment_patch_around(&scan, centre, (size_t[]){4, 5, 1},
                                             (double[]){1, 0, 1}, &p, &info),
                     CS_E_FORMAT);
    assert_non_null(strstr(info.message, "ElementSpacing"));
}

/* A point 3 mm right, 2 back, 1 up of the centre, under each part alone. */
static void each_part_moves_points_as_its_name_says(void **state)
{
    (void)state;
    const im_geometry g = plain_patch();
    const double at[3] = {103, 202, 301};
    double to[3];
    im_augment_plan p = im_augment_identity();
    im_augment_map m = im_augment_map_of(&p, &g);
    im_augment_point(&m, at, to);
    assert_near(to, 103, 202, 301, 1e-12);

    p.flip[0] = true;
    m = im_augment_map_of(&p, &g);
    im_augment_point(&m, at, to);
    assert_near(to, 97, 202, 301, 1e-12);

    p = im_augment_identity();
    p.degrees[2] = 90; /* x becomes y, y becomes -x */
    m = im_augment_map_of(&p, &g);
    im_augment_point(&m, at, to);
    assert_near(to, 98, 203, 301, 1e-12);

    p = im_augment_identity();
    p.degrees[0] = -90; /* z becomes y, y becomes -z */
    m = im_augment_map_of(&p, &g);
    im_augment_point(&m, at, to);
    assert_near(to, 103, 201, 298, 1e-12);

    p = im_augment_identity();
    p.scale = 1.5;
    p.shift_mm[1] = 10;
    m = im_augment_map_of(&p, &g);
    im_augment_point(&m, at, to);
    assert_near(to, 104.5, 213, 301.5, 1e-12);
}

static im_augment_plan everything(uint64_t number)
{
    im_augment_spec s = im_augment_nodules();
    s.rotate.probability = s.scale.probability = s.shift.probability =
        s.elastic.probability = 1;
    s.elastic.mm = (im_augment_range){7, 7};
    s.rotate.degrees[0] = s.rotate.degrees[1] = 180;
    assert_int_equal(im_augment_check(&s, NULL), 0);
    return im_augment_draw(&s, 5, number);
}

/* The contract is 0.01 mm; the way there and back is far better. */
static void there_and_back_is_the_same_point(void **state)
{
    (void)state;
    const im_geometry g = oblique(64, 64, 20);
    for (uint64_t i = 0; i < 100; i++) {
        const im_augment_plan p = everything(i);
        const im_augment_map m = im_augment_map_of(&p, &g);
        cs_rng r = cs_rng_stream(1, i);
        for (int k = 0; k < 20; k++) {
            double grid[3], world[3], moved[3], back[3];
            for (int c = 0; c < 3; c++)
                grid[c] =
                    (cs_rng_uniform_f64(&r) * 1.5 - 0.25) * (double)g.size[c];
            im_grid_to_world(&g, grid, world);
            im_augment_point(&m, world, moved);
            im_augment_origin(&m, moved, back);
            assert_near(back, world[0], world[1], world[2], 1e-6);
        }
    }
}

/* All parts of a plan in their order, along the axes of an oblique patch. */
static void parts_follow_in_order_along_the_patchs_axes(void **state)
{
    (void)state;
    const im_geometry g = oblique(33, 20, 11);
    im_augment_plan p = im_augment_identity();
    p.degrees[0] = 20, p.degrees[1] = -35, p.degrees[2] = 110;
    p.scale = 0.8;
    p.flip[1] = true;
    p.shift_mm[2] = 4;
    const im_augment_map m = im_augment_map_of(&p, &g);
    double centre[3], to[3], v[3] = {5 * 0.7, -3 * 0.8, 2 * 2.5};
    im_grid_to_world(&g, (double[]){16 + 5, 9.5 - 3, 5 + 2}, centre);
    im_augment_point(&m, centre, to);
    for (int axis = 0; axis < 3; axis++) {
        double a = p.degrees[axis] * acos(-1) / 180;
        int y = (axis + 1) % 3, z = (axis + 2) % 3;
        double vy = v[y], vz = v[z];
        v[y] = cos(a) * vy - sin(a) * vz;
        v[z] = sin(a) * vy + cos(a) * vz;
    }
    const double want[3] = {v[0] * 0.8, -v[1] * 0.8, v[2] * 0.8 + 4};
    double grid[3];
    im_world_to_grid(&g, to, grid);
    assert_near(grid, 16 + want[0] / 0.7, 9.5 + want[1] / 0.8,
                5 + want[2] / 2.5, 1e-9);
}

static void balls_keep_their_size_when_turned(void **state)
{
    (void)state;
    const im_geometry g = oblique(64, 64, 20);
    im_augment_plan p = everything(3);
    p.elastic_mm = 0;
    p.scale = 1.25;
    const im_augment_map m = im_augment_map_of(&p, &g);
    im_augment_box box = {.half = {4, 4, 4}};
    im_grid_to_world(&g, (double[]){30, 20, 8}, box.centre);
    const im_augment_box to = im_augment_box_round(&m, &box);
    double centre[3];
    im_augment_point(&m, box.centre, centre);
    assert_near(to.centre, centre[0], centre[1], centre[2], 1e-9);
    assert_near(to.half, 5, 5, 5, 1e-9);
}

/* A point on the surface of a box's ellipsoid, or of the box itself, in the
 * world. */
static void surface_point(const im_geometry *g, const im_augment_box *box,
                          bool on_box, cs_rng *r, double ret[3])
{
    double v[3], length = 0, most = 0;
    for (int k = 0; k < 3; k++) {
        v[k] = cs_rng_normal_f64(r);
        length += v[k] * v[k];
        most = fabs(v[k]) > most ? fabs(v[k]) : most;
    }
    double size = on_box ? most : sqrt(length);
    for (int k = 0; k < 3; k++) {
        ret[k] = box->centre[k];
        for (int c = 0; c < 3; c++)
            ret[k] += g->direction[3 * k + c] * box->half[c] * v[c] / size;
    }
}

/* How far moved points of the surface reach along the patch's axes. */
static void reach_of(const im_augment_map *m, const im_geometry *g,
                     const im_augment_box *box, bool on_box,
                     const im_augment_box *moved, double ret[3])
{
    cs_rng r = cs_rng_stream(3, 3);
    ret[0] = ret[1] = ret[2] = 0;
    for (int i = 0; i < 4000; i++) {
        double at[3];
        surface_point(g, box, on_box, &r, at);
        im_augment_point(m, at, at);
        for (int k = 0; k < 3; k++) {
            double d = 0;
            for (int c = 0; c < 3; c++)
                d += g->direction[3 * c + k] * (at[c] - moved->centre[c]);
            ret[k] = fabs(d) > ret[k] ? fabs(d) : ret[k];
        }
    }
}

static void check_boxes(const im_augment_plan *p, double slack)
{
    const im_geometry g = oblique(64, 64, 20);
    const im_augment_map m = im_augment_map_of(p, &g);
    im_augment_box box = {.half = {2, 3, 1}};
    im_grid_to_world(&g, (double[]){35, 28, 11}, box.centre);
    const im_augment_box round = im_augment_box_round(&m, &box);
    const im_augment_box all = im_augment_box_all(&m, &box);
    double ellipsoid[3], whole[3];
    reach_of(&m, &g, &box, false, &round, ellipsoid);
    reach_of(&m, &g, &box, true, &all, whole);
    for (int k = 0; k < 3; k++) {
        assert_true(ellipsoid[k] <= round.half[k] + slack);
        assert_true(ellipsoid[k] > 0.98 * round.half[k] - slack);
        assert_true(whole[k] <= all.half[k] + slack);
        assert_true(whole[k] > 0.8 * all.half[k] - slack);
    }
}

static void boxes_hold_what_they_should(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 10; i++) {
        im_augment_plan p = everything(i);
        check_boxes(&p, 0.15);
        p.elastic_mm = 0;
        check_boxes(&p, 1e-6);
    }
}

static void indices_follow_the_map(void **state)
{
    (void)state;
    const im_geometry scan = oblique(100, 90, 40);
    im_geometry patch;
    double centre[3];
    im_grid_to_world(&scan, (double[]){50, 33, 17}, centre);
    im_geometry axes = im_geometry_plain(1, 1, 1);
    assert_int_equal(
        im_augment_patch_around(&axes, centre, (size_t[]){32, 24, 16},
                                (double[]){1, 0.9, 1.1}, &patch, NULL),
        0);
    im_augment_plan p = everything(8);
    p.elastic_mm = 0;
    const im_augment_map m = im_augment_map_of(&p, &patch);
    const im_augment_index x = im_augment_index_of(&m, &scan, &patch);
    for (int i = 0; i < 8; i++) {
        const double at[3] = {i & 1 ? 31 : 0, i & 2 ? 23 : 0, i & 4 ? 15 : 0};
        double world[3], want[3], got[3];
        im_grid_to_world(&patch, at, world);
        im_augment_origin(&m, world, world);
        im_world_to_grid(&scan, world, want);
        for (int r = 0; r < 3; r++)
            got[r] = x.start[r] + x.step[3 * r] * at[0] +
                     x.step[3 * r + 1] * at[1] + x.step[3 * r + 2] * at[2];
        assert_near(got, want[0], want[1], want[2], 1e-9);
    }
}

/* A part of an oblique scan, flipped and turned by quarters: whole indices. */
static void voxels_that_meet_meet_exactly(void **state)
{
    (void)state;
    im_geometry scan = oblique(100, 90, 40);
    scan.spacing[0] = scan.spacing[1] = 0.7;
    const im_geometry patch = im_geometry_part(
        &scan, (const ptrdiff_t[]){13, -4, 7}, (const size_t[]){30, 30, 11});
    im_augment_plan p = im_augment_identity();
    p.flip[2] = true;
    p.degrees[2] = 90;
    const im_augment_map m = im_augment_map_of(&p, &patch);
    const im_augment_index x = im_augment_index_of(&m, &scan, &patch);
    const double step[9] = {0, 1, 0, -1, 0, 0, 0, 0, -1};
    assert_memory_equal(x.step + 8, step + 8, sizeof(double));
    for (int i = 0; i < 9; i++)
        assert_true(x.step[i] == step[i]);
    assert_true(x.start[0] == 13 && x.start[1] == -4 + 29);
    assert_true(x.start[2] == 7 + 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_patch_lies_around_its_centre),
        cmocka_unit_test(each_part_moves_points_as_its_name_says),
        cmocka_unit_test(there_and_back_is_the_same_point),
        cmocka_unit_test(parts_follow_in_order_along_the_patchs_axes),
        cmocka_unit_test(balls_keep_their_size_when_turned),
        cmocka_unit_test(boxes_hold_what_they_should),
        cmocka_unit_test(indices_follow_the_map),
        cmocka_unit_test(voxels_that_meet_meet_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
