#include "loss_case.h"

static int run(cs_pool *pool, const loss_case *k, double *ret, float *grad)
{
    return nn_loss_cross_entropy(pool, &k->d, k->options, k->pred, k->labels,
                                 ret, grad, NULL);
}

static const nn_cross_entropy_options weighted = {
    .class_weight = golden_weights, .ignore = NN_NO_IGNORE};
static const nn_cross_entropy_options all = {
    .class_weight = golden_weights, .label_smoothing = 0.1, .ignore = 255};
static const nn_cross_entropy_options smooth_ignored = {.label_smoothing = 0.2,
                                                        .ignore = 255};

static void even_odds_cost_the_log_of_the_classes(void **state)
{
    (void)state;
    const float pred[4] = {3, 3, 3, 3};
    const int32_t label = 2;
    loss_case k = {{1, 4, 1}, NULL, pred, NULL, &label};
    double loss = 0;
    float grad[4];
    assert_int_equal(run(NULL, &k, &loss, grad), 0);
    loss_expect_close(loss, log(4), 1e-15);
    const float wanted[] = {0.25F, 0.25F, -0.75F, 0.25F};
    assert_memory_equal(grad, wanted, sizeof(grad));
}

static void certain_and_wrong_costs_the_gap(void **state)
{
    (void)state;
    const float pred[] = {1e4F, -1e4F};
    const int32_t label = 1;
    loss_case k = {{1, 2, 1}, NULL, pred, NULL, &label};
    double loss = 0;
    float grad[2];
    assert_int_equal(run(NULL, &k, &loss, grad), 0);
    assert_true(loss == 2e4 && grad[0] == 1 && grad[1] == -1);
}

static void nothing_but_ignored_points_costs_nothing(void **state)
{
    (void)state;
    const int32_t labels[] = {9, 9};
    const float pred[] = {1, 2, 3, 4};
    loss_case k = {{1, 2, 2},
                   &(nn_cross_entropy_options){.ignore = 9},
                   pred,
                   NULL,
                   labels};
    double loss = -1;
    float grad[] = {7, 7, 7, 7};
    assert_int_equal(run(NULL, &k, &loss, grad), 0);
    assert_true(loss == 0 && grad[0] == 0 && grad[3] == 0);
}

static void the_first_bad_label_is_named(void **state)
{
    (void)state;
    int32_t labels[10];
    memcpy(labels, golden_labels, sizeof(labels));
    labels[7] = 3;
    labels[9] = -1;
    cs_errinfo info = {0};
    double loss = -7;
    int r = nn_loss_cross_entropy(NULL, &LOSS_GOLDEN_DIMS, NULL, golden_logits,
                                  labels, &loss, NULL, &info);
    assert_int_equal(r, CS_E_RANGE);
    assert_string_equal(info.message,
                        "label 3 of sample 1, point 2; expected 0 to 2");
    assert_true(loss == -7);
}

static void options_out_of_range_are_refused(void **state)
{
    (void)state;
    loss_case k = {LOSS_GOLDEN_DIMS, NULL, golden_logits, NULL, golden_labels};
    double loss = 0;
    k.options = &(nn_cross_entropy_options){.label_smoothing = 1};
    assert_int_equal(run(NULL, &k, &loss, NULL), CS_E_RANGE);
    const float w[] = {1, (float)NAN, 1};
    k.options = &(nn_cross_entropy_options){.class_weight = w};
    assert_int_equal(run(NULL, &k, &loss, NULL), CS_E_RANGE);
}

static void short_memory_is_reported(void **state)
{
    (void)state;
    loss_expect_nomem(run, &(loss_case){LOSS_GOLDEN_DIMS, NULL, golden_logits,
                                        NULL, golden_labels});
}

static const loss_variant variants[] = {
    {.pred = golden_logits, .labels = golden_labels, .golden = &golden_ce},
    {.options = &weighted,
     .pred = golden_logits,
     .labels = golden_labels,
     .golden = &golden_ce_weighted},
    {.options = &all,
     .pred = golden_logits,
     .labels = golden_labels_ignored,
     .golden = &golden_ce_all},
    {.options = &smooth_ignored,
     .pred = golden_logits,
     .labels = golden_labels_ignored,
     .golden = &golden_ce_smooth_ignored},
};

static loss_laws laws = {run, variants, CS_COUNTOF(variants), .logits = true};

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(even_odds_cost_the_log_of_the_classes),
        cmocka_unit_test(certain_and_wrong_costs_the_gap),
        cmocka_unit_test(nothing_but_ignored_points_costs_nothing),
        cmocka_unit_test(the_first_bad_label_is_named),
        cmocka_unit_test(options_out_of_range_are_refused),
        cmocka_unit_test(short_memory_is_reported),
        LOSS_LAWS(&laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
