/* consilium model promote VERSION, consilium model rollback TASK: which version
 * is in use. */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/path.h"
#include "cli/model_actions.h"

typedef struct options {
    const char *version;
    int task;
    const char *who, *note, *data;
} options;

static const cs_arg promote_rows[] = {
    CS_ARG_ONE(options, version, CS_N_("VERSION"), 1,
               CS_N_("session or name of a version; 'consilium model list' "
                     "names them")),
};

static const cs_arg rollback_rows[] = {
    CS_ARG_ONE_WORD(options, task, CS_N_("TASK"), 1, md_task_words,
                    CS_N_("the task whose model is taken back")),
};

static const cs_arg option_rows[] = {
    CS_ARG_STRING(options, note, '\0', "note", CS_N_("TEXT"), NULL,
                  CS_N_("why; kept in the history")),
    CS_ARG_STRING(options, who, '\0', "who", CS_N_("NAME"), NULL,
                  CS_N_("who decides; otherwise the account's name")),
    CS_ARG_PATH(options, data, '\0', "data", CS_N_("DIR"), NULL,
                MODEL_DATA_HELP),
};

static const char promote_summary[] = CS_N_("use a version from now on");
static const char rollback_summary[] =
    CS_N_("take the version in use back; the one before is used again");

#define WHO_MAX 64

typedef struct decision {
    char when[CS_TIME_TEXT_MAX];
    char account[WHO_MAX];
    md_change change;
} decision;

static void decide(const options *o, decision *ret)
{
    const struct passwd *p = getpwuid(geteuid());
    if (p)
        snprintf(ret->account, sizeof(ret->account), "%s", p->pw_name);
    else
        snprintf(ret->account, sizeof(ret->account), "uid %lu",
                 (unsigned long)geteuid());
    cs_time_format(cs_wall_ns(cs_clock_system()), ret->when);
    ret->change =
        (md_change){ret->when, o->who ? o->who : ret->account, o->note};
}

/* --- what is in use afterwards --- */

/* The one before may have been damaged since: better known now than at the next
 * diagnosis. */
static bool is_usable(const char *models, const md_promotion *now,
                      cs_errinfo *why)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(md_card) c = MD_CARD_INIT;
    cs_path_join(&path, cs_str_of(models), cs_str_of(now->file));
    int r = cs_strbuf_check(&path) < 0 ? cs_fail_nomem(why) : 0;
    if (r == 0)
        r = md_card_read(path.data, &c, why);
    if (r == 0)
        r = md_card_check_weights(&c, path.data, why);
    return r == 0;
}

static int say_json(cli_context *ctx, md_task task, const md_promotion *now,
                    bool changed, bool usable, cs_errinfo *info)
{
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "task");
    cs_json_cstring(&w, md_task_words[task]);
    cs_json_key(&w, "changed");
    cs_json_bool(&w, changed);
    cs_json_key(&w, "model");
    cs_json_cstring(&w, now ? now->file : NULL);
    cs_json_key(&w, "session");
    cs_json_cstring(&w, now ? now->session : NULL);
    cs_json_key(&w, "usable");
    cs_json_bool(&w, usable);
    return cli_json_end(ctx, &w, info);
}

static int say(cli_context *ctx, const char *models, md_task task, bool changed,
               cs_errinfo *info)
{
    CS_SCOPED(md_promotions) p = MD_PROMOTIONS_INIT;
    int r = md_promotions_read(models, &p, info);
    if (r < 0)
        return r;
    const md_promotion *now = md_promotions_current(&p, task);
    cs_errinfo why = {.lang = ctx->lang};
    bool usable = !now || is_usable(models, now, &why);
    if (ctx->common.json)
        return say_json(ctx, task, now, changed, usable, info);
    if (!now)
        cli_say(ctx,
                CS_N_("%s: nothing is promoted any more; the model that came "
                      "with the program is used\n"),
                md_task_words[task]);
    else if (changed)
        cli_say(ctx, CS_N_("%s: %s is in use from now on\n"),
                md_task_words[task], now->file);
    else
        cli_say(ctx, CS_N_("%s: %s was in use already\n"), md_task_words[task],
                now->file);
    if (!usable)
        cli_say(ctx, CS_N_("warning: %s\n"), why.message);
    return 0;
}

/* --- the commands --- */

int model_promote(cli_context *ctx, int argc, char *const *argv,
                  cs_errinfo *info)
{
    options o = {.task = 0};
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), promote_rows, CS_COUNTOF(promote_rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium model promote", promote_summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    CS_SCOPED(cli_places) places = CLI_PLACES_INIT;
    decision d;
    md_promoted done = {.changed = false};
    decide(&o, &d);
    r = cli_places_find(ctx, o.data, &places, info);
    if (r == 0)
        r = md_promote(places.models.data, o.version, &d.change, &done, info);
    return r < 0 ? r
                 : say(ctx, places.models.data, done.task, done.changed, info);
}

int model_rollback(cli_context *ctx, int argc, char *const *argv,
                   cs_errinfo *info)
{
    options o = {.task = 0};
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), rollback_rows, CS_COUNTOF(rollback_rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium model rollback", rollback_summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    CS_SCOPED(cli_places) places = CLI_PLACES_INIT;
    decision d;
    decide(&o, &d);
    r = cli_places_find(ctx, o.data, &places, info);
    if (r == 0)
        r = md_rollback(places.models.data, (md_task)o.task, &d.change, info);
    return r < 0 ? r
                 : say(ctx, places.models.data, (md_task)o.task, true, info);
}
