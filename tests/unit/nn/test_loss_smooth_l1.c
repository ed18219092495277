#include "loss_case.h"

static int run(cs_pool *pool, const loss_case *k, double *ret, float *grad)
{
    return nn_loss_smooth_l1(pool, &k->d, k->options, k->pred, k->target, ret,
                             grad, NULL);
}

static const nn_smooth_l1_options narrow = {.beta = 0.75};
static const nn_smooth_l1_options absolute = {.beta = 0};

static void bends_at_beta(void **state)
{
    (void)state;
    const float pred[] = {0.5F, -0.5F, 3, -3};
    const float target[] = {0, 0, 0, 0};
    loss_case k = {{1, 1, 4}, NULL, pred, target, NULL};
    double loss = 0;
    float grad[4];
    assert_int_equal(run(NULL, &k, &loss, grad), 0);
    assert_true(loss == (0.125 + 0.125 + 2.5 + 2.5) / 4);
    const float wanted[] = {0.125F, -0.125F, 0.25F, -0.25F};
    assert_memory_equal(grad, wanted, sizeof(grad));
    k.options = &(nn_smooth_l1_options){.beta = -1};
    assert_int_equal(run(NULL, &k, &loss, grad), CS_E_RANGE);
}

static void absolute_error_is_flat_at_its_kink(void **state)
{
    (void)state;
    const float pred[] = {1, 2};
    loss_case k = {{1, 1, 2}, &absolute, pred, pred, NULL};
    double loss = -1;
    float grad[2] = {7, 7};
    assert_int_equal(run(NULL, &k, &loss, grad), 0);
    assert_true(loss == 0 && grad[0] == 0 && grad[1] == 0);
}

static const loss_variant variants[] = {
    {.options = &narrow,
     .pred = golden_logits,
     .target = golden_target,
     .golden = &golden_smooth_l1},
    {.options = &absolute,
     .pred = golden_logits,
     .target = golden_target,
     .golden = &golden_l1},
};

static loss_laws laws = {run, variants, CS_COUNTOF(variants), .logits = true};

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bends_at_beta),
        cmocka_unit_test(absolute_error_is_flat_at_its_kink),
        LOSS_LAWS(&laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
