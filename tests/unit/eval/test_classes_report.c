#include <string.h>

#include "eval/classes.h"
#include "support/test.h"

static const ev_case cases[] = {{0.9, true}, {0.8, true},  {0.7, false},
                                {0.4, true}, {0.3, false}, {0.2, false}};
static const ev_confusion counts = {.tp = 2, .fp = 1, .fn = 1, .tn = 2};

static void write_report(size_t n, cs_lang lang, bool markdown, cs_strbuf *out)
{
    CS_SCOPED(ev_classes) c = EV_CLASSES_INIT;
    ev_report r = {.out = out, .lang = lang, .markdown = markdown};
    assert_int_equal(ev_classes_of(cases, n, &counts, &c, NULL), 0);
    ev_classes_report(&c, &r);
    assert_int_equal(ev_report_check(&r), 0);
}

static void expect(const cs_strbuf *out, const char *part)
{
    if (!strstr(out->data, part))
        fail_msg("no '%s' in:\n%s", part, out->data);
}

static void all_measures_are_in_the_table(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    write_report(6, CS_LANG_EN, false, &out);
    expect(&out, "sensitivity                 2 / 3  0.6667   0.2077 - 0.9385");
    expect(&out, "accuracy                    4 / 6  0.6667");
    expect(&out, "Cohen's kappa                      0.3333");
    expect(&out, "AUC (DeLong)                       0.8889");
    expect(&out, "Brier score                        0.1717");
    expect(&out, "sensitivity at least 0.95                 0.4 ");
    assert_null(strstr(out.data, ".png"));
}

static void a_chinese_report_shows_the_pictures(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    write_report(6, CS_LANG_ZH, true, &out);
    expect(&out, "| 敏感度 | 2 / 3 | 0.6667 |");
    expect(&out, "(roc.png)");
    expect(&out, "(precision_recall.png)");
    expect(&out, "(calibration.png)");
    expect(&out, "(confusion.png)");
}

static void without_scores_only_calls_are_told(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    write_report(2, CS_LANG_EN, true, &out);
    expect(&out, "(confusion.png)");
    assert_null(strstr(out.data, "roc.png"));
    assert_null(strstr(out.data, "AUC"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_measures_are_in_the_table),
        cmocka_unit_test(a_chinese_report_shows_the_pictures),
        cmocka_unit_test(without_scores_only_calls_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
