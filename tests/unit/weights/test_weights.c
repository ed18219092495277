#include "weights/weights.h"

#include <unistd.h>

#include "base/dir.h"
#include "kit.h"
#include "support/tmp.h"

static void formats_follow_from_the_name(void **state)
{
    (void)state;
    wt_format f = WT_PTH;
    cs_errinfo info = {0};
    assert_int_equal(wt_format_of("a/b.safetensors", &f, NULL), 0);
    assert_string_equal(wt_format_name(f), "safetensors");
    assert_int_equal(wt_format_of("a.b.pth", &f, NULL), 0);
    assert_int_equal(f, WT_PTH);
    assert_int_equal(wt_format_of("a.pt", &f, NULL), 0);
    assert_int_equal(wt_format_of("a.onnx", &f, &info), CS_E_USAGE);
    assert_string_equal(info.message,
                        "'a.onnx': the name of a file of weights ends in "
                        ".safetensors, .pth or .pt, to tell the format");
}

static void files_are_written_and_read(void **state)
{
    static const char *const names[] = {"a.safetensors", "a.pth", "a.pt"};
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    kit_fill(&d);
    for (size_t i = 0; i < CS_COUNTOF(names); i++) {
        CS_SCOPED(wt_dict) back = WT_DICT_INIT;
        const char *path = tmp_path(*state, names[i]);
        assert_int_equal(wt_write(path, &d, NULL), 0);
        assert_int_equal(wt_read(path, &back, NULL), 0);
        kit_expect_same(&d, &back);
    }
}

static void a_failed_write_leaves_nothing(void **state)
{
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    cs_dir_list left = CS_DIR_LIST_INIT;
    kit_add(&d, "a", TN_U16, &TN_SHAPE(1), 0);
    assert_int_equal(wt_write(tmp_path(*state, "a.pth"), &d, NULL),
                     CS_E_UNSUPPORTED);
    assert_int_equal(cs_dir_read(*state, &left, NULL), 0);
    assert_int_equal(left.len, 0);
    cs_dir_list_done(&left);
}

static void failures_name_the_file(void **state)
{
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    cs_errinfo info = {0};
    const char *path = tmp_write(*state, "a.safetensors", "hello, world");
    assert_true(wt_read(path, &d, &info) < 0);
    assert_string_equal(info.place, path);
    assert_int_equal(wt_read(tmp_path(*state, "no.pth"), &d, &info),
                     CS_E_NOTFOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_follow_from_the_name),
        cmocka_unit_test_setup_teardown(files_are_written_and_read, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(a_failed_write_leaves_nothing,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(failures_name_the_file, tmp_setup,
                                        tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
