#include "report/report.h"

#include "image/file.h"
#include "report/case.h"
#include "support/tmp.h"
#include <unistd.h>

static void read_mask(const char *dir, const char *name, uint8_t want)
{
    im_volume v = IM_VOLUME_INIT;
    assert_int_equal(im_read(tmp_path(dir, name), &v, NULL), 0);
    assert_int_equal(v.voxels.dtype, TN_U8);
    assert_int_equal(v.geometry.size[0], 12);
    assert_true(v.geometry.spacing[2] == 2);
    assert_int_equal(im_u8(&v)[5], want);
    im_volume_done(&v);
}

static void every_file_is_there_and_opens(void **state)
{
    made_case m;
    make_case(&m);
    const char *dir = *state;
    assert_int_equal(rp_write(&m.it, &(im_run){0}, CS_LANG_EN, dir, NULL), 0);
    read_mask(dir, "nodules.mha", 2);
    read_mask(dir, "lungs.mha", LU_LEFT);
    static const char *const texts[] = {
        "report.json",  "candidates.csv", "report-zh.pdf", "report-en.pdf",
        "overview.png", "nodule-1.png",   "nodule-2.png"};
    for (size_t i = 0; i < CS_COUNTOF(texts); i++)
        assert_int_equal(access(tmp_path(dir, texts[i]), R_OK), 0);
    unmake_case(&m);
}

static void a_folder_that_cannot_be_is_named(void **state)
{
    made_case m;
    make_case(&m);
    cs_errinfo info = {0};
    char text[512];
    tmp_write(*state, "file", "no folder");
    int r = rp_write(&m.it, &(im_run){0}, CS_LANG_EN,
                     tmp_path(*state, "file/below"), &info);
    assert_true(r < 0);
    cs_errinfo_format(&info, text, sizeof(text));
    assert_non_null(strstr(text, "/file"));
    unmake_case(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_file_is_there_and_opens,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_is_named,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
