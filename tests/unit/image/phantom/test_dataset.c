#include "image/phantom/dataset.h"

#include <stdio.h>
#include <string.h>

#include "base/dir.h"
#include "base/file.h"
#include "base/mem.h"
#include "image/file.h"
#include "support/test.h"
#include "support/tmp.h"

static im_phantom_order order_of(const char *dir, uint64_t scans)
{
    return (im_phantom_order){.dir = dir,
                              .site = &im_phantom_sites[0],
                              .seed = 4,
                              .scans = scans,
                              .size = {40, 40, 32}};
}

static const im_run run = {NULL, CS_CPU_BASELINE};

static char *text_of(const char *dir, const char *name)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(tmp_path(dir, name), 1 << 20, &text, NULL),
                     0);
    return cs_strbuf_take(&text);
}

static void a_folder_has_luna16s_layout(void **state)
{
    char dir[256];
    snprintf(dir, sizeof(dir), "%s/set", (const char *)*state);
    const im_phantom_order o = order_of(dir, 2);
    im_phantom_summary sum;
    assert_int_equal(im_phantom_dataset(&o, &run, &sum, NULL), 0);
    assert_int_equal(sum.scans, 2);
    CS_AUTO_MEM char *uids = text_of(dir, "seriesuids.csv");
    CS_AUTO_MEM char *rows = text_of(dir, "annotations.csv");
    static const char heading[] =
        "seriesuid,coordX,coordY,coordZ,diameter_mm,type,";
    assert_memory_equal(rows, heading, sizeof(heading) - 1);
    size_t lines = 0;
    for (const char *p = rows; *p; p++)
        lines += *p == '\n';
    assert_int_equal(lines, sum.nodules + 1);
    const char *at = uids;
    for (uint64_t i = 0; i < 2; i++) {
        const im_phantom_spec spec = {
            .site = o.site, .seed = 4, .index = i, .size = {40, 40, 32}};
        CS_SCOPED(im_phantom) p = IM_PHANTOM_INIT;
        assert_int_equal(im_phantom_make(&spec, &run, &p, NULL), 0);
        size_t n = strlen(p.uid);
        assert_memory_equal(at, p.uid, n);
        assert_int_equal(at[n], '\n');
        at += n + 1;
        char name[128];
        snprintf(name, sizeof(name), "%s.mhd", p.uid);
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        assert_int_equal(im_read(tmp_path(dir, name), &v, NULL), 0);
        assert_true(im_geometry_same(&v.geometry, &p.image.geometry, 1e-9));
        assert_memory_equal(im_i16(&v), im_i16(&p.image),
                            (size_t)40 * 40 * 32 * 2);
        snprintf(name, sizeof(name), "masks/%s_lungs.mhd", p.uid);
        CS_SCOPED(im_volume) m = IM_VOLUME_INIT;
        assert_int_equal(im_read(tmp_path(dir, name), &m, NULL), 0);
        assert_memory_equal(im_u8(&m), im_u8(&p.lungs), (size_t)40 * 40 * 32);
    }
    assert_int_equal(*at, '\0');
}

static void the_same_again_changes_nothing_and_others_are_refused(void **state)
{
    char dir[256];
    snprintf(dir, sizeof(dir), "%s/again", (const char *)*state);
    im_phantom_order o = order_of(dir, 1);
    im_phantom_summary first, sum;
    assert_int_equal(im_phantom_dataset(&o, &run, &first, NULL), 0);
    assert_false(first.there);
    assert_int_equal(im_phantom_dataset(&o, &run, &sum, NULL), 0);
    assert_true(sum.there);
    assert_int_equal(sum.nodules, first.nodules);
    o.seed = 5;
    cs_errinfo info = {0};
    assert_int_equal(im_phantom_dataset(&o, &run, &sum, &info), CS_E_EXISTS);
    assert_non_null(strstr(info.message, "--force"));
    o.force = true;
    assert_int_equal(im_phantom_dataset(&o, &run, &sum, NULL), 0);
    assert_false(sum.there);
}

static void a_failure_leaves_nothing(void **state)
{
    char dir[256];
    snprintf(dir, sizeof(dir), "%s/failed/set", (const char *)*state);
    im_phantom_order o = order_of(dir, 1);
    o.size[2] = 4; /* refused when the first scan is made */
    im_phantom_summary sum;
    assert_int_equal(im_phantom_dataset(&o, &run, &sum, NULL), CS_E_RANGE);
    cs_dir_list list = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(tmp_path(*state, "failed"), &list, NULL), 0);
    assert_int_equal(list.len, 0);
    cs_dir_list_done(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_has_luna16s_layout),
        cmocka_unit_test(the_same_again_changes_nothing_and_others_are_refused),
        cmocka_unit_test(a_failure_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
