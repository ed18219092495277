#include "optim_bowl.h"

static const nn_optim_options adam = {.kind = NN_OPTIM_ADAM,
                                      .beta1 = 0.9,
                                      .beta2 = 0.999,
                                      .eps = 1e-8,
                                      .weight_decay = 0.02};
static const nn_optim_options adamw = {.kind = NN_OPTIM_ADAMW,
                                       .beta1 = 0.8,
                                       .beta2 = 0.99,
                                       .eps = 1e-6,
                                       .weight_decay = 0.1};

static void agrees_with_pytorch(void **state)
{
    (void)state;
    bowl_expect_golden(
        &adam, 0.05, golden_adam,
        (const float *const[]){golden_adam_exp_avg, golden_adam_exp_avg_sq});
    bowl_expect_golden(
        &adamw, 0.05, golden_adamw,
        (const float *const[]){golden_adamw_exp_avg, golden_adamw_exp_avg_sq});
}

/* The first step is lr long whatever the size of the gradient. */
static void the_first_step_has_the_length_of_lr(void **state)
{
    (void)state;
    float value[] = {1, 1};
    float grad[] = {1e-3F, -1e6F};
    nn_optim_param p = {"w", value, grad, 2, 1, true};
    CS_AUTO(nn_optim) optim = NULL;
    nn_optim_options o = NN_ADAM_DEFAULT;
    assert_int_equal(nn_optim_new(&o, &p, 1, &optim, NULL), 0);
    nn_optim_step(optim, NULL, 0.125);
    assert_true(fabsf(value[0] - 0.875F) < 2e-5F);
    assert_true(fabsf(value[1] - 1.125F) < 1e-6F);
}

/* AdamW shrinks by lr * decay also where the gradient is 0. */
static void decay_stands_apart_in_adamw(void **state)
{
    (void)state;
    float value = 4;
    float grad = 0;
    nn_optim_param p = {"w", &value, &grad, 1, 1, true};
    CS_AUTO(nn_optim) optim = NULL;
    nn_optim_options o = NN_ADAMW_DEFAULT;
    o.weight_decay = 0.5;
    assert_int_equal(nn_optim_new(&o, &p, 1, &optim, NULL), 0);
    nn_optim_step(optim, NULL, 0.5);
    assert_true(value == 3);
}

static void same_bits_on_any_number_of_threads(void **state)
{
    (void)state;
    bowl_expect_same_bits(&adam);
    bowl_expect_same_bits(&adamw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_pytorch),
        cmocka_unit_test(the_first_step_has_the_length_of_lr),
        cmocka_unit_test(decay_stands_apart_in_adamw),
        cmocka_unit_test(same_bits_on_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
