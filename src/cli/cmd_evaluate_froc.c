/* consilium evaluate froc: detections by the rules of LUNA16. */
#include "cli/evaluate.h"
#include "eval/detection.h"
#include "eval/detection_plot.h"
#include "eval/study.h"

typedef struct options {
    ev_study_files files;
    const char *out;
    int64_t marks, bootstrap, seed, threads;
} options;

static const cs_arg input_rows[] = {
    CS_ARG_PATH(options, files.annotations, 'a', "annotations", CS_N_("CSV"),
                NULL,
                CS_N_("the nodules: seriesuid, coordX, coordY, coordZ, "
                      "diameter_mm, perhaps type")),
    CS_ARG_PATH(options, files.excluded, 'e', "excluded", CS_N_("CSV"), NULL,
                CS_N_("findings on which marks are ignored")),
    CS_ARG_PATH(options, files.scans, 's', "scans", CS_N_("CSV"), NULL,
                CS_N_("every scan that was read, those without nodules and "
                      "marks too")),
    CS_ARG_PATH(options, files.predictions, 'p', "predictions", CS_N_("CSV"),
                NULL,
                CS_N_("the marks: seriesuid, coordX, coordY, coordZ, "
                      "probability")),
};

static const cs_arg option_rows[] = {
    CS_ARG_PATH(options, out, 'o', "output", CS_N_("DIR"), NULL,
                CS_N_("where tables, report and pictures go")),
    CS_ARG_INT(options, marks, '\0', "max-marks", CS_N_("N"), 0, 1000000000,
               "100", CS_N_("marks of a scan that count; 0 means all")),
    CS_ARG_INT(options, bootstrap, 'b', "bootstrap", CS_N_("N"), 0,
               EV_BOOTSTRAP_MAX, "1000",
               CS_N_("samples for the intervals; 0 means no intervals")),
    CS_ARG_INT(options, seed, '\0', "seed", CS_N_("N"), 0, INT64_MAX, "1",
               CS_N_("seed of the samples")),
    CS_ARG_INT(options, threads, 't', "threads", CS_N_("N"), 0, 512, "0",
               CS_N_("threads; 0 means every core")),
};

static const char summary[] = CS_N_(
    "sensitivity against false positives per scan, as LUNA16 counts them");

static void to_json(const void *result, cs_json *w)
{
    const ev_detection *d = result;
    cs_json_key(w, "kind");
    cs_json_cstring(w, "froc");
    cs_json_key(w, "marks_max");
    cs_json_u64(w, d->spec.rule.marks_max);
    ev_detection_json(d, w);
}

static int to_text(const void *result, cs_lang lang, bool markdown,
                   cs_strbuf *out, cs_errinfo *info)
{
    return ev_detection_text(result, lang, markdown, out, info);
}

static int to_files(const void *result, cs_lang lang, ev_files *files,
                    cs_errinfo *info)
{
    int r = ev_detection_csv(result, files, info);
    return r < 0 ? r : ev_detection_plots(result, lang, files, info);
}

static int run(cli_context *ctx, const options *o, const ev_study *s,
               cs_pool *pool, cs_errinfo *info)
{
    ev_detection_spec spec = {
        .rule = ev_rule_luna16(),
        .bootstrap = {(size_t)o->bootstrap, (uint64_t)o->seed, 0.95}};
    spec.rule.marks_max = (size_t)o->marks;
    CS_SCOPED(ev_detection) d = EV_DETECTION_INIT;
    int r = ev_detection_run(s, &spec, pool, &d, info);
    const evaluate_result e = {&d, to_json, to_text, to_files,
                               CS_N_("Detection of nodules: FROC")};
    return r < 0 ? r : evaluate_finish(ctx, &e, o->out, info);
}

int evaluate_froc(cli_context *ctx, int argc, char *const *argv,
                  cs_errinfo *info)
{
    options o = {.marks = 100, .bootstrap = 1000, .seed = 1};
    const cs_arg_group groups[] = {
        {CS_N_("files"), input_rows, CS_COUNTOF(input_rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium evaluate froc", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_AUTO(cs_pool) pool = NULL;
    r = evaluate_check_files(&o.files, info);
    if (r == 0)
        r = ev_study_read(&o.files, &s, info);
    if (r == 0)
        r = cs_pool_new((unsigned)o.threads, &pool, info);
    return r < 0 ? r : run(ctx, &o, &s, pool, info);
}
