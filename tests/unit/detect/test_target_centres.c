#include "detect/target.h"

#include "target_case.h"

static const md_recipe recipe = {.head = {.stride = 2}};

static dt_target paint(const dt_batch *b)
{
    dt_target t = DT_TARGET_INIT;
    assert_int_equal(dt_target_centres(b, &t, NULL), 0);
    return t;
}

static int32_t owner_at(const dt_batch *b, const dt_target *t, size_t x,
                        size_t y, size_t z)
{
    return t->owner[dt_cell_index(b, x, y, z)];
}

/* Voxel 8.5 is the centre of cell 4. */
static void heat_is_a_gaussian_about_the_centre(void **state)
{
    (void)state;
    const double diameters[] = {2, 6, 8, 20};
    for (size_t i = 0; i < CS_COUNTOF(diameters); i++) {
        const dt_seen s = seen(8.5, 9, 4.5, diameters[i]);
        const dt_truth truth = {&s, 1, NULL, 0};
        dt_batch b = batch_of(&recipe, &truth, 1, 9, 11, 5);
        dt_target t = paint(&b);
        double sigma = fmax(1, diameters[i] / 8);
        for (size_t c = 0; c < b.points; c++) {
            size_t plane = c / 99;
            double x = (double)(c % 9) - 4;
            double y = (double)(c / 9 % 11) - 4.25;
            double z = (double)plane - 2;
            double d2 = x * x + y * y + z * z;
            double heat = exp(-d2 / (2 * sigma * sigma));
            double limit = d2 > 16 * sigma * sigma ? 4e-4 : 1e-6;
            assert_true(fabs((double)t.heat[c] - heat) < limit);
            bool own = sqrt(d2) <= 0.15 * diameters[i];
            own = own || (c % 9 == 4 && c / 9 % 11 == 4 && c / 99 == 2);
            assert_int_equal(t.owner[c], own ? 0 : DT_NOBODY);
        }
        dt_target_done(&t);
    }
}

static void close_nodules_share_by_distance_and_keep_their_own(void **state)
{
    (void)state;
    const dt_seen pair[] = {seen(8.5, 8.5, 8.5, 20), seen(12.5, 8.5, 8.5, 4),
                            seen(12.9, 8.5, 8.5, 30)};
    const dt_truth truth = {pair, 3, NULL, 0};
    dt_batch b = batch_of(&recipe, &truth, 1, 9, 9, 9);
    dt_target t = paint(&b);
    assert_int_equal(owner_at(&b, &t, 4, 4, 4), 0);
    assert_int_equal(owner_at(&b, &t, 6, 4, 4), 1); /* not the third's, which
                                                       is further away */
    assert_int_equal(owner_at(&b, &t, 7, 4, 4), 2);
    assert_int_equal(owner_at(&b, &t, 3, 4, 4), 0);
    assert_int_equal(owner_at(&b, &t, 5, 4, 4), 0);
    assert_int_equal(t.owned[1], 1);
    assert_true(t.found == 3);
    dt_target_done(&t);
}

/* Whatever their order. */
static void a_large_neighbour_does_not_swallow_a_small_nodule(void **state)
{
    (void)state;
    for (size_t first = 0; first < 2; first++) {
        dt_seen pair[2];
        pair[first] = seen(8.5, 8.5, 8.5, 40);
        pair[1 - first] = seen(11.4, 9.4, 9.4, 3);
        const dt_truth truth = {pair, 2, NULL, 0};
        dt_batch b = batch_of(&recipe, &truth, 1, 9, 9, 9);
        dt_target t = paint(&b);
        assert_int_equal(owner_at(&b, &t, 5, 4, 4), 1 - first);
        assert_true(t.found == 2);
        dt_target_done(&t);
    }
}

static void what_lies_outside_warms_but_owns_nothing(void **state)
{
    (void)state;
    const dt_seen out[] = {seen(-2.5, 8.5, 8.5, 30), seen(1e300, 0, 0, 5),
                           seen(9, 9, -900, 6)};
    const dt_truth truth = {out, 3, NULL, 0};
    dt_batch b = batch_of(&recipe, &truth, 1, 9, 9, 9);
    dt_target t = paint(&b);
    for (size_t i = 0; i < b.points; i++)
        assert_int_equal(t.owner[i], DT_NOBODY);
    assert_true(t.heat[dt_cell_index(&b, 0, 4, 4)] > 0.8F);
    assert_true(t.found == 1);
    dt_target_done(&t);
}

/* Within two voxels of its surface; but a neighbour's own cell is learned. */
static void an_excluded_nodule_spoils_its_surroundings(void **state)
{
    (void)state;
    const dt_seen pair[] = {excluded(8.5, 8.5, 8.5, 6),
                            seen(10.5, 8.5, 8.5, 4)};
    const dt_truth truth = {pair, 2, NULL, 0};
    dt_batch b = batch_of(&recipe, &truth, 1, 9, 9, 9);
    dt_target t = paint(&b);
    assert_int_equal(owner_at(&b, &t, 4, 4, 4), DT_UNUSED);
    assert_int_equal(owner_at(&b, &t, 2, 4, 4), DT_UNUSED);
    assert_int_equal(owner_at(&b, &t, 4, 4, 6), DT_UNUSED);
    assert_int_equal(owner_at(&b, &t, 1, 4, 4), DT_NOBODY);
    assert_int_equal(owner_at(&b, &t, 2, 2, 4), DT_NOBODY);
    assert_int_equal(owner_at(&b, &t, 5, 4, 4), 1);
    dt_target_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heat_is_a_gaussian_about_the_centre),
        cmocka_unit_test(close_nodules_share_by_distance_and_keep_their_own),
        cmocka_unit_test(a_large_neighbour_does_not_swallow_a_small_nodule),
        cmocka_unit_test(what_lies_outside_warms_but_owns_nothing),
        cmocka_unit_test(an_excluded_nodule_spoils_its_surroundings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
