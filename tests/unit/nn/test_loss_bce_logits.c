#include "loss_case.h"

static int run(cs_pool *pool, const loss_case *k, double *ret, float *grad)
{
    return nn_loss_bce_logits(pool, &k->d, k->options, k->pred, k->target, ret,
                              grad, NULL);
}

static const nn_bce_logits_options weighted = {.pos_weight = golden_weights};

static void by_hand(void **state)
{
    (void)state;
    const float pred[] = {0, 1e4F, -1e4F};
    const float target[] = {1, 0, 1};
    loss_case k = {{1, 1, 3}, NULL, pred, target, NULL};
    double loss = 0;
    float grad[3];
    assert_int_equal(run(NULL, &k, &loss, grad), 0);
    loss_expect_close(loss, (log(2) + 2e4) / 3, 1e-15);
    assert_true(grad[0] == (float)(-0.5 / 3));
    assert_true(grad[1] == (float)(1.0 / 3) && grad[2] == (float)(-1.0 / 3));
}

static void a_weight_below_zero_is_named(void **state)
{
    (void)state;
    const float w[] = {1, -2, 1};
    cs_errinfo info = {0};
    double loss = 0;
    int r = nn_loss_bce_logits(
        NULL, &LOSS_GOLDEN_DIMS, &(nn_bce_logits_options){.pos_weight = w},
        golden_logits, golden_target, &loss, NULL, &info);
    assert_int_equal(r, CS_E_RANGE);
    assert_string_equal(info.message,
                        "'pos_weight' of class 1 is -2; expected 0 or more");
}

static void agrees_with_pytorch(void **state)
{
    (void)state;
    loss_expect_golden(run,
                       &(loss_case){LOSS_GOLDEN_DIMS, NULL, golden_logits,
                                    golden_target, NULL},
                       &golden_bce_logits);
    loss_expect_golden(run,
                       &(loss_case){LOSS_GOLDEN_DIMS, &weighted, golden_logits,
                                    golden_target, NULL},
                       &golden_bce_logits_weighted);
}

static void gradient_is_the_slope(void **state)
{
    (void)state;
    loss_expect_gradient(run, &(loss_case){LOSS_GOLDEN_DIMS, &weighted,
                                           golden_logits, golden_target, NULL});
}

static void same_bits_on_any_number_of_threads(void **state)
{
    (void)state;
    loss_expect_same_bits(run, NULL, true);
}

static void extreme_logits_stay_finite(void **state)
{
    (void)state;
    loss_expect_finite(run, NULL);
}

static void nothing_to_measure_is_refused(void **state)
{
    (void)state;
    loss_expect_no_empty(run, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(a_weight_below_zero_is_named),
        cmocka_unit_test(agrees_with_pytorch),
        cmocka_unit_test(gradient_is_the_slope),
        cmocka_unit_test(same_bits_on_any_number_of_threads),
        cmocka_unit_test(extreme_logits_stay_finite),
        cmocka_unit_test(nothing_to_measure_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
