#include "nn/params.h"

#include <math.h>
#include <string.h>

#include "support/test.h"

static void declared_twice_is_the_same_parameter(void **state)
{
    (void)state;
    CS_AUTO(nn_params) p = NULL;
    cs_errinfo info = {0};
    size_t a;
    size_t b;
    assert_int_equal(nn_params_new(&p, NULL), 0);
    assert_int_equal(nn_params_declare(p, "c.weight", NN_WEIGHT,
                                       &TN_SHAPE(4, 2), 2, &a, NULL),
                     0);
    assert_int_equal(nn_params_declare(p, "c.weight", NN_WEIGHT,
                                       &TN_SHAPE(4, 2), 2, &b, NULL),
                     0);
    assert_int_equal(a, b);
    assert_int_equal(nn_params_declare(p, "c.weight", NN_WEIGHT,
                                       &TN_SHAPE(4, 3), 3, &b, &info),
                     CS_E_RANGE);
    assert_string_equal(info.message, "the parameter c.weight has the shape "
                                      "[4, 2], not [4, 3]");
    assert_int_equal(nn_params_count(p), 1);
    assert_null(nn_params_find(p, "c.bias"));
}

static void the_start_follows_from_seed_and_name(void **state)
{
    (void)state;
    float first[2][64];
    for (int round = 0; round < 2; round++) {
        CS_AUTO(nn_params) p = NULL;
        size_t i;
        assert_int_equal(nn_params_new(&p, NULL), 0);
        if (round) /* another parameter before it changes nothing */
            assert_int_equal(
                nn_params_declare(p, "b", NN_BIAS, &TN_SHAPE(3), 4, &i, NULL),
                0);
        assert_int_equal(
            nn_params_declare(p, "w", NN_WEIGHT, &TN_SHAPE(16, 4), 4, &i, NULL),
            0);
        nn_params_reset(p, 11);
        memcpy(first[round], tn_f32(&nn_params_at(p, i)->value),
               sizeof(first[round]));
    }
    assert_memory_equal(first[0], first[1], sizeof(first[0]));
    for (size_t i = 0; i < CS_COUNTOF(first[0]); i++)
        assert_true(fabsf(first[0][i]) <= 0.5F);
}

static void roles_start_differently(void **state)
{
    (void)state;
    CS_AUTO(nn_params) p = NULL;
    size_t i;
    const tn_shape one = TN_SHAPE(1);
    const nn_role roles[] = {NN_GAIN, NN_SHIFT, NN_MEAN, NN_VARIANCE};
    const float starts[] = {1, 0, 0, 1};
    const char *const names[] = {"gain", "shift", "mean", "variance"};
    assert_int_equal(nn_params_new(&p, NULL), 0);
    for (size_t k = 0; k < 4; k++)
        assert_int_equal(
            nn_params_declare(p, names[k], roles[k], &one, 1, &i, NULL), 0);
    assert_int_equal(nn_params_declare(p, "count", NN_COUNT,
                                       &(tn_shape){.rank = 0}, 1, &i, NULL),
                     0);
    nn_params_reset(p, 1);
    for (size_t k = 0; k < 4; k++)
        assert_true(tn_f32(&nn_params_at(p, k)->value)[0] == starts[k]);
    assert_int_equal(nn_params_size(p), 2);
    assert_int_equal(nn_params_gradients(p, NULL), 0);
    assert_non_null(nn_params_at(p, 0)->grad.buffer);
    assert_null(nn_params_at(p, 2)->grad.buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declared_twice_is_the_same_parameter),
        cmocka_unit_test(the_start_follows_from_seed_and_name),
        cmocka_unit_test(roles_start_differently),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
