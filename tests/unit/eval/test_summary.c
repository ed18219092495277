#include "eval/summary.h"

#include <math.h>

#include "support/test.h"

static void five_numbers_give_the_textbook_values(void **state)
{
    (void)state;
    const double v[] = {4, 1, 10, 2, 3};
    ev_summary s;
    assert_int_equal(ev_summarise(v, 5, &s, NULL), 0);
    assert_int_equal(s.n, 5);
    assert_true(s.mean == 4 && s.median == 3 && s.min == 1 && s.max == 10);
    assert_true(fabs(s.sd - sqrt(12.5)) < 1e-15);
}

static void an_even_count_has_its_median_between(void **state)
{
    (void)state;
    const double v[] = {4, 1, 10, 2};
    ev_summary s;
    assert_int_equal(ev_summarise(v, 4, &s, NULL), 0);
    assert_true(s.median == 3);
}

static void one_and_none_are_fine(void **state)
{
    (void)state;
    const double v[] = {7};
    ev_summary s;
    assert_int_equal(ev_summarise(v, 1, &s, NULL), 0);
    assert_true(s.median == 7 && s.sd == 0 && s.n == 1);
    assert_int_equal(ev_summarise(v, 0, &s, NULL), 0);
    assert_true(s.n == 0 && s.mean == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_numbers_give_the_textbook_values),
        cmocka_unit_test(an_even_count_has_its_median_between),
        cmocka_unit_test(one_and_none_are_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
