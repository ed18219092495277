#include "head_case.h"

static const dt_seen pair[] = {
    {{3.4, 2.8, 5.1}, 5, false},
    {{7, 5, 1}, 9, false},
    {{9, 1, 5}, 2, true},
};
static const dt_truth two[] = {{pair, 3, NULL, 0}, {NULL, 0, NULL, 0}};

static head_case odd(void)
{
    head_case k = head_of(MD_HEAD_CENTRES, 2, 5, two, 2);
    head_size(&k, 10, 6, 8);
    return k;
}

static void gradient_is_the_slope(void **state)
{
    (void)state;
    head_case k = odd();
    head_expect_gradient(&k, -2, 2);
    k.o = (dt_loss_options){.alpha = 0.7, .gamma = 1.5, .box = 0.3};
    head_expect_gradient(&k, -2, 2);
}

static void threads_do_not_show(void **state)
{
    (void)state;
    head_case k = head_of(MD_HEAD_CENTRES, 2, 5, two, 2);
    head_size(&k, 42, 44, 46);
    head_expect_same_bits(&k, -3, 3);
}

static void nothing_overflows(void **state)
{
    (void)state;
    head_case k = odd();
    head_expect_finite(&k, 1e4F);
    head_expect_finite(&k, -1e4F);
    head_expect_nan_shows(&k);
}

/* A nodule in the middle of a cell, every logit 0. */
static void scores_are_the_penalty_reduced_focal_loss(void **state)
{
    (void)state;
    const dt_seen s = head_seen(4.5, 4.5, 4.5, 4);
    const dt_truth truth = {&s, 1, NULL, 0};
    head_case k = head_of(MD_HEAD_CENTRES, 2, 5, &truth, 1);
    head_size(&k, 10, 10, 10);
    head_run h = head_start(&k, 0);
    head_do(&k, NULL, &h);
    double wanted = 0;
    for (int i = 0; i < 125; i++) {
        int x = i % 5 - 2;
        int y = i / 5 % 5 - 2;
        int z = i / 25 - 2;
        double heat = exp(-0.5 * (x * x + y * y + z * z));
        wanted += (i == 62 ? 1 : pow(1 - heat, 4)) * 0.25 * log(2);
    }
    head_expect(h.loss.scores, wanted);
    /* offsets are right; the diameter is log(4/8) off */
    head_expect(h.loss.boxes, log(2) - 1.0 / 18);
    head_expect(h.loss.loss, h.loss.scores + h.loss.boxes);
    head_done(&h);
}

/* All that is no nodule's own being sure of it. */
static double cost_of_missing(const dt_seen *s, size_t n)
{
    const dt_truth truth = {s, n, NULL, 0};
    head_case k = head_of(MD_HEAD_CENTRES, 2, 5, &truth, 1);
    head_size(&k, 64, 32, 32);
    head_run h = head_start(&k, -20);
    head_do(&k, NULL, &h);
    double scores = h.loss.scores;
    head_done(&h);
    return scores;
}

static void each_nodule_weighs_the_same(void **state)
{
    (void)state;
    const dt_seen small = head_seen(15, 14, 13, 3);
    const dt_seen large = head_seen(15, 14, 13, 25);
    const dt_seen both[] = {small, head_seen(45, 15, 15, 25)};
    head_expect(cost_of_missing(&small, 1), 20);
    head_expect(cost_of_missing(&large, 1), 20);
    head_expect(cost_of_missing(both, 2), 20);
    head_expect(cost_of_missing(NULL, 0), 0);
}

static void what_is_about_an_excluded_nodule_costs_nothing(void **state)
{
    (void)state;
    const dt_seen s = {{4.5, 4.5, 4.5}, 30, true};
    const dt_truth truth = {&s, 1, NULL, 0};
    head_case k = head_of(MD_HEAD_CENTRES, 2, 5, &truth, 1);
    head_size(&k, 10, 10, 10);
    head_run h = head_start(&k, 3);
    head_do(&k, NULL, &h);
    assert_true(h.loss.loss == 0);
    for (size_t i = 0; i < head_floats(&k, 0); i++)
        assert_true(h.grad[0][i] == 0);
    head_done(&h);
}

/* Outputs at which the boxes cost nothing say where the nodule is. */
static void maps_say_what_was_learned(void **state)
{
    (void)state;
    const dt_seen s = head_seen(5.1, 2.2, 6.9, 11);
    const dt_truth truths[] = {{NULL, 0, NULL, 0}, {&s, 1, NULL, 0}};
    head_case k = head_of(MD_HEAD_CENTRES, 2, 5, truths, 2);
    head_size(&k, 10, 6, 8);
    head_run h = head_start(&k, -3);
    size_t points = head_points(&k);
    size_t cell = (3 * 3 + 1) * 5 + 2; /* centre: voxels 4.5, 2.5, 6.5 */
    float *x = h.out[0] + 5 * points + cell;
    x[0] = 2;
    x[points] = 0.3F;
    x[2 * points] = -0.15F;
    x[3 * points] = 0.2F;
    x[4 * points] = logf(11.0F / 8);
    float map[5 * 60];
    const float *outputs[] = {h.out[0]};
    assert_int_equal(dt_head_channels(&k.r), 5);
    dt_head_map(&k.r, 2, 1, k.size, outputs, map);
    head_expect((double)map[cell], 1 / (1 + exp(-2)));
    head_expect((double)map[cell + 1], 1 / (1 + exp(3)));
    head_expect(4.5 + (double)map[points + cell], 5.1);
    head_expect(2.5 + (double)map[2 * points + cell], 2.2);
    head_expect(6.5 + (double)map[3 * points + cell], 6.9);
    head_expect((double)map[4 * points + cell], 11);
    x[4 * points] = 1e30F;
    dt_head_map(&k.r, 2, 1, k.size, outputs, map);
    assert_true(isfinite(map[4 * points + cell]));
    head_done(&h);
}

/* The nodule's own cells, taught one after the other, all say the nodule. */
static void boxes_cost_nothing_where_they_are_right(void **state)
{
    (void)state;
    const dt_seen s = head_seen(7.7, 6.2, 8.9, 12);
    const dt_truth truth = {&s, 1, NULL, 0};
    head_case k = head_of(MD_HEAD_CENTRES, 2, 5, &truth, 1);
    head_size(&k, 16, 14, 18);
    head_run h = head_start(&k, 0);
    size_t points = head_points(&k);
    for (size_t i = 0; i < points; i++) {
        const size_t cell[] = {i % 8, i / 8 % 7, i / 56};
        for (size_t a = 0; a < 3; a++)
            h.out[0][(a + 1) * points + i] =
                (float)((s.at[a] - (2 * (double)cell[a] + 0.5)) / 2);
        h.out[0][4 * points + i] = logf(1.5F);
    }
    head_do(&k, NULL, &h);
    assert_true(h.loss.boxes < 1e-12);
    h.out[0][4 * points] += 1; /* not one of its own */
    head_do(&k, NULL, &h);
    assert_true(h.loss.boxes < 1e-12);
    head_done(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_is_the_slope),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(nothing_overflows),
        cmocka_unit_test(scores_are_the_penalty_reduced_focal_loss),
        cmocka_unit_test(each_nodule_weighs_the_same),
        cmocka_unit_test(what_is_about_an_excluded_nodule_costs_nothing),
        cmocka_unit_test(maps_say_what_was_learned),
        cmocka_unit_test(boxes_cost_nothing_where_they_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
