#include "head_case.h"

static const dt_seen some[] = {
    {{5, 3, 9}, 7, false},
    {{6, 5, 10}, 3, false},
    {{13, 13, 2}, 6, true},
};
static const dt_truth two[] = {{some, 3, NULL, 0}, {NULL, 0, NULL, 0}};

/* Anchors of 4, 8 and 16 voxels. */
static head_case odd(void)
{
    head_case k = head_of(MD_HEAD_ANCHORS, 8, 3, two, 2);
    k.r.input.spacing = 0.5;
    k.r.head.anchor_count = 3;
    for (size_t i = 0; i < 3; i++)
        k.r.head.anchors[i] = (double)(2U << i);
    k.channels[0] = 6;
    k.channels[1] = 18;
    head_size(&k, 16, 24, 16);
    return k;
}

static void gradient_is_the_slope(void **state)
{
    (void)state;
    head_case k = odd();
    head_expect_gradient(&k, -2, 2);
    k.o = (dt_loss_options){.alpha = 0.7, .gamma = 1.5, .box = 0.3};
    head_expect_gradient(&k, -2, 2);
    k.o = (dt_loss_options){.kind = DT_LOSS_BCE};
    head_expect_gradient(&k, -2, 2);
}

static void threads_do_not_show(void **state)
{
    (void)state;
    head_case k = odd();
    head_size(&k, 72, 80, 88);
    head_expect_same_bits(&k, -3, 3);
    k.o.kind = DT_LOSS_BCE;
    head_expect_same_bits(&k, -3, 3);
}

static void nothing_overflows(void **state)
{
    (void)state;
    head_case k = odd();
    k.truths = two + 1; /* no slot is left out */
    k.n = 1;
    for (int bce = 0; bce < 2; bce++) {
        k.o.kind = bce ? DT_LOSS_BCE : DT_LOSS_DEFAULT;
        head_expect_finite(&k, 1e4F);
        head_expect_finite(&k, -1e4F);
        head_expect_nan_shows(&k);
    }
}

/* One nodule in the middle of a cell, as large as the second anchor. */
static const dt_seen fitting = {{11.5, 11.5, 11.5}, 8, false};
static const dt_truth one = {&fitting, 1, NULL, 0};

static head_case fitted(void)
{
    head_case k = odd();
    k.truths = &one;
    k.n = 1;
    head_size(&k, 32, 32, 32);
    return k;
}

/* Its own is one anchor. The two other sizes there overlap it by an eighth, as
 * do the largest anchors of the 6 + 12 + 8 neighbouring cells by 256, 128 and
 * 64 of 4352, 4480 and 4544: less than a tenth. */
static void scores_are_the_focal_loss_of_anchors(void **state)
{
    (void)state;
    head_case k = fitted();
    head_run h = head_start(&k, 0);
    head_do(&k, NULL, &h);
    head_expect(h.loss.scores, (1 + (3 * 64 - 3)) * 0.25 * log(2));
    assert_true(h.loss.boxes == 0);
    k.o.alpha = 0.75;
    head_do(&k, NULL, &h);
    head_expect(h.loss.scores, (1.5 + 0.5 * (3 * 64 - 3)) * 0.25 * log(2));
    head_done(&h);
}

static void only_the_hardest_negatives_count_in_cross_entropy(void **state)
{
    (void)state;
    head_case k = fitted();
    k.o.kind = DT_LOSS_BCE;
    head_run h = head_start(&k, 0);
    for (size_t i = 0; i < 5; i++)
        h.out[0][64 + 3 * i] = 2; /* five anchors take themselves for nodules */
    head_do(&k, NULL, &h);
    double wanted = log(2) + (5 * log(1 + exp(2)) + 11 * log(2)) / 16;
    head_expect(h.loss.scores, wanted);
    size_t learned = 0;
    for (size_t a = 0; a < 3; a++)
        for (size_t i = 0; i < 64; i++) {
            float no = h.grad[0][128 * a + i];
            float yes = h.grad[0][128 * a + 64 + i];
            assert_true(no == -yes);
            learned += yes != 0;
        }
    assert_int_equal(learned, 17);
    assert_true(h.grad[0][64] > 0 && h.grad[0][76] > 0);
    assert_true(h.grad[0][128 + 64 + 21] < 0); /* the nodule's own */
    head_done(&h);
}

/* In the order of channels x, y, z, depth, height, width of each anchor. */
static void boxes_are_relative_to_their_anchor(void **state)
{
    (void)state;
    const dt_seen s = head_seen(12.3, 11.1, 10.7, 9);
    const dt_truth truth = {&s, 1, NULL, 0};
    head_case k = fitted();
    k.truths = &truth;
    head_run h = head_start(&k, 0);
    const double box[] = {0.1,          -0.05,        -0.1,
                          log(9.0 / 8), log(9.0 / 8), log(9.0 / 8)};
    head_do(&k, NULL, &h);
    double wanted = 0;
    for (int i = 0; i < 6; i++) {
        double off = fabs(box[i]);
        wanted += off < 1.0 / 9 ? 4.5 * off * off : off - 1.0 / 18;
    }
    head_expect(h.loss.boxes, wanted);
    for (size_t i = 0; i < 6; i++)
        h.out[1][(6 + i) * 64 + 21] = (float)box[i];
    head_do(&k, NULL, &h);
    assert_true(h.loss.boxes < 1e-12);
    head_done(&h);
}

static void maps_are_of_the_best_anchor_of_each_cell(void **state)
{
    (void)state;
    head_case k = fitted();
    k.n = 2; /* the map is of the second sample */
    head_run h = head_start(&k, 0);
    float *logits = h.out[0] + 6 * 64;
    float *boxes = h.out[1] + 18 * 64;
    logits[(2 * 1 + 1) * 64 + 21] = 3;
    logits[2 * 1 * 64 + 21] = 0.5F;
    logits[(2 * 2 + 1) * 64 + 21] = 2;
    logits[2 * 2 * 64 + 22] = 1; /* the largest anchor says no */
    const float box[] = {0.1F, -0.05F, -0.1F, 0, logf(2), logf(3)};
    for (size_t i = 0; i < 6; i++)
        boxes[(6 + i) * 64 + 21] = box[i];
    float map[5 * 64];
    const float *outputs[] = {h.out[0], h.out[1]};
    dt_head_map(&k.r, 2, 1, k.size, outputs, map);
    head_expect((double)map[21], 1 / (1 + exp(-2.5)));
    head_expect((double)map[22], 0.5);
    head_expect((double)map[64 + 21], 0.8);
    head_expect((double)map[128 + 21], -0.4);
    head_expect((double)map[192 + 21], -0.8);
    head_expect((double)map[256 + 21], 16);
    head_expect((double)map[256 + 22], 4);
    head_done(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_is_the_slope),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(nothing_overflows),
        cmocka_unit_test(scores_are_the_focal_loss_of_anchors),
        cmocka_unit_test(only_the_hardest_negatives_count_in_cross_entropy),
        cmocka_unit_test(boxes_are_relative_to_their_anchor),
        cmocka_unit_test(maps_are_of_the_best_anchor_of_each_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
