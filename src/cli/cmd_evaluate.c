/* consilium evaluate froc|clinical|roc|overlap: how good results are. */
#include "cli/commands.h"
#include "cli/evaluate.h"
#include "eval/report.h"

static const struct {
    const char *name;
    int (*run)(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
} kinds[] = {
    {"froc", evaluate_froc},
    {"clinical", evaluate_clinical},
    {"roc", evaluate_roc},
    {"overlap", evaluate_overlap},
};

static const char *const kind_words[] = {"froc", "clinical", "roc", "overlap",
                                         NULL};

typedef struct options {
    int kind;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE_WORD(
        options, kind, CS_N_("KIND"), 1, kind_words,
        CS_N_(
            "froc: detections by the rules of LUNA16; clinical: detections "
            "and malignancy by those of a clinical validation; roc: scores "
            "of cases; overlap: two masks; 'evaluate KIND --help' explains each")),
};

static const char summary[] = "measure how good results are";

int evaluate_check_files(const ev_study_files *f, cs_errinfo *info)
{
    if (!f->annotations)
        return cs_fail(info, CS_E_USAGE,
                       "the nodules are missing: --annotations CSV");
    if (!f->scans)
        return cs_fail(info, CS_E_USAGE,
                       "the scans are missing: --scans CSV; scans without any "
                       "mark count as well");
    if (!f->predictions)
        return cs_fail(info, CS_E_USAGE,
                       "the marks are missing: --predictions CSV");
    return 0;
}

/* --- results --- */

static int put_json(const evaluate_result *e, ev_files *files, cs_errinfo *info)
{
    cs_json w;
    cs_strbuf *out = ev_files_add(files, "results.json");
    if (!out)
        return cs_fail_nomem(info);
    cs_json_init(&w, out, CS_JSON_PRETTY);
    cs_json_open_object(&w);
    e->json(e->result, &w);
    cs_json_close_object(&w);
    cs_strbuf_putc(out, '\n');
    return cs_json_finish(&w) < 0 ? cs_fail_nomem(info) : 0;
}

static int put_report(const cli_context *ctx, const evaluate_result *e,
                      ev_files *files, cs_errinfo *info)
{
    cs_strbuf *out = ev_files_add(files, "report.md");
    if (!out)
        return cs_fail_nomem(info);
    ev_report r = {.out = out, .lang = ctx->lang, .markdown = true};
    ev_report_title(&r, e->title);
    return e->text(e->result, ctx->lang, true, out, info);
}

static int write_files(const cli_context *ctx, const evaluate_result *e,
                       const char *dir, cs_errinfo *info)
{
    ev_files files = EV_FILES_INIT;
    int r = put_json(e, &files, info);
    if (r == 0)
        r = put_report(ctx, e, &files, info);
    if (r == 0)
        r = e->files(e->result, ctx->lang, &files, info);
    if (r == 0)
        r = ev_files_write(&files, dir, info);
    ev_files_done(&files);
    return r;
}

int evaluate_finish(cli_context *ctx, const evaluate_result *e, const char *dir,
                    cs_errinfo *info)
{
    int r = dir ? write_files(ctx, e, dir, info) : 0;
    if (r < 0)
        return r;
    if (ctx->common.json) {
        cs_json w;
        cli_json_begin(ctx, &w);
        e->json(e->result, &w);
        return cli_json_end(ctx, &w, info);
    }
    r = e->text(e->result, ctx->lang, false, &ctx->out, info);
    cli_say(ctx, CS_N_("\nResearch use only; a doctor decides.\n"));
    return r;
}

int cmd_evaluate(cli_context *ctx, int argc, char *const *argv,
                 cs_errinfo *info)
{
    cs_arg_group common = cli_common_group(&ctx->common);
    int used = cs_args_parse_leading(&common, 1, argc, argv, info);
    if (used < 0)
        return used;
    for (size_t i = 0; used < argc && i < CS_COUNTOF(kinds); i++)
        if (strcmp(argv[used], kinds[i].name) == 0)
            return kinds[i].run(ctx, argc - used - 1, argv + used + 1, info);
    options o = {0};
    const cs_arg_group group = {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o};
    int r = cli_parse(ctx, "consilium evaluate", summary, &group, 1, argc, argv,
                      info);
    if (r != 0)
        return r < 0 ? r : 0;
    return cs_fail(info, CS_E_USAGE,
                   "the kind comes first: 'consilium evaluate %s ...'",
                   kind_words[o.kind]);
}
