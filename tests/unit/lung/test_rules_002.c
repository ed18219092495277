#include <string.h>

#include "lung/rules.h"
#include "support/test.h"

static lu_finding nodule(double mm, double malignancy)
{
    return (lu_finding){.number = 1,
                        .has_malignancy = true,
                        .malignancy = malignancy,
                        .measure = {.mean_mm = mm}};
}

static void risk_turns_exactly_where_the_document_says(void **state)
{
    (void)state;
    static const struct {
        double mm, malignancy;
        lu_risk risk;
    } cases[] = {
        {5, 0, LU_RISK_LOW},
        {5, 0.3, LU_RISK_LOW},
        {5, 0.3000001, LU_RISK_MEDIUM},
        {5, 0.7, LU_RISK_MEDIUM},
        {5, 0.7000001, LU_RISK_HIGH},
        {8, 0.1, LU_RISK_LOW},
        {8.0000001, 0.1, LU_RISK_HIGH},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        const lu_finding f = nodule(cases[i].mm, cases[i].malignancy);
        assert_int_equal(lu_risk_of(&f, 1), cases[i].risk);
    }
}

static void many_nodules_are_a_medium_risk(void **state)
{
    (void)state;
    lu_finding f[5];
    for (size_t i = 0; i < 5; i++)
        f[i] = nodule(4, 0.1);
    assert_int_equal(lu_risk_of(NULL, 0), LU_RISK_LOW);
    assert_int_equal(lu_risk_of(f, 3), LU_RISK_LOW);
    assert_int_equal(lu_risk_of(f, 4), LU_RISK_MEDIUM);
    f[4].measure.mean_mm = 9; /* the last one counts as the first */
    assert_int_equal(lu_risk_of(f, 5), LU_RISK_HIGH);
}

static void a_malignancy_that_nobody_judged_is_none(void **state)
{
    (void)state;
    lu_finding f = nodule(5, 0.9);
    f.has_malignancy = false;
    assert_int_equal(lu_risk_of(&f, 1), LU_RISK_LOW);
}

static const char *chinese(const lu_advices *a, size_t i)
{
    return cs_msg(CS_LANG_ZH, a->items[i].text);
}

static void advice_has_the_documents_sentences_in_its_order(void **state)
{
    (void)state;
    lu_advices high = CS_VEC_INIT, medium = CS_VEC_INIT, low = CS_VEC_INIT;
    assert_int_equal(lu_advise(NULL, 0, LU_RISK_HIGH, &high, NULL), 0);
    assert_int_equal(lu_advise(NULL, 0, LU_RISK_MEDIUM, &medium, NULL), 0);
    assert_int_equal(lu_advise(NULL, 0, LU_RISK_LOW, &low, NULL), 0);
    assert_int_equal(high.len, 4);
    assert_string_equal(chinese(&high, 0), "建议立即转诊胸外科或肿瘤科");
    assert_string_equal(chinese(&high, 1), "考虑进行PET-CT检查");
    assert_string_equal(chinese(&high, 2), "必要时进行穿刺活检");
    assert_string_equal(chinese(&high, 3), "1个月内复查CT");
    assert_int_equal(medium.len, 3);
    assert_string_equal(chinese(&medium, 0), "建议3个月内复查CT");
    assert_string_equal(chinese(&medium, 1), "密切观察结节变化");
    assert_string_equal(chinese(&medium, 2), "必要时咨询胸外科医生");
    assert_int_equal(low.len, 2);
    assert_string_equal(chinese(&low, 0), "建议6-12个月复查CT");
    assert_string_equal(chinese(&low, 1), "继续常规体检");
    cs_vec_done(&high);
    cs_vec_done(&medium);
    cs_vec_done(&low);
}

static void nodules_that_stand_out_are_named(void **state)
{
    (void)state;
    lu_finding f[3] = {nodule(10, 0), nodule(10.0000001, 0), nodule(4, 0)};
    for (unsigned i = 0; i < 3; i++)
        f[i].number = i + 1;
    f[0].measure.spiculated = true;
    f[1].measure.spiculated = true;
    lu_advices a = CS_VEC_INIT;
    assert_int_equal(lu_advise(f, 3, LU_RISK_LOW, &a, NULL), 0);
    assert_int_equal(a.len, 5);
    assert_int_equal(a.items[1].nodule, 0);
    static const struct {
        unsigned nodule;
        const char *text;
    } want[] = {{1, "结节%u存在毛刺征,需要重点关注"},
                {2, "结节%u存在毛刺征,需要重点关注"},
                {2, "结节%u直径>10mm,建议进一步检查"}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(a.items[2 + i].nodule, want[i].nodule);
        assert_string_equal(chinese(&a, 2 + i), want[i].text);
    }
    cs_vec_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(risk_turns_exactly_where_the_document_says),
        cmocka_unit_test(many_nodules_are_a_medium_risk),
        cmocka_unit_test(a_malignancy_that_nobody_judged_is_none),
        cmocka_unit_test(advice_has_the_documents_sentences_in_its_order),
        cmocka_unit_test(nodules_that_stand_out_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
