#include "eval/cases.h"

#include "support/test.h"
#include "support/tmp.h"

static const ev_cases_spec plain = {"label", "score", NULL};

static void columns_are_found_by_name(void **state)
{
    ev_cases cases = CS_VEC_INIT;
    const char *path =
        tmp_write(*state, "c.csv", "id,p,truth\n1,.5,malignant\n2,-3,benign\n");
    const ev_cases_spec spec = {"truth", "P", NULL};
    assert_int_equal(ev_cases_read(path, &spec, &cases, NULL), 0);
    assert_int_equal(cases.len, 2);
    assert_true(cases.items[0].positive && cases.items[0].score == 0.5);
    assert_true(!cases.items[1].positive && cases.items[1].score == -3);
    cs_vec_done(&cases);
}

static void the_positive_label_can_be_named(void **state)
{
    ev_cases cases = CS_VEC_INIT;
    const char *path =
        tmp_write(*state, "c.csv", "label,score\nIV,1\nII,2\nIV,3\n");
    const ev_cases_spec spec = {"label", "score", "IV"};
    assert_int_equal(ev_cases_read(path, &spec, &cases, NULL), 0);
    assert_true(cases.items[0].positive && !cases.items[1].positive);
    cs_vec_done(&cases);
}

static void expect_fault(void **state, const char *text, const char *says)
{
    cs_errinfo info = {0};
    ev_cases cases = CS_VEC_INIT;
    const char *path = tmp_write(*state, "c.csv", text);
    assert_int_equal(ev_cases_read(path, &plain, &cases, &info), CS_E_FORMAT);
    assert_string_equal(info.message, says);
    cs_vec_done(&cases);
}

static void faults_are_named(void **state)
{
    expect_fault(state, "label,score\n1,2\n1,3\n",
                 "2 positive and 0 negative cases; both kinds are needed");
    expect_fault(state, "label,score\n",
                 "0 positive and 0 negative cases; both kinds are needed");
    expect_fault(state, "label,score\n2,2\n",
                 "field 'label': expected 1 or 0, or name the positive label "
                 "with --positive, not '2'");
    expect_fault(state, "label,score\n1,\n",
                 "field 'score': expected a number, not ''");
    expect_fault(state, "label,p\n1,1\n",
                 "a column 'score' is missing; there are: label, p");
}

#define T(test) cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(columns_are_found_by_name),
        T(the_positive_label_can_be_named),
        T(faults_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
