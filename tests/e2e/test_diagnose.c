/* Diagnosis, as somebody meets it who has scans, good ones and bad ones. The
 * network has never learned anything, so what it finds is left aside. */
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/file.h"
#include "base/subprocess.h"
#include "image/file.h"
#include "lung/chest.h"
#include "model/cards.h"
#include "program.h"
#include "support/namespace.h"

/* Coarse voxels, so that a diagnosis takes no time. */
#define SPACING 8.0

static void put_detector(const char *dir, const char *folder, md_task task,
                         double threshold)
{
    md_card c = card_for(task);
    const char *path = tmp_path(dir, folder);
    assert_int_equal(cs_mkdir_p(path, 0777, NULL), 0);
    c.recipe.input.spacing = task == MD_DETECT ? SPACING : 2;
    c.recipe.input.patch[0] = c.recipe.input.patch[1] = 32;
    c.recipe.input.patch[2] = 32;
    c.threshold = threshold;
    path = put_weights(path, "detect.safetensors", c.recipe.network->name, 1);
    assert_int_equal(md_card_write(&c, path, NULL, NULL), 0);
}

static void put_scan(const char *dir, const char *name, const im_volume *v)
{
    assert_int_equal(im_write(tmp_path(dir, name), v, NULL, NULL), 0);
}

static void put_chest(const char *dir)
{
    im_geometry g = chest_geometry(2.5, 3.2);
    CS_SCOPED(chest) t;
    chest_make(&t, &g, 20);
    put_scan(dir, "good.mha", &t.hu);
    put_scan(dir, "cases/a.mha", &t.hu);
    /* Five slices are missing. */
    CS_SCOPED(im_volume) gap = IM_VOLUME_INIT;
    im_geometry fewer = g;
    size_t plane = g.size[0] * g.size[1], at = 40;
    fewer.size[2] -= 5;
    assert_int_equal(im_volume_init(&gap, TN_I16, &fewer, NULL), 0);
    int16_t *to = tn_data(&gap.voxels);
    memcpy(to, im_i16(&t.hu), at * plane * sizeof(*to));
    memcpy(to + at * plane, im_i16(&t.hu) + (at + 5) * plane,
           (fewer.size[2] - at) * plane * sizeof(*to));
    put_scan(dir, "gap.mha", &gap);
    /* The data are upside down, the header is not. */
    int16_t *v = tn_data(&t.hu.voxels);
    for (size_t z = 0; z < g.size[2] / 2; z++)
        for (size_t i = 0; i < plane; i++) {
            int16_t *a = &v[z * plane + i];
            int16_t *b = &v[(g.size[2] - 1 - z) * plane + i];
            int16_t swap = *a;
            *a = *b;
            *b = swap;
        }
    put_scan(dir, "turned.mha", &t.hu);
}

/* As an integer NaN is 0: a nodule, in a lung. */
static void put_nan(const char *dir)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(20, 20, 20);
    assert_int_equal(im_volume_init(&v, TN_F32, &g, NULL), 0);
    im_f32(&v)[8000 - 1] = (float)(double)NAN;
    put_scan(dir, "nan.mha", &v);
}

/* Water and bone in air: no lung. */
static void put_head(const char *dir)
{
    CS_SCOPED(im_volume) head = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(80, 80, 60);
    for (int a = 0; a < 3; a++)
        g.spacing[a] = 3;
    assert_int_equal(im_volume_init(&head, TN_I16, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        double p[3];
        chest_mm(&g, i, p);
        double out = chest_ball(p, 120, 120, 90, 85);
        int hu = out > 0 ? -1000 : 40;
        ((int16_t *)tn_data(&head.voxels))[i] =
            (int16_t)(out < 0 && out > -8 ? 900 : hu);
    }
    put_scan(dir, "cases/head.mha", &head);
}

static int group_setup(void **state)
{
    tmp_setup(state);
    const char *dir = *state;
    CS_SCOPED(im_volume) thin = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(64, 64, 3);
    assert_int_equal(cs_mkdir_p(tmp_path(dir, "cases/subset0"), 0777, NULL), 0);
    assert_int_equal(im_volume_init(&thin, TN_I16, &g, NULL), 0);
    put_scan(dir, "cases/subset0/thin.nii", &thin);
    put_chest(dir);
    put_head(dir);
    put_nan(dir);
    tmp_write(dir, "cases/picture.mhd", "\x89PNG\r\n\x1a\n and no header");
    tmp_write(dir, "cases/notes.txt", "not a scan");
    put_detector(dir, "models", MD_DETECT, 0.999);
    put_detector(dir, "wrong", MD_CHECK, 0.5);
    return 0;
}

static json_t *run(void **state, const char *const *args, int status)
{
    program_run call = {.args = args, .cwd = *state};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    int got = program(&call, &result);
    if (got != status)
        fail_msg("status %d: %s%s", got, result.out.data, result.err.data);
    assert_string_equal(result.err.data, "");
    json_t *answer = json_loads(result.out.data, 0, NULL);
    assert_non_null(answer);
    cs_proc_result_done(&result);
    return answer;
}

static const char *text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    assert_non_null(text);
    return text;
}

