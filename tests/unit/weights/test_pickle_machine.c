#include "weights/pickle_machine.h"

#include "support/test.h"

static void marks_hide_what_lies_below(void **state)
{
    (void)state;
    wt_pickle m = {.root = 0};
    wt_ref ref;
    size_t from = 9;
    const wt_value v = {.kind = WT_NONE};
    assert_int_equal(wt_machine_push(&m, v, NULL), 0);
    assert_int_equal(wt_machine_mark(&m, NULL), 0);
    assert_int_equal(wt_machine_pop(&m, &ref, NULL), CS_E_FORMAT);
    assert_int_equal(wt_machine_unmark(&m, &from, NULL), 0);
    assert_int_equal(from, 1);
    assert_int_equal(wt_machine_pop(&m, &ref, NULL), 0);
    assert_int_equal(wt_machine_unmark(&m, &from, NULL), CS_E_FORMAT);
    wt_machine_done(&m);
}

static void the_memo_gives_back_what_it_was_given(void **state)
{
    (void)state;
    wt_pickle m = {.root = 0};
    wt_ref ref;
    assert_int_equal(wt_machine_remember(&m, 0, NULL), CS_E_FORMAT);
    for (int i = 0; i < 3; i++) {
        const wt_value v = {.kind = WT_INT, .integer = i};
        assert_int_equal(wt_machine_push(&m, v, NULL), 0);
        assert_int_equal(wt_machine_remember(&m, (uint32_t)(2 * i), NULL), 0);
    }
    assert_int_equal(wt_machine_recall(&m, 1, NULL), CS_E_FORMAT);
    assert_int_equal(wt_machine_recall(&m, 2, NULL), 0);
    assert_int_equal(wt_machine_top(&m, &ref, NULL), 0);
    assert_int_equal(m.values.items[ref].integer, 1);
    wt_machine_done(&m);
}

static void items_grow(void **state)
{
    (void)state;
    wt_pickle m = {.root = 0};
    const wt_value list = {.kind = WT_LIST};
    assert_int_equal(wt_machine_push(&m, list, NULL), 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(wt_machine_append(&m, 0, 0, 1, NULL), 0);
    assert_int_equal(m.values.items[0].len, 100);
    assert_int_equal(m.values.items[0].items[99], 0);
    wt_machine_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_hide_what_lies_below),
        cmocka_unit_test(the_memo_gives_back_what_it_was_given),
        cmocka_unit_test(items_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
