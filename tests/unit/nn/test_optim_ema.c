#include "nn/optim_ema.h"

#include "base/mem.h"
#include "support/test.h"

static float a[2], b[1];
static nn_optim_param both[] = {{"a", a, NULL, 2, 1, true},
                                {"b", b, NULL, 1, 1, true}};

static void follows_slowly_by_hand(void **state)
{
    (void)state;
    a[0] = 8;
    a[1] = 0;
    b[0] = 1;
    CS_AUTO(nn_ema) ema = NULL;
    assert_int_equal(nn_ema_new(both, 2, &ema, NULL), 0);
    a[0] = 0;
    a[1] = 4;
    nn_ema_update(ema, NULL, 0.75);
    assert_true(nn_ema_data(ema, 0)[0] == 6 && nn_ema_data(ema, 0)[1] == 1);
    nn_ema_update(ema, NULL, 0.75);
    assert_true(nn_ema_data(ema, 0)[0] == 4.5F);
    assert_true(nn_ema_data(ema, 1)[0] == 1);
    assert_true(a[0] == 0 && a[1] == 4);
}

static void swapping_twice_changes_nothing(void **state)
{
    (void)state;
    a[0] = 1;
    CS_AUTO(nn_ema) ema = NULL;
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(2, &pool, NULL), 0);
    assert_int_equal(nn_ema_new(both, 2, &ema, NULL), 0);
    a[0] = 2;
    nn_ema_swap(ema, pool);
    assert_true(a[0] == 1 && nn_ema_data(ema, 0)[0] == 2);
    nn_ema_swap(ema, pool);
    assert_true(a[0] == 2 && nn_ema_data(ema, 0)[0] == 1);
}

static int granted;

static bool grant(CS_UNUSED const cs_alloc_site *site)
{
    return granted-- > 0;
}

static void short_memory_is_reported(void **state)
{
    (void)state;
    int r = CS_E_NOMEM;
    int n = 0;
    for (; r == CS_E_NOMEM; n++) {
        CS_AUTO(nn_ema) ema = NULL;
        granted = n;
        cs_alloc_set_gate(grant);
        r = nn_ema_new(both, 2, &ema, NULL);
        cs_alloc_set_gate(NULL);
    }
    assert_int_equal(r, 0);
    assert_int_equal(n, 3 + 2 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_slowly_by_hand),
        cmocka_unit_test(swapping_twice_changes_nothing),
        cmocka_unit_test(short_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
