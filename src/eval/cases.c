#include "eval/cases.h"

#include "base/csv.h"

static int read_label(const cs_csv *c, size_t column, const char *positive,
                      bool *ret, cs_errinfo *info)
{
    static const char *const words[] = {
        "0",    "1",  "0.0", "1.0",      "false",    "true",   "False",
        "True", "no", "yes", "negative", "positive", "benign", "malignant"};
    cs_str text = cs_csv_text(c, column);
    if (positive && text.len) {
        *ret = cs_str_is(text, positive);
        return 0;
    }
    for (size_t i = 0; i < CS_COUNTOF(words); i++) {
        if (cs_str_is(text, words[i])) {
            *ret = i % 2 == 1;
            return 0;
        }
    }
    return cs_csv_refuse(c, column,
                         cs_msg(info ? info->lang : CS_LANG_EN,
                                CS_N_("1 or 0, or name the positive label "
                                      "with --positive")),
                         info);
}

static int check_kinds(const char *path, const ev_cases *cases,
                       cs_errinfo *info)
{
    size_t positives = 0;
    for (size_t i = 0; i < cases->len; i++)
        positives += cases->items[i].positive;
    if (positives > 0 && positives < cases->len)
        return 0;
    return cs_fail_at(info, CS_E_FORMAT, cs_at(path, 0, 0),
                      "%zu positive and %zu negative cases; both kinds are "
                      "needed",
                      positives, cases->len - positives);
}

int ev_cases_read(const char *path, const ev_cases_spec *spec, ev_cases *ret,
                  cs_errinfo *info)
{
    CS_SCOPED(cs_csv) c = CS_CSV_INIT;
    size_t label = 0;
    size_t score = 0;
    int r = cs_csv_open(path, CS_CSV_SIZE_MAX, &c, info);
    if (r == 0)
        r = cs_csv_header(&c, info);
    if (r == 0)
        r = cs_csv_column(&c, spec->label, &label, info);
    if (r == 0)
        r = cs_csv_column(&c, spec->score, &score, info);
    while (r == 0 && (r = cs_csv_next(&c, info)) > 0) {
        ev_case v = {0, false};
        r = read_label(&c, label, spec->positive, &v.positive, info);
        if (r == 0)
            r = cs_csv_number(&c, score, &v.score, info);
        if (r == 0 && cs_vec_push(ret, v) < 0)
            r = cs_fail_nomem(info);
    }
    return r < 0 ? r : check_kinds(path, ret, info);
}
