#include "models.h"
#include "onnx/import_impl.h"

static void written_numbers_are_what_the_author_meant(void **state)
{
    (void)state;
    assert_true(ox_written(1e-5F) == 1e-5);
    assert_true(ox_written(1e-3F) == 1e-3);
    assert_true(ox_written(0.2F) == 0.2);
    assert_true(ox_written(0) == 0);
    assert_true(ox_written(-1.5F) == -1.5);
    assert_true((float)ox_written(1.0F / 3) == 1.0F / 3);
    assert_true((float)ox_written(3.4028235e38F) == 3.4028235e38F);
}

static void numbers_stay_in_their_range(void **state)
{
    (void)state;
    static int64_t list[] = {1, 2};
    ox_attribute a[] = {
        {.name = CS_STR("group"), .integer = 4, .has_int = true},
        {.name = CS_STR("alpha"), .number = 0.1F, .has_float = true},
        {.name = CS_STR("pads"), .ints = list, .n_ints = 2},
        {.name = CS_STR("mode"), .text = CS_STR("linear"), .has_text = true}};
    const ox_node n = {.attributes = a, .n_attributes = CS_COUNTOF(a)};
    cs_errinfo info = {0};
    ox_importer imp = {.node = &n, .info = &info};
    int64_t v = 0;
    int64_t both[2];
    assert_int_equal(ox_int(&imp, "group", 1, 1, 8, &v), 0);
    assert_int_equal(v, 4);
    assert_int_equal(ox_int(&imp, "other", 3, 1, 8, &v), 0);
    assert_int_equal(v, 3);
    assert_int_equal(ox_int(&imp, "group", 1, 1, 3, &v), CS_E_UNSUPPORTED);
    assert_string_equal(info.message, "'group' is 4; supported are 1 to 3");
    assert_int_equal(ox_int(&imp, "alpha", 1, 1, 3, &v), CS_E_FORMAT);
    assert_true(ox_float(&imp, "alpha", 1) == 0.1);
    assert_true(ox_float(&imp, "beta", 1) == 1);
    assert_true(cs_str_is(ox_text(&imp, "mode"), "linear"));
    assert_int_equal(ox_text(&imp, "none").len, 0);
    assert_int_equal(ox_list(&imp, "pads", 2, 0, 0, 9, both), 0);
    assert_int_equal(both[1], 2);
    assert_int_equal(ox_list(&imp, "pads", 4, 0, 0, 9, both), CS_E_FORMAT);
    assert_int_equal(ox_list(&imp, "pads", 2, 0, 0, 1, both), CS_E_UNSUPPORTED);
    assert_int_equal(ox_list(&imp, "none", 2, 7, 0, 9, both), 0);
    assert_int_equal(both[0], 7);
}

static void axes_count_from_both_ends(void **state)
{
    (void)state;
    ox_importer imp = {.info = NULL};
    unsigned axis = 0;
    assert_int_equal(ox_axis(&imp, -1, 4, &axis), 0);
    assert_int_equal(axis, 3);
    assert_int_equal(ox_axis(&imp, 4, 4, &axis), CS_E_FORMAT);
    assert_int_equal(ox_axis(&imp, -5, 4, &axis), CS_E_FORMAT);
}

static void lists_are_whole_numbers(void **state)
{
    (void)state;
    ox_importer imp = {.info = NULL};
    ox_value v = {.form = OX_CONSTANT};
    int64_t list[2];
    size_t n = 0;
    float one = 0;
    assert_int_equal(tn_tensor_init(&v.constant, TN_I32, &TN_SHAPE(2), NULL),
                     0);
    ((int32_t *)tn_data(&v.constant))[1] = -7;
    assert_int_equal(ox_ints(&imp, &v, list, 2, &n), 0);
    assert_true(n == 2 && list[1] == -7);
    assert_int_equal(ox_ints(&imp, &v, list, 1, &n), CS_E_FORMAT);
    assert_false(ox_scalar(&v, &one));
    v.constant.dtype = TN_F32;
    assert_int_equal(ox_ints(&imp, &v, list, 2, &n), CS_E_FORMAT);
    tn_tensor_done(&v.constant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_numbers_are_what_the_author_meant),
        cmocka_unit_test(numbers_stay_in_their_range),
        cmocka_unit_test(axes_count_from_both_ends),
        cmocka_unit_test(lists_are_whole_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
