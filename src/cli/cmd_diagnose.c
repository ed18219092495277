/* consilium diagnose SCAN|FOLDER -o DIR: from chest CTs to findings. */
#include "version.h"

#include "base/atomic_file.h"
#include "base/dir.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/diagnose_folder.h"
#include "cli/diagnose_scans.h"
#include "cli/diagnose_show.h"
#include "cli/diagnose_tables.h"
#include "cli/models.h"
#include "cli/stop.h"
#include "cli/tier.h"
#include "image/file.h"
#include "lung/findings.h"

static const char *const devices[] = {"auto", "cpu", NULL};

typedef struct options {
    const char *input, *model, *data, *out, *patient, *study;
    bool fast, detect_only, high_risk, resume, force;
    double sensitivity;
    int64_t most, threads;
    int device;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE(options, input, CS_N_("SCAN"), 1,
               CS_N_("a chest CT in Hounsfield units (.mhd, .mha, .nii or "
                     ".nii.gz), or a folder of them")),
};

static const cs_arg option_rows[] = {
    CS_ARG_PATH(options, out, 'o', "output", CS_N_("DIR"), NULL,
                CS_N_("where each scan's folder of results goes")),
    CS_ARG_PATH(options, model, 'm', "model", CS_N_("MODEL"), NULL,
                CS_N_("a folder of models, a detector's weights, or a "
                      "version's session or name; otherwise what was "
                      "promoted, or what came with the program")),
    CS_ARG_FLAG(options, fast, '\0', "fast",
                CS_N_("coarser voxels in detection: sooner done, and small "
                      "nodules may be missed")),
    CS_ARG_FLOAT(options, sensitivity, 's', "sensitivity", CS_N_("X"), 0, 1,
                 "0.5",
                 CS_N_("0 to 1: more finds more, and more that is none")),
    CS_ARG_INT(options, most, '\0', "most", CS_N_("N"), 1, LU_NODULES_MAX, "50",
               CS_N_("findings of a scan at most")),
    CS_ARG_FLAG(options, high_risk, '\0', "high-risk",
                CS_N_("the patient has a high risk of lung cancer: for "
                      "Fleischner's table")),
    CS_ARG_FLAG(options, detect_only, '\0', "detect-only",
                CS_N_("candidates of all scans in submission.csv, for "
                      "'evaluate froc'; nothing is measured")),
    CS_ARG_STRING(options, patient, '\0', "patient-id", CS_N_("ID"), NULL,
                  CS_N_("for the report; of a single scan")),
    CS_ARG_STRING(options, study, '\0', "study-id", CS_N_("ID"), NULL,
                  CS_N_("for the report; of a single scan")),
    CS_ARG_FLAG(options, resume, '\0', "resume",
                CS_N_("leave out scans that have results already")),
    CS_ARG_FLAG(options, force, '\0', "force",
                CS_N_("replace results that are there already")),
    CS_ARG_PATH(options, data, '\0', "data", CS_N_("DIR"), NULL,
                CS_N_("directory of everything the program keeps; otherwise "
                      "the setting 'data'")),
    CS_ARG_WORD(options, device, '\0', "device", CS_N_("WHICH"), devices,
                "auto", CS_N_("what the networks run on")),
    CS_ARG_INT(options, threads, 't', "threads", CS_N_("N"), 0, 512, "0",
               CS_N_("threads; 0 means every core")),
};

static const char summary[] = "find, measure and judge nodules in chest CTs";

typedef struct work {
    cli_context *ctx;
    const options *o;
    im_run run;
    md_set models;
    diagnose_scans scans;
    diagnose_tables tables;
    cs_json json;
    size_t failed, left;
} work;

static void work_done(work *w)
{
    md_set_done(&w->models);
    diagnose_scans_done(&w->scans);
    diagnose_tables_done(&w->tables);
}

/* --- one scan --- */

/* As int16, whatever the file has: so nothing is held twice. */
static int read_scan(const char *path, im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    int r = im_read(path, &v, info);
    if (r == 0)
        r = im_volume_check_finite(&v, info);
    if (r < 0)
        return r;
    return v.voxels.dtype == TN_I16 ? im_volume_share(&v, ret, info)
                                    : im_volume_convert(&v, TN_I16, ret, info);
}

