#include "train/gather.h"

#include "train/scene.h"

static int gather(const tr_plan *p, bool validation, const char *root,
                  tr_gathered *g, cs_errinfo *info)
{
    const tr_dataset_spec spec = {
        .plan = p, .validation = validation, .root = root};
    *g = (tr_gathered){.arena = CS_ARENA_INIT};
    return tr_gather(&spec, g, info);
}

static void folders_lie_below_the_root(void **state)
{
    tr_source source;
    tr_gathered g;
    char dir[512];
    (void)snprintf(dir, sizeof(dir), "%s/a", (const char *)*state);
    assert_int_equal(mkdir(dir, 0700), 0);
    scene_make(dir, 2, true);
    const tr_plan p = scene_plan(&source, "a");
    assert_int_equal(gather(&p, true, *state, &g, NULL), 0);
    assert_int_equal(g.entries.len, 2);
    const tr_entry *e = &g.entries.items[1];
    assert_string_equal(e->scan.uid, "scan1");
    assert_non_null(strstr(e->lungs, "/a/masks/scan1_lungs.mhd"));
    assert_non_null(strstr(e->nodules, "/a/masks/scan1_nodules.mhd"));
    assert_int_equal(e->labels[1], 2);
    tr_gathered_done(&g);
}

static void a_scan_is_in_one_folder_of_a_list(void **state)
{
    tr_source sources[2];
    tr_gathered g;
    cs_errinfo info = {0};
    scene_make(*state, 1, false);
    tr_plan p = scene_plan(sources, *state);
    sources[1] = sources[0];
    p.data.train.len = 2;
    assert_int_equal(gather(&p, false, NULL, &g, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "bear the same name"));
    tr_gathered_done(&g);
    assert_int_equal(gather(&p, true, NULL, &g, NULL), 0);
    tr_gathered_done(&g);
}

static void a_warning_says_whose_it_is(void **state)
{
    (void)state;
    tr_gathered g = {.arena = CS_ARENA_INIT};
    cs_errinfo why = {0};
    (void)cs_fail_at(&why, CS_E_FORMAT, cs_at("x.csv", 3, 0), "bad");
    assert_int_equal(tr_gathered_warn(&g, "1.2", &why, NULL), 0);
    assert_string_equal(g.warnings.items[0], "1.2: x.csv:3: bad");
    tr_gathered_done(&g);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)
    const struct CMUnitTest tests[] = {
        T(folders_lie_below_the_root),
        T(a_scan_is_in_one_folder_of_a_list),
        T(a_warning_says_whose_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
