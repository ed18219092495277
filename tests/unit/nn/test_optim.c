#include "nn/optim.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "support/test.h"

static float value[4], grad[4];

static nn_optim_param both[] = {{"body", value, grad, 3, 1, true},
                                {"bias", value + 3, grad + 3, 1, 0.5, false}};

static void expect_refused(const nn_optim_options *o, const char *message)
{
    cs_errinfo info = {0};
    nn_optim *optim = NULL;
    assert_int_equal(nn_optim_new(o, both, 2, &optim, &info), CS_E_RANGE);
    assert_string_equal(info.message, message);
    assert_null(optim);
}

static void options_out_of_range_are_named(void **state)
{
    (void)state;
    expect_refused(&(nn_optim_options){.momentum = 2},
                   "'momentum' is 2; expected 0 to 1");
    expect_refused(&(nn_optim_options){.kind = NN_OPTIM_ADAM, .beta2 = 1},
                   "'beta2' is 1; expected 0 to 1");
    expect_refused(&(nn_optim_options){.weight_decay = -1},
                   "'weight_decay' is -1; expected 0 to 1e+09");
    expect_refused(&(nn_optim_options){.nesterov = true},
                   "'nesterov' needs a momentum and no dampening");
    expect_refused(&(nn_optim_options){.nesterov = true,
                                       .momentum = 0.5,
                                       .dampening = 0.1},
                   "'nesterov' needs a momentum and no dampening");
}

static void parameters_at_fault_are_named(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    nn_optim *optim = NULL;
    nn_optim_param twice[] = {both[0], both[0]};
    assert_int_equal(nn_optim_new(&NN_SGD_DEFAULT, twice, 2, &optim, &info),
                     CS_E_EXISTS);
    assert_string_equal(info.message, "two parameters are named 'body'");
    nn_optim_param bad = both[1];
    bad.lr_scale = (double)NAN;
    assert_int_equal(nn_optim_new(&NN_SGD_DEFAULT, &bad, 1, &optim, NULL),
                     CS_E_RANGE);
    assert_null(optim);
}

/* The bias goes half as far and does not shrink. */
static void parameters_have_their_own_rates(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        value[i] = 8;
        grad[i] = 2;
    }
    CS_AUTO(nn_optim) optim = NULL;
    nn_optim_options o = {.weight_decay = 0.25};
    assert_int_equal(nn_optim_new(&o, both, 2, &optim, NULL), 0);
    nn_optim_step(optim, NULL, 1);
    assert_true(value[0] == 8 - (2 + 2) && value[3] == 8 - 1);
    assert_int_equal(nn_optim_state_count(optim), 0);
}

static void roll(nn_optim *optim, int steps)
{
    for (int s = 0; s < steps; s++) {
        for (size_t i = 0; i < 4; i++)
            grad[i] = value[i] - (float)i;
        nn_optim_step(optim, NULL, 0.1);
    }
}

/* Three steps, saved, restored into a new optimiser, three more: the same as
 * six in a row. */
static void a_restored_optimiser_goes_on_where_it_was(void **state)
{
    (void)state;
    const nn_optim_options kinds[] = {{.kind = NN_OPTIM_SGD, .momentum = 0.9},
                                      NN_ADAM_DEFAULT};
    for (size_t k = 0; k < 2; k++) {
        CS_AUTO(nn_optim) whole = NULL;
        CS_AUTO(nn_optim) resumed = NULL;
        float wanted[4];
        memset(value, 0, sizeof(value));
        assert_int_equal(nn_optim_new(&kinds[k], both, 2, &whole, NULL), 0);
        assert_int_equal(nn_optim_new(&kinds[k], both, 2, &resumed, NULL), 0);
        roll(whole, 3);
        for (size_t i = 0; i < nn_optim_state_count(whole); i++) {
            nn_optim_state s = nn_optim_state_at(whole, i);
            assert_int_equal(nn_optim_set_state(resumed, s.param, s.slot,
                                                s.data, s.count, NULL),
                             0);
        }
        nn_optim_set_steps(resumed, nn_optim_steps(whole));
        float middle[4];
        memcpy(middle, value, sizeof(middle));
        roll(whole, 3);
        memcpy(wanted, value, sizeof(wanted));
        memcpy(value, middle, sizeof(middle));
        roll(resumed, 3);
        assert_memory_equal(value, wanted, sizeof(wanted));
    }
}

static void state_is_listed_and_checked(void **state)
{
    (void)state;
    CS_AUTO(nn_optim) optim = NULL;
    cs_errinfo info = {0};
    const float data[3] = {1, 2, 3};
    nn_optim_options o = NN_ADAM_DEFAULT;
    assert_int_equal(nn_optim_new(&o, both, 2, &optim, NULL), 0);
    assert_int_equal(nn_optim_state_count(optim), 4);
    nn_optim_state s = nn_optim_state_at(optim, 3);
    assert_string_equal(s.param, "bias");
    assert_string_equal(s.slot, "exp_avg_sq");
    assert_int_equal(s.count, 1);
    assert_int_equal(
        nn_optim_set_state(optim, "body", "exp_avg", data, 2, &info),
        CS_E_RANGE);
    assert_string_equal(info.message,
                        "'exp_avg' of 'body' has 2 numbers; expected 3");
    assert_int_equal(nn_optim_set_state(optim, "body", "x", data, 3, &info),
                     CS_E_NOTFOUND);
    assert_string_equal(info.message,
                        "the optimiser keeps no 'x' of a parameter 'body'");
    assert_int_equal(
        nn_optim_set_state(optim, "body", "exp_avg", data, 3, NULL), 0);
    assert_memory_equal(nn_optim_state_at(optim, 0).data, data, sizeof(data));
}

static int granted;

static bool grant(CS_UNUSED const cs_alloc_site *site)
{
    return granted-- > 0;
}

static void short_memory_is_reported(void **state)
{
    (void)state;
    nn_optim_options o = NN_ADAM_DEFAULT;
    int r = CS_E_NOMEM;
    int n = 0;
    for (; r == CS_E_NOMEM; n++) {
        CS_AUTO(nn_optim) optim = NULL;
        granted = n;
        cs_alloc_set_gate(grant);
        r = nn_optim_new(&o, both, 2, &optim, NULL);
        cs_alloc_set_gate(NULL);
    }
    assert_int_equal(r, 0);
    assert_int_equal(n, 3 + 4 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_out_of_range_are_named),
        cmocka_unit_test(parameters_at_fault_are_named),
        cmocka_unit_test(parameters_have_their_own_rates),
        cmocka_unit_test(a_restored_optimiser_goes_on_where_it_was),
        cmocka_unit_test(state_is_listed_and_checked),
        cmocka_unit_test(short_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