static const json_t *scan_of(const json_t *answer, const char *series)
{
    const json_t *scans = json_object_get(answer, "scans");
    for (size_t i = 0; i < json_array_size(scans); i++) {
        const json_t *scan = json_array_get(scans, i);
        if (strcmp(text_of(scan, "series"), series) == 0)
            return scan;
    }
    fail_msg("no '%s' in the answer", series);
    return NULL;
}

static const json_t *warning_of(const json_t *scan, const char *code)
{
    const json_t *list = json_object_get(scan, "warnings");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(text_of(json_array_get(list, i), "code"), code) == 0)
            return json_array_get(list, i);
    return NULL;
}

static bool is_there(void **state, const char *name)
{
    return access(tmp_path(*state, name), F_OK) == 0;
}

static void a_scan_has_a_folder_and_a_word_about_phantoms_first(void **state)
{
    json_t *answer = run(state,
                         ARGS("diagnose", "good.mha", "-m", "models", "-o",
                              "one", "--json", "--threads=2"),
                         0);
    const json_t *scan = scan_of(answer, "good");
    const json_t *first = json_array_get(json_object_get(scan, "warnings"), 0);
    assert_string_equal(text_of(first, "code"), "phantoms-only");
    assert_non_null(warning_of(scan, "no-check"));
    assert_string_equal(text_of(scan, "lung_rads"), "1");
    assert_string_equal(text_of(scan, "risk"), "low");
    assert_true(is_there(state, "one/good/report.json"));
    assert_true(is_there(state, "one/good/lungs.mha"));
    assert_true(is_there(state, "one/summary.csv"));
    CS_SCOPED(cs_dir_list) list = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(tmp_path(*state, "one"), &list, NULL), 0);
    assert_int_equal(list.len, 2); /* nothing half-made beside them */
    json_decref(answer);
    program_run again = {
        .args = ARGS("diagnose", "good.mha", "-m", "models", "-o", "one"),
        .cwd = *state};
    expect_part(&again, 3, "is there already");
}

static void one_bad_scan_never_stops_the_rest(void **state)
{
    json_t *answer = run(
        state,
        ARGS("diagnose", "cases", "-m", "models", "-o", "many", "--json"), 1);
    assert_int_equal(json_array_size(json_object_get(answer, "scans")), 4);
    assert_int_equal(json_integer_value(json_object_get(answer, "failed")), 3);
    static const char *const bad[][2] = {{"head", "no lung found"},
                                         {"picture", "picture.mhd"},
                                         {"thin", "at least 4 slices"}};
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        const json_t *scan = scan_of(answer, bad[i][0]);
        assert_string_equal(text_of(scan, "result"), "failed");
        assert_non_null(strstr(text_of(scan, "error"), bad[i][1]));
    }
    assert_string_equal(text_of(scan_of(answer, "a"), "result"), "done");
    assert_true(is_there(state, "many/a/report.json"));
    assert_false(is_there(state, "many/head"));
    json_decref(answer);
    answer = run(state,
                 ARGS("diagnose", "cases", "-m", "models", "-o", "many",
                      "--json", "--resume"),
                 1);
    assert_string_equal(text_of(scan_of(answer, "a"), "result"), "left");
    json_decref(answer);
}

static void marks_of_all_scans_are_one_table(void **state)
{
    CS_SCOPED(cs_strbuf) csv = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) uids = CS_STRBUF_INIT;
    json_decref(run(state,
                    ARGS("diagnose", "cases", "-m", "models", "-o", "marks",
                         "--detect-only", "--json"),
                    1));
    assert_int_equal(cs_file_read(tmp_path(*state, "marks/submission.csv"),
                                  1 << 20, &csv, NULL),
                     0);
    assert_int_equal(cs_file_read(tmp_path(*state, "marks/seriesuids.csv"),
                                  1 << 20, &uids, NULL),
                     0);
    static const char head[] = "seriesuid,coordX,coordY,coordZ,probability\n";
    assert_memory_equal(csv.data, head, sizeof(head) - 1);
    assert_string_equal(uids.data, "a\n");
    assert_false(is_there(state, "marks/a"));
}

