#include "base/vec.h"

#include "support/test.h"

static void pushes_keep_order_across_growth(void **state)
{
    (void)state;
    CS_VEC(int) v = CS_VEC_INIT;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(cs_vec_push(&v, i * 3), 0);
    assert_int_equal(v.len, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(v.items[i], i * 3);
    cs_vec_done(&v);
    assert_null(v.items);
}

static void remove_closes_the_gap(void **state)
{
    (void)state;
    CS_VEC(char) v = CS_VEC_INIT;
    for (const char *c = "abcde"; *c; c++)
        assert_int_equal(cs_vec_push(&v, *c), 0);
    cs_vec_remove(&v, 1);
    cs_vec_remove(&v, v.len - 1);
    assert_int_equal(v.len, 3);
    assert_memory_equal(v.items, "acd", 3);
    assert_int_equal(cs_vec_last(&v), 'd');
    assert_int_equal(cs_vec_pop(&v), 'd');
    assert_int_equal(v.len, 2);
    cs_vec_done(&v);
}

static void reserve_makes_room_once(void **state)
{
    (void)state;
    CS_VEC(double) v = CS_VEC_INIT;
    assert_int_equal(cs_vec_reserve(&v, 100), 0);
    double *items = v.items;
    for (int i = 0; i < 100; i++)
        assert_int_equal(cs_vec_push(&v, i), 0);
    assert_ptr_equal(v.items, items);
    cs_vec_done(&v);
}

static void an_impossible_size_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    CS_VEC(uint64_t) v = CS_VEC_INIT;
    assert_int_equal(cs_vec_push(&v, 7), 0);
    assert_int_equal(cs_vec_reserve(&v, SIZE_MAX / 4), CS_E_NOMEM);
    assert_int_equal(v.len, 1);
    assert_int_equal(v.items[0], 7);
    cs_vec_done(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pushes_keep_order_across_growth),
        cmocka_unit_test(remove_closes_the_gap),
        cmocka_unit_test(reserve_makes_room_once),
        cmocka_unit_test(an_impossible_size_is_refused_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
