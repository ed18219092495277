#include "loss_case.h"

static int run(cs_pool *pool, const loss_case *k, double *ret, float *grad)
{
    return nn_loss_dice(pool, &k->d, k->options, k->pred, k->target, ret, grad,
                        NULL);
}

static const nn_dice_options sharp = {.smooth = 0};

static void by_hand(void **state)
{
    (void)state;
    const float pred[] = {1, 0.5F, 0, 0.5F};
    const float target[] = {1, 1, 0, 0};
    loss_case k = {{1, 1, 4}, NULL, pred, target, NULL};
    double loss = 0;
    float grad[4];
    assert_int_equal(run(NULL, &k, &loss, grad), 0);
    loss_expect_close(loss, 1 - 4.0 / 5, 1e-15);
    loss_expect_close((double)grad[0], -(2 * 5 - 4.0) / 25, 1e-7);
    loss_expect_close((double)grad[2], 4.0 / 25, 1e-7);
}

static void nothing_found_where_nothing_is_is_perfect(void **state)
{
    (void)state;
    const float none[] = {0, 0, 0};
    loss_case k = {{1, 1, 3}, &sharp, none, none, NULL};
    double loss = -1;
    float grad[] = {7, 7, 7};
    assert_int_equal(run(NULL, &k, &loss, grad), 0);
    assert_true(loss == 0);
    assert_memory_equal(grad, none, sizeof(grad));
    k.options = &(nn_dice_options){.smooth = -1};
    assert_int_equal(run(NULL, &k, &loss, grad), CS_E_RANGE);
}

static const loss_variant variants[] = {
    {.pred = golden_probs, .target = golden_hard, .golden = &golden_dice},
    {.options = &sharp, .pred = golden_probs, .target = golden_target},
};

static loss_laws laws = {run, variants, CS_COUNTOF(variants), .logits = false};

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(nothing_found_where_nothing_is_is_perfect),
        LOSS_LAWS(&laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
