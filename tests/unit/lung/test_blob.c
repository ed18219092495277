#include "lung/blob.h"

#include "lung/nodules.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

/* mm from `want` to what is found from the seed. */
static double miss(const nodules_scene *s, const double seed[3],
                   double diameter, const double want[3])
{
    CS_SCOPED(nodules) n = {.scan = IM_VOLUME_INIT};
    CS_SCOPED(lu_patch) p = {.mm = 0};
    im_geometry g = nodules_cube(36, 0.8, 1);
    nodules_make(&n, &g, s);
    assert_int_equal(
        lu_patch_init(&here, &n.scan, &n.lungs, seed, diameter, &p, NULL), 0);
    size_t at[3];
    assert_int_equal(lu_blob_find(&here, &p, at, NULL), 0);
    const double grid[] = {(double)at[0], (double)at[1], (double)at[2]};
    double world[3], sum = 0;
    im_grid_to_world(&p.hu.geometry, grid, world);
    for (int a = 0; a < 3; a++)
        sum += chest_sq(world[a] - want[a]);
    return sqrt(sum);
}

static void a_seed_beside_a_small_nodule_finds_its_middle(void **state)
{
    (void)state;
    const nodules_ball ball = {{1, 2, -1}, {2, 2, 2}, 30};
    const nodules_scene s = {.balls = &ball, .ball_count = 1, .noise = 20};
    const double seed[] = {2.4, 0.6, 0.4}; /* 2.4 mm off: outside */
    assert_true(miss(&s, seed, 5, ball.c) < 0.8);
}

static void a_vessel_beside_ground_glass_does_not_draw_it_away(void **state)
{
    (void)state;
    const nodules_ball ball = {{0, 0, 0}, {4, 4, 4}, -600};
    const nodules_rod rod = {{-6.5, 0, -30}, {-6.5, 0, 30}, 1.5, 40};
    const nodules_scene s = {
        .balls = &ball, .ball_count = 1, .rods = &rod, .rod_count = 1};
    const double seed[] = {-1.5, 0.5, 1};
    assert_true(miss(&s, seed, 8, ball.c) < 1.5);
}

static void where_nothing_is_the_seed_stays(void **state)
{
    (void)state;
    const nodules_scene s = {.ball_count = 0};
    const double seed[] = {0.3, 1, 1};
    assert_true(miss(&s, seed, 40, seed) <= 5.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_beside_a_small_nodule_finds_its_middle),
        cmocka_unit_test(a_vessel_beside_ground_glass_does_not_draw_it_away),
        cmocka_unit_test(where_nothing_is_the_seed_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
