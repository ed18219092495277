#include "head_case.h"

static const dt_truth labels[] = {{.label = 1}, {.label = 0}, {.label = 1}};

static head_case classes(size_t n)
{
    head_case k = head_of(MD_HEAD_CLASS, 1, n, labels, 3);
    head_size(&k, 32, 31, 30);
    return k;
}

static void gradient_is_the_slope(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 4; n++) {
        head_case k = classes(n);
        head_expect_gradient(&k, -2, 2);
        k.o = (dt_loss_options){.smoothing = 0.2, .positive = 3};
        head_expect_gradient(&k, -2, 2);
    }
}

static void nothing_overflows(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 3; n++) {
        head_case k = classes(n);
        head_expect_finite(&k, 1e4F);
        head_expect_finite(&k, -1e4F);
        head_expect_nan_shows(&k);
    }
}

static void it_is_the_weighted_mean_of_cross_entropies(void **state)
{
    (void)state;
    head_case k = classes(2);
    k.o.positive = 4;
    head_run h = head_start(&k, 0);
    const float z[] = {0.5F, 2, -1, 1, 3, 2.5F};
    memcpy(h.out[0], z, sizeof(z));
    head_do(&k, NULL, &h);
    double wanted =
        4 * log(1 + exp(-1.5)) + log(1 + exp(2)) + 4 * log(1 + exp(0.5));
    head_expect(h.loss.loss, wanted / 9);
    head_expect(h.loss.scores, h.loss.loss);
    head_done(&h);
}

static void smoothing_moves_half_of_itself_to_the_other_side(void **state)
{
    (void)state;
    head_case k = classes(1);
    k.o.smoothing = 0.1;
    k.n = 1;
    head_run h = head_start(&k, 3);
    head_do(&k, NULL, &h);
    head_expect(h.loss.loss, 0.95 * log(1 + exp(-3)) + 0.05 * log(1 + exp(3)));
    head_done(&h);
}

static void one_logit_and_two_agree(void **state)
{
    (void)state;
    head_case one = classes(1);
    head_case two = classes(2);
    one.o = two.o = (dt_loss_options){.smoothing = 0.05, .positive = 2};
    head_run a = head_start(&one, 1.25F);
    head_run b = head_start(&two, 0.5F);
    for (size_t i = 0; i < 3; i++)
        b.out[0][2 * i + 1] = 1.75F;
    head_do(&one, NULL, &a);
    head_do(&two, NULL, &b);
    head_expect(a.loss.loss, b.loss.loss);
    for (size_t i = 0; i < 3; i++)
        head_expect((double)a.grad[0][i], (double)b.grad[0][2 * i + 1]);
    head_done(&a);
    head_done(&b);
}

static void logits_are_of_the_last_class_against_all_others(void **state)
{
    (void)state;
    const float z[] = {1, 2, 3, -4, 800, 900};
    const float *outputs[] = {z};
    double logits[6];
    head_case k = classes(1);
    dt_head_logits(&k.r, 2, outputs, logits);
    assert_true(logits[0] == 1 && logits[1] == 2);
    k = classes(2);
    dt_head_logits(&k.r, 3, outputs, logits);
    assert_true(logits[0] == 1 && logits[1] == -7 && logits[2] == 100);
    k = classes(3);
    dt_head_logits(&k.r, 2, outputs, logits);
    head_expect(logits[0], 3 - log(exp(1) + exp(2)));
    head_expect(logits[1], 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_is_the_slope),
        cmocka_unit_test(nothing_overflows),
        cmocka_unit_test(it_is_the_weighted_mean_of_cross_entropies),
        cmocka_unit_test(smoothing_moves_half_of_itself_to_the_other_side),
        cmocka_unit_test(one_logit_and_two_agree),
        cmocka_unit_test(logits_are_of_the_last_class_against_all_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