static void severe(void **state, const char *scan, const char *series,
                   const char *code)
{
    json_t *answer = run(
        state, ARGS("diagnose", scan, "-m", "models", "-o", "severe", "--json"),
        0);
    const json_t *one = scan_of(answer, series);
    const json_t *warning = warning_of(one, code);
    assert_non_null(warning);
    assert_true(json_is_true(json_object_get(warning, "severe")));
    assert_true(json_is_false(json_object_get(one, "reliable")));
    assert_string_equal(text_of(one, "lung_rads"), "0");
    json_decref(answer);
}

static void faulty_scans_do_not_look_normal(void **state)
{
    severe(state, "gap.mha", "gap", "missing-slices");
    severe(state, "turned.mha", "turned", "upside-down");
}

static void refused(void **state, const char *const *args, int status,
                    const char *part)
{
    program_run call = {.args = args, .cwd = *state};
    expect_part(&call, status, part);
}

static void what_cannot_be_done_is_said_in_a_line(void **state)
{
    refused(state, ARGS("diagnose", "good.mha", "-m", "models"), 2, "--output");
    refused(state, ARGS("diagnose", "good.mha", "-m", "wrong", "-o", "none"), 3,
            "check");
    refused(state, ARGS("diagnose", "gone.mha", "-m", "models", "-o", "none"),
            3, "gone.mha");
    refused(state, ARGS("diagnose", "models", "-m", "models", "-o", "none"), 3,
            "no scan in 'models'");
    refused(state, ARGS("diagnose", "good.mha", "-m", "cases", "-o", "none"), 3,
            "cases");
    refused(state,
            ARGS("diagnose", "good.mha", "-m", "models", "-o", "none",
                 "--sensitivity", "1.5"),
            2, "--sensitivity");
    refused(state,
            ARGS("diagnose", "good.mha", "-m", "models", "-o", "none",
                 "--resume", "--force"),
            2, "choose one");
    refused(state,
            ARGS("diagnose", "cases/head.mha", "-m", "models", "-o", "none"), 3,
            "head.mha: no lung found");
    assert_false(is_there(state, "none/head"));
    refused(state, ARGS("diagnose", "nan.mha", "-m", "models", "-o", "none"), 3,
            "nan.mha: voxel (19, 19, 19) is NaN");
}

/* --- disks: what is left, and what is said --- */

#define NO_MOUNT 100

static int count_entries(const char *path)
{
    cs_dir_list list = CS_DIR_LIST_INIT;
    if (cs_dir_read(path, &list, NULL) < 0)
        return -1;
    int n = (int)list.len;
    cs_dir_list_done(&list);
    return n;
}

static int diagnose_onto(const char *dir, const char *mount_options,
                         unsigned long flags)
{
    char disk[512];
    snprintf(disk, sizeof(disk), "%s/disk", dir);
    if (cs_mkdir_p(disk, 0777, NULL) < 0 ||
        mount("tmpfs", disk, "tmpfs", flags, mount_options) != 0)
        return NO_MOUNT;
    program_run call = {
        .args = ARGS("diagnose", "good.mha", "-m", "models", "-o", "disk"),
        .cwd = dir};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    int status = program(&call, &result);
    int left = count_entries(disk);
    cs_proc_result_done(&result);
    return status == 3 && left == 0 ? 0 : 1;
}

static int onto_full(const char *dir)
{
    return diagnose_onto(dir, "size=16k", 0);
}

static int onto_read_only(const char *dir)
{
    return diagnose_onto(dir, "size=1m", MS_RDONLY);
}

/* Room for the table, not for a result. */
static int batch_onto_full(const char *dir)
{
    char disk[512], table[600];
    snprintf(disk, sizeof(disk), "%s/small", dir);
    snprintf(table, sizeof(table), "%s/summary.csv", disk);
    if (cs_mkdir_p(disk, 0777, NULL) < 0 ||
        mount("tmpfs", disk, "tmpfs", 0, "size=32k") != 0)
        return NO_MOUNT;
    program_run call = {
        .args = ARGS("diagnose", "stops", "-m", "models", "-o", "small"),
        .cwd = dir};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    int status = program(&call, &result);
    cs_proc_result_done(&result);
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    if (cs_file_read(table, 4096, &text, NULL) < 0)
        return 1;
    bool kept = strstr(text.data, "head,failed,") != NULL;
    return status == 3 && kept && count_entries(disk) == 1 ? 0 : 2;
}

