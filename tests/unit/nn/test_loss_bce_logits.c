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

static const loss_variant variants[] = {
    {.pred = golden_logits,
     .target = golden_target,
     .golden = &golden_bce_logits},
    {.options = &weighted,
     .pred = golden_logits,
     .target = golden_target,
     .golden = &golden_bce_logits_weighted},
};

static loss_laws laws = {run, variants, CS_COUNTOF(variants), .logits = true};

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(a_weight_below_zero_is_named),
        LOSS_LAWS(&laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
