#include "nn/trainable.h"

#include "base/mem.h"
#include "nn/optim.h"
#include "support/test.h"

static void declare(nn_params *p, const char *name, nn_role role, size_t n)
{
    size_t i;
    assert_int_equal(
        nn_params_declare(p, name, role, &TN_SHAPE(n), 1, &i, NULL), 0);
}

/* One of each role, statistics among those that are trained. */
static nn_params *every_role(void)
{
    nn_params *p = NULL;
    assert_int_equal(nn_params_new(&p, NULL), 0);
    declare(p, "c.weight", NN_WEIGHT, 6);
    declare(p, "c.bias", NN_BIAS, 2);
    declare(p, "n.running_mean", NN_MEAN, 2);
    declare(p, "n.weight", NN_GAIN, 2);
    declare(p, "n.running_var", NN_VARIANCE, 2);
    declare(p, "n.num_batches_tracked", NN_COUNT, 1);
    declare(p, "n.bias", NN_SHIFT, 3);
    nn_params_reset(p, 1);
    return p;
}

static void statistics_are_left_out_and_order_is_kept(void **state)
{
    (void)state;
    CS_AUTO(nn_params) p = every_role();
    CS_AUTO_MEM nn_optim_param *list = NULL;
    size_t n = 0;
    assert_int_equal(nn_trainable(p, &list, &n, NULL), 0);
    assert_int_equal(n, 4);
    assert_string_equal(list[0].name, "c.weight");
    assert_string_equal(list[1].name, "c.bias");
    assert_string_equal(list[2].name, "n.weight");
    assert_string_equal(list[3].name, "n.bias");
    assert_int_equal(list[0].count, 6);
    assert_int_equal(list[3].count, 3);
}

static void weights_alone_decay(void **state)
{
    (void)state;
    CS_AUTO(nn_params) p = every_role();
    CS_AUTO_MEM nn_optim_param *list = NULL;
    size_t n = 0;
    assert_int_equal(nn_trainable(p, &list, &n, NULL), 0);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(list[i].decay, i == 0);
        assert_true(list[i].lr_scale == 1);
    }
}

static void a_step_changes_the_parameters_themselves(void **state)
{
    (void)state;
    CS_AUTO(nn_params) p = every_role();
    CS_AUTO_MEM nn_optim_param *list = NULL;
    CS_AUTO(nn_optim) optim = NULL;
    size_t n = 0;
    assert_int_equal(nn_trainable(p, &list, &n, NULL), 0);
    assert_int_equal(nn_optim_new(&NN_SGD_DEFAULT, list, n, &optim, NULL), 0);
    nn_param *gain = nn_params_find(p, "n.weight");
    tn_f32(&gain->grad)[1] = 2;
    nn_optim_step(optim, NULL, 0.25);
    assert_true(tn_f32(&gain->value)[0] == 1);
    assert_true(tn_f32(&gain->value)[1] == 0.5F);
}

static void gradients_that_are_there_are_kept(void **state)
{
    (void)state;
    CS_AUTO(nn_params) p = every_role();
    CS_AUTO_MEM nn_optim_param *list = NULL;
    size_t n = 0;
    assert_int_equal(nn_params_gradients(p, NULL), 0);
    float *grad = tn_f32(&nn_params_find(p, "c.bias")->grad);
    grad[0] = 7;
    assert_int_equal(nn_trainable(p, &list, &n, NULL), 0);
    assert_ptr_equal(list[1].grad, grad);
    assert_true(grad[0] == 7);
}

static void nothing_to_train_is_an_empty_list(void **state)
{
    (void)state;
    CS_AUTO(nn_params) p = NULL;
    CS_AUTO_MEM nn_optim_param *list = NULL;
    size_t n = 1;
    assert_int_equal(nn_params_new(&p, NULL), 0);
    assert_int_equal(nn_trainable(p, &list, &n, NULL), 0);
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_are_left_out_and_order_is_kept),
        cmocka_unit_test(weights_alone_decay),
        cmocka_unit_test(a_step_changes_the_parameters_themselves),
        cmocka_unit_test(gradients_that_are_there_are_kept),
        cmocka_unit_test(nothing_to_train_is_an_empty_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
