#include <math.h>
#include <stdint.h>

#include "nn/loss_impl.h"
#include "support/test.h"

static void probabilities_by_hand(void **state)
{
    (void)state;
    const float x[] = {0, 99, 0, 99, (float)0.6931471805599453, 99};
    double prob[3];
    nn_loss_lse lse = nn_loss_softmax(x, 2, 3, prob);
    assert_true(fabs(prob[0] - 0.25) < 1e-8 && prob[0] == prob[1]);
    assert_true(fabs(prob[2] - 0.5) < 1e-8);
    assert_true(fabs(lse.most + lse.log_rest - log(4)) < 1e-7);
}

static void large_logits_do_not_overflow(void **state)
{
    (void)state;
    const float x[] = {1e4F, -1e4F, 1e4F};
    double prob[3];
    nn_loss_lse lse = nn_loss_softmax(x, 1, 3, prob);
    assert_true(prob[0] == 0.5 && prob[1] == 0 && prob[2] == 0.5);
    assert_true(lse.most == 1e4);
    assert_true(fabs(lse.log_rest - log(2)) < 1e-15);
}

static void scratch_keeps_slots_apart(void **state)
{
    (void)state;
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    CS_SCOPED(nn_loss_scratch) s = {NULL, 0};
    assert_int_equal(nn_loss_scratch_init(&s, pool, 9, NULL), 0);
    assert_int_equal(s.stride, 16);
    assert_int_equal((uintptr_t)s.data % 64, 0);
    for (unsigned slot = 0; slot < 3; slot++)
        nn_loss_scratch_of(&s, slot)[8] = slot;
    assert_true(nn_loss_scratch_of(&s, 1)[8] == 1);
}

static void scratch_refuses_what_does_not_fit(void **state)
{
    (void)state;
    nn_loss_scratch s = {NULL, 0};
    assert_int_equal(nn_loss_scratch_init(&s, NULL, SIZE_MAX / 2, NULL),
                     CS_E_NOMEM);
    assert_null(s.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probabilities_by_hand),
        cmocka_unit_test(large_logits_do_not_overflow),
        cmocka_unit_test(scratch_keeps_slots_apart),
        cmocka_unit_test(scratch_refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
