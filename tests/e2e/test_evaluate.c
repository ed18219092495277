/* How good results are, as somebody asks who has tables and masks. */
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/dir.h"
#include "base/file.h"
#include "program.h"
#include "support/tmp.h"

#define LUNA CS_SOURCE_DIR "/../shared/data/luna16/"
#define CT CS_SOURCE_DIR "/../shared/data/ct/lung/"

static const char scans[] = "seriesuid\r\na\r\nb\r\nc\r\nd\r\n";
static const char nodules[] =
    "seriesuid,coordX,coordY,coordZ,diameter_mm,type,malignant\r\n"
    "a,0,0,0,10,solid,1\r\nb,0,0,0,5,\"part, solid\",0\r\nb,40,0,0,20,solid,1";
static const char excluded[] =
    "seriesuid,coordX,coordY,coordZ,diameter_mm\na,0,50,0,-1\n";
static const char marks[] =
    "seriesuid,coordX,coordY,coordZ,probability,malignancy_score\n"
    "a,1,0,0,0.9,0.8\na,0,2,0,0.7,0.1\na,0,51,0,0.95,0.5\na,0,0,90,0.6,0.5\n"
    "b,0,0,1,0.8,0.3\nc,7,7,7,0.5,0.5\nx,0,0,0,1,1\n";

static int setup(void **state)
{
    tmp_setup(state);
    tmp_write(*state, "scans.csv", scans);
    tmp_write(*state, "nodules.csv", nodules);
    tmp_write(*state, "excluded.csv", excluded);
    tmp_write(*state, "marks.csv", marks);
    return 0;
}

static json_t *answer(const program_run *run)
{
    cs_proc_result result = CS_PROC_RESULT_INIT;
    json_error_t error;
    int status = program(run, &result);
    if (status != 0)
        fail_msg("status %d: %s", status, result.err.data);
    json_t *json = json_loads(result.out.data, 0, &error);
    if (!json)
        fail_msg("line %d: %s", error.line, error.text);
    cs_proc_result_done(&result);
    return json;
}

/* "a.b.2": members and elements. */
static double number(const json_t *json, const char *path)
{
    cs_str rest = cs_str_of(path);
    cs_str part;
    bool more = true;
    while (more) {
        char key[64];
        more = cs_str_cut(rest, '.', &part, &rest);
        assert_in_range(part.len, 1, sizeof(key) - 1);
        memcpy(key, part.data, part.len);
        key[part.len] = '\0';
        json = json_is_array(json)
                   ? json_array_get(json, (size_t)(key[0] - '0'))
                   : json_object_get(json, key);
    }
    if (!json_is_number(json))
        fail_msg("no number '%s'", path);
    return json_number_value(json);
}

#define FROC                                                                   \
    "evaluate", "froc", "-a", "nodules.csv", "-e", "excluded.csv", "-s",       \
        "scans.csv", "-p", "marks.csv"

static void froc_counts_by_luna16s_rules(void **state)
{
    json_t *j = answer(&(program_run){.args = ARGS(FROC, "-b", "50", "--json"),
                                      .cwd = *state});
    assert_true(number(j, "counts.scans") == 4);
    assert_true(number(j, "counts.marks") == 6);
    assert_true(number(j, "counts.true_positives") == 2);
    assert_true(number(j, "counts.false_negatives") == 1);
    assert_true(number(j, "counts.false_positives") == 2);
    assert_true(number(j, "counts.ignored_on_exclusions") == 1);
    assert_true(number(j, "counts.double_detections") == 1);
    assert_true(number(j, "counts.marks_of_other_scans") == 1);
    assert_true(fabs(number(j, "froc.sensitivities.0") - 2.0 / 3) < 1e-12);
    assert_true(number(j, "bootstrap.samples") > 40);
    json_decref(j);
}

