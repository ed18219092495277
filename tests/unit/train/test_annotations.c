#include "train/annotations.h"

#include <stdio.h>

#include "support/test.h"
#include "support/tmp.h"

#define HEAD "seriesuid,coordX,coordY,coordZ,diameter_mm"

typedef struct scene {
    cs_map names, strays;
    tr_annotations list;
} scene;

static void begin(scene *s)
{
    *s = (scene){.names = CS_MAP_INIT};
    assert_int_equal(tr_names_put(&s->names, "a", 0, NULL), 0);
    assert_int_equal(tr_names_put(&s->names, "b", 1, NULL), 0);
}

static void end(scene *s)
{
    cs_map_done(&s->names);
    cs_map_done(&s->strays);
    cs_vec_done(&s->list);
}

static int read_text(scene *s, const char *dir, bool excluded, const char *text,
                     cs_errinfo *info)
{
    return tr_annotations_read(tmp_write(dir, "t.csv", text), excluded,
                               &s->names, &s->list, &s->strays, info);
}

static void rows_become_nodules(void **state)
{
    scene s;
    begin(&s);
    assert_int_equal(read_text(&s, *state, false,
                               HEAD ",malignancy\n"
                                    "b,1,2,3,4.5,1\nc,1,2,3,4,0\n"
                                    "a,5,6,7,8,\nb,-1,-2,-3,9,0\n",
                               NULL),
                     0);
    assert_int_equal(s.list.len, 3);
    assert_int_equal(s.strays.len, 1);
    const tr_annotation *v = s.list.items;
    assert_int_equal(v[0].scan, 1);
    assert_true(v[0].nodule.centre[2] == 3);
    assert_true(v[0].nodule.diameter == 4.5);
    assert_int_equal(v[0].nodule.malignant, 1);
    assert_int_equal(v[0].label, 1);
    assert_int_equal(v[1].scan, 0);
    assert_int_equal(v[1].nodule.malignant, -1);
    assert_int_equal(v[1].label, 1);
    assert_int_equal(v[2].label, 2); /* the second of its scan */
    assert_int_equal(v[2].nodule.malignant, 0);
    end(&s);
}

static void labels_may_be_written(void **state)
{
    scene s;
    cs_errinfo info = {0};
    begin(&s);
    assert_int_equal(read_text(&s, *state, false,
                               HEAD ",label\na,1,2,3,4,7\na,1,2,3,4,\n", NULL),
                     0);
    assert_int_equal(s.list.items[0].label, 7);
    assert_int_equal(s.list.items[1].label, 0);
    assert_int_equal(
        read_text(&s, *state, false, HEAD ",label\na,1,2,3,4,1.5\n", &info),
        CS_E_FORMAT);
    assert_int_equal(info.line, 2);
    end(&s);
}

static void only_what_is_excluded_may_lack_a_size(void **state)
{
    scene s;
    cs_errinfo info = {0};
    begin(&s);
    assert_int_equal(read_text(&s, *state, true, HEAD "\na,1,2,3,-1\n", NULL),
                     0);
    assert_true(s.list.items[0].nodule.excluded);
    assert_true(s.list.items[0].nodule.diameter == TR_DIAMETER_UNKNOWN);
    assert_int_equal(s.list.items[0].label, 0);
    static const char *const bad[] = {"-1", "0", "1e9", "", "x"};
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        char text[128];
        (void)snprintf(text, sizeof(text), HEAD "\na,1,2,3,5\na,1,2,3,%s\n",
                       bad[i]);
        assert_int_equal(read_text(&s, *state, false, text, &info),
                         CS_E_FORMAT);
        assert_int_equal(info.line, 3);
    }
    end(&s);
}

static void marks_are_read(void **state)
{
    scene s;
    tr_marks marks = CS_VEC_INIT;
    begin(&s);
    const char *path = tmp_write(
        *state, "m.csv",
        "seriesuid,coordX,coordY,coordZ,probability\nb,1,2,3,0.25\nc,0,0,0,1\n");
    assert_int_equal(tr_marks_read(path, &s.names, &marks, NULL), 0);
    assert_int_equal(marks.len, 1);
    assert_int_equal(marks.items[0].scan, 1);
    assert_true(marks.items[0].at.score == 0.25);
    assert_true(marks.items[0].at.centre[1] == 2);
    cs_vec_done(&marks);
    end(&s);
}

static void near_is_radius_and_more(void **state)
{
    (void)state;
    const dt_nodule n = {.centre = {10, 0, 0}, .diameter = 6};
    const double in[3] = {10, 4.9, 0}, out[3] = {10, 0, 5.1};
    assert_true(tr_is_near_nodule(&n, 1, in, 2));
    assert_false(tr_is_near_nodule(&n, 1, out, 2));
    assert_false(tr_is_near_nodule(&n, 0, in, 2));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)
    const struct CMUnitTest tests[] = {
        T(rows_become_nodules),
        T(labels_may_be_written),
        T(only_what_is_excluded_may_lack_a_size),
        T(marks_are_read),
        T(near_is_radius_and_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
