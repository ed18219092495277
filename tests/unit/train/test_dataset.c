#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/dir.h"
#include "train/scene.h"

static void scans_come_with_their_nodules(void **state)
{
    tr_source source;
    scene_make(*state, 2, true);
    const tr_plan p = scene_plan(&source, *state);
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    assert_int_equal(tr_dataset_count(d), 2);
    assert_int_equal(tr_dataset_warnings(d), 0);
    for (size_t i = 0; i < 2; i++) {
        const tr_scan *s = tr_dataset_at(d, i);
        assert_string_equal(s->uid, i ? "scan1" : "scan0");
        assert_int_equal(s->nodule_count, SCENE_NODULES);
        for (size_t k = 0; k < SCENE_NODULES; k++) {
            double c[3];
            scene_centre(i, k, c);
            for (int a = 0; a < 3; a++)
                scene_near(s->nodules[k].centre[a], c[a], 1e-6);
            scene_near(s->nodules[k].diameter, scene_diameter(i, k), 1e-9);
            assert_int_equal(s->nodules[k].malignant, k);
            assert_false(s->nodules[k].excluded);
        }
    }
}

/* Each prepared voxel of a nodule lies in its ball, give or take a voxel of
 * the mask. */
static void the_prepared_mask_lies_where_its_nodules_do(void **state)
{
    tr_source source;
    scene_make(*state, 2, true);
    const tr_plan p = scene_plan(&source, *state);
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    tr_prepared t = TR_PREPARED_INIT;
    assert_int_equal(tr_dataset_prepared(d, 1, &t, NULL), 0);
    const im_geometry *g = &t.nodules.geometry;
    scene_near(g->spacing[2], 1.5, 1e-12);
    size_t voxels[SCENE_NODULES + 1] = {0};
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        uint8_t v = im_u8(&t.nodules)[i];
        assert_in_range(v, 0, SCENE_NODULES);
        voxels[v]++;
        if (v == 0)
            continue;
        const size_t at[3] = {i % g->size[0], i / g->size[0] % g->size[1],
                              i / g->size[0] / g->size[1]};
        double c[3];
        scene_centre(1, v - 1u, c);
        assert_true(scene_distance(g, at, c) <
                    scene_diameter(1, v - 1u) / 2 + 1.3);
    }
    for (size_t k = 0; k < SCENE_NODULES; k++) {
        double r = scene_diameter(1, k) / 2;
        double wanted = 4.0 / 3 * 3.14159265 * r * r * r / (1.5 * 1.5 * 1.5);
        scene_near((double)voxels[k + 1], wanted, wanted * 0.25);
    }
    tr_prepared_done(&t);
}

static void what_is_wrong_in_a_table_is_told_with_its_line(void **state)
{
    tr_source source;
    scene_make(*state, 1, false);
    const tr_plan p = scene_plan(&source, *state);
    tmp_write(*state, "annotations.csv",
              "seriesuid,coordX,coordY,coordZ,diameter_mm\n"
              "scan0,1,2,3,4\nscan0,1,2,x,4\n");
    scene_refused(&p, CS_E_FORMAT, "annotations.csv:3: ");
    tmp_write(*state, "annotations.csv",
              "seriesuid,coordX,coordY,coordZ,diameter_mm\nscan0,1,2,3,-1\n");
    scene_refused(&p, CS_E_FORMAT, "diameter");
    tmp_write(*state, "annotations.csv", "seriesuid,coordX\nscan0,1\n");
    scene_refused(&p, CS_E_FORMAT, "coordY");
    assert_int_equal(unlink(tmp_path(*state, "annotations.csv")), 0);
    scene_refused(&p, CS_E_NOTFOUND, "annotations.csv");
}

static bool warned(const tr_dataset *d, const char *part)
{
    for (size_t i = 0; i < tr_dataset_warnings(d); i++)
        if (strstr(tr_dataset_warning(d, i), part))
            return true;
    return false;
}

static void no_scan_is_left_out_in_silence(void **state)
{
    tr_source source;
    scene_make(*state, 4, false);
    const tr_plan p = scene_plan(&source, *state);
    assert_int_equal(truncate(tmp_path(*state, "scan1.raw"), 100), 0);
    assert_int_equal(unlink(tmp_path(*state, "masks/scan2_lungs.mhd")), 0);
    assert_int_equal(unlink(tmp_path(*state, "scan3.mhd")), 0);
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    assert_int_equal(tr_dataset_count(d), 1);
    assert_int_equal(tr_dataset_warnings(d), 3);
    assert_true(warned(d, "scan1: "));
    assert_true(warned(d, "scan2: no mask of its lungs"));
    assert_true(warned(d, "'scan3' is in annotations.csv but not in"));
}

static void none_at_all_is_an_error(void **state)
{
    tr_source source;
    scene_make(*state, 1, false);
    const tr_plan p = scene_plan(&source, *state);
    assert_int_equal(truncate(tmp_path(*state, "scan0.raw"), 100), 0);
    scene_refused(&p, CS_E_NOTFOUND,
                  "no scan of data.train can be used; scan0");
}