static void without_nodules_there_is_no_sensitivity(void **state)
{
    tmp_write(*state, "healthy.csv", "seriesuid\nc\nd\n");
    const program_run shown = {.args = ARGS("evaluate", "froc", "-a",
                                            "nodules.csv", "-s", "healthy.csv",
                                            "-p", "marks.csv", "-o", "healthy"),
                               .cwd = *state};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&shown, &result), 0);
    assert_non_null(strstr(result.out.data, "Warning: these scans have no"));
    assert_non_null(strstr(result.out.data, "mean of the seven (CPM)"));
    assert_non_null(strstr(result.out.data, " n/a\n"));
    assert_null(strstr(result.out.data, "0.0000"));
    cs_proc_result_done(&result);
    CS_SCOPED(cs_strbuf) csv = CS_STRBUF_INIT;
    assert_int_equal(
        cs_file_read(tmp_path(*state, "healthy/froc.csv"), 1 << 20, &csv, NULL),
        0);
    assert_null(strstr(csv.data, "nan"));
    assert_non_null(strstr(csv.data, "\n0.0,,1.5,0,0\n"));
    json_t *j = answer(&(program_run){
        .args = ARGS("evaluate", "--json", "clinical", "-a", "nodules.csv",
                     "-s", "healthy.csv", "-p", "marks.csv"),
        .cwd = *state});
    const json_t *found = json_object_get(
        json_object_get(json_object_get(j, "detection"), "sensitivity"),
        "value");
    assert_true(json_is_null(found));
    const json_t *froc =
        json_object_get(json_object_get(j, "all_marks"), "froc");
    assert_true(json_is_null(json_object_get(froc, "cpm")));
    assert_true(json_is_null(
        json_array_get(json_object_get(froc, "sensitivities"), 6)));
    json_decref(j);
}

static void expect_files(const char *dir, const char *const *names, size_t n)
{
    cs_dir_list list = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(dir, &list, NULL), 0);
    assert_int_equal(list.len, n);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(list.names[i], names[i]);
    cs_dir_list_done(&list);
}

static void expect_same_file(const char *dir, const char *a, const char *b,
                             const char *name)
{
    CS_SCOPED(cs_strbuf) x = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) y = CS_STRBUF_INIT;
    char text[2][512];
    snprintf(text[0], sizeof(text[0]), "%s/%s/%s", dir, a, name);
    snprintf(text[1], sizeof(text[1]), "%s/%s/%s", dir, b, name);
    assert_int_equal(cs_file_read(text[0], 1 << 24, &x, NULL), 0);
    assert_int_equal(cs_file_read(text[1], 1 << 24, &y, NULL), 0);
    if (!cs_str_eq(cs_strbuf_str(&x), cs_strbuf_str(&y)))
        fail_msg("%s differs", name);
}

static void every_file_is_written_and_again_the_same(void **state)
{
    static const char *const names[] = {
        "band.csv",  "froc.csv",     "froc.png",   "froc.svg",   "nodules.csv",
        "report.md", "results.json", "strata.csv", "strata.png", "strata.svg"};
    expect(
        &(program_run){.args = ARGS(FROC, "-b", "90", "-o", "one", "-t", "1"),
                       .cwd = *state},
        0, "");
    expect(
        &(program_run){.args = ARGS(FROC, "-b", "90", "-o", "x/two", "-t", "3"),
                       .cwd = *state},
        0, "");
    expect_files(tmp_path(*state, "one"), names, CS_COUNTOF(names));
    for (size_t i = 0; i < CS_COUNTOF(names); i++)
        expect_same_file(*state, "one", "x/two", names[i]);
}

static void expect_in_file(const char *path, const char *part)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(path, 1 << 20, &text, NULL), 0);
    if (!strstr(text.data, part))
        fail_msg("no '%s' in %s", part, text.data);
}

static void a_report_says_that_a_doctor_decides(void **state)
{
    expect(&(program_run){.args = ARGS(FROC, "-b", "9", "-o", "en"),
                          .cwd = *state},
           0, "");
    expect(&(program_run){.args =
                              ARGS(FROC, "-b", "9", "-o", "zh", "--lang", "zh"),
                          .cwd = *state},
           0, "");
    expect_in_file(tmp_path(*state, "en/report.md"),
                   "> For research use only. A doctor decides.");
    expect_in_file(tmp_path(*state, "en/report.md"), "![");
    expect_in_file(tmp_path(*state, "zh/report.md"),
                   "> 仅供研究使用。诊断由医生决定。");
    expect_in_file(tmp_path(*state, "zh/report.md"), "| part, solid |");
}

