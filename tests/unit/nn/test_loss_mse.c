#include "loss_case.h"

static int run(cs_pool *pool, const loss_case *k, double *ret, float *grad)
{
    return nn_loss_mse(pool, &k->d, k->options, k->pred, k->target, ret, grad,
                       NULL);
}

static void mean_of_squares_by_hand(void **state)
{
    (void)state;
    const float pred[] = {1, 2, -1, 0.5F};
    const float target[] = {0, 4, -1, 0};
    loss_case k = {{1, 2, 2}, NULL, pred, target, NULL};
    double loss = 0;
    float grad[4];
    assert_int_equal(run(NULL, &k, &loss, grad), 0);
    assert_true(loss == 5.25 / 4);
    const float wanted[] = {0.5F, -1, 0, 0.25F};
    assert_memory_equal(grad, wanted, sizeof(grad));
    k.options = &(nn_mean_options){.divisor = 2};
    assert_int_equal(run(NULL, &k, &loss, grad), 0);
    assert_true(loss == 5.25 / 2 && grad[0] == 1);
    k.options = &(nn_mean_options){.divisor = -1};
    assert_int_equal(run(NULL, &k, &loss, grad), CS_E_RANGE);
    k.options = &(nn_mean_options){.divisor = (double)NAN};
    assert_int_equal(run(NULL, &k, &loss, grad), CS_E_RANGE);
}

static const loss_variant variants[] = {
    {.pred = golden_logits, .target = golden_target, .golden = &golden_mse},
};

static loss_laws laws = {run, variants, CS_COUNTOF(variants), .logits = true};

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_of_squares_by_hand),
        LOSS_LAWS(&laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
