#include "support/test.h"
#include "train/plan.h"

static uint64_t steps(int64_t samples, int64_t batch, int64_t accumulate,
                      int64_t epochs)
{
    tr_plan p = {.epochs = epochs, .batch = batch, .accumulate = accumulate};
    p.sampling.per_epoch = samples;
    return tr_plan_steps(&p);
}

static void only_whole_batches_count(void **state)
{
    (void)state;
    assert_int_equal(steps(100, 4, 1, 3), 75);
    assert_int_equal(steps(103, 4, 1, 3), 75);
    assert_int_equal(steps(103, 4, 2, 3), 36);
}

static void an_epoch_has_a_step(void **state)
{
    (void)state;
    assert_int_equal(steps(3, 4, 1, 7), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_whole_batches_count),
        cmocka_unit_test(an_epoch_has_a_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
