#include "nn/plateau.h"

#include <math.h>
#include <string.h>

#include "../../golden/schedules.h"
#include "support/test.h"

static void agrees_with_pytorch(void **state)
{
    (void)state;
    nn_plateau_options o = {.factor = 0.3,
                            .patience = 2,
                            .threshold = 0.01,
                            .cooldown = 1,
                            .min_lr = 0.002,
                            .eps = 1e-8};
    nn_plateau s;
    assert_int_equal(nn_plateau_init(&s, &o, 0.1, NULL), 0);
    for (size_t i = 0; i < CS_COUNTOF(golden_plateau); i++) {
        double lr = nn_plateau_look(&s, &o, golden_plateau_metric[i]);
        assert_true(lr == golden_plateau[i]);
    }
}

static void rising_metrics_must_rise_by_the_threshold(void **state)
{
    (void)state;
    nn_plateau_options o = {
        .rising = true, .absolute = true, .threshold = 0.25, .factor = 0.5};
    nn_plateau s;
    assert_int_equal(nn_plateau_init(&s, &o, 1, NULL), 0);
    assert_true(nn_plateau_look(&s, &o, 0.25) == 1);
    assert_true(nn_plateau_look(&s, &o, 0.75) == 1);
    assert_true(nn_plateau_look(&s, &o, 1.0) == 0.5); /* not above the bar */
    assert_true(nn_plateau_look(&s, &o, (double)NAN) == 0.25);
    assert_true(s.best == 0.75);
}

/* A copy of the state is all that a checkpoint needs. */
static void a_copied_state_goes_on_alike(void **state)
{
    (void)state;
    nn_plateau_options o = NN_PLATEAU_DEFAULT;
    o.patience = 1;
    nn_plateau s;
    assert_int_equal(nn_plateau_init(&s, &o, 1, NULL), 0);
    nn_plateau_look(&s, &o, 1);
    nn_plateau_look(&s, &o, 1);
    nn_plateau copy = s;
    double lr = nn_plateau_look(&s, &o, 1);
    assert_true(lr == 0.1 && nn_plateau_look(&copy, &o, 1) == lr);
}

static void what_is_out_of_range_is_named(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    nn_plateau s = {.lr = -7};
    nn_plateau_options o = NN_PLATEAU_DEFAULT;
    assert_int_equal(nn_plateau_init(&s, &o, -1, NULL), CS_E_RANGE);
    o.factor = 1;
    assert_int_equal(nn_plateau_init(&s, &o, 1, NULL), CS_E_RANGE);
    o = NN_PLATEAU_DEFAULT;
    o.threshold = (double)NAN;
    assert_int_equal(nn_plateau_init(&s, &o, 1, &info), CS_E_RANGE);
    assert_non_null(strstr(info.message, "'threshold' of the schedule is"));
    assert_true(s.lr == -7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_pytorch),
        cmocka_unit_test(rising_metrics_must_rise_by_the_threshold),
        cmocka_unit_test(a_copied_state_goes_on_alike),
        cmocka_unit_test(what_is_out_of_range_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
