#include "base/csv.h"
#include "eval/detection.h"
#include "support/picture.h"
#include "support/study.h"

static void parse(const ev_files *f, const char *name, cs_csv *ret)
{
    const ev_file *file = file_named(f, name);
    assert_int_equal(
        cs_csv_parse(cs_strbuf_str(&file->content), name, ret, NULL), 0);
    assert_int_equal(cs_csv_header(ret, NULL), 0);
}

static double number(const cs_csv *c, const char *column)
{
    size_t at;
    double v = 0;
    assert_true(cs_csv_find(c, column, &at));
    assert_int_equal(cs_csv_number(c, at, &v, NULL), 0);
    return v;
}

static void check_curve(const ev_detection *d, const ev_files *f)
{
    CS_SCOPED(cs_csv) c = CS_CSV_INIT;
    parse(f, "froc.csv", &c);
    for (size_t i = 0; i < d->froc.points.len; i++) {
        const ev_froc_point *p = &d->froc.points.items[i];
        assert_int_equal(cs_csv_next(&c, NULL), 1);
        assert_true(number(&c, "fp_per_scan") == p->fp_rate);
        assert_true(number(&c, "sensitivity") == p->sensitivity);
        assert_true(number(&c, "threshold") == p->threshold);
        assert_true(number(&c, "true_positives") == (double)p->tp);
    }
    assert_int_equal(cs_csv_next(&c, NULL), 0);
}

static void check_nodules(const ev_detection *d, const ev_files *f)
{
    CS_SCOPED(cs_csv) c = CS_CSV_INIT;
    size_t found = 0;
    size_t n = 0;
    parse(f, "nodules.csv", &c);
    while (cs_csv_next(&c, NULL) == 1) {
        bool hit = number(&c, "found") == 1;
        n++;
        found += hit;
        assert_true(hit == (cs_csv_text(&c, 6).len > 0));
    }
    assert_true(n == d->nodules && found == d->match.counts.tp);
}

static void files_read_back_as_the_result(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_detection) d = EV_DETECTION_INIT;
    CS_SCOPED(cs_csv) band = CS_CSV_INIT;
    CS_SCOPED(cs_csv) strata = CS_CSV_INIT;
    ev_files f = EV_FILES_INIT;
    study_by_chance(*state, 4, 30, &s);
    const ev_detection_spec spec = {ev_rule_luna16(), {50, 8, 0.95}};
    assert_int_equal(ev_detection_run(&s, &spec, NULL, &d, NULL), 0);
    assert_int_equal(ev_detection_csv(&d, &f, NULL), 0);
    assert_int_equal(f.items.len, 4);
    check_curve(&d, &f);
    check_nodules(&d, &f);
    parse(&f, "band.csv", &band);
    for (size_t i = 0; i < EV_BAND_POINTS; i++) {
        assert_int_equal(cs_csv_next(&band, NULL), 1);
        assert_true(number(&band, "low") == d.bootstrap.band[i].low);
    }
    parse(&f, "strata.csv", &strata);
    for (size_t i = 0; i < d.strata.len; i++) {
        assert_int_equal(cs_csv_next(&strata, NULL), 1);
        assert_true(cs_str_is(cs_csv_text(&strata, 1), d.strata.items[i].name));
        assert_true(number(&strata, "cpm") == d.strata.items[i].cpm);
    }
    ev_files_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_read_back_as_the_result,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