static int diagnose(work *w, const im_volume *scan, lu_diagnosis *d,
                    cs_errinfo *info)
{
    const options *o = w->o;
    diagnose_bar bar;
    const lu_options asked = {.fast = o->fast,
                              .sensitivity = o->sensitivity,
                              .detect_only = o->detect_only,
                              .high_risk = o->high_risk,
                              .most = (size_t)o->most,
                              .progress = diagnose_bar_step,
                              .ctx = &bar};
    diagnose_bar_start(&bar, w->ctx);
    int r = lu_diagnose(&w->models, &w->run, scan, &asked, d, info);
    diagnose_bar_end(&bar);
    return r;
}

static int write_folder(work *w, const im_volume *scan, const char *uid,
                        const lu_diagnosis *d, cs_errinfo *info)
{
    char now[CS_TIME_TEXT_MAX];
    const rp_case report = {
        .diagnosis = d,
        .scan = scan,
        .uid = uid,
        .patient_id = w->o->patient,
        .study_id = w->o->study,
        .models = &w->models,
        .version = "Consilium " CS_VERSION,
        .created = cs_time_format(cs_wall_ns(cs_clock_system()), now),
        .fast = w->o->fast};
    return diagnose_folder_write(&report, &w->run, w->ctx->lang, w->o->out,
                                 w->o->force, info);
}

static void open_json(work *w, const char *uid, const char *result)
{
    cs_json_open_object(&w->json);
    cs_json_key(&w->json, "series");
    cs_json_cstring(&w->json, uid);
    cs_json_key(&w->json, "result");
    cs_json_cstring(&w->json, result);
}

static int show(work *w, const char *uid, const lu_diagnosis *d,
                cs_errinfo *info)
{
    diagnose_tables_add(&w->tables, uid, d);
    if (w->ctx->common.json) {
        open_json(w, uid, "done");
        diagnose_json(&w->json, w->ctx->lang, d);
        cs_json_close_object(&w->json);
        return 0;
    }
    int r = diagnose_say(w->ctx, uid, d, w->o->detect_only, info);
    return r < 0 ? r : cli_flush(w->ctx, info);
}

static int read_and_diagnose(work *w, const diagnose_scan *s, cs_errinfo *info)
{
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    CS_SCOPED(lu_diagnosis) d = {.reliable = false};
    int r = read_scan(s->path, &scan, info);
    if (r == 0)
        r = diagnose(w, &scan, &d, info);
    if (r < 0 && info && info->place[0] == '\0')
        cs_errinfo_set_place(info, s->path);
    if (r == 0 && !w->o->detect_only)
        r = write_folder(w, &scan, s->uid, &d, info);
    return r < 0 ? r : show(w, s->uid, &d, info);
}

static int do_scan(work *w, const diagnose_scan *s, cs_errinfo *info)
{
    const options *o = w->o;
    bool there = false;
    int r = 0;
    if (!o->detect_only)
        r = diagnose_folder_check(o->out, s->uid, o->resume || o->force, &there,
                                  info);
    if (r < 0 || !there || !o->resume)
        return r < 0 ? r : read_and_diagnose(w, s, info);
    w->left++;
    diagnose_tables_add_none(&w->tables, s->uid, "left", "");
    if (!w->ctx->common.json)
        return 0;
    open_json(w, s->uid, "left");
    cs_json_close_object(&w->json);
    return 0;
}

/* --- all of them --- */

/* What is no fault of a scan would strike the next one too. */
static bool stops_all(int r)
{
    return r == CS_E_NOSPACE || r == CS_E_NOMEM || r == CS_E_CANCELLED;
}

static int note_failure(work *w, const diagnose_scan *s, const cs_errinfo *why,
                        cs_errinfo *info)
{
    char text[CS_ERR_MESSAGE_MAX + CS_ERR_PLACE_MAX];
    cs_errinfo_format(why, text, sizeof(text));
    w->failed++;
    diagnose_tables_add_none(&w->tables, s->uid, "failed", text);
    if (w->ctx->common.json) {
        open_json(w, s->uid, "failed");
        cs_json_key(&w->json, "error");
        cs_json_cstring(&w->json, text);
        cs_json_close_object(&w->json);
        return 0;
    }
    cli_say(w->ctx, CS_N_("FAILED: %s\n\n"), text);
    return cli_flush(w->ctx, info);
}

/* One bad scan does not stop the others; of one alone its failure is ours. */
static int do_scans(work *w, cs_errinfo *info)
{
    int r = 0;
    for (size_t i = 0; i < w->scans.list.len && r == 0; i++) {
        const diagnose_scan *s = &w->scans.list.items[i];
        if (cli_stop_asked())
            return cs_fail(info, CS_E_CANCELLED,
                           "stopped after %zu of %zu scans; --resume goes on",
                           i, w->scans.list.len);
        cs_errinfo why = {.lang = w->ctx->lang};
        if (!w->scans.folder)
            return do_scan(w, s, info);
        int failed = do_scan(w, s, &why);
        if (failed < 0 && stops_all(failed))
            *info = why;
        if (failed < 0)
            r = stops_all(failed) ? failed : note_failure(w, s, &why, info);
    }
    return r;
}

