#include "loss_case.h"

static int run(cs_pool *pool, const loss_case *k, double *ret, float *grad)
{
    return nn_loss_dice_ce(pool, &k->d, k->options, k->pred, k->labels, ret,
                           grad, NULL);
}

static const nn_dice_ce_options mixed = {
    .dice = {1e-6, NN_NO_IGNORE},
    .ce = {.class_weight = golden_weights, .ignore = NN_NO_IGNORE},
    .dice_weight = 0.75,
    .ce_weight = 1.5,
};

static void bad_input_is_refused(void **state)
{
    (void)state;
    nn_dice_ce_options o = mixed;
    loss_case k = {LOSS_GOLDEN_DIMS, &o, golden_logits, NULL,
                   golden_labels_ignored};
    double loss = -7;
    assert_int_equal(run(NULL, &k, &loss, NULL), CS_E_RANGE);
    k.labels = golden_labels;
    o.dice_weight = -1;
    assert_int_equal(run(NULL, &k, &loss, NULL), CS_E_RANGE);
    o.dice_weight = 1;
    o.ce_weight = (double)NAN;
    assert_int_equal(run(NULL, &k, &loss, NULL), CS_E_RANGE);
    assert_true(loss == -7);
}

static void short_memory_is_reported(void **state)
{
    (void)state;
    loss_expect_nomem(run, &(loss_case){LOSS_GOLDEN_DIMS, NULL, golden_logits,
                                        NULL, golden_labels});
}

static const loss_variant variants[] = {
    {.options = &mixed,
     .pred = golden_logits,
     .labels = golden_labels,
     .golden = &golden_dice_ce},
};

static loss_laws laws = {run, variants, CS_COUNTOF(variants), .logits = true};

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(short_memory_is_reported),
        LOSS_LAWS(&laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
