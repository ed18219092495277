/* consilium check: is this machine fit to run Consilium? */
#include "base/columns.h"
#include "cli/commands.h"
#include "cli/machine.h"
#include "cli/settings.h"

typedef struct options {
    const char *data;
} options;

static const cs_arg rows[] = {
    CS_ARG_PATH(options, data, 'd', "data", CS_N_("DIR"), NULL,
                CS_N_("data directory to look at instead of the one that is "
                      "set")),
};

static const char summary[] = "is this machine fit to run Consilium?";

static const char *const status_words[] = {CS_N_("ok"), CS_N_("warning"),
                                           CS_N_("problem")};

static size_t widest(const cli_context *ctx, const machine_finding *findings)
{
    size_t width = 0;
    for (size_t i = 0; i < MACHINE_FINDINGS; i++)
        width = CS_MAX(width,
                       cs_columns_of(cs_msg(ctx->lang, findings[i].subject)));
    return width;
}

static void write_table(cli_context *ctx, const machine_finding *findings)
{
    size_t subject = widest(ctx, findings), status = 0;
    for (size_t i = 0; i < CS_COUNTOF(status_words); i++)
        status =
            CS_MAX(status, cs_columns_of(cs_msg(ctx->lang, status_words[i])));
    size_t indent = subject + status + 4;
    for (size_t i = 0; i < MACHINE_FINDINGS; i++) {
        const machine_finding *f = &findings[i];
        cs_columns_pad(&ctx->out, cs_msg(ctx->lang, f->subject), subject + 2);
        cs_columns_pad(&ctx->out, cs_msg(ctx->lang, status_words[f->status]),
                       status + 2);
        cs_columns_wrap(&ctx->out, f->detail, indent, ctx->width);
        if (f->advice[0]) {
            cs_strbuf_putc(&ctx->out, '\n');
            cs_strbuf_pad(&ctx->out, ' ', indent);
            cs_columns_wrap(&ctx->out, f->advice, indent, ctx->width);
        }
        cs_strbuf_putc(&ctx->out, '\n');
    }
}

static int write_json(cli_context *ctx, const machine_finding *findings,
                      bool fit, cs_errinfo *info)
{
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "fit");
    cs_json_bool(&w, fit);
    cs_json_key(&w, "findings");
    cs_json_open_array(&w);
    for (size_t i = 0; i < MACHINE_FINDINGS; i++) {
        const machine_finding *f = &findings[i];
        cs_json_open_object(&w);
        cs_json_key(&w, "subject");
        cs_json_cstring(&w, f->subject);
        cs_json_key(&w, "status");
        cs_json_cstring(&w, status_words[f->status]);
        cs_json_key(&w, "detail");
        cs_json_cstring(&w, f->detail);
        cs_json_key(&w, "advice");
        cs_json_cstring(&w, f->advice);
        cs_json_close_object(&w);
    }
    cs_json_close_array(&w);
    return cli_json_end(ctx, &w, info);
}

static int look(cli_context *ctx, const char *data, cs_errinfo *info)
{
    machine_finding findings[MACHINE_FINDINGS];
    int r = machine_look(ctx, data, findings, info);
    if (r < 0)
        return r;
    bool fit = true;
    for (size_t i = 0; i < MACHINE_FINDINGS; i++)
        fit = fit && findings[i].status != MACHINE_PROBLEM;
    if (ctx->common.json) {
        r = write_json(ctx, findings, fit, info);
        return r < 0 ? r : !fit;
    }
    write_table(ctx, findings);
    if (fit)
        cli_say(ctx, CS_N_("This machine can run Consilium.\n"));
    else
        cli_say(ctx, CS_N_("This machine cannot run Consilium yet: see the "
                           "problems above.\n"));
    return !fit;
}

int cmd_check(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    options chosen = {NULL};
    cs_arg_group group = {CS_N_("options"), rows, CS_COUNTOF(rows), &chosen};
    int r =
        cli_parse(ctx, "consilium check", summary, &group, 1, argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    if (chosen.data)
        return look(ctx, chosen.data, info);
    CS_SCOPED(settings) set = SETTINGS_INIT;
    r = settings_load(ctx, NULL, &set, info);
    return r < 0 ? r : look(ctx, set.values.data, info);
}
