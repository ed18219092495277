#include "detect/target_voxels.h"

#include "target_case.h"

static const md_recipe recipe = {.head = {.stride = 1}};

static dt_voxels paint(const dt_batch *b)
{
    dt_voxels v = DT_VOXELS_INIT;
    assert_int_equal(dt_target_voxels(b, &v, NULL), 0);
    return v;
}

static double apart(size_t i, const dt_seen *s)
{
    size_t plane = i / 63;
    double x = (double)(i % 9) - s->at[0];
    double y = (double)(i / 9 % 7) - s->at[1];
    double z = (double)plane - s->at[2];
    return sqrt(x * x + y * y + z * z);
}

static void balls_stand_for_nodules(void **state)
{
    (void)state;
    const dt_seen some[] = {seen(3, 3.25, 2, 5), seen(-1, 6, 4, 4),
                            seen(8.3, 0, 0.2, 0.1)};
    const dt_truth truth = {some, 3, NULL, 0};
    dt_batch b = batch_of(&recipe, &truth, 1, 9, 7, 5);
    dt_voxels v = paint(&b);
    size_t nodule = 0;
    for (size_t i = 0; i < b.points; i++) {
        bool in = apart(i, &some[0]) <= 2.5 || apart(i, &some[1]) <= 2;
        in = in || i == 8; /* too small for a voxel's centre, yet there */
        assert_int_equal(v.labels[i], in);
        nodule += in;
    }
    assert_int_equal(v.nodule[0], nodule);
    assert_int_equal(v.learned[0], b.points);
    dt_voxels_done(&v);
}

static void masks_are_taken_as_they_are(void **state)
{
    (void)state;
    uint8_t mask[315] = {0};
    mask[7] = 1;
    mask[8] = 3;
    mask[9] = 255;
    const dt_seen s = seen(4, 4, 4, 3);
    const dt_truth truths[] = {{NULL, 0, NULL, 0}, {&s, 1, mask, 0}};
    dt_batch b = batch_of(&recipe, truths, 2, 9, 7, 5);
    dt_voxels v = paint(&b);
    for (size_t i = 0; i < b.points; i++) {
        assert_int_equal(v.labels[i], 0);
        assert_int_equal(v.labels[b.points + i], mask[i] == 3 ? 1 : mask[i]);
    }
    assert_int_equal(v.nodule[0], 0);
    assert_int_equal(v.nodule[1], 2);
    assert_int_equal(v.learned[1], b.points - 1);
    dt_voxels_done(&v);
}

static void expect_spoilt(const dt_voxels *v, const dt_seen *s)
{
    for (size_t i = 0; i < 315; i++) {
        uint8_t wanted = apart(i, &s[0]) <= 3.5 ? DT_NOT_LEARNED : 0;
        wanted = apart(i, &s[1]) <= 1 ? 1 : wanted;
        assert_int_equal(v->labels[i], wanted);
    }
}

static void excluded_ones_are_not_learned_with_or_without_a_mask(void **state)
{
    (void)state;
    const dt_seen some[] = {excluded(4, 3, 2, 3), seen(6, 3, 2, 2)};
    const dt_truth without = {some, 2, NULL, 0};
    dt_batch b = batch_of(&recipe, &without, 1, 9, 7, 5);
    dt_voxels v = paint(&b);
    expect_spoilt(&v, some);
    dt_voxels_done(&v);

    uint8_t mask[315];
    for (size_t i = 0; i < 315; i++) /* the mask shows both */
        mask[i] = apart(i, &some[0]) <= 1.5 || apart(i, &some[1]) <= 1;
    const dt_truth with = {some, 2, mask, 0};
    b = batch_of(&recipe, &with, 1, 9, 7, 5);
    v = paint(&b);
    expect_spoilt(&v, some);
    dt_voxels_done(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balls_stand_for_nodules),
        cmocka_unit_test(masks_are_taken_as_they_are),
        cmocka_unit_test(excluded_ones_are_not_learned_with_or_without_a_mask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
