#include "weights/check.h"

#include <math.h>

#include "kit.h"

static const wt_expected network[] = {
    {"conv.weight", TN_F32, {4, {2, 3, 2, 2}}},
    {"bn.num_batches_tracked", TN_I64, {.rank = 0}},
    {"head.bias", TN_F32, {1, {5}}},
};

static void fill(wt_dict *d)
{
    for (size_t i = 0; i < CS_COUNTOF(network); i++)
        kit_add(d, network[i].name, network[i].dtype, &network[i].shape, 1);
}

static void what_fits_gives_no_faults(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(wt_report) r = WT_REPORT_INIT;
    fill(&d);
    assert_int_equal(wt_check(&d, network, CS_COUNTOF(network),
                              WT_CHECK_DTYPES | WT_CHECK_VALUES, &r, NULL),
                     0);
    assert_int_equal(r.faults.len, 0);
    assert_int_equal(wt_report_verdict(&r, NULL), 0);
}

static void every_fault_is_reported(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(wt_report) r = WT_REPORT_INIT;
    cs_errinfo info = {0};
    kit_add(&d, "more", TN_F32, &TN_SHAPE(1), 1);
    kit_add(&d, "conv.weight", TN_F32, &TN_SHAPE(2, 3, 3, 2), 1);
    kit_add(&d, "bn.num_batches_tracked", TN_F32, &network[1].shape, 1);
    kit_add(&d, "and more", TN_F32, &TN_SHAPE(1), 1);
    tn_f32(wt_dict_find(&d, CS_STR("and more")))[0] = NAN;
    assert_int_equal(
        wt_check(&d, network, CS_COUNTOF(network), WT_CHECK_VALUES, &r, &info),
        0);
    static const struct {
        wt_fault_kind kind;
        const char *name;
    } expected[] = {
        {WT_FAULT_SHAPE, "conv.weight"},
        {WT_FAULT_DTYPE, "bn.num_batches_tracked"},
        {WT_FAULT_MISSING, "head.bias"},
        {WT_FAULT_UNEXPECTED, "more"},
        {WT_FAULT_UNEXPECTED, "and more"},
        {WT_FAULT_VALUES, "and more"},
    };
    assert_int_equal(r.faults.len, CS_COUNTOF(expected));
    for (size_t i = 0; i < CS_COUNTOF(expected); i++) {
        assert_int_equal(r.faults.items[i].kind, expected[i].kind);
        assert_string_equal(r.faults.items[i].name.data, expected[i].name);
    }
    assert_int_equal(r.faults.items[5].oddities.nan, 1);
    assert_int_equal(wt_report_verdict(&r, &info), CS_E_FORMAT);
    assert_string_equal(
        info.message,
        "the weights do not fit, beginning with 'conv.weight': 1 missing, 2 "
        "unexpected, 1 of another shape, 1 of another type, 1 with NaN or "
        "infinity");
}

static void types_may_differ_within_their_family(void **state)
{
    (void)state;
    static const struct {
        tn_dtype found, expected;
        bool fits;
    } rows[] = {
        {TN_F16, TN_F32, true},  {TN_F64, TN_BF16, true},
        {TN_I32, TN_I64, true},  {TN_I64, TN_F32, false},
        {TN_F32, TN_I64, false}, {TN_BOOL, TN_U8, false},
        {TN_U8, TN_BOOL, false}, {TN_BOOL, TN_BOOL, true},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        CS_SCOPED(wt_dict) d = WT_DICT_INIT;
        CS_SCOPED(wt_report) loose = WT_REPORT_INIT;
        CS_SCOPED(wt_report) strict = WT_REPORT_INIT;
        const wt_expected e = {"a", rows[i].expected, {1, {1}}};
        kit_add(&d, "a", rows[i].found, &e.shape, 0);
        assert_int_equal(wt_check(&d, &e, 1, 0, &loose, NULL), 0);
        assert_int_equal(wt_check(&d, &e, 1, WT_CHECK_DTYPES, &strict, NULL),
                         0);
        assert_int_equal(loose.faults.len, !rows[i].fits);
        assert_int_equal(strict.faults.len, rows[i].found != rows[i].expected);
    }
}

static void a_dictionary_fits_itself(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(wt_report) r = WT_REPORT_INIT;
    CS_AUTO_MEM wt_expected *like = NULL;
    kit_fill(&d);
    assert_int_equal(wt_expect_like(&d, &like, NULL), 0);
    assert_int_equal(
        wt_check(&d, like, wt_dict_count(&d), WT_CHECK_DTYPES, &r, NULL), 0);
    assert_int_equal(r.faults.len, 0);
}

static void values_can_be_checked_alone(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(wt_report) r = WT_REPORT_INIT;
    fill(&d);
    tn_f32(wt_dict_find(&d, CS_STR("head.bias")))[4] = -INFINITY;
    assert_int_equal(wt_check_values(&d, &r, NULL), 0);
    assert_int_equal(r.faults.len, 1);
    assert_int_equal(r.faults.items[0].oddities.inf, 1);
    assert_int_equal(r.faults.items[0].oddities.nan, 0);
}

static int check_again(void *with)
{
    CS_SCOPED(wt_report) r = WT_REPORT_INIT;
    return wt_check(with, network, CS_COUNTOF(network), WT_CHECK_VALUES, &r,
                    NULL);
}

static void memory_may_run_out_at_any_point(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    kit_fill(&d);
    kit_refuse_each(check_again, &d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_gives_no_faults),
        cmocka_unit_test(every_fault_is_reported),
        cmocka_unit_test(types_may_differ_within_their_family),
        cmocka_unit_test(a_dictionary_fits_itself),
        cmocka_unit_test(values_can_be_checked_alone),
        cmocka_unit_test(memory_may_run_out_at_any_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
