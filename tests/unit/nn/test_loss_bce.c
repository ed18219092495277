#include "loss_case.h"

static int run(cs_pool *pool, const loss_case *k, double *ret, float *grad)
{
    return nn_loss_bce(pool, &k->d, k->options, k->pred, k->target, ret, grad,
                       NULL);
}

static void certain_and_wrong_costs_a_hundred(void **state)
{
    (void)state;
    const float pred[] = {0, 1, 0.5F, 0.5F};
    const float target[] = {1, 0, 0, 1};
    loss_case k = {{1, 1, 4}, NULL, pred, target, NULL};
    double loss = 0;
    float grad[4];
    assert_int_equal(run(NULL, &k, &loss, grad), 0);
    loss_expect_close(loss, (200 + 2 * log(2)) / 4, 1e-15);
    assert_true(grad[0] == -2.5e11F && grad[1] == 2.5e11F);
    assert_true(grad[2] == 0.5F && grad[3] == -0.5F);
}

static void what_is_no_probability_is_named(void **state)
{
    (void)state;
    float pred[12] = {0};
    const float target[12] = {0};
    pred[9] = 1.5F;
    pred[11] = (float)NAN;
    cs_errinfo info = {0};
    double loss = 0;
    int r = nn_loss_bce(NULL, &(nn_loss_dims){2, 3, 2}, NULL, pred, target,
                        &loss, NULL, &info);
    assert_int_equal(r, CS_E_RANGE);
    assert_string_equal(info.message,
                        "prediction 1.5 of sample 1, channel 1, point 1; "
                        "expected 0 to 1");
    pred[9] = 1;
    r = nn_loss_bce(NULL, &(nn_loss_dims){2, 3, 2}, NULL, pred, target, &loss,
                    NULL, &info);
    assert_int_equal(r, CS_E_RANGE);
}

static const loss_variant variants[] = {
    {.pred = golden_probs, .target = golden_target, .golden = &golden_bce},
};

static loss_laws laws = {run, variants, CS_COUNTOF(variants), .logits = false};

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certain_and_wrong_costs_a_hundred),
        cmocka_unit_test(what_is_no_probability_is_named),
        LOSS_LAWS(&laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
