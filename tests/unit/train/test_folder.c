#include "train/folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"
#include "support/tmp.h"

static void add(const char *dir, const char *name)
{
    tmp_write(dir, name, "x");
}

static void add_folder(const char *dir, const char *name)
{
    assert_int_equal(mkdir(tmp_path(dir, name), 0700), 0);
}

static void scans_are_found_wherever_they_are(void **state)
{
    const char *dir = *state;
    add_folder(dir, "subset1");
    add_folder(dir, "subset1/deep");
    add_folder(dir, "masks");
    add_folder(dir, "seg-lungs-LUNA16");
    add_folder(dir, ".cache");
    add_folder(dir, "folder.mhd");
    add(dir, "subset1/deep/1.2.9.mhd");
    add(dir, "subset1/1.2.10.nii.gz");
    add(dir, "1.2.11.mha");
    add(dir, "1.2.11.raw");
    add(dir, "annotations.csv");
    add(dir, "masks/1.2.9_lungs.mhd");
    add(dir, "seg-lungs-LUNA16/1.2.9.mhd");
    add(dir, ".cache/hidden.mhd");
    add(dir, ".mhd");
    CS_SCOPED(cs_arena) arena = CS_ARENA_INIT;
    tr_found_list l = CS_VEC_INIT;
    assert_int_equal(tr_folder_scans(dir, &arena, &l, NULL), 0);
    assert_int_equal(l.len, 3);
    assert_string_equal(l.items[0].uid, "1.2.10");
    assert_string_equal(l.items[1].uid, "1.2.11");
    assert_string_equal(l.items[2].uid, "1.2.9");
    assert_string_equal(l.items[2].path,
                        tmp_path(dir, "subset1/deep/1.2.9.mhd"));
    cs_vec_done(&l);
}

static void a_name_stands_for_one_scan(void **state)
{
    const char *dir = *state;
    CS_SCOPED(cs_arena) arena = CS_ARENA_INIT;
    tr_found_list l = CS_VEC_INIT;
    cs_errinfo info = {0};
    add_folder(dir, "again");
    add(dir, "a.mhd");
    add(dir, "again/a.nii");
    assert_int_equal(tr_folder_scans(dir, &arena, &l, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "again/a.nii"));
    cs_vec_done(&l);
}

static void links_that_go_round_come_to_an_end(void **state)
{
    const char *dir = *state;
    CS_SCOPED(cs_arena) arena = CS_ARENA_INIT;
    tr_found_list l = CS_VEC_INIT;
    assert_int_equal(symlink(".", tmp_path(dir, "round")), 0);
    assert_int_equal(tr_folder_scans(dir, &arena, &l, NULL), 0);
    assert_int_equal(l.len, 0);
    add(dir, "a.mhd"); /* seen through each turn of the link */
    assert_int_equal(tr_folder_scans(dir, &arena, &l, NULL), CS_E_FORMAT);
    cs_vec_done(&l);
}

static void a_missing_folder_is_an_error(void **state)
{
    CS_SCOPED(cs_arena) arena = CS_ARENA_INIT;
    tr_found_list l = CS_VEC_INIT;
    assert_int_equal(
        tr_folder_scans(tmp_path(*state, "none"), &arena, &l, NULL),
        CS_E_NOTFOUND);
    cs_vec_done(&l);
}

static void lists_may_have_a_heading(void **state)
{
    const char *dir = *state;
    CS_SCOPED(cs_map) none = CS_MAP_INIT;
    CS_SCOPED(cs_map) bare = CS_MAP_INIT;
    CS_SCOPED(cs_map) headed = CS_MAP_INIT;
    assert_int_equal(tr_folder_listed(dir, &none, NULL), 0);
    tmp_write(dir, "seriesuids.csv", "1.2\n3.4\n");
    assert_int_equal(tr_folder_listed(dir, &bare, NULL), 1);
    assert_int_equal(bare.len, 2);
    tmp_write(dir, "seriesuids.csv", "seriesuid\n1.2\n");
    assert_int_equal(tr_folder_listed(dir, &headed, NULL), 1);
    assert_int_equal(headed.len, 1);
    assert_non_null(cs_map_find(&headed, CS_STR("1.2")));
}

static const char *mask_of(const char *dir, tr_mask which, cs_arena *arena)
{
    const char *path = NULL;
    assert_int_equal(tr_folder_mask(dir, "1.2", which, arena, &path, NULL), 0);
    return path;
}

static void masks_are_found_by_name(void **state)
{
    const char *dir = *state;
    CS_SCOPED(cs_arena) arena = CS_ARENA_INIT;
    assert_null(mask_of(dir, TR_MASK_LUNGS, &arena));
    add_folder(dir, "seg-lungs-LUNA16");
    add(dir, "seg-lungs-LUNA16/1.2.mhd");
    assert_string_equal(mask_of(dir, TR_MASK_LUNGS, &arena),
                        tmp_path(dir, "seg-lungs-LUNA16/1.2.mhd"));
    add_folder(dir, "masks");
    add(dir, "masks/1.2_lungs.mha");
    assert_string_equal(mask_of(dir, TR_MASK_LUNGS, &arena),
                        tmp_path(dir, "masks/1.2_lungs.mha"));
    assert_null(mask_of(dir, TR_MASK_NODULES, &arena));
    add(dir, "masks/1.2_nodules.nii.gz");
    assert_string_equal(mask_of(dir, TR_MASK_NODULES, &arena),
                        tmp_path(dir, "masks/1.2_nodules.nii.gz"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)
    const struct CMUnitTest tests[] = {
        T(scans_are_found_wherever_they_are),  T(a_name_stands_for_one_scan),
        T(links_that_go_round_come_to_an_end), T(a_missing_folder_is_an_error),
        T(lists_may_have_a_heading),           T(masks_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
