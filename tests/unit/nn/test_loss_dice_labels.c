#include "loss_case.h"

static int run(cs_pool *pool, const loss_case *k, double *ret, float *grad)
{
    return nn_loss_dice_labels(pool, &k->d, k->options, k->pred, k->labels, ret,
                               grad, NULL);
}

static const nn_dice_labels_options ignoring = {.smooth = 1e-6, .ignore = 255};

static void right_and_certain_costs_nothing(void **state)
{
    (void)state;
    const float pred[] = {1e4F, -1e4F, -1e4F, 1e4F};
    const int32_t labels[] = {0, 1};
    loss_case k = {{1, 2, 2}, NULL, pred, NULL, labels};
    double loss = -1;
    float grad[4];
    assert_int_equal(run(NULL, &k, &loss, grad), 0);
    loss_expect_close(loss, 0, 1e-15);
    assert_true(grad[0] == 0 && grad[3] == 0);
}

/* Class 0: 2 * 0.5 / (1 + 2); class 1: 0 / (1 + 0). */
static void even_odds_by_hand(void **state)
{
    (void)state;
    const float pred[] = {1, 1, 1, 1};
    const int32_t labels[] = {0, 0};
    loss_case k = {{1, 2, 2},
                   &(nn_dice_labels_options){0, NN_NO_IGNORE},
                   pred,
                   NULL,
                   labels};
    double loss = 0;
    assert_int_equal(run(NULL, &k, &loss, NULL), 0);
    loss_expect_close(loss, 1 - (2.0 / 3 + 0) / 2, 1e-15);
}

/* As if the sample had been cut down to its other points. */
static void ignored_points_take_no_part(void **state)
{
    (void)state;
    const float with[] = {1, 9, 2, -1, 3, 0};
    const int32_t with_labels[] = {0, 255, 1};
    const float without[] = {1, 2, -1, 0};
    const int32_t without_labels[] = {0, 1};
    double a = 0;
    double b = 0;
    float grad[6];
    loss_case k = {{1, 2, 3}, &ignoring, with, NULL, with_labels};
    assert_int_equal(run(NULL, &k, &a, grad), 0);
    loss_case cut = {{1, 2, 2}, NULL, without, NULL, without_labels};
    assert_int_equal(run(NULL, &cut, &b, NULL), 0);
    assert_true(a == b);
    assert_true(grad[1] == 0 && grad[4] == 0 && grad[0] != 0);
}

static void bad_input_is_refused(void **state)
{
    (void)state;
    loss_case k = {LOSS_GOLDEN_DIMS, NULL, golden_logits, NULL,
                   golden_labels_ignored};
    double loss = 0;
    assert_int_equal(run(NULL, &k, &loss, NULL), CS_E_RANGE);
    k.options = &(nn_dice_labels_options){.smooth = -1, .ignore = 255};
    assert_int_equal(run(NULL, &k, &loss, NULL), CS_E_RANGE);
}

static void short_memory_is_reported(void **state)
{
    (void)state;
    loss_expect_nomem(run, &(loss_case){LOSS_GOLDEN_DIMS, NULL, golden_logits,
                                        NULL, golden_labels});
}

static const loss_variant variants[] = {
    {.pred = golden_logits,
     .labels = golden_labels,
     .golden = &golden_dice_labels},
    {.options = &ignoring,
     .pred = golden_logits,
     .labels = golden_labels_ignored},
};

static loss_laws laws = {run, variants, CS_COUNTOF(variants), .logits = true};

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_and_certain_costs_nothing),
        cmocka_unit_test(even_odds_by_hand),
        cmocka_unit_test(ignored_points_take_no_part),
        cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(short_memory_is_reported),
        LOSS_LAWS(&laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
