#include "lung/outline.h"

#include "lung/outlines.h"

static const double seed[] = {1, -1, 1}; /* 1.7 mm off */

/* Dice of one ball with what it lies on. */
static double dice(const nodules_ball *b, const nodules_scene *with,
                   double diameter)
{
    CS_SCOPED(outlined) o = {.outline = {.found = false}};
    nodules_scene s = *with;
    s.balls = b;
    s.ball_count = 1;
    outlined_make(&o, &s, seed, diameter);
    return outlined_dice(&o, b, s.wall_x);
}

static void balls_in_lung_of_any_density(void **state)
{
    (void)state;
    const nodules_scene noisy = {.noise = 25};
    const nodules_ball solid = {{0, 0, 0}, {5, 5, 5}, 30};
    const nodules_ball glass = {{0, 0, 0}, {6, 6, 6}, -640};
    const nodules_ball chalk = {{0, 0, 0}, {3, 3, 3}, 600};
    assert_true(dice(&solid, &noisy, 12) > 0.95);
    assert_true(dice(&solid, &noisy, 7.5) > 0.95);
    assert_true(dice(&glass, &noisy, 10) > 0.9);
    assert_true(dice(&chalk, &noisy, 7) > 0.9);
}

static void an_ellipsoid_keeps_its_ends(void **state)
{
    (void)state;
    const nodules_scene none = {.noise = 10};
    const nodules_ball b = {{0, 0, 0}, {7, 4.5, 5}, 20};
    assert_true(dice(&b, &none, 10) > 0.94);
}

static void a_vessel_is_cut_off(void **state)
{
    (void)state;
    const nodules_rod rod = {{-30, -6, 2}, {30, 7, 0}, 1.6, 40};
    const nodules_scene on = {.rods = &rod, .rod_count = 1, .noise = 10};
    const nodules_ball b = {{0, 0, 0}, {4.5, 4.5, 4.5}, 20};
    assert_true(dice(&b, &on, 9) > 0.9);
}

static void the_wall_is_cut_off(void **state)
{
    (void)state;
    const nodules_scene on = {.wall_x = 2.5, .noise = 10};
    const nodules_ball b = {{0, 0, 0}, {5, 5, 5}, 30};
    assert_true(dice(&b, &on, 10) > 0.9);
}

static void ground_glass_around_a_solid_core_belongs_to_it(void **state)
{
    (void)state;
    CS_SCOPED(outlined) o = {.outline = {.found = false}};
    const nodules_ball balls[] = {{{0, 0, 0}, {7, 7, 7}, -600},
                                  {{1, 1, 0}, {3, 3, 3}, 20}};
    const nodules_scene s = {.balls = balls, .ball_count = 2, .noise = 20};
    outlined_make(&o, &s, seed, 12);
    assert_true(outlined_dice(&o, &balls[0], 0) > 0.92);
    assert_near(o.outline.inside, -600, 60);
}

static void spicules_do_not_count(void **state)
{
    (void)state;
    const nodules_rod rods[] = {{{0, 0, 0}, {11, 2, 0}, 0.8, 0},
                                {{0, 0, 0}, {-9, 5, 3}, 0.8, 0},
                                {{0, 0, 0}, {1, -11, 2}, 0.8, 0},
                                {{0, 0, 0}, {2, 3, 10}, 0.8, 0},
                                {{0, 0, 0}, {-4, -4, -9}, 0.8, 0}};
    const nodules_scene with = {.rods = rods, .rod_count = CS_COUNTOF(rods)};
    const nodules_ball b = {{0, 0, 0}, {5, 5, 5}, 20};
    assert_true(dice(&b, &with, 10) > 0.95);
}

/* Nothing, a faint shade, and a vessel: nothing with a border of that size. */
static void what_has_no_border_is_not_found(void **state)
{
    (void)state;
    const nodules_ball shade = {{0, 0, 0}, {6, 6, 6}, NODULES_LUNG + 40};
    const nodules_scene scenes[] = {
        {.noise = 20},
        {.balls = &shade, .ball_count = 1, .noise = 20},
    };
    for (size_t i = 0; i < CS_COUNTOF(scenes); i++) {
        CS_SCOPED(outlined) o = {.outline = {.found = false}};
        outlined_make(&o, &scenes[i], seed, 8);
        assert_false(o.outline.found);
    }
}

static void a_ball_in_place_of_an_outline(void **state)
{
    (void)state;
    CS_SCOPED(outlined) o = {.outline = {.found = false}};
    const nodules_scene s = {.noise = 20};
    outlined_make(&o, &s, seed, 9.1);
    lu_outline_done(&o.outline);
    assert_int_equal(lu_outline_ball(&outlined_run, &o.patch, &o.outline, NULL),
                     0);
    assert_false(o.outline.found);
    o.outline.found = true;
    const nodules_ball b = {{1, -1, 1}, {4.55, 4.55, 4.55}, 0};
    assert_true(outlined_dice(&o, &b, 0) > 0.99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balls_in_lung_of_any_density),
        cmocka_unit_test(an_ellipsoid_keeps_its_ends),
        cmocka_unit_test(a_vessel_is_cut_off),
        cmocka_unit_test(the_wall_is_cut_off),
        cmocka_unit_test(ground_glass_around_a_solid_core_belongs_to_it),
        cmocka_unit_test(spicules_do_not_count),
        cmocka_unit_test(what_has_no_border_is_not_found),
        cmocka_unit_test(a_ball_in_place_of_an_outline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
