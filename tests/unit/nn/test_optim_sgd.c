#include "optim_bowl.h"

static const nn_optim_options plain = {.kind = NN_OPTIM_SGD};
static const nn_optim_options heavy = {.kind = NN_OPTIM_SGD,
                                       .momentum = 0.9,
                                       .dampening = 0.1,
                                       .weight_decay = 0.01};
static const nn_optim_options nesterov = {
    .kind = NN_OPTIM_SGD, .momentum = 0.8, .nesterov = true};

static void agrees_with_pytorch(void **state)
{
    (void)state;
    bowl_expect_golden(&plain, 0.05, golden_sgd, NULL);
    bowl_expect_golden(
        &heavy, 0.02, golden_sgd_momentum,
        (const float *const[]){golden_sgd_momentum_momentum_buffer});
    bowl_expect_golden(
        &nesterov, 0.02, golden_sgd_nesterov,
        (const float *const[]){golden_sgd_nesterov_momentum_buffer});
}

/* Two steps at lr 1, momentum 1/2, dampening 1/2: the history is 2, then
 * 1/2 * 2 + 1/2 * 4 = 3. */
static void two_steps_by_hand(void **state)
{
    (void)state;
    float value = 10;
    float grad = 2;
    nn_optim_param p = {"w", &value, &grad, 1, 1, true};
    nn_optim_options o = {.momentum = 0.5, .dampening = 0.5};
    CS_AUTO(nn_optim) optim = NULL;
    assert_int_equal(nn_optim_new(&o, &p, 1, &optim, NULL), 0);
    nn_optim_step(optim, NULL, 1);
    assert_true(value == 8);
    grad = 4;
    nn_optim_step(optim, NULL, 1);
    assert_true(value == 5);
}

static void same_bits_on_any_number_of_threads(void **state)
{
    (void)state;
    bowl_expect_same_bits(&plain);
    bowl_expect_same_bits(&heavy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_pytorch),
        cmocka_unit_test(two_steps_by_hand),
        cmocka_unit_test(same_bits_on_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