static void what_is_missing_is_asked_for(void **state)
{
    const program_run run = {.args = ARGS("evaluate", "froc", "-a", "x"),
                             .cwd = *state};
    expect(&run, 2,
           "consilium: the scans are missing: --scans CSV; scans without any "
           "mark count as well");
    expect_part(&(program_run){.args = ARGS("evaluate")}, 2, "KIND");
    expect_part(&(program_run){.args = ARGS("evaluate", "frog")}, 2, "froc");
    expect(&(program_run){.args = ARGS("evaluate", "--json", "roc")}, 2,
           "consilium: argument CSV is missing");
    expect_part(&(program_run){.args = ARGS(FROC, "-b", "-1"), .cwd = *state},
                2, "'-b': expected a whole number from 0 to 100000, not '-1'");
}

/* Nothing may be there afterwards, not even the directory. */
static void expect_refused(void **state, const char *name, const char *text,
                           const char *part)
{
    tmp_write(*state, name, text);
    expect_part(&(program_run){.args = ARGS(FROC, "-o", "out"), .cwd = *state},
                3, part);
    assert_int_not_equal(access(tmp_path(*state, "out"), F_OK), 0);
}

static void bad_tables_are_refused_and_nothing_is_written(void **state)
{
    expect_refused(state, "marks.csv", "seriesuid,coordX\na,b\n",
                   "marks.csv:1: a column 'coordY|y' is missing");
    expect_refused(state, "marks.csv",
                   "scan,x,y,z,score\na,1,2,3,4\na,1,2,nan,4\n",
                   "marks.csv:3: field 'z': expected a number, not 'nan'");
    expect_refused(state, "marks.csv", "scan,x,y,z,score\na,1,2,3\n",
                   "marks.csv:2: the record has 4 fields; the first one has 5");
    expect_refused(state, "marks.csv", "\x89PNG\r\n\x1a\n",
                   "marks.csv:1: byte");
    expect_refused(state, "marks.csv", "", "marks.csv: the file is empty");
    unlink(tmp_path(*state, "marks.csv"));
    expect_part(&(program_run){.args = ARGS(FROC, "-o", "out"), .cwd = *state},
                3, "marks.csv");
}

static void a_place_that_is_taken_is_refused(void **state)
{
    tmp_write(*state, "taken", "a file");
    expect_part(
        &(program_run){.args = ARGS(FROC, "-o", "taken"), .cwd = *state}, 3,
        "taken");
    expect_in_file(tmp_path(*state, "taken"), "a file");
}

static void clinical_measures_are_all_there(void **state)
{
    json_t *j = answer(
        &(program_run){.args = ARGS("evaluate", "clinical", "-a", "nodules.csv",
                                    "-s", "scans.csv", "-p", "marks.csv", "-b",
                                    "20", "-o", "out", "--json"),
                       .cwd = *state});
    assert_true(number(j, "detection.sensitivity.hits") == 2);
    assert_true(number(j, "detection.sensitivity.n") == 3);
    /* a has two, one of them on the exclusion that was not given; c one */
    assert_true(number(j, "detection.false_positives_per_scan.mean") == 0.75);
    assert_true(number(j, "detection.false_positives_per_scan.max") == 2);
    assert_true(number(j, "malignancy.judged") == 2);
    assert_true(number(j, "malignancy.found_and_called.n") == 2);
    assert_true(number(j, "malignancy.auc.value") == 1);
    assert_true(number(j, "malignancy.calls.accuracy.value") == 1);
    json_decref(j);
    assert_int_equal(access(tmp_path(*state, "out/roc.svg"), F_OK), 0);
    assert_int_equal(access(tmp_path(*state, "out/confusion.png"), F_OK), 0);
}

