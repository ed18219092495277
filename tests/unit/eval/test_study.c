#include "eval/study.h"

#include <math.h>

#include "support/study.h"

#define SCANS "seriesuid\r\nA\r\nB\r\n C \r\n"
#define NODULES                                                                \
    "seriesuid,coordX,coordY,coordZ,diameter_mm,type,malignant\r\n"            \
    "B,1,2,3,4,solid,1\r\nA,5,6,7,8,soft,benign\r\nB,9,10,11,-1,,\r\n"         \
    "X,0,0,0,3,other,1\r\n"
#define MARKS                                                                  \
    "probability,z,y,x,scan,malignancy_score\n0.5,3,2,1,B,0.25\n"              \
    "-7,6,5,4,A,\n0.5,9,8,7,B,1\n1,1,1,1,Y,1\n"

static void tables_are_joined_by_scan_in_their_order(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    assert_int_equal(study_read(*state, SCANS, NODULES, NULL, MARKS, &s, NULL),
                     0);
    assert_int_equal(s.scan_count, 3);
    assert_string_equal(ev_study_scan(&s, 2), "C");
    assert_int_equal(s.nodules.len, 3);
    assert_true(s.nodules.items[0].scan == 0 && s.nodules.items[0].at[0] == 5);
    assert_true(s.nodules.items[1].at[1] == 2 &&
                s.nodules.items[2].at[2] == 11);
    assert_true(s.nodule_first[0] == 0 && s.nodule_first[1] == 1);
    assert_true(s.nodule_first[2] == 3 && s.nodule_first[3] == 3);
    assert_int_equal(s.marks.len, 3);
    assert_true(s.marks.items[0].probability == -7);
    assert_true(isnan(s.marks.items[0].malignancy));
    assert_true(s.marks.items[1].at[0] == 1 && s.marks.items[2].at[0] == 7);
    assert_true(s.marks.items[1].malignancy == 0.25);
    assert_true(s.mark_first[1] == 1 && s.mark_first[3] == 3);
}

static void types_malignancy_and_strays_are_kept_apart(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    assert_int_equal(
        study_read(*state, SCANS, NODULES, NODULES, MARKS, &s, NULL), 0);
    assert_int_equal(s.types.len, 2);
    assert_string_equal(ev_study_type(&s, 0), "solid");
    const ev_nodule *v = s.nodules.items;
    assert_true(!v[0].excluded && v[1].excluded && v[0].scan == 0);
    assert_true(v[0].malignant == 0 && v[0].type == 1);
    assert_true(v[2].malignant == 1 && v[2].type == 0);
    assert_true(v[3].malignant == -1 && v[3].type == -1 && v[3].diameter == -1);
    assert_true(s.has_malignancy);
    assert_true(s.strays.annotations == 1 && s.strays.excluded == 1);
    assert_int_equal(s.strays.marks, 1);
}

static void
a_list_without_a_header_and_tables_without_rows_are_fine(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    assert_int_equal(study_read(*state, "A\nB", "scan,x,y,z,diameter\n", NULL,
                                "scan,x,y,z,score", &s, NULL),
                     0);
    assert_true(s.scan_count == 2 && s.nodules.len == 0 && s.marks.len == 0);
    assert_true(s.mark_first[2] == 0 && !s.has_malignancy);
}

static void expect_fault(void **state, const char *scans, const char *nodules,
                         const char *marks, const char *says)
{
    char whole[CS_ERR_PLACE_MAX + CS_ERR_MESSAGE_MAX];
    cs_errinfo info = {0};
    ev_study s = EV_STUDY_INIT;
    assert_int_equal(study_read(*state, scans, nodules, NULL, marks, &s, &info),
                     CS_E_FORMAT);
    cs_errinfo_format(&info, whole, sizeof(whole));
    const char *base = strrchr(whole, '/');
    assert_non_null(base);
    assert_string_equal(base + 1, says);
    assert_true(s.scan_count == 0 && !s.nodule_first);
}

static void faults_name_file_line_and_field(void **state)
{
    expect_fault(state, "", NODULES, MARKS,
                 "scans.csv: the file lists no scans");
    expect_fault(state, "scan\n\n", NODULES, MARKS,
                 "scans.csv: the file lists no scans");
    expect_fault(state, "scan\nA\nB\nA\n", NODULES, MARKS,
                 "scans.csv:4: scan 'A' is listed twice");
    expect_fault(state, "a,b\nA,B\n", NODULES, MARKS,
                 "scans.csv:1: a column 'seriesuid|study_id|scan_id|scan' is "
                 "missing; there are: a, b");
    expect_fault(state, "scan,n\n,1\n", NODULES, MARKS,
                 "scans.csv:2: field 'scan': expected a scan's name, not ''");
    expect_fault(state, SCANS, "scan,x,y,z,diameter\nA,1,2,3,0\n", MARKS,
                 "annotations.csv:2: field 'diameter': expected a diameter "
                 "above 0, or -1 where it is not known, not '0'");
    expect_fault(state, SCANS, "scan,x,y,z,diameter,malignant\nA,1,2,3,4,x\n",
                 MARKS,
                 "annotations.csv:2: field 'malignant': expected 1, 0, "
                 "malignant, benign or nothing, not 'x'");
    expect_fault(state, SCANS, "scan,x,y,diameter\nA,1,2,3\n", MARKS,
                 "annotations.csv:1: a column 'coordZ|z' is missing; there "
                 "are: scan, x, y, diameter");
    expect_fault(state, SCANS, NODULES, "scan,x,y,z,score\nA,1,2,3,inf\n",
                 "predictions.csv:2: field 'score': expected a number, not "
                 "'inf'");
    expect_fault(state, SCANS, NODULES, "scan,x,y,z\n",
                 "predictions.csv:1: a column 'probability|confidence|score' "
                 "is missing; there are: scan, x, y, z");
}

/* Out of order, and grouped again after more was added. */
static void a_study_in_memory_is_grouped_by_scan(void **state)
{
    (void)state;
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    const ev_nodule late = {.scan = 2, .diameter = 5};
    const ev_nodule early = {.scan = 0, .diameter = 6};
    const ev_mark mark = {.scan = 1, .probability = 0.5};
    s.scan_count = 3;
    assert_int_equal(cs_vec_push(&s.nodules, late), 0);
    assert_int_equal(cs_vec_push(&s.nodules, early), 0);
    assert_int_equal(ev_study_group(&s, NULL), 0);
    assert_true(s.nodules.items[0].diameter == 6);
    assert_true(s.nodule_first[1] == 1 && s.nodule_first[2] == 1);
    assert_true(s.nodule_first[3] == 2 && s.mark_first[3] == 0);
    assert_int_equal(cs_vec_push(&s.marks, mark), 0);
    assert_int_equal(ev_study_group(&s, NULL), 0);
    assert_true(s.mark_first[1] == 0 && s.mark_first[2] == 1);
}

#define T(test) cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(tables_are_joined_by_scan_in_their_order),
        T(types_malignancy_and_strays_are_kept_apart),
        T(a_list_without_a_header_and_tables_without_rows_are_fine),
        T(faults_name_file_line_and_field),
        cmocka_unit_test(a_study_in_memory_is_grouped_by_scan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
