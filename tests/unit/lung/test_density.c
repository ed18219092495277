#include "lung/density.h"

#include "lung/outlines.h"

static const double seed[] = {0.5, -0.5, 0.5};

static lu_measure measured(const nodules_ball *balls, size_t n, double diameter)
{
    CS_SCOPED(outlined) o = {.outline = {.found = false}};
    const nodules_scene s = {.balls = balls, .ball_count = n, .noise = 15};
    outlined_make(&o, &s, seed, diameter);
    assert_true(o.outline.found);
    lu_measure m = {.volume_mm3 = 500, .mean_mm = 10};
    assert_int_equal(
        lu_density_find(&outlined_run, &o.patch, &o.outline, &m, NULL), 0);
    return m;
}

static void one_density_is_all_or_nothing(void **state)
{
    (void)state;
    const nodules_ball solid = {{0, 0, 0}, {5, 5, 5}, 30};
    lu_measure m = measured(&solid, 1, 10);
    assert_int_equal(m.density, LU_SOLID);
    assert_near(m.solid_mm3, 500, 0);
    assert_near(m.solid_mm, 10, 0);
    /* The blurred border belongs to it. */
    assert_true(m.mean_hu > -200 && m.mean_hu < 30);
    assert_true(m.max_hu > 30 && m.max_hu < 120);
    const nodules_ball glass = {{0, 0, 0}, {5, 5, 5}, -600};
    m = measured(&glass, 1, 10);
    assert_int_equal(m.density, LU_GROUND_GLASS);
    assert_near(m.solid_mm3, 0, 0);
    assert_near(m.solid_mm, 0, 0);
    assert_near(m.mean_hu, -630, 40);
    assert_true(m.std_hu > 5 && m.std_hu < 90);
}

static void the_solid_part_of_two_densities_is_measured(void **state)
{
    (void)state;
    const nodules_ball both[] = {{{0, 0, 0}, {7, 7, 7}, -600},
                                 {{1, 1, 0}, {3.5, 3.5, 3.5}, 20}};
    lu_measure m = measured(both, 2, 13);
    assert_int_equal(m.density, LU_PART_SOLID);
    assert_near(m.solid_mm, 7, 0.6);
    assert_near(m.solid_mm3, 4.18879 * 3.5 * 3.5 * 3.5, 30);
}

static void calcium_in_the_middle_is_enough(void **state)
{
    (void)state;
    const nodules_ball both[] = {{{0, 0, 0}, {5, 5, 5}, 60},
                                 {{0, 0, 0}, {2.5, 2.5, 2.5}, 500}};
    lu_measure m = measured(both, 2, 10);
    assert_int_equal(m.density, LU_CALCIFIED);
    assert_near(m.solid_mm3, 500, 0);
    /* Contrast as in a vessel is none. */
    const nodules_ball bright = {{0, 0, 0}, {5, 5, 5}, 110};
    assert_int_equal(measured(&bright, 1, 10).density, LU_SOLID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_density_is_all_or_nothing),
        cmocka_unit_test(the_solid_part_of_two_densities_is_measured),
        cmocka_unit_test(calcium_in_the_middle_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
