#include "weights/dict.h"

#include <stdio.h>

#include "support/test.h"

static void put(wt_dict *d, const char *name, float value)
{
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    assert_int_equal(tn_tensor_init(&t, TN_F32, &TN_SHAPE(1), NULL), 0);
    tn_f32(&t)[0] = value;
    assert_int_equal(wt_dict_add(d, cs_str_of(name), &t, NULL), 0);
}

static void names_keep_their_order_and_are_found(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    char name[16];
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof(name), "t%d", (i * 7) % 500);
        put(&d, name, (float)i);
    }
    assert_int_equal(wt_dict_count(&d), 500);
    assert_string_equal(wt_dict_at(&d, 1)->name.data, "t7");
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof(name), "t%d", (i * 7) % 500);
        const tn_tensor *t = wt_dict_find(&d, cs_str_of(name));
        assert_non_null(t);
        assert_true(tn_f32(t)[0] == (float)i);
    }
    assert_null(wt_dict_find(&d, CS_STR("t500")));
    assert_int_equal(wt_dict_bytes(&d), 2000);
}

static void tensors_are_views(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    const tn_shape scalar = {.rank = 0};
    assert_int_equal(tn_tensor_init(&t, TN_I64, &scalar, NULL), 0);
    assert_int_equal(
        wt_dict_add(&d, CS_STR("bn.num_batches_tracked"), &t, NULL), 0);
    *(int64_t *)tn_data(&t) = 42;
    tn_tensor_done(&t);
    const tn_tensor *kept = wt_dict_find(&d, CS_STR("bn.num_batches_tracked"));
    assert_int_equal(*(int64_t *)tn_data(kept), 42);
    assert_int_equal(kept->shape.rank, 0);
}

static void wrong_names_are_refused(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    cs_errinfo info = {0};
    assert_int_equal(tn_tensor_init(&t, TN_F32, &TN_SHAPE(1), NULL), 0);
    put(&d, "a", 1);
    assert_int_equal(wt_dict_add(&d, CS_STR("a"), &t, &info), CS_E_EXISTS);
    assert_string_equal(info.message, "the tensor 'a' is given twice");
    assert_int_equal(wt_dict_add(&d, CS_STR(""), &t, &info), CS_E_FORMAT);
    assert_int_equal(wt_dict_add(&d, CS_STR("a\0b"), &t, &info), CS_E_FORMAT);
    assert_int_equal(wt_dict_add(&d, CS_STR("\xff"), &t, &info), CS_E_FORMAT);
    char name[WT_NAME_MAX + 1];
    memset(name, 'n', sizeof(name));
    cs_str text = {name, sizeof(name)};
    assert_int_equal(wt_dict_add(&d, text, &t, &info), CS_E_LIMIT);
    text.len--;
    assert_int_equal(wt_dict_add(&d, text, &t, &info), 0);
    assert_int_equal(wt_dict_count(&d), 2);
}

static void notes_are_kept_and_replaced(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    assert_int_equal(wt_dict_note(&d, CS_STR("format"), CS_STR("pt"), NULL), 0);
    assert_int_equal(wt_dict_note(&d, CS_STR("b"), CS_STR(""), NULL), 0);
    assert_int_equal(wt_dict_note(&d, CS_STR("format"), CS_STR("np"), NULL), 0);
    assert_int_equal(wt_dict_note(&d, CS_STR("c"), CS_STR("\xff"), NULL),
                     CS_E_FORMAT);
    assert_int_equal(wt_dict_note_count(&d), 2);
    const cs_map_entry *at = NULL;
    wt_note note;
    assert_true(wt_dict_next_note(&d, &at, &note));
    assert_string_equal(note.key.data, "format");
    assert_string_equal(note.text, "np");
    assert_true(wt_dict_next_note(&d, &at, &note));
    assert_string_equal(note.text, "");
    assert_false(wt_dict_next_note(&d, &at, &note));
}

static void a_dictionary_can_be_moved(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) a = WT_DICT_INIT;
    CS_SCOPED(wt_dict) b = WT_DICT_INIT;
    put(&a, "x", 1);
    put(&b, "old", 1);
    wt_dict_move(&b, &a);
    assert_int_equal(wt_dict_count(&a), 0);
    assert_non_null(wt_dict_find(&b, CS_STR("x")));
    assert_null(wt_dict_find(&b, CS_STR("old")));
    put(&a, "again", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_keep_their_order_and_are_found),
        cmocka_unit_test(tensors_are_views),
        cmocka_unit_test(wrong_names_are_refused),
        cmocka_unit_test(notes_are_kept_and_replaced),
        cmocka_unit_test(a_dictionary_can_be_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
