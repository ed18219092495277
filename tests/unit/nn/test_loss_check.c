#include "nn/loss_impl.h"

#include <math.h>
#include <string.h>

#include "support/test.h"

static void dimensions_must_be_there_and_fit(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    assert_int_equal(nn_loss_check_dims(&(nn_loss_dims){1, 1, 1}, &info), 0);
    assert_int_equal(nn_loss_check_dims(&(nn_loss_dims){2, 0, 5}, &info),
                     CS_E_RANGE);
    assert_string_equal(info.message,
                        "a loss over 2 samples, 0 channels and 5 points");
    nn_loss_dims large = {(size_t)1 << 31, (size_t)1 << 31, 1};
    assert_int_equal(nn_loss_check_dims(&large, NULL), CS_E_RANGE);
}

static void options_are_named_with_their_range(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    assert_int_equal(nn_loss_check_option("beta", 1, 0, 1, &info), 0);
    assert_int_equal(nn_loss_check_option("beta", -2, 0, 1, &info), CS_E_RANGE);
    assert_string_equal(info.message, "'beta' is -2; expected 0 to 1");
    assert_int_equal(nn_loss_check_option("beta", (double)NAN, 0, 1, NULL),
                     CS_E_RANGE);
}

static void weights_are_finite_and_not_negative(void **state)
{
    (void)state;
    const float good[] = {0, 1};
    const float bad[] = {0, (float)INFINITY};
    assert_int_equal(nn_loss_check_weights("w", NULL, 2, NULL), 0);
    assert_int_equal(nn_loss_check_weights("w", good, 2, NULL), 0);
    assert_int_equal(nn_loss_check_weights("w", bad, 2, NULL), CS_E_RANGE);
}

/* The first of two bad labels, which lie in different chunks, on any pool. */
static void the_first_bad_label_is_named(void **state)
{
    (void)state;
    static int32_t labels[2 * 10000];
    memset(labels, 0, sizeof(labels));
    labels[4321] = -5;
    labels[19999] = 9;
    labels[3] = 77; /* ignored */
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    for (int i = 0; i < 50; i++) {
        cs_errinfo info = {0};
        int r = nn_loss_check_labels(pool, &(nn_loss_dims){2, 3, 10000}, labels,
                                     77, &info);
        assert_int_equal(r, CS_E_RANGE);
        assert_string_equal(
            info.message, "label -5 of sample 0, point 4321; expected 0 to 2");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dimensions_must_be_there_and_fit),
        cmocka_unit_test(options_are_named_with_their_range),
        cmocka_unit_test(weights_are_finite_and_not_negative),
        cmocka_unit_test(the_first_bad_label_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
