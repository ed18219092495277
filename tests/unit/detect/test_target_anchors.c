#include "detect/target.h"

#include "target_case.h"

/* Anchors of 4, 8 and 16 voxels in cells of 8, whose centres are at 3.5, 11.5
 * and so on. */
static const md_recipe recipe = {
    .input = {.spacing = 2},
    .head = {.stride = 8, .anchors = {8, 16, 32}, .anchor_count = 3},
};

static dt_target paint(const dt_batch *b)
{
    dt_target t = DT_TARGET_INIT;
    assert_int_equal(dt_target_anchors(b, &t, NULL), 0);
    return t;
}

static size_t slot_of(const dt_batch *b, size_t a, size_t x, size_t y, size_t z)
{
    return a * b->points + dt_cell_index(b, x, y, z);
}

static void edges_are_in_voxels(void **state)
{
    (void)state;
    assert_true(dt_anchor_edge(&recipe, 1) == 8);
    const md_recipe own = {.head = {.anchors = {8}, .anchor_count = 1}};
    assert_true(dt_anchor_edge(&own, 0) == 8);
}

static double shared(double at, double edge, double centre, double diameter)
{
    double low = fmax(at - edge / 2, centre - diameter / 2);
    double high = fmin(at + edge / 2, centre + diameter / 2);
    return fmax(0, high - low);
}

/* Against boxes cut with each other, corner by corner. */
static void owners_follow_from_the_overlap(void **state)
{
    (void)state;
    const dt_seen s = seen(12.5, 9, 13, 13);
    const dt_truth truth = {&s, 1, NULL, 0};
    dt_batch b = batch_of(&recipe, &truth, 1, 4, 3, 4);
    dt_target t = paint(&b);
    size_t own = 0;
    size_t unused = 0;
    for (size_t i = 0; i < t.slots; i++) {
        double edge = (double)(4U << i / 48);
        double both = shared((double)(i % 4) * 8 + 3.5, edge, s.at[0], 13) *
                      shared((double)(i / 4 % 3) * 8 + 3.5, edge, s.at[1], 13) *
                      shared((double)(i / 12 % 4) * 8 + 3.5, edge, s.at[2], 13);
        double iou = both / (edge * edge * edge + 13 * 13 * 13 - both);
        int32_t wanted = iou >= 0.1 ? DT_UNUSED : DT_NOBODY;
        wanted = iou > 0.5 ? 0 : wanted;
        /* and the best of its cell */
        wanted = i == slot_of(&b, 2, 1, 1, 1) ? 0 : wanted;
        assert_int_equal(t.owner[i], wanted);
        own += wanted == 0;
        unused += wanted == DT_UNUSED;
    }
    assert_int_equal(t.owned[0], own);
    assert_true(unused > 3);
    dt_target_done(&t);
}

/* Where four cells meet, no anchor of 4 voxels reaches a nodule of 3. */
static void a_nodule_between_the_anchors_still_has_one(void **state)
{
    (void)state;
    const md_recipe small = {
        .head = {.stride = 8, .anchors = {2, 4}, .anchor_count = 2}};
    const dt_seen s = seen(7.4, 7.4, 7.4, 3);
    const dt_truth truth = {&s, 1, NULL, 0};
    dt_batch b = batch_of(&small, &truth, 1, 2, 2, 2);
    dt_target t = paint(&b);
    for (size_t i = 0; i < t.slots; i++)
        assert_int_equal(t.owner[i],
                         i == slot_of(&b, 1, 0, 0, 0) ? 0 : DT_NOBODY);
    dt_target_done(&t);
}

static void nodules_in_one_cell_have_an_anchor_each(void **state)
{
    (void)state;
    const dt_seen three[] = {seen(3, 3, 3, 4), seen(4, 4, 4, 4.2),
                             seen(3.5, 3.5, 3.5, 3.9), seen(3, 4, 3, 4)};
    const dt_truth truth = {three, 4, NULL, 0};
    dt_batch b = batch_of(&recipe, &truth, 1, 2, 2, 2);
    dt_target t = paint(&b);
    assert_int_equal(t.owner[slot_of(&b, 0, 0, 0, 0)], 0);
    assert_int_equal(t.owner[slot_of(&b, 1, 0, 0, 0)], 1);
    assert_int_equal(t.owner[slot_of(&b, 2, 0, 0, 0)], 2);
    assert_int_equal(t.nearest[3], SIZE_MAX); /* none is left */
    assert_true(t.found == 3);
    dt_target_done(&t);
}

static void what_is_outside_or_excluded_teaches_nothing(void **state)
{
    (void)state;
    const dt_seen some[] = {seen(-30, 0, 0, 8), seen(1e300, 0, 0, 8),
                            excluded(3.5, 3.5, 3.5, 4)};
    const dt_truth truth = {some, 3, NULL, 0};
    dt_batch b = batch_of(&recipe, &truth, 1, 4, 4, 4);
    dt_target t = paint(&b);
    for (size_t a = 0; a < 3; a++) {
        assert_int_equal(t.owner[slot_of(&b, a, 0, 0, 0)], DT_UNUSED);
        assert_int_equal(t.owner[slot_of(&b, a, 1, 0, 0)], DT_UNUSED);
        assert_int_equal(t.owner[slot_of(&b, a, 1, 1, 0)], DT_NOBODY);
        assert_int_equal(t.owner[slot_of(&b, a, 2, 0, 0)], DT_NOBODY);
    }
    assert_true(t.found == 1);
    dt_target_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_are_in_voxels),
        cmocka_unit_test(owners_follow_from_the_overlap),
        cmocka_unit_test(a_nodule_between_the_anchors_still_has_one),
        cmocka_unit_test(nodules_in_one_cell_have_an_anchor_each),
        cmocka_unit_test(what_is_outside_or_excluded_teaches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