static void roc_reads_any_table_with_two_columns(void **state)
{
    tmp_write(*state, "cases.csv",
              "id,truth,p\n1,yes,.9\n2,no,.9\n3,no,.1\n4,yes,.4\n5,no,.2\n");
    const program_run run = {.args = ARGS("evaluate", "roc", "cases.csv",
                                          "--label", "truth", "--score", "p",
                                          "-o", "out", "--json"),
                             .cwd = *state};
    json_t *j = answer(&run);
    assert_true(fabs(number(j, "auc.value") - 4.5 / 6) < 1e-12);
    assert_true(number(j, "positives") == 2 && number(j, "calls.tp") == 1);
    json_decref(j);
    assert_int_equal(access(tmp_path(*state, "out/calibration.svg"), F_OK), 0);
    expect_part(&(program_run){.args = ARGS("evaluate", "roc", "cases.csv"),
                               .cwd = *state},
                3, "a column 'label' is missing; there are: id, truth, p");
}

static void write_mask(const char *dir, const char *name, const char *spacing,
                       const char *voxels)
{
    char text[512];
    snprintf(text, sizeof(text),
             "ObjectType = Image\nNDims = 3\nDimSize = 4 2 1\n"
             "ElementSpacing = %s\nElementType = MET_UCHAR\n"
             "BinaryData = False\nElementDataFile = LOCAL\n%s\n",
             spacing, voxels);
    tmp_write(dir, name, text);
}

static void overlap_is_in_millimetres(void **state)
{
    write_mask(*state, "a.mha", "2 3 5", "1 1 0 0 0 0 0 7");
    write_mask(*state, "b.mha", "2 3 5", "1 1 1 1 0 0 0 0");
    const program_run run = {.args = ARGS("evaluate", "overlap", "a.mha",
                                          "b.mha", "-o", "out", "--json"),
                             .cwd = *state};
    json_t *j = answer(&run);
    assert_true(number(j, "labels.0.label") == 1);
    assert_true(fabs(number(j, "labels.0.dice") - 4.0 / 6) < 1e-12);
    assert_true(number(j, "labels.0.hausdorff_mm") == 4);
    assert_true(fabs(number(j, "labels.0.mean_surface_distance_mm") - 1) <
                1e-6);
    assert_true(fabs(number(j, "labels.0.reference_ml") - 0.06) < 1e-12);
    assert_true(fabs(number(j, "labels.0.volume_difference_percent") - 100) <
                1e-9);
    assert_true(number(j, "labels.1.label") == 7);
    assert_true(number(j, "labels.1.dice") == 0);
    json_t *second = json_array_get(json_object_get(j, "labels"), 1);
    assert_true(json_is_null(json_object_get(second, "hausdorff_mm")));
    json_decref(j);
    write_mask(*state, "c.mha", "2 3 6", "1 1 1 1 0 0 0 0");
    expect_part(
        &(program_run){.args = ARGS("evaluate", "overlap", "a.mha", "c.mha"),
                       .cwd = *state},
        3, "the volumes are not on the same grid");
}

static void options_may_stand_before_the_kind(void **state)
{
    write_mask(*state, "a.mha", "2 3 5", "1 1 0 0 0 0 0 7");
    json_t *j = answer(&(program_run){
        .args = ARGS("evaluate", "--json", "overlap", "a.mha", "a.mha"),
        .cwd = *state});
    assert_true(number(j, "labels.0.dice") == 1);
    json_decref(j);
    expect_part(&(program_run){.args = ARGS("evaluate", "--json", "overlpa")},
                2, "froc, clinical, roc, overlap");
    expect_part(&(program_run){.args = ARGS("evaluate", "--lang=en")}, 2,
                "KIND");
}

/* --- data made by others --- */

static bool is_missing(const char *path)
{
    if (access(path, R_OK) == 0)
        return false;
    print_message("skipped: data not present\n");
    return true;
}