static void what_was_read_before_the_disk_was_full_is_kept(void **state)
{
    assert_int_equal(cs_mkdir_p(tmp_path(*state, "stops"), 0777, NULL), 0);
    assert_int_equal(
        symlink("../cases/head.mha", tmp_path(*state, "stops/head.mha")), 0);
    assert_int_equal(symlink("../good.mha", tmp_path(*state, "stops/late.mha")),
                     0);
    int got = namespace_run(batch_onto_full, *state);
    if (got < 0) {
        print_message("skipped: no namespaces here\n");
        skip();
    }
    assert_int_equal(got, 0);
}

static void a_disk_that_takes_nothing_is_left_as_it_was(void **state)
{
    int full = namespace_run(onto_full, *state);
    if (full < 0) {
        print_message("skipped: no namespaces here\n");
        skip();
    }
    assert_int_equal(full, 0);
    assert_int_equal(namespace_run(onto_read_only, *state), 0);
}

static void an_answer_is_json_also_where_there_is_none(void **state)
{
    program_run call = {.args = ARGS("diagnose", "cases/head.mha", "-m",
                                     "models", "-o", "none", "--json"),
                        .cwd = *state};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&call, &result), 3);
    assert_non_null(strstr(result.err.data, "no lung found"));
    json_t *answer = json_loads(result.out.data, 0, NULL);
    assert_non_null(answer);
    assert_int_equal(json_array_size(json_object_get(answer, "scans")), 0);
    assert_int_equal(json_integer_value(json_object_get(answer, "failed")), 1);
    json_decref(answer);
    cs_proc_result_done(&result);
}

static cs_proc *start_batch(const char *dir)
{
    const char *const argv[] = {CS_PROGRAM, "diagnose", "long",    "-m",
                                "models",   "-o",       "stopped", NULL};
    static const char *const env[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8",
                                      NULL};
    const cs_proc_spec spec = {.argv = argv,
                               .env = env,
                               .cwd = dir,
                               .in = CS_STDIO_NULL,
                               .out = CS_STDIO_NULL,
                               .err = CS_STDIO_NULL};
    cs_proc *p = NULL;
    assert_int_equal(cs_proc_start(&spec, &p, NULL), 0);
    return p;
}

/* Stopped when the first of three scans is done; the second one may be under
 * way by then, and is finished. */
static void a_batch_that_is_stopped_keeps_what_it_has(void **state)
{
    static const char *const scans[] = {"long/a.mha", "long/b.mha",
                                        "long/c.mha"};
    int status = -1;
    assert_int_equal(cs_mkdir_p(tmp_path(*state, "long"), 0777, NULL), 0);
    for (size_t i = 0; i < CS_COUNTOF(scans); i++)
        assert_int_equal(symlink("../good.mha", tmp_path(*state, scans[i])), 0);
    cs_proc *p = start_batch(*state);
    for (int i = 0; i < 6000 && !is_there(state, "stopped/a"); i++)
        usleep(10000);
    assert_int_equal(cs_proc_signal(p, SIGINT), 0);
    assert_int_equal(cs_proc_wait(p, INT64_C(60000000000), &status, NULL), 0);
    cs_proc_free(p);
    assert_int_equal(status, 1);
    bool second = is_there(state, "stopped/b");
    assert_true(!second || is_there(state, "stopped/b/report.json"));
    assert_true(is_there(state, "stopped/summary.csv"));
    assert_false(is_there(state, "stopped/c"));
    assert_int_equal(count_entries(tmp_path(*state, "stopped")), 2 + second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scan_has_a_folder_and_a_word_about_phantoms_first),
        cmocka_unit_test(one_bad_scan_never_stops_the_rest),
        cmocka_unit_test(marks_of_all_scans_are_one_table),
        cmocka_unit_test(faulty_scans_do_not_look_normal),
        cmocka_unit_test(what_cannot_be_done_is_said_in_a_line),
        cmocka_unit_test(an_answer_is_json_also_where_there_is_none),
        cmocka_unit_test(what_was_read_before_the_disk_was_full_is_kept),
        cmocka_unit_test(a_disk_that_takes_nothing_is_left_as_it_was),
        cmocka_unit_test(a_batch_that_is_stopped_keeps_what_it_has),
    };
    return cmocka_run_group_tests(tests, group_setup, tmp_teardown);
}
