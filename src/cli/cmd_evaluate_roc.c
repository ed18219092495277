/* consilium evaluate roc: how well a score tells two classes apart. */
#include <math.h>

#include "cli/evaluate.h"
#include "eval/cases.h"
#include "eval/classes.h"

typedef struct options {
    const char *file, *out;
    ev_cases_spec columns;
    double threshold;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE(options, file, CS_N_("CSV"), 1,
               CS_N_("a line for each case, the first with the columns' "
                     "names")),
};

static const cs_arg option_rows[] = {
    CS_ARG_PATH(options, out, 'o', "output", CS_N_("DIR"), NULL,
                CS_N_("where tables, report and pictures go")),
    CS_ARG_STRING(options, columns.label, '\0', "label", CS_N_("NAME"), "label",
                  CS_N_("the column with the truth: 1 or 0, and the like")),
    CS_ARG_STRING(options, columns.score, '\0', "score", CS_N_("NAME"), "score",
                  CS_N_("the column with the score: higher means positive")),
    CS_ARG_STRING(options, columns.positive, '\0', "positive", CS_N_("LABEL"),
                  NULL, CS_N_("the label that means positive")),
    CS_ARG_FLOAT(options, threshold, '\0', "threshold", CS_N_("P"), -1e300,
                 1e300, "0.5",
                 CS_N_("least score of a case that is called positive")),
};

static const char summary[] =
    CS_N_("ROC, precision and recall, calibration of a score for two classes");

static void to_json(const void *result, cs_json *w)
{
    const ev_classes *c = result;
    cs_json_key(w, "kind");
    cs_json_cstring(w, "roc");
    cs_json_key(w, "positives");
    cs_json_u64(w, c->roc.positives);
    cs_json_key(w, "negatives");
    cs_json_u64(w, c->roc.negatives);
    ev_classes_json(c, w);
}

static int to_text(const void *result, cs_lang lang, bool markdown,
                   cs_strbuf *out, cs_errinfo *info)
{
    const ev_classes *c = result;
    ev_report r = {.out = out, .lang = lang, .markdown = markdown};
    ev_report_heading(&r, CS_N_("Classes"));
    ev_report_say(&r,
                  cs_msg(lang, CS_N_("%zu positive and %zu negative cases.")),
                  c->roc.positives, c->roc.negatives);
    ev_report_heading(&r, CS_N_("Calls at the threshold"));
    ev_classes_report(c, &r);
    return ev_report_check(&r) < 0 ? cs_fail_nomem(info) : 0;
}

static int to_files(const void *result, cs_lang lang, ev_files *files,
                    cs_errinfo *info)
{
    return ev_classes_files(result, lang, files, info);
}

static ev_confusion count_calls(const ev_cases *cases, double threshold)
{
    ev_confusion n = {0, 0, 0, 0};
    for (size_t i = 0; i < cases->len; i++) {
        const ev_case *v = &cases->items[i];
        bool call = v->score >= threshold;
        n.tp += v->positive && call;
        n.fn += v->positive && !call;
        n.fp += !v->positive && call;
        n.tn += !v->positive && !call;
    }
    return n;
}

static int run(cli_context *ctx, const options *o, const ev_cases *cases,
               cs_errinfo *info)
{
    ev_confusion counts = count_calls(cases, o->threshold);
    CS_SCOPED(ev_classes) c = EV_CLASSES_INIT;
    int r = ev_classes_of(cases->items, cases->len, &counts, &c, info);
    const evaluate_result e = {&c, to_json, to_text, to_files,
                               CS_N_("Telling two classes apart")};
    return r < 0 ? r : evaluate_finish(ctx, &e, o->out, info);
}

int evaluate_roc(cli_context *ctx, int argc, char *const *argv,
                 cs_errinfo *info)
{
    options o = {.columns = {"label", "score", NULL}, .threshold = 0.5};
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium evaluate roc", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    ev_cases cases = CS_VEC_INIT;
    r = ev_cases_read(o.file, &o.columns, &cases, info);
    if (r == 0)
        r = run(ctx, &o, &cases, info);
    cs_vec_done(&cases);
    return r;
}