static void say_end(work *w)
{
    if (w->scans.folder)
        cli_say(w->ctx,
                CS_N_("%zu scans: %zu read, %zu failed, %zu had results "
                      "already; see summary.csv\n"),
                w->scans.list.len, w->scans.list.len - w->failed - w->left,
                w->failed, w->left);
    cli_say(w->ctx, CS_N_("\nResearch use only; a doctor decides.\n"));
}

/* Also where it stopped half-way: what was read is not lost. */
static int write_tables(work *w, int stopped, cs_errinfo *info)
{
    cs_errinfo why = {.lang = w->ctx->lang};
    if (stopped < 0 && !w->scans.folder)
        return stopped;
    int r = diagnose_tables_write(&w->tables, w->o->out, w->o->detect_only,
                                  stopped < 0 ? &why : info);
    return stopped < 0 ? stopped : r;
}

/* Whole, too: half an object is nothing that a program can read. */
static int end_json(work *w, int stopped, cs_errinfo *info)
{
    cs_errinfo why = {.lang = w->ctx->lang};
    cs_json_close_array(&w->json);
    cs_json_key(&w->json, "failed");
    cs_json_u64(&w->json, w->failed + (stopped < 0));
    int r = cli_json_end(w->ctx, &w->json, stopped < 0 ? &why : info);
    return stopped < 0 ? stopped : r;
}

static int run_all(work *w, cs_errinfo *info)
{
    cli_stop_catch(cs_msg(w->ctx->lang,
                          CS_N_("\nstopping after this scan; once more to stop "
                                "at once\n")));
    bool json = w->ctx->common.json;
    if (json) {
        cli_json_begin(w->ctx, &w->json);
        cs_json_key(&w->json, "scans");
        cs_json_open_array(&w->json);
    }
    int r = write_tables(w, do_scans(w, info), info);
    if (json)
        r = end_json(w, r, info);
    else if (r == 0)
        say_end(w);
    return r < 0 ? r : w->failed > 0;
}

/* --- getting ready --- */

/* Can results be put there? Better known before the work than after it. */
static int check_place(const char *dir, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_path_join(&path, cs_str_of(dir), CS_STR("summary.csv"));
    if (cs_strbuf_check(&path) < 0)
        return cs_fail_nomem(info);
    int r = cs_mkdir_p(dir, 0755, info);
    if (r < 0)
        return r;
    cs_atomic_file *f = NULL;
    r = cs_atomic_file_open(path.data, 0644, &f, info);
    cs_atomic_file_free(f);
    return r;
}

static int prepare(work *w, cs_errinfo *info)
{
    const options *o = w->o;
    if (!o->out)
        return cs_fail(info, CS_E_USAGE,
                       "where shall the results go? --output DIR");
    if (o->resume && o->force)
        return cs_fail(info, CS_E_USAGE,
                       "--resume keeps results and --force replaces them: "
                       "choose one");
    int r = diagnose_scans_find(o->input, &w->scans, info);
    if (r == 0 && w->scans.folder && (o->patient || o->study))
        r = cs_fail(info, CS_E_USAGE,
                    "--patient-id and --study-id are of a single scan, and "
                    "'%s' is a folder",
                    o->input);
    if (r == 0)
        r = cli_load_models(w->ctx, o->data, o->model, &w->models, info);
    return r < 0 ? r : check_place(o->out, info);
}

int cmd_diagnose(cli_context *ctx, int argc, char *const *argv,
                 cs_errinfo *info)
{
    options o = {.sensitivity = 0.5, .most = 50};
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium diagnose", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    CS_AUTO(cs_pool) pool = NULL;
    CS_SCOPED(work)
    w = {.ctx = ctx,
         .o = &o,
         .scans = DIAGNOSE_SCANS_INIT,
         .tables = DIAGNOSE_TABLES_INIT};
    r = prepare(&w, info);
    if (r == 0)
        r = cli_cpu_tier(ctx, &w.run.tier, info);
    if (r == 0)
        r = cs_pool_new((unsigned)o.threads, &pool, info);
    w.run.pool = pool;
    return r < 0 ? r : run_all(&w, info);
}