static double cell(const cs_csv *c, size_t column)
{
    double v = 0;
    assert_int_equal(cs_csv_number(c, column, &v, NULL), 0);
    return v;
}

/* Point by point against what the official script printed. */
static void expect_official_curve(const char *path)
{
    CS_SCOPED(cs_csv) ours = CS_CSV_INIT;
    CS_SCOPED(cs_csv) theirs = CS_CSV_INIT;
    assert_int_equal(cs_csv_open(path, 1 << 24, &ours, NULL), 0);
    assert_int_equal(cs_csv_header(&ours, NULL), 0);
    assert_int_equal(
        cs_csv_open(LUNA "expected_froc.txt", 1 << 24, &theirs, NULL), 0);
    size_t points = 0;
    for (; cs_csv_next(&theirs, NULL) == 1; points++) {
        assert_int_equal(cs_csv_next(&ours, NULL), 1);
        assert_true(fabs(cell(&ours, 0) * 888 - cell(&ours, 3)) < 1e-9);
        for (size_t k = 0; k < 3; k++)
            assert_true(fabs(cell(&ours, k) - cell(&theirs, k)) < 1e-9);
    }
    assert_int_equal(cs_csv_next(&ours, NULL), 0);
    assert_int_equal(points, 792);
}

static void the_real_submission_gets_luna16s_own_numbers(void **state)
{
    static const double expected[] = {.6922, .7690, .8238, .8651,
                                      .8929, .9174, .9334};
    if (is_missing(LUNA "deeplung_dpn26_submission.csv"))
        skip();
    json_t *j = answer(&(program_run){
        .args =
            ARGS("evaluate", "froc", "--annotations", LUNA "annotations.csv",
                 "--excluded", LUNA "annotations_excluded.csv", "--scans",
                 LUNA "seriesuids.csv", "--predictions",
                 LUNA "deeplung_dpn26_submission.csv", "-o", "out", "--json"),
        .cwd = *state});
    assert_true(number(j, "counts.true_positives") == 1136);
    assert_true(number(j, "counts.false_positives") == 46078);
    assert_true(number(j, "counts.false_negatives") == 50);
    assert_true(number(j, "counts.marks") == 52708);
    assert_true(number(j, "counts.ignored_on_exclusions") == 5308);
    assert_true(number(j, "counts.double_detections") == 186);
    for (size_t i = 0; i < 7; i++) {
        char path[32];
        snprintf(path, sizeof(path), "froc.sensitivities.%zu", i);
        assert_true(fabs(number(j, path) - expected[i]) <= 0.00005);
        snprintf(path, sizeof(path), "bootstrap.sensitivities.%zu.low", i);
        assert_true(number(j, path) < expected[i]);
    }
    assert_true(fabs(number(j, "froc.cpm") - .8420) <= 0.00005);
    json_decref(j);
    expect_official_curve(tmp_path(*state, "out/froc.csv"));
}

static void a_real_mask_agrees_with_itself(void **state)
{
    const char *mask = CT "CT_3D_lung_fixed_mask.mha";
    if (is_missing(mask))
        skip();
    json_t *j = answer(&(program_run){
        .args = ARGS("evaluate", "overlap", mask, mask, "--json"),
        .cwd = *state});
    assert_true(number(j, "labels.0.dice") == 1);
    assert_true(number(j, "labels.0.hausdorff_mm") == 0);
    json_decref(j);
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(froc_counts_by_luna16s_rules),
        T(every_file_is_written_and_again_the_same),
        T(a_report_says_that_a_doctor_decides),
        T(what_is_missing_is_asked_for),
        T(bad_tables_are_refused_and_nothing_is_written),
        T(a_place_that_is_taken_is_refused),
        T(clinical_measures_are_all_there),
        T(roc_reads_any_table_with_two_columns),
        T(overlap_is_in_millimetres),
        T(without_nodules_there_is_no_sensitivity),
        T(options_may_stand_before_the_kind),
        T(the_real_submission_gets_luna16s_own_numbers),
        T(a_real_mask_agrees_with_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
