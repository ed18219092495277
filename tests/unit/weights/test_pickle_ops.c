#include "weights/pickle_ops.h"

#include "kit.h"

static const wt_global allowed[] = {
    {"torch", "FloatStorage", WT_GLOBAL_TYPE},
    {"torch._utils", "_rebuild_tensor_v2", WT_GLOBAL_CALL},
    {"collections", "OrderedDict", WT_GLOBAL_DICT},
};

#define ORDERED "ccollections\nOrderedDict\n"
#define REBUILD "ctorch._utils\n_rebuild_tensor_v2\n"
#define STORAGE "ctorch\nFloatStorage\n"

static int parse(cs_str bytes, wt_pickle **ret, cs_errinfo *info)
{
    return wt_pickle_parse(bytes, allowed, CS_COUNTOF(allowed), ret, info);
}

#define PICKLE(body) CS_STR("\x80\x02" body ".")

static wt_pickle *good(cs_str bytes)
{
    wt_pickle *p = NULL;
    cs_errinfo info = {0};
    if (parse(bytes, &p, &info) < 0)
        fail_msg("%s", info.message);
    return p;
}

static void expect_int(cs_str bytes, int64_t value)
{
    CS_AUTO(wt_pickle) p = good(bytes);
    assert_int_equal(wt_pickle_root(p)->kind, WT_INT);
    assert_true(wt_pickle_root(p)->integer == value);
}

static void numbers_have_their_values(void **state)
{
    (void)state;
    expect_int(PICKLE("K\xff"), 255);
    expect_int(PICKLE("M\x01\x02"), 0x201);
    expect_int(PICKLE("J\xff\xff\xff\xff"), -1);
    expect_int(PICKLE("\x8a\x00"), 0);
    expect_int(PICKLE("\x8a\x01\xfe"), -2);
    expect_int(PICKLE("\x8a\x02\xff\x00"), 255);
    expect_int(PICKLE("\x8a\x08\0\0\0\0\0\0\0\x80"), INT64_MIN);
    CS_AUTO(wt_pickle) big = good(PICKLE("\x8a\x09\0\0\0\0\0\0\0\0\x01"));
    assert_int_equal(wt_pickle_root(big)->kind, WT_BIG);
    CS_AUTO(wt_pickle) number = good(PICKLE("G\xbf\xf8\0\0\0\0\0\0"));
    assert_true(wt_pickle_root(number)->number == -1.5);
    CS_AUTO(wt_pickle) yes = good(PICKLE("\x88"));
    assert_true(wt_pickle_root(yes)->boolean);
    CS_AUTO(wt_pickle) no = good(PICKLE("\x89"));
    assert_false(wt_pickle_root(no)->boolean);
    CS_AUTO(wt_pickle) none = good(PICKLE("N"));
    assert_int_equal(wt_pickle_root(none)->kind, WT_NONE);
}

static void containers_hold_their_items(void **state)
{
    (void)state;
    CS_AUTO(wt_pickle)
    p = good(PICKLE("}q\0(X\1\0\0\0aq\1](K\1Neh\1(K\1K\2K\3tX\1\0\0\0bh\0u"));
    const wt_value *root = wt_pickle_root(p);
    assert_int_equal(root->kind, WT_DICT);
    assert_int_equal(root->len, 6);
    assert_memory_equal(wt_pickle_item(p, root, 0)->text.data, "a", 1);
    assert_int_equal(wt_pickle_item(p, root, 1)->kind, WT_LIST);
    assert_int_equal(wt_pickle_item(p, root, 1)->len, 2);
    assert_ptr_equal(wt_pickle_item(p, root, 2), wt_pickle_item(p, root, 0));
    const wt_value *t = wt_pickle_item(p, root, 3);
    assert_int_equal(t->kind, WT_TUPLE);
    assert_int_equal(wt_pickle_item(p, t, 2)->integer, 3);
    assert_ptr_equal(wt_pickle_item(p, root, 5), root); /* holds itself */
}

static void short_tuples(void **state)
{
    (void)state;
    CS_AUTO(wt_pickle) p = good(PICKLE("K\1K\2K\3\x87\x85)\x86"));
    const wt_value *root = wt_pickle_root(p);
    assert_int_equal(root->len, 2);
    assert_int_equal(wt_pickle_item(p, root, 1)->len, 0);
    const wt_value *one = wt_pickle_item(p, root, 0);
    assert_int_equal(one->len, 1);
    assert_int_equal(wt_pickle_item(p, one, 0)->len, 3);
}

static void calls_stay_values(void **state)
{
    (void)state;
    CS_AUTO(wt_pickle) p = good(PICKLE(REBUILD "(" STORAGE "QK\7tR"));
    const wt_value *root = wt_pickle_root(p);
    assert_int_equal(root->kind, WT_CALL);
    assert_string_equal(root->global->name, "_rebuild_tensor_v2");
    const wt_value *args = wt_pickle_value(p, root->of);
    assert_int_equal(args->len, 2);
    const wt_value *stored = wt_pickle_item(p, args, 0);
    assert_int_equal(stored->kind, WT_STORED);
    assert_int_equal(wt_pickle_value(p, stored->of)->kind, WT_GLOBAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_their_values),
        cmocka_unit_test(containers_hold_their_items),
        cmocka_unit_test(short_tuples),
        cmocka_unit_test(calls_stay_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