static void lists_and_numbers_say_which_scans_count(void **state)
{
    tr_source source;
    scene_make(*state, 3, false);
    const tr_plan p = scene_plan(&source, *state);
    tmp_write(*state, "seriesuids.csv", "seriesuid\nscan2\nscan1\nscan7\n");
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    assert_int_equal(tr_dataset_count(d), 2);
    assert_string_equal(tr_dataset_at(d, 0)->uid, "scan1");
    assert_int_equal(tr_dataset_warnings(d), 1);
    assert_true(warned(d, "'scan7' is in seriesuids.csv but not in"));
    source.scans = 1;
    CS_AUTO(tr_dataset) one = scene_open(&p, NULL);
    assert_int_equal(tr_dataset_count(one), 1);
    assert_string_equal(tr_dataset_at(one, 0)->uid, "scan1");
}

static void nodules_outside_the_query_are_excluded(void **state)
{
    tr_source source;
    scene_make(*state, 2, false);
    tr_plan p = scene_plan(&source, *state);
    p.data.query.diameter_min = 7.5;
    p.data.query.diameter_max = 10.5;
    tmp_write(*state, "annotations_excluded.csv",
              "seriesuid,coordX,coordY,coordZ,diameter_mm\n"
              "scan1,1,2,3,-1\n");
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    const dt_nodule *a = tr_dataset_at(d, 0)->nodules;
    const dt_nodule *b = tr_dataset_at(d, 1)->nodules;
    assert_int_equal(tr_dataset_at(d, 1)->nodule_count, 3);
    assert_true(a[0].excluded);
    assert_false(a[1].excluded);
    assert_false(b[0].excluded);
    assert_true(b[1].excluded);
    assert_true(b[2].excluded);
    scene_near(b[2].diameter, 10, 0);
}

static void marks_on_nodules_are_no_hard_negatives(void **state)
{
    tr_source source;
    double on[3];
    char text[256];
    scene_make(*state, 2, false);
    const tr_plan p = scene_plan(&source, *state);
    scene_centre(1, 0, on);
    (void)snprintf(text, sizeof(text),
                   "seriesuid,coordX,coordY,coordZ,probability\n"
                   "scan1,%g,%g,%g,0.9\nscan1,0,45,-60,0.8\n"
                   "elsewhere,1,1,1,1\n",
                   on[0], on[1], on[2]);
    source.candidates = tmp_write(*state, "marks.csv", text);
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    assert_int_equal(tr_dataset_at(d, 0)->hard_count, 0);
    assert_int_equal(tr_dataset_at(d, 1)->hard_count, 1);
    scene_near(tr_dataset_at(d, 1)->hard[0].centre[1], 45, 0);
    scene_near(tr_dataset_at(d, 1)->hard[0].score, 0.8, 0);
}

static void scans_on_both_sides_are_told_of(void **state)
{
    tr_source source, other;
    scene_make(*state, 2, false);
    tr_plan p = scene_plan(&source, *state);
    const im_run run = {.pool = NULL};
    const tr_dataset_spec spec = {.plan = &p, .validation = true};
    CS_AUTO(tr_dataset) d = NULL;
    assert_int_equal(tr_dataset_open(&spec, &run, &d, NULL), 0);
    assert_true(warned(d, "2 scans, 'scan0' the first of them, are both"));
    other = (tr_source){.dir = *state, .scans = 1};
    p.data.train.items = &other;
    CS_AUTO(tr_dataset) e = NULL;
    assert_int_equal(tr_dataset_open(&spec, &run, &e, NULL), 0);
    assert_true(warned(e, "1 scans, 'scan0'"));
}

static void they_are_the_same_with_any_pool(void **state)
{
    tr_source source;
    char cache[512];
    scene_make(*state, 3, true);
    const tr_plan p = scene_plan(&source, *state);
    CS_AUTO(tr_dataset) one = scene_open(&p, NULL);
    (void)snprintf(cache, sizeof(cache), "%s", tmp_path(*state, ".cache"));
    for (int again = 0; again < 2; again++) {
        CS_AUTO(cs_pool) pool = NULL;
        assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
        const im_run run = {.pool = pool};
        const tr_dataset_spec spec = {.plan = &p, .cache = cache};
        CS_AUTO(tr_dataset) d = NULL;
        assert_int_equal(tr_dataset_open(&spec, &run, &d, NULL), 0);
        assert_string_equal(tr_dataset_hash(d), tr_dataset_hash(one));
        for (size_t i = 0; i < 3; i++) {
            tr_prepared a, b;
            assert_int_equal(tr_dataset_prepared(one, i, &a, NULL), 0);
            assert_int_equal(tr_dataset_prepared(d, i, &b, NULL), 0);
            assert_memory_equal(tn_data(&a.scan.image.voxels),
                                tn_data(&b.scan.image.voxels),
                                tn_bytes(&a.scan.image.voxels));
            tr_prepared_done(&a);
            tr_prepared_done(&b);
        }
    }
}

