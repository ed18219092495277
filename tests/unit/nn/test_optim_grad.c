#include "nn/optim_grad.h"

#include <math.h>
#include <string.h>

#include "../../golden/optim.h"
#include "base/random.h"
#include "support/test.h"

static void norm_is_that_of_all_together(void **state)
{
    (void)state;
    float a[] = {3, 0};
    float b[] = {4};
    nn_optim_param p[] = {{"a", NULL, a, 2, 1, true},
                          {"none", NULL, NULL, 0, 1, true},
                          {"b", NULL, b, 1, 1, true}};
    double norm = 0;
    assert_int_equal(nn_grads_norm(NULL, p, 3, &norm, NULL), 0);
    assert_true(norm == 5);
    assert_int_equal(nn_grads_clip_norm(NULL, p, 3, 10, &norm, NULL), 0);
    assert_true(norm == 5 && a[0] == 3 && b[0] == 4);
    assert_int_equal(nn_grads_clip_norm(NULL, p, 3, 1, &norm, NULL), 0);
    assert_true(norm == 5);
    assert_true(fabsf(a[0] - 0.6F) < 1e-6F && fabsf(b[0] - 0.8F) < 1e-6F);
}

static void clipping_agrees_with_pytorch(void **state)
{
    (void)state;
    float g[GOLDEN_SIZE];
    memcpy(g, golden_clip_before, sizeof(g));
    nn_optim_param p = {"w", NULL, g, GOLDEN_SIZE, 1, true};
    double norm = 0;
    assert_int_equal(nn_grads_clip_norm(NULL, &p, 1, 2, &norm, NULL), 0);
    assert_true(fabs(norm / golden_clip_norm[0] - 1) < 1e-6);
    for (size_t i = 0; i < GOLDEN_SIZE; i++)
        assert_true(fabsf(g[i] - golden_clip_after[i]) < 1e-6F);
}

static void large_gradients_do_not_overflow_their_norm(void **state)
{
    (void)state;
    float g[] = {3e38F, 3e38F};
    nn_optim_param p = {"w", NULL, g, 2, 1, true};
    double norm = 0;
    assert_int_equal(nn_grads_clip_norm(NULL, &p, 1, 1, &norm, NULL), 0);
    assert_true(isfinite(norm));
    assert_true(fabsf(g[0] - (float)sqrt(0.5)) < 1e-6F);
}

static void what_is_not_finite_is_named_and_left_alone(void **state)
{
    (void)state;
    float a[] = {100};
    float b[] = {1, (float)NAN};
    nn_optim_param p[] = {{"a", NULL, a, 1, 1, true},
                          {"b", NULL, b, 2, 1, true}};
    cs_errinfo info = {0};
    double norm = -7;
    assert_int_equal(nn_grads_clip_norm(NULL, p, 2, 1, &norm, &info),
                     CS_E_RANGE);
    assert_string_equal(info.message, "the gradient of 'b' is not finite");
    assert_true(a[0] == 100 && norm == -7);
}

static void values_are_clipped_on_both_sides(void **state)
{
    (void)state;
    float g[] = {-3, -0.5F, 0, 0.5F, 3, (float)NAN};
    nn_optim_param p = {"w", NULL, g, 6, 1, true};
    nn_grads_clip_value(NULL, &p, 1, 1);
    const float wanted[] = {-1, -0.5F, 0, 0.5F, 1};
    assert_memory_equal(g, wanted, sizeof(wanted));
    assert_true(isnan(g[5]));
}

static void batches_add_up_to_their_mean(void **state)
{
    (void)state;
    float g[] = {7, 7};
    const float first[] = {1, 2};
    const float second[] = {3, 6};
    nn_optim_param p = {"w", NULL, g, 2, 1, true};
    nn_grads_zero(NULL, &p, 1);
    nn_grads_add(NULL, &p, 1, (const float *const[]){first});
    nn_grads_add(NULL, &p, 1, (const float *const[]){second});
    nn_grads_scale(NULL, &p, 1, 0.5);
    assert_true(g[0] == 2 && g[1] == 4);
}

static void same_bits_on_any_number_of_threads(void **state)
{
    (void)state;
    static float g[100003];
    nn_optim_param p = {"w", NULL, g, CS_COUNTOF(g), 1, true};
    cs_rng r = cs_rng_stream(3, 1);
    double first = 0;
    cs_rng_fill_normal_f32(&r, 0, g, CS_COUNTOF(g));
    assert_int_equal(nn_grads_norm(NULL, &p, 1, &first, NULL), 0);
    const unsigned threads[] = {1, 2, 3, 7};
    for (size_t i = 0; i < CS_COUNTOF(threads); i++) {
        CS_AUTO(cs_pool) pool = NULL;
        double norm = 0;
        assert_int_equal(cs_pool_new(threads[i], &pool, NULL), 0);
        assert_int_equal(nn_grads_norm(pool, &p, 1, &norm, NULL), 0);
        assert_memory_equal(&norm, &first, sizeof(norm));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(norm_is_that_of_all_together),
        cmocka_unit_test(clipping_agrees_with_pytorch),
        cmocka_unit_test(large_gradients_do_not_overflow_their_norm),
        cmocka_unit_test(what_is_not_finite_is_named_and_left_alone),
        cmocka_unit_test(values_are_clipped_on_both_sides),
        cmocka_unit_test(batches_add_up_to_their_mean),
        cmocka_unit_test(same_bits_on_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
