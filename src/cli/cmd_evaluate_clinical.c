/* consilium evaluate clinical: detections and malignancy as a clinical
 * validation judges them. */
#include "cli/evaluate.h"
#include "eval/clinical.h"
#include "eval/study.h"

typedef struct options {
    ev_study_files files;
    const char *out;
    double radius, threshold, malignant;
    int64_t bootstrap, seed, threads;
} options;

static const cs_arg input_rows[] = {
    CS_ARG_PATH(options, files.annotations, 'a', "annotations", CS_N_("CSV"),
                NULL,
                CS_N_("the nodules: study_id, x, y, z, diameter, perhaps "
                      "malignant and type")),
    CS_ARG_PATH(options, files.excluded, 'e', "excluded", CS_N_("CSV"), NULL,
                CS_N_("findings on which marks are ignored")),
    CS_ARG_PATH(options, files.scans, 's', "scans", CS_N_("CSV"), NULL,
                CS_N_("every scan that was read, those without nodules and "
                      "marks too")),
    CS_ARG_PATH(options, files.predictions, 'p', "predictions", CS_N_("CSV"),
                NULL,
                CS_N_("the detections: study_id, x, y, z, probability, "
                      "perhaps malignancy_score or malignancy_class")),
};

static const cs_arg option_rows[] = {
    CS_ARG_PATH(options, out, 'o', "output", CS_N_("DIR"), NULL,
                CS_N_("where tables, report and pictures go")),
    CS_ARG_FLOAT(options, threshold, '\0', "threshold", CS_N_("P"), -1e300,
                 1e300, "0.5",
                 CS_N_("least probability of a detection that counts")),
    CS_ARG_FLOAT(options, radius, '\0', "radius", CS_N_("MM"), 0.001, 1000, "5",
                 CS_N_("a detection nearer than this finds the nodule")),
    CS_ARG_FLOAT(options, malignant, '\0', "malignant-above", CS_N_("P"),
                 -1e300, 1e300, "0.5",
                 CS_N_("a malignancy score above this is called malignant, "
                       "where there is no malignancy_class")),
    CS_ARG_INT(options, bootstrap, 'b', "bootstrap", CS_N_("N"), 0,
               EV_BOOTSTRAP_MAX, "1000",
               CS_N_("samples for the intervals; 0 means no intervals")),
    CS_ARG_INT(options, seed, '\0', "seed", CS_N_("N"), 0, INT64_MAX, "1",
               CS_N_("seed of the samples")),
    CS_ARG_INT(options, threads, 't', "threads", CS_N_("N"), 0, 512, "0",
               CS_N_("threads; 0 means every core")),
};

static const char summary[] = CS_N_(
    "sensitivity, false positives and malignancy, as in a clinical validation");

static void to_json(const void *result, cs_json *w)
{
    cs_json_key(w, "kind");
    cs_json_cstring(w, "clinical");
    ev_clinical_json(result, w);
}

static int to_text(const void *result, cs_lang lang, bool markdown,
                   cs_strbuf *out, cs_errinfo *info)
{
    return ev_clinical_text(result, lang, markdown, out, info);
}

static int to_files(const void *result, cs_lang lang, ev_files *files,
                    cs_errinfo *info)
{
    return ev_clinical_files(result, lang, files, info);
}

static int run(cli_context *ctx, const options *o, const ev_study *s,
               cs_pool *pool, cs_errinfo *info)
{
    const ev_clinical_spec spec = {
        .radius = o->radius,
        .threshold = o->threshold,
        .malignant = o->malignant,
        .bootstrap = {(size_t)o->bootstrap, (uint64_t)o->seed, 0.95}};
    CS_SCOPED(ev_clinical) c = EV_CLINICAL_INIT;
    int r = ev_clinical_run(s, &spec, pool, &c, info);
    const evaluate_result e = {&c, to_json, to_text, to_files,
                               CS_N_("Clinical validation")};
    return r < 0 ? r : evaluate_finish(ctx, &e, o->out, info);
}

int evaluate_clinical(cli_context *ctx, int argc, char *const *argv,
                      cs_errinfo *info)
{
    options o = {.radius = 5,
                 .threshold = 0.5,
                 .malignant = 0.5,
                 .bootstrap = 1000,
                 .seed = 1};
    const cs_arg_group groups[] = {
        {CS_N_("files"), input_rows, CS_COUNTOF(input_rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium evaluate clinical", summary, groups,
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
