#include "weights/pth_tensor.h"

#include "pth_kit.h"

#define NAMED(tensor) PICKLE("}" KEY("\1", "a") tensor "s")

static void expect_refused(cs_str pickle, int code, const char *says)
{
    pth_kit_refused_pickle(pickle, code, says);
}

static void a_parameter_is_its_tensor(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    pth_kit_good(NAMED("ctorch._utils\n_rebuild_parameter\n" TENSOR(
                     SIX, "K\0", "K\2\x85", "K\3\x85") "\x88" ORDERED "\x87R"),
                 &d);
    const tn_tensor *t = wt_dict_find(&d, CS_STR("a"));
    assert_int_equal(t->stride[0], 3);
    assert_true(tn_f32(t)[3] == 3.0F);
}

static void scalars_and_empty_tensors(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    pth_kit_good(
        PICKLE("}(" KEY("\1", "a") TENSOR(SIX, "K\5", ")", ")") KEY("\1", "b")
                   TENSOR(SIX, "K\6", "K\0K\2\x86", "K\2K\1\x86") "u"),
        &d);
    assert_true(tn_f32(wt_dict_find(&d, CS_STR("a")))[0] == 5.0F);
    assert_int_equal(tn_count(wt_dict_find(&d, CS_STR("b"))), 0);
}

static void nothing_leaves_its_storage(void **state)
{
    (void)state;
    static const cs_str beyond[] = {
        NAMED(TENSOR(SIX, "K\1", "K\6\x85", "K\1\x85")),
        NAMED(TENSOR(SIX, "K\0", "K\2\x85", "K\6\x85")),
        NAMED(TENSOR(SIX, "K\6", ")", ")")),
        NAMED(
            TENSOR(SIX, "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", ")", ")")),
        NAMED(TENSOR(SIX, "K\1", "K\2\x85",
                     "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x85")),
        NAMED(TENSOR(SIX, "K\0", "K\2K\2\x86",
                     "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f"
                     "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x86")),
        NAMED(TENSOR(SIX, "K\0", "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x85",
                     "K\1\x85")),
    };
    for (size_t i = 0; i < CS_COUNTOF(beyond); i++)
        expect_refused(beyond[i], CS_E_RANGE, "");
    expect_refused(NAMED(TENSOR(SIX, "K\0", "J\0\0\0\1\x85", "K\0\x85")),
                   CS_E_FORMAT, "repeats its elements");
}

static void wrong_descriptions_are_refused(void **state)
{
    (void)state;
    static const cs_str wrong[] = {
        NAMED(TENSOR("N", "K\0", "K\1\x85", "K\1\x85")),
        NAMED(TENSOR(SIX, "N", "K\1\x85", "K\1\x85")),
        NAMED(TENSOR(SIX, "J\xff\xff\xff\xff", "K\1\x85", "K\1\x85")),
        NAMED(TENSOR(SIX, "K\0", "J\xff\xff\xff\xff\x85", "K\1\x85")),
        NAMED(TENSOR(SIX, "K\0", "K\1\x85", "J\xff\xff\xff\xff\x85")),
        NAMED(TENSOR(SIX, "K\0", "K\1\x85", ")")),
        NAMED(TENSOR(SIX, "K\0", "]", "]")),
        NAMED(TENSOR(SIX, "K\0", "\x88\x85", "K\1\x85")),
        NAMED(TENSOR(SIX, "K\0", "(K\1K\1K\1K\1K\1K\1K\1t",
                     "(K\1K\1K\1K\1K\1K\1K\1t")),
        NAMED(TENSOR("NQ", "K\0", "K\1\x85", "K\1\x85")),
        NAMED(TENSOR("(NNNNNtQ", "K\0", "K\1\x85", "K\1\x85")),
        NAMED(TENSOR("(" KEY("\7", "storagX") "ctorch\nFloatStorage\n" KEY(
                         "\1", "0") KEY("\3", "cpu") "K\6tQ",
                     "K\0", "K\1\x85", "K\1\x85")),
        NAMED(TENSOR("(" KEY("\7", "storage") "ccollections\nOrderedDict\n" KEY(
                         "\1", "0") KEY("\3", "cpu") "K\6tQ",
                     "K\0", "K\1\x85", "K\1\x85")),
        NAMED(TENSOR("(" KEY("\7", "storage") "ctorch\nFloatStorage\nK\0" KEY(
                         "\3", "cpu") "K\6tQ",
                     "K\0", "K\1\x85", "K\1\x85")),
        /* conjugated */
        NAMED(REBUILD "(" SIX "K\0K\1\x85K\1\x85\x89" ORDERED
                      "}" KEY("\4", "conj") "\x88stR"),
    };
    for (size_t i = 0; i < CS_COUNTOF(wrong); i++)
        expect_refused(wrong[i], CS_E_FORMAT,
                       "the tensor 'a' is not described as PyTorch does");
    expect_refused(NAMED(REBUILD ")R"), CS_E_FORMAT, "'a' is not a tensor");
    expect_refused(NAMED("ctorch._utils\n_rebuild_parameter\n)R"), CS_E_FORMAT,
                   "'a' is not a tensor");
}

static void storages_must_be_what_they_claim(void **state)
{
    (void)state;
#define ONE(stored) NAMED(TENSOR(stored, "K\0", "K\1\x85", "K\1\x85"))
    expect_refused(ONE(STORED("FloatStorage", "9", "K\6")), CS_E_FORMAT,
                   "no member 'x/data/9'");
    expect_refused(ONE(STORED("FloatStorage", "0", "K\7")), CS_E_FORMAT,
                   "claims a storage of 7 elements of f32; the archive has 24");
    expect_refused(ONE(STORED("DoubleStorage", "0", "K\6")), CS_E_FORMAT,
                   "claims a storage");
    expect_refused(
        ONE(STORED("FloatStorage", "0", "\x8a\x08\6\0\0\0\0\0\0\x40")),
        CS_E_FORMAT, "claims a storage");
    expect_refused(ONE(STORED("ComplexFloatStorage", "0", "K\3")), CS_E_UNSAFE,
                   "'torch.ComplexFloatStorage'");
    expect_refused(PICKLE("}(" KEY("\1", "a") TENSOR(SIX, "K\0", ")", ")") KEY(
                       "\1", "b") TENSOR(STORED("IntStorage", "0", "K\6"),
                                         "K\0", ")", ")") "u"),
                   CS_E_FORMAT, "'b' is not described");
    expect_refused(NAMED(TENSOR(STORED("BoolStorage", "0", "K\30"), "K\0",
                                "K\1\x85", "K\1\x85")),
                   CS_E_FORMAT, "neither 0 nor 1");
}

static void every_type_has_its_name(void **state)
{
    (void)state;
    for (int d = 0; d < TN_DTYPES; d++) {
        const char *name = wt_pth_storage_name((tn_dtype)d);
        assert_true((name == NULL) == (d == TN_U16));
        bool listed = name == NULL;
        for (size_t i = 0; i < wt_pth_global_count; i++)
            listed = listed || strcmp(wt_pth_globals[i].name, name) == 0;
        assert_true(listed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parameter_is_its_tensor),
        cmocka_unit_test(scalars_and_empty_tensors),
        cmocka_unit_test(nothing_leaves_its_storage),
        cmocka_unit_test(wrong_descriptions_are_refused),
        cmocka_unit_test(storages_must_be_what_they_claim),
        cmocka_unit_test(every_type_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