static void nodules_far_from_lungs_are_told_of(void **state)
{
    tr_source source;
    scene_make(*state, 1, false);
    tmp_write(*state, "annotations.csv",
              "seriesuid,coordX,coordY,coordZ,diameter_mm\n"
              "scan0,0,20,-80,5\nscan0,0,20,900,5\n");
    const tr_plan p = scene_plan(&source, *state);
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    assert_int_equal(tr_dataset_at(d, 0)->nodule_count, 2);
    assert_true(warned(d, "scan0: 1 of its nodules lie neither in a lung"));
}

/* --- the cache --- */

static void a_cache_that_cannot_be_is_an_error(void **state)
{
    tr_source source;
    scene_make(*state, 1, false);
    const tr_plan p = scene_plan(&source, *state);
    const im_run run = {.pool = NULL};
    const tr_dataset_spec spec = {.plan = &p,
                                  .cache = tmp_write(*state, "file", "x")};
    tr_dataset *d = NULL;
    cs_errinfo info = {0};
    assert_true(tr_dataset_open(&spec, &run, &d, &info) < 0);
    assert_non_null(strstr(info.message, "file"));
}

static size_t files_in(const char *dir, char name[256])
{
    CS_SCOPED(cs_dir_list) l = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(dir, &l, NULL), 0);
    if (l.len > 0)
        (void)snprintf(name, 256, "%s", l.names[0]);
    return l.len;
}

static struct stat facts_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st;
}

static void a_prepared_scan_is_found_again(void **state)
{
    tr_source source;
    char cache[512], name[256] = "";
    scene_make(*state, 1, true);
    tr_plan p = scene_plan(&source, *state);
    (void)snprintf(cache, sizeof(cache), "%s", tmp_path(*state, ".cache"));
    CS_AUTO(tr_dataset) first = scene_open(&p, cache);
    assert_int_equal(files_in(cache, name), 1);
    ino_t was = facts_of(tmp_path(cache, name)).st_ino;
    CS_AUTO(tr_dataset) second = scene_open(&p, cache);
    assert_int_equal(files_in(cache, name), 1);
    assert_true(facts_of(tmp_path(cache, name)).st_ino == was);
    assert_string_equal(tr_dataset_hash(first), tr_dataset_hash(second));
    p.recipe.input.spacing = 2;
    CS_AUTO(tr_dataset) third = scene_open(&p, cache);
    assert_int_equal(files_in(cache, name), 2);
    assert_string_not_equal(tr_dataset_hash(first), tr_dataset_hash(third));
}

static void a_damaged_cache_is_mended(void **state)
{
    tr_source source;
    char cache[512], name[256] = "";
    scene_make(*state, 1, true);
    const tr_plan p = scene_plan(&source, *state);
    (void)snprintf(cache, sizeof(cache), "%s", tmp_path(*state, ".cache"));
    CS_AUTO(tr_dataset) good = scene_open(&p, cache);
    tr_prepared a = TR_PREPARED_INIT, b = TR_PREPARED_INIT;
    assert_int_equal(tr_dataset_prepared(good, 0, &a, NULL), 0);
    (void)files_in(cache, name);
    CS_AUTO_MEM char *path = cs_strdup(tmp_path(cache, name));
    off_t size = facts_of(path).st_size;
    for (int harm = 0; harm < 3; harm++) {
        /* a copy, so that the voxels that are still mapped stay */
        CS_SCOPED(cs_strbuf) bytes = CS_STRBUF_INIT;
        assert_int_equal(cs_file_read(path, 1 << 28, &bytes, NULL), 0);
        bytes.data[harm == 0 ? 20 : size - 5000] ^= 4;
        assert_int_equal(cs_file_write(path, bytes.data,
                                       harm == 2 ? 5000 : bytes.len, 0644,
                                       NULL),
                         0);
        CS_AUTO(tr_dataset) mended = scene_open(&p, cache);
        assert_int_equal(tr_dataset_prepared(mended, 0, &b, NULL), 0);
        assert_memory_equal(tn_data(&a.scan.image.voxels),
                            tn_data(&b.scan.image.voxels),
                            tn_bytes(&a.scan.image.voxels));
        assert_memory_equal(tn_data(&a.nodules.voxels),
                            tn_data(&b.nodules.voxels),
                            tn_bytes(&a.nodules.voxels));
        tr_prepared_done(&b);
        assert_int_equal(facts_of(path).st_size, size);
    }
    tr_prepared_done(&a);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)
    const struct CMUnitTest tests[] = {
        T(scans_come_with_their_nodules),
        T(the_prepared_mask_lies_where_its_nodules_do),
        T(what_is_wrong_in_a_table_is_told_with_its_line),
        T(no_scan_is_left_out_in_silence),
        T(none_at_all_is_an_error),
        T(lists_and_numbers_say_which_scans_count),
        T(nodules_outside_the_query_are_excluded),
        T(marks_on_nodules_are_no_hard_negatives),
        T(scans_on_both_sides_are_told_of),
        T(they_are_the_same_with_any_pool),
        T(nodules_far_from_lungs_are_told_of),
        T(a_cache_that_cannot_be_is_an_error),
        T(a_prepared_scan_is_found_again),
        T(a_damaged_cache_is_mended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
