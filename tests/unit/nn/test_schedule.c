#include "nn/schedule.h"

#include <math.h>

#include "../../golden/schedules.h"
#include "support/test.h"

static void expect_course(const nn_schedule *s, const double *wanted, size_t n)
{
    assert_int_equal(nn_schedule_check(s, NULL), 0);
    for (size_t i = 0; i < n; i++) {
        double lr = nn_schedule_lr(s, i);
        if (!(fabs(lr - wanted[i]) <= 1e-14))
            fail_msg("step %zu: %.17g, expected %.17g", i, lr, wanted[i]);
    }
}

#define EXPECT_COURSE(s, wanted) expect_course((s), wanted, CS_COUNTOF(wanted))

static const uint64_t milestones[] = {3, 7, 12};

static void agrees_with_pytorch(void **state)
{
    (void)state;
    EXPECT_COURSE(
        (&(nn_schedule){
            .kind = NN_SCHEDULE_STEP, .lr = 0.1, .period = 4, .gamma = 0.5}),
        golden_step);
    EXPECT_COURSE((&(nn_schedule){.kind = NN_SCHEDULE_MULTI_STEP,
                                  .lr = 0.1,
                                  .gamma = 0.1,
                                  .milestones = milestones,
                                  .milestone_count = 3}),
                  golden_multi_step);
    EXPECT_COURSE((&(nn_schedule){.kind = NN_SCHEDULE_COSINE,
                                  .lr = 0.1,
                                  .min_lr = 0.01,
                                  .period = 15}),
                  golden_cosine);
    EXPECT_COURSE(
        (&(nn_schedule){.lr = 0.1, .warm_up = 5, .warm_up_from = 0.1}),
        golden_warm_up);
}

static void one_cycle_agrees_with_pytorch(void **state)
{
    (void)state;
    nn_schedule two = NN_ONE_CYCLE_DEFAULT;
    two.lr = 0.4;
    two.period = 20;
    EXPECT_COURSE(&two, golden_one_cycle);
    nn_schedule three = {.kind = NN_SCHEDULE_ONE_CYCLE,
                         .lr = 0.4,
                         .period = 30,
                         .rise = 0.4,
                         .div = 10,
                         .final_div = 100,
                         .three_phase = true};
    EXPECT_COURSE(&three, golden_one_cycle_three);
}

static void after_their_end_schedules_stay(void **state)
{
    (void)state;
    nn_schedule s = {
        .kind = NN_SCHEDULE_COSINE, .lr = 1, .min_lr = 0.25, .period = 10};
    assert_true(nn_schedule_lr(&s, 10) == 0.25);
    assert_true(nn_schedule_lr(&s, UINT64_MAX) == 0.25);
    nn_schedule c = NN_ONE_CYCLE_DEFAULT;
    c.lr = 1;
    c.period = 10;
    double end = nn_schedule_lr(&c, 9);
    assert_true(nn_schedule_lr(&c, 10) == end);
    assert_true(nn_schedule_lr(&c, 1000) == end);
    assert_true(nn_schedule_lr(&(nn_schedule){.lr = 3}, UINT64_MAX) == 3);
}

static void warm_up_leads_into_any_schedule(void **state)
{
    (void)state;
    nn_schedule s = {.kind = NN_SCHEDULE_COSINE,
                     .lr = 1,
                     .period = 10,
                     .warm_up = 4,
                     .warm_up_from = 0};
    assert_true(nn_schedule_lr(&s, 0) == 0);
    assert_true(nn_schedule_lr(&s, 1) == 0.25);
    assert_true(nn_schedule_lr(&s, 4) == 1);
    assert_true(nn_schedule_lr(&s, 9) == 0.5);
    assert_true(nn_schedule_lr(&s, 14) == 0);
}

/* PyTorch divides by zero in the first two. */
static void short_cycles_stay_finite(void **state)
{
    (void)state;
    nn_schedule s = NN_ONE_CYCLE_DEFAULT;
    s.lr = 1;
    for (uint64_t period = 1; period < 12; period++) {
        for (int three = 0; three < 2; three++) {
            s.period = period;
            s.three_phase = three;
            for (uint64_t i = 0; i < period + 2; i++) {
                double lr = nn_schedule_lr(&s, i);
                assert_true(lr > 0 && lr <= 1);
            }
        }
    }
}

static void expect_refused(const nn_schedule *s, const char *message)
{
    cs_errinfo info = {0};
    assert_int_equal(nn_schedule_check(s, &info), CS_E_RANGE);
    assert_string_equal(info.message, message);
}

static void what_is_out_of_range_is_named(void **state)
{
    (void)state;
    const uint64_t wrong[] = {5, 4};
    nn_schedule cycle = NN_ONE_CYCLE_DEFAULT;
    cycle.period = 5;
    cycle.rise = 2;
    expect_refused(&cycle, "'rise' of the schedule is 2; expected 0 to 1");
    expect_refused(&(nn_schedule){.kind = NN_SCHEDULE_COSINE},
                   "the schedule has a period of 0 steps");
    expect_refused(&(nn_schedule){.kind = NN_SCHEDULE_MULTI_STEP,
                                  .gamma = 1,
                                  .milestones = wrong,
                                  .milestone_count = 2},
                   "milestone 2 of the schedule lies before the one in front "
                   "of it");
    const nn_schedule others[] = {
        {.lr = -1},
        {.lr = (double)NAN},
        {.kind = NN_SCHEDULE_STEP, .period = 1},
        {.kind = NN_SCHEDULE_COSINE, .period = 1, .min_lr = -1},
        {.warm_up = 1, .warm_up_from = -1},
        {.kind = NN_SCHEDULE_ONE_CYCLE, .period = 1, .div = 1},
    };
    for (size_t i = 0; i < CS_COUNTOF(others); i++)
        assert_int_equal(nn_schedule_check(&others[i], NULL), CS_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_pytorch),
        cmocka_unit_test(one_cycle_agrees_with_pytorch),
        cmocka_unit_test(after_their_end_schedules_stay),
        cmocka_unit_test(warm_up_leads_into_any_schedule),
        cmocka_unit_test(short_cycles_stay_finite),
        cmocka_unit_test(what_is_out_of_range_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
