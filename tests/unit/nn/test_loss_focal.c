#include "loss_case.h"

static int run(cs_pool *pool, const loss_case *k, double *ret, float *grad)
{
    return nn_loss_focal(pool, &k->d, k->options, k->pred, k->target, ret, grad,
                         NULL);
}

static const nn_focal_options soft = {.alpha = -1, .gamma = 1.5};
static const nn_focal_options plain = {.alpha = -1, .gamma = 0};
static const nn_focal_options shallow = {.alpha = 0.25, .gamma = 0.5};

static void without_its_factors_it_is_cross_entropy(void **state)
{
    (void)state;
    loss_case k = {LOSS_GOLDEN_DIMS, &plain, golden_logits, golden_target,
                   NULL};
    loss_expect_golden(run, &k, &golden_bce_logits);
}

static void steep_powers_stay_finite(void **state)
{
    (void)state;
    loss_expect_finite(run, &shallow);
    loss_expect_finite(run, &plain);
    loss_expect_finite(run, &soft);
}

static void options_out_of_range_are_refused(void **state)
{
    (void)state;
    loss_case k = {LOSS_GOLDEN_DIMS, NULL, golden_logits, golden_target, NULL};
    double loss = 0;
    k.options = &(nn_focal_options){.alpha = 1.5};
    assert_int_equal(run(NULL, &k, &loss, NULL), CS_E_RANGE);
    k.options = &(nn_focal_options){.gamma = -1};
    assert_int_equal(run(NULL, &k, &loss, NULL), CS_E_RANGE);
    k.options = &(nn_focal_options){.divisor = -1};
    assert_int_equal(run(NULL, &k, &loss, NULL), CS_E_RANGE);
}

static const loss_variant variants[] = {
    {.pred = golden_logits, .target = golden_hard, .golden = &golden_focal},
    {.options = &soft,
     .pred = golden_logits,
     .target = golden_target,
     .golden = &golden_focal_soft},
    {.options = &shallow, .pred = golden_logits, .target = golden_hard},
};

static loss_laws laws = {run, variants, CS_COUNTOF(variants), .logits = true};

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_its_factors_it_is_cross_entropy),
        cmocka_unit_test(steep_powers_stay_finite),
        cmocka_unit_test(options_out_of_range_are_refused),
        LOSS_LAWS(&laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
