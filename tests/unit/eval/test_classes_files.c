#include "base/csv.h"
#include "eval/classes.h"
#include "support/picture.h"

static const ev_case cases[] = {{0.9, true}, {0.8, true},  {0.7, false},
                                {0.4, true}, {0.3, false}, {0.2, false}};
static const ev_confusion counts = {.tp = 2, .fp = 1, .fn = 1, .tn = 2};

static double number(const cs_csv *c, size_t column)
{
    double v = 0;
    assert_int_equal(cs_csv_number(c, column, &v, NULL), 0);
    return v;
}

static void make(size_t n, ev_files *f)
{
    CS_SCOPED(ev_classes) c = EV_CLASSES_INIT;
    assert_int_equal(ev_classes_of(cases, n, &counts, &c, NULL), 0);
    assert_int_equal(ev_classes_files(&c, CS_LANG_ZH, f, NULL), 0);
}

static void the_curve_reads_back(void **state)
{
    (void)state;
    ev_files f = EV_FILES_INIT;
    CS_SCOPED(cs_csv) c = CS_CSV_INIT;
    make(6, &f);
    assert_int_equal(f.items.len, 10);
    const ev_file *file = file_named(&f, "roc.csv");
    assert_int_equal(cs_csv_parse(cs_strbuf_str(&file->content), "x", &c, NULL),
                     0);
    assert_int_equal(cs_csv_header(&c, NULL), 0);
    assert_int_equal(cs_csv_next(&c, NULL), 1);
    assert_int_equal(cs_csv_text(&c, 0).len, 0); /* nothing is called */
    const double rows[][5] = {{.9, 1, 0}, {.8, 2, 0}, {.7, 2, 1},
                              {.4, 3, 1}, {.3, 3, 2}, {.2, 3, 3}};
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(cs_csv_next(&c, NULL), 1);
        for (size_t k = 0; k < 3; k++)
            assert_true(number(&c, k) == rows[i][k]);
    }
    assert_true(number(&c, 3) == 1 && number(&c, 4) == 0);
    assert_true(number(&c, 5) == 0.5);
    assert_int_equal(cs_csv_next(&c, NULL), 0);
    ev_files_done(&f);
}

static void the_curve_is_drawn_where_it_belongs(void **state)
{
    (void)state;
    ev_files f = EV_FILES_INIT;
    make(6, &f);
    cairo_surface_t *p = png_read(&file_named(&f, "roc.png")->content);
    /* The field of a sheet of 640: 76 to 612 across, 54 to 548 down. Up the
     * left edge to 2/3, across to 1/3, up, across. */
    double y = 54 + 494 / 3.0;
    assert_true(is_blue(png_at(p, 76, 500)));
    assert_true(is_blue(png_at(p, 76 + 536 / 6.0, y)));
    assert_true(is_blue(png_at(p, 76 + 536 / 3.0, y - 60)));
    assert_true(is_blue(png_at(p, 500, 54)));
    assert_false(is_blue(png_at(p, 500, 60)));
    for (double x = 80; x < 400; x += 0.5) /* nothing crosses the axis' names */
        assert_false(is_blue(png_at(p, x, 575)));
    cairo_surface_destroy(p);
    ev_files_done(&f);
}

static void without_scores_there_is_the_matrix_alone(void **state)
{
    (void)state;
    ev_files f = EV_FILES_INIT;
    make(2, &f);
    assert_int_equal(f.items.len, 2);
    assert_string_equal(f.items.items[0].name, "confusion.svg");
    ev_files_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_curve_reads_back),
        cmocka_unit_test(the_curve_is_drawn_where_it_belongs),
        cmocka_unit_test(without_scores_there_is_the_matrix_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
